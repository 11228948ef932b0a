"""What overlays and conversations leave of a policy, and who may change what is left."""

import pytest

from charter.policy.briefs.brief import brief
from charter.policy.briefs.outline import Why, outline, spoken
from charter.policy.compiled.compile import compile_policy
from charter.policy.conversation import Conversation
from charter.policy.directive import Act, Directive
from charter.policy.fates.entitled import Entitled, entitled
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

BASE = """\
# Rules {#rules}

## Harm {#harm authority=root}

The assistant must not help anyone do harm[^harm].

## Minors {#minors authority=root tags=under_18}

The assistant must not flirt[^flir].

## Product {#product authority=developer}

The assistant should keep to the product[^prod].

## Tone {#tone authority=user}

The assistant should be polite[^plte]. A user may ask for bluntness[^blnt].

## Length {#length authority=guideline}

The assistant should be brief[^shrt].
"""
HEAD = """\
---
spec: shop
version: "1"
title: Shop
extends:
  name: base
  version: "1"
  digest: {digest}
level: {level}
---

# Shop {{#shop}}

## Prices {{#prices authority=developer}}

The assistant must not quote prices[^pric].
"""


def spec(text, name):
    return build(parse(Source(f"{name}.md", text)), name=name, version="1")


def stacked(*directives, level="developer"):
    """Return the policy of the base with an overlay that holds directives."""
    base = spec(BASE, "base")
    fences = "".join(f"\n~~~directive\n{directive}\n~~~\n" for directive in directives)
    return compile_policy(
        layer(base, spec(HEAD.format(digest=base.digest, level=level) + fences, "shop"))
    )


def ids(policy, resolution=None):
    return [item.clause.id for item in outline(policy, resolution).items]


def test_an_overlay_adds_its_sections():
    assert ids(stacked())[-1] == "prices/pric"
    assert "From the overlay shop." in brief(stacked(), audience="developer").text


def test_what_an_overlay_sets_aside_is_out():
    policy = stacked("override: length")
    assert "length/shrt" not in ids(policy)
    found = brief(policy)
    assert [(o.section, o.why, o.whole) for o in found.left_out] == [
        ("length", Why.SET_ASIDE, True)
    ]
    assert "Not in force (set aside): 1 guideline rule." in found.text


def test_a_single_clause_can_be_set_aside():
    policy = stacked("override: tone/plte")
    assert "tone/plte" not in ids(policy)
    assert "tone/blnt" in ids(policy)
    assert [(o.section, o.whole) for o in brief(policy).left_out] == [("tone", False)]


def test_what_overlays_say_is_a_rule_of_their_level():
    policy = stacked(
        "instruct: Greet customers by name.\nid: greet",
        'delegate: {to: "tool:catalogue", only: [stock]}\nid: lift',
        'scope: {allowed_tools: [search], max_cost: 2, latest_time: "2030-01-01T00:00:00Z"}\nid: s',
        "override: length\ninstead: Write long letters.\nid: long",
    )
    lines = brief(policy).text.splitlines()
    start, end = lines.index("## developer"), lines.index("## user")
    said = lines[start:end]
    assert "- Greet customers by name." in said
    assert "- Instructions of tool:catalogue about stock count as those of developer level." in said
    assert (
        "- Act on your own only within this scope: tools search, at a cost of 2 at most until "
        "2030-01-01T00:00:00Z." in said
    )
    assert "- Write long letters." in said
    assert {"greet", "lift", "s", "long"} <= set(ids(policy))


def conditions(policy):
    return next(i.conditions for i in outline(policy).items if i.clause.id == "minors/flir")


def test_a_setting_that_an_overlay_switches_on_is_no_condition_any_more():
    assert conditions(stacked()) == ("under_18",)
    assert conditions(stacked("setting: {under_18: true}")) == ()


@pytest.mark.parametrize(
    ("directive", "words"),
    [
        (Directive("d", Act.SETTING, "developer", subject="verbose", value=True), "is true."),
        (Directive("d", Act.KEEP, "developer", targets=("tone",), text="Because: x"), ""),
        (Directive("d", Act.OVERRIDE, "developer", targets=("tone",), text="Because: x"), ""),
        (
            Directive(
                "d",
                Act.SCOPE,
                "user",
                scope=Scope(tool_constraints={"pay": {"sum": {"max": 5}}}, revoked=True),
            ),
            "tools none, at a cost of 0 at most. pay: sum is {'max': 5}. It is revoked.",
        ),
    ],
)
def test_words_of_directives(directive, words):
    assert spoken(directive).endswith(words)
    assert bool(spoken(directive)) == bool(words)


def test_who_may_change_what():
    found = entitled(stacked())
    assert found["harm"] == Entitled((), context=False)
    assert found["product"] == Entitled(("developer", "system"), context=False)
    assert found["tone"] == Entitled(("user", "developer", "system"), context=False)
    assert found["length"] == Entitled(("user", "developer", "system"), context=True)


def test_a_section_that_an_overlay_keeps_is_closed_to_users_and_says_so():
    policy = stacked("keep: tone")
    assert entitled(policy)["tone"] == Entitled(("developer", "system"), context=False)
    lines = brief(policy).text.splitlines()
    assert "- should be polite. [This yields to developer or system only.]" in lines
    assert sum("yields to" in line for line in lines if line.startswith("- ")) == 1
    told = brief(policy, audience="developer").text
    tone = told[told.index("### Tone") :]
    assert "Who may change it: you or the operator, by saying so.\n" in tone


def test_a_conversation_sets_aside_too():
    policy = stacked()
    blunt = Directive("blunt", Act.OVERRIDE, "user", 0, targets=("tone",))
    found = brief(policy, resolution=resolve(policy, Conversation("none", (), ()), [blunt]))
    assert not any(name.startswith("tone/") for name in found.included)
    assert ("tone", Why.SET_ASIDE) in [(out.section, out.why) for out in found.left_out]
