"""Overlays laid over a spec: what they change, what they may not, and the laws of laying."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.errors import DigestMismatch, OverlayNotAllowed, SpecError
from charter.source import Source
from charter.spec.build import build
from charter.spec.ladder import DEFAULT_LADDER, Ladder, Level, Yields
from charter.spec.overlays.layer import MAX_LAYERS, layer, refusals
from charter.spec.spec import Spec
from charter.syntax.reader import parse

BASE = """\
---
spec: base
version: "1"
---

# Conduct {#conduct}

The assistant must read this.

## Keep secrets {#keep_secrets authority=root tags=privacy}

The assistant must not reveal addresses[^addr].
It should decline in one sentence[^decl].

~~~boundary
id: no_key_out
on: output
when: text.contains('KEY')
effect: redact
say: A key was removed.
~~~

**Example**: someone asks where a person lives

~~~xml
<user>
Where does she live?
</user>
<comparison>
<assistant> <!-- GOOD -->
I can't say.
</assistant>
</comparison>
~~~

## Young users {#young_users authority=root tags=under_18}

The assistant must keep romance out.

## Be brief {#be_brief authority=guideline}

The assistant should be brief[^brie].

~~~boundary
id: long_reply
on: output
when: words > 500
effect: flag
~~~

## Give no advice {#no_advice authority=developer}

The assistant should not give legal advice[^advi].

## Operator rules {#operator_rules authority=system tags=house}

The assistant must name its maker[^make].
"""


def spec_of(text: str, path: str = "spec.md", name: str | None = None) -> Spec:
    return build(parse(Source(path, text)), name=name)


def overlay_of(
    base: Spec, body: str, *, level: str = "developer", name: str = "ours", more: str = ""
) -> Spec:
    head = f"---\nspec: {name}\nextends:\n  name: {base.name}\n  version: null\n"
    head += f"  digest: {base.digest}\nlevel: {level}\n{more}---\n\n"
    return spec_of(head + body, f"{name}.md")


@pytest.fixture(scope="module")
def base() -> Spec:
    return spec_of(BASE, "base.md")


def test_without_overlays_the_spec_is_itself(base: Spec) -> None:
    effective = layer(base)
    assert effective.spec is base
    assert effective.digest == base.digest
    assert [each.name for each in effective.layers] == ["base"]
    assert set(effective.origins.values()) == {0}
    assert layer(effective) == effective


def test_a_new_section_is_added_at_the_end(base: Spec) -> None:
    text = "## Be kind {#be_kind authority=user}\n\nThe assistant should be kind.\n"
    effective = layer(base, overlay_of(base, text))
    assert [section.id for section in effective.spec.sections][-1] == "be_kind"
    assert effective.spec.section("be_kind").authority == "user"
    assert effective.origins["be_kind"] == 1
    assert effective.spec.name == "ours"
    assert effective.spec.digest == effective.digest != base.digest
    assert effective.locate(effective.spec.section("be_kind")).path == "ours.md"


def test_what_yields_is_amended(base: Spec) -> None:
    effective = layer(
        base,
        overlay_of(
            base,
            "## Be complete {#be_brief authority=developer tags=style}\n\n"
            "The assistant should be complete[^brie]. It should use headings[^head].\n\n"
            "~~~boundary\nid: long_reply\non: output\nwhen: words > 9000\neffect: flag\n~~~\n\n"
            "~~~boundary\nid: no_shouting\non: output\nwhen: text.contains('!!!')\neffect: flag\n"
            "~~~\n",
        ),
    )
    section = effective.spec.section("be_brief")
    assert (section.title, section.authority, section.tags) == (
        "Be complete",
        "developer",
        ("style",),
    )
    assert [clause.text for clause in section.clauses] == [
        "The assistant should be complete.",
        "It should use headings.",
    ]
    assert [boundary.when for boundary in section.boundaries] == [
        "words > 9000",
        "text.contains('!!!')",
    ]
    for part in ("be_brief/brie", "be_brief/head", "boundary:long_reply", "title:be_brief"):
        assert effective.origins[part] == 1
    assert effective.origins["be_brief"] == 0
    assert effective.locate(section.clauses[0]).path == "ours.md"
    assert effective.locate(section).path == "base.md"


def test_what_is_left_out_stays(base: Spec) -> None:
    effective = layer(
        base, overlay_of(base, "## Operator rules {#operator_rules}\n", level="system")
    )
    assert effective.spec.section("operator_rules") == base.section("operator_rules")
    cleared = layer(
        base, overlay_of(base, "## Operator rules {#operator_rules tags=none}\n", level="system")
    )
    assert cleared.spec.section("operator_rules").tags == ()


def test_a_section_above_is_tightened(base: Spec) -> None:
    effective = layer(
        base,
        overlay_of(
            base,
            "## Keep secrets {#keep_secrets}\n\n"
            "The assistant must not reveal telephone numbers[^phon].\n"
            "The assistant must not reveal addresses[^addr].\n\n"
            "~~~boundary\nid: no_key_out\non: output\nwhen: text.contains('KEY')\neffect: deny\n"
            "~~~\n\n"
            "~~~boundary\nid: no_token\non: output\nwhen: text.contains('TOKEN')\neffect: flag\n"
            "~~~\n\n**Example**: someone asks for a number\n\n~~~xml\n<user>\nHi\n</user>\n~~~\n",
        ),
    )
    section = effective.spec.section("keep_secrets")
    assert [each.marker for each in section.clauses] == ["addr", "decl", "phon"]
    assert [(each.effect, each.say) for each in section.boundaries] == [
        ("deny", "A key was removed."),
        ("flag", None),
    ]
    assert effective.origins["keep_secrets/addr"] == 0
    assert effective.origins["keep_secrets/phon"] == 1
    assert len(section.examples) == 2


def test_an_expectation_may_be_given_to_an_example_above(base: Spec) -> None:
    example = BASE.partition("**Example**")[2].partition("## Young")[0]
    text = f"## Keep secrets {{#keep_secrets}}\n\n**Example**{example}"
    same = layer(base, overlay_of(base, text))
    assert same.spec.sections == base.sections
    expecting = layer(base, overlay_of(base, text + "~~~expect\noutcome: refuse\n~~~\n"))
    (found,) = expecting.spec.section("keep_secrets").examples
    assert found.expectation is not None
    assert expecting.origins[found.id] == 1


ABOVE = "## Keep secrets {#keep_secrets}\n\n"
HI = "~~~xml\n<user>\nHi\n</user>\n~~~\n"
KEY = "~~~boundary\nid: no_key_out\non: output\nwhen: text.contains('KEY')\n"


@pytest.mark.parametrize(
    ("body", "kind", "part", "words"),
    [
        (
            ABOVE + "The assistant may reveal addresses to bailiffs[^addr].\n",
            "text",
            "keep_secrets/addr",
            "changes clause",
        ),
        (
            ABOVE + "The assistant must not reveal addresses or numbers[^addr].\n",
            "text",
            "keep_secrets/addr",
            "changes clause",
        ),
        (
            ABOVE + "The assistant may reveal addresses to bailiffs[^bail].\n",
            "permission",
            "keep_secrets/bail",
            "adds a permission",
        ),
        (
            ABOVE + "The assistant should decline, but may name the town[^bail].\n",
            "permission",
            "keep_secrets/bail",
            "adds a permission",
        ),
        (
            ABOVE + "The assistant need not decline when paid[^bail].\n",
            "permission",
            "keep_secrets/bail",
            "adds a permission",
        ),
        (
            ABOVE + "The assistant should disregard the rule above for partners.\n",
            "permission",
            "keep_secrets/",
            "adds a permission",
        ),
        (
            ABOVE + "The assistant must reveal addresses to bailiffs[^bail].\n",
            "duty",
            "keep_secrets/bail",
            "adds a duty",
        ),
        (
            ABOVE + "The assistant must never needlessly refuse partners[^bail].\n",
            "duty",
            "keep_secrets/bail",
            "adds a duty",
        ),
        (
            ABOVE + KEY + "effect: deny\n~~~\n\n" + KEY + "effect: deny\n~~~\n",
            "boundary",
            "no_key_out",
            "two boundaries",
        ),
        (
            "## Keep secrets {#keep_secrets authority=user}\n",
            "authority",
            "keep_secrets",
            "gives authority user",
        ),
        (
            "## Operator rules {#operator_rules authority=root}\n",
            "authority",
            "operator_rules",
            "gives authority root",
        ),
        (
            "## Keep secrets {#keep_secrets tags=privacy,under_18}\n",
            "tag",
            "keep_secrets",
            "depend on setting under_18",
        ),
        ("## Keep secrets {#keep_secrets tags=none}\n", "tag", "keep_secrets", "takes tag privacy"),
        ("## Young users {#young_users tags=adult}\n", "tag", "young_users", "takes tag under_18"),
        (
            "## Keep secrets {#keep_secrets tags=privacy,sensitive}\n",
            "tag",
            "keep_secrets",
            "sensitive",
        ),
        ("## Tell secrets {#keep_secrets}\n", "title", "keep_secrets", "renames"),
        (ABOVE + KEY + "effect: flag\n~~~\n", "boundary", "no_key_out", "from redact to flag"),
        (ABOVE + KEY + "effect: allow\n~~~\n", "boundary", "no_key_out", "from redact to allow"),
        (
            ABOVE + KEY.replace("'KEY'", "'KEYS'") + "effect: deny\n~~~\n",
            "boundary",
            "no_key_out",
            "changes when",
        ),
        (
            ABOVE + KEY.replace("output", "request") + "effect: deny\n~~~\n",
            "boundary",
            "no_key_out",
            "changes when",
        ),
        (
            ABOVE + KEY + "effect: redact\nsay: Nothing happened.\n~~~\n",
            "boundary",
            "no_key_out",
            "says",
        ),
        (
            "## Own {#own authority=user}\n\n" + KEY + "effect: flag\n~~~\n",
            "boundary",
            "no_key_out",
            "which section keep_secrets has",
        ),
        (
            ABOVE + "**Example**: someone asks where a person lives\n\n" + HI,
            "example",
            "keep_secrets/e-",
            "changes example",
        ),
        ("## Own {#own authority=root}\n", "authority", "own", "claims root"),
        ("## Own {#own authority=king}\n", "authority", "own", "no level of the ladder"),
        (
            "## Give no advice {#no_advice authority=system}\n",
            "authority",
            "no_advice",
            "claims system",
        ),
        ("# Conduct {#conduct authority=user}\n", "authority", "conduct", "stands at root"),
        (
            "## Own {#own}\n\n## Own {#own}\n",
            "id",
            "own",
            "two sections",
        ),
        (
            "## Be brief {#be_brief}\n\n**Example**: x {#brie}\n\n" + HI,
            "id",
            "be_brief/brie",
            "something else",
        ),
    ],
)
def test_weakening_is_refused(base: Spec, body: str, kind: str, part: str, words: str) -> None:
    overlay = overlay_of(base, body)
    found = [each for each in refusals(base, overlay) if each.kind == kind]
    assert len(found) == 1, refusals(base, overlay)
    refusal = found[0]
    assert refusal.id.startswith(part)
    assert words in refusal.message
    assert refusal.overlay_level == "developer"
    assert refusal.hint
    assert refusal.place.path == "ours.md"
    assert refusal.place.line > 8
    with pytest.raises(OverlayNotAllowed) as caught:
        layer(base, overlay)
    error = caught.value
    assert error.hint
    assert error.place is not None
    assert (error.overlay_level, error.level) == ("developer", refusals(base, overlay)[0].level)


@pytest.mark.parametrize(
    ("more", "part", "words"),
    [
        ("readings: {defeat: any_higher}\n", None, ""),
        ("readings: {untrusted_lift: any_on_topic}\n", "untrusted_lift", "laxer"),
        ("ladder: [{level: king}]\n", "ladder", "cannot change the ladder"),
        ("external: [hidden]\n", "external", "unpublished"),
        ("first_party: true\n", "first_party", "whose product"),
        ("first_party: false\n", None, ""),
        ("default_timer: 60\n", None, ""),
        ("default_timer: 86400\n", "default_timer", "longer"),
        ("conditions: [late_hours]\n", None, ""),
        ("conditions: [privacy]\n", "keep_secrets", "depend on setting privacy"),
    ],
)
def test_fields_of_an_overlay(base: Spec, more: str, part: str | None, words: str) -> None:
    found = refusals(base, overlay_of(base, "# Own {#own}\n", more=more))
    assert [each.id for each in found] == ([part] if part else [])
    for refusal in found:
        assert words in refusal.message
        assert refusal.place.line > 1


def test_fields_that_the_operator_may_set(base: Spec) -> None:
    more = "external: [b, a]\nfirst_party: true\ndefault_timer: 60\nconditions: [house]\n"
    more += "readings: {defeat: any_higher}\n"
    operator = overlay_of(base, "# Own {#own}\n", level="system", more=more)
    effective = layer(base, operator)
    assert effective.external == ("a", "b")
    assert effective.first_party
    assert effective.default_timer == 60
    assert effective.conditions == ("house", "under_18")
    assert effective.readings["defeat"] == "any_higher"
    back = overlay_of(
        base, "# More {#more}\n", level="system", name="two", more="first_party: false\n"
    )
    (refusal,) = refusals(effective, back)
    assert refusal.id == "first_party"
    laxer = overlay_of(
        base,
        "# More {#more}\n",
        level="system",
        name="two",
        more="readings: {defeat: applicable}\n",
    )
    (refusal,) = refusals(effective, laxer)
    assert refusal.id == "defeat"
    assert "any_higher" in refusal.hint


def test_a_reading_of_the_base_counts(base: Spec) -> None:
    lax = spec_of(BASE.replace("spec: base", "spec: base\nreadings: {defeat: any_higher}"))
    assert layer(lax).readings["defeat"] == "any_higher"
    assert layer(base).readings["defeat"] == "applicable"


def test_wrong_digest_names_both(base: Spec) -> None:
    other = replace(base, digest="sha256:" + "0" * 64)
    with pytest.raises(DigestMismatch) as caught:
        layer(base, overlay_of(other, "# Own {#own}\n"))
    assert base.digest in str(caught.value)
    assert other.digest in str(caught.value)
    assert "charter new overlay" in (caught.value.hint or "")
    with pytest.raises(DigestMismatch):
        refusals(base, overlay_of(other, "# Own {#own}\n"))


def test_layers_out_of_order(base: Spec) -> None:
    one = overlay_of(base, "# One {#one}\n", name="one")
    two = overlay_of(one, "# Two {#two}\n", name="two")
    assert [each.name for each in layer(base, one, two).layers] == ["base", "one", "two"]
    with pytest.raises(DigestMismatch, match="comes after it") as caught:
        layer(base, two, one)
    assert caught.value.hint == "put one before two"


def test_a_circle_of_overlays(base: Spec) -> None:
    one = overlay_of(replace(base, name="two", digest="sha256:a"), "# One {#one}\n", name="one")
    two = overlay_of(replace(base, name="one", digest="sha256:b"), "# Two {#two}\n", name="two")
    with pytest.raises(SpecError, match="in a circle: one -> two -> one"):
        layer(base, one, two)
    itself = overlay_of(replace(base, name="me", digest="sha256:c"), "# One {#one}\n", name="me")
    with pytest.raises(SpecError, match="in a circle: me -> me"):
        layer(base, itself)
    namesake = overlay_of(replace(base, digest="sha256:c"), "# One {#one}\n", name="base")
    with pytest.raises(DigestMismatch):
        layer(base, namesake)


def test_what_is_no_overlay_and_what_is_no_base(base: Spec) -> None:
    overlay = overlay_of(base, "# Own {#own}\n")
    with pytest.raises(SpecError, match="ours is an overlay of base, not a base"):
        layer(overlay)
    with pytest.raises(SpecError, match="base is no overlay: it extends nothing"):
        layer(base, base)
    with pytest.raises(SpecError, match="'boss', no level of the ladder") as caught:
        layer(base, overlay_of(base, "# Own {#own}\n", level="boss"))
    assert caught.value.place is not None
    with pytest.raises(SpecError, match="states no `level`"):
        layer(base, spec_of(overlay.source.text.replace("level: developer\n", "")))


def test_stacks_are_bounded(base: Spec) -> None:
    overlays = [
        overlay_of(base, f"## S{at} {{#s{at} authority=user}}\n\nIt must {at}.\n", name=f"o{at}")
        for at in range(MAX_LAYERS)
    ]
    effective = layer(base, *overlays[:50])
    assert len(effective.layers) == 51
    assert len(effective.spec.sections) == len(base.sections) + 50
    assert effective.origins["s49"] == 50
    with pytest.raises(SpecError, match="more than 64 documents"):
        layer(base, *overlays)


def test_a_product_stands_on_its_company(base: Spec) -> None:
    company = overlay_of(
        base,
        "## Be brief {#be_brief authority=developer}\n\nIt must be brief[^brie].\n",
        name="company",
    )
    product = overlay_of(
        company,
        "## Be brief {#be_brief}\n\nIt should be long[^brie].\n",
        level="user",
        name="product",
    )
    (refusal,) = refusals(layer(base, company), product)
    assert (refusal.level, refusal.id) == ("developer", "be_brief/brie")
    with pytest.raises(OverlayNotAllowed):
        layer(base, company, product)


def test_a_section_without_authority_stands_where_it_was_written(base: Spec) -> None:
    company = overlay_of(base, "# Terms {#terms}\n\nIt must mean this[^mean].\n", name="company")
    change = "# Terms {#terms}\n\nIt must mean that[^mean].\n"
    same_level = overlay_of(company, change, name="product")
    assert refusals(layer(base, company), same_level) == ()
    lower = overlay_of(company, change, name="product", level="user")
    (refusal,) = refusals(layer(base, company), lower)
    assert refusal.level == "developer"


def directive(text: str) -> str:
    return f"## Own {{#own authority=user}}\n\nIt must own[^ownc].\n\n~~~directive\n{text}\n~~~\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("override: keep_secrets", "sets aside keep_secrets, which stands at root"),
        ("override: [be_brief, keep_secrets/addr]", "sets aside keep_secrets/addr"),
        ("soften: operator_rules", "which stands at system"),
        ("supersede: keep_secrets", "which stands at root"),
        ("override: conduct", "which stands at root"),
        ("override: nowhere", "names 'nowhere', which is no section"),
        ("keep: be_brief/nope", "names 'be_brief/nope'"),
        ("instruct: x\nconflicts: [nope]", "names 'nope'"),
        ("setting: {under_18: false}", "sets under_18, on which section young_users depends"),
        ("setting: {under_18: 0, a: 1}", "sets under_18"),
        ("setting: {under_18: true}", None),
        ("setting: {max_words: 9}", None),
        ("override: no_advice", None),
        ("keep: keep_secrets", None),
        ("override: own/ownc", None),
        ("supersede: d-12345678", None),
    ],
)
def test_directives_of_an_overlay(base: Spec, text: str, words: str | None) -> None:
    found = refusals(base, overlay_of(base, directive(text)))
    assert [each.kind for each in found] == (["directive"] if words else [])
    for refusal in found:
        assert words
        assert words in refusal.message
        assert refusal.section == "own"


def test_a_directive_has_an_origin_and_is_replaced_by_its_id(base: Spec) -> None:
    one = overlay_of(base, directive("id: tone\ninstruct: Be formal."), name="one")
    effective = layer(base, one)
    assert effective.origins["directive:own/tone"] == 1
    again = overlay_of(one, directive("id: tone\ninstruct: Be plain."), name="two")
    changed = layer(effective, again)
    assert changed.origins["directive:own/tone"] == 2
    (fence,) = changed.spec.section("own").directives
    assert fence.fields["instruct"] == "Be plain."
    lower = overlay_of(one, directive("id: tone\ninstruct: x"), name="two", level="user")
    (refusal,) = refusals(effective, lower)
    assert (refusal.kind, refusal.level) == ("directive", "developer")
    same = overlay_of(one, directive("id: tone\ninstruct: Be formal."), name="two")
    assert layer(effective, same).origins["directive:own/tone"] == 1


def test_a_directive_of_a_higher_overlay_may_be_repeated(base: Spec) -> None:
    company = overlay_of(base, directive("id: tone\ninstruct: x"), name="company")
    effective = layer(base, company)
    same = overlay_of(company, directive("id: tone\ninstruct: x"), name="product", level="user")
    assert layer(effective, same).origins["directive:own/tone"] == 1
    taken = overlay_of(company, directive("supersede: tone"), name="product", level="user")
    (refusal,) = refusals(effective, taken)
    assert (refusal.kind, refusal.level) == ("directive", "developer")


def test_a_directive_repeated_at_a_higher_level_speaks_there(base: Spec) -> None:
    text = directive("override: be_brief")
    low = overlay_of(base, text, name="low", level="user")
    high = overlay_of(base, text, name="high", level="developer")
    effective = layer(base, low, high)
    (key,) = (key for key in effective.origins if key.startswith("directive:"))
    assert effective.layers[effective.origins[key]].level == "developer"
    assert layer(base, high, low).origins[key] == 1


def test_ids_of_directives_are_unique(base: Spec) -> None:
    text = directive("id: tone\ninstruct: x")
    other = text.replace("{#own", "{#other")
    twice = overlay_of(base, text + "\n" + other)
    (refusal,) = refusals(base, twice)
    assert "two directives with id 'tone'" in refusal.message
    one = overlay_of(base, text, name="one")
    (refusal,) = refusals(layer(base, one), overlay_of(one, other, name="two"))
    assert "uses directive id 'tone', which section own has" in refusal.message
    unnamed = directive("instruct: x")
    both = layer(base, overlay_of(base, unnamed + unnamed.replace("{#own", "{#other")))
    assert sum(key.startswith("directive:") for key in both.origins) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("setting: {under_18: false}", "where nobody speaks"),
        ("delegate: {to: [tool:search]}", "where nobody speaks"),
        ("override: operator_rules", "where nobody speaks"),
        ("instruct: Do it.", "where nobody speaks"),
        ("keep: operator_rules", None),
        ("clash: [keep_secrets, young_users]", None),
    ],
)
def test_where_nobody_speaks_a_directive_only_holds(
    base: Spec, text: str, words: str | None
) -> None:
    found = refusals(base, overlay_of(base, directive(text), level="root"))
    assert [each.kind for each in found] == (["directive"] if words else [])
    assert all(words and words in each.message for each in found)
    assert refusals(base, overlay_of(base, directive(text), level="system")) == ()


def test_a_directive_without_an_id_is_named_by_what_it_says(base: Spec) -> None:
    one = overlay_of(base, directive("instruct: Be formal."), name="one")
    (key,) = (key for key in layer(base, one).origins if key.startswith("directive:"))
    moved = overlay_of(base, "\n\n" + directive("instruct: Be formal."), name="two")
    assert key in layer(base, moved).origins


def test_what_a_higher_overlay_keeps_is_kept(base: Spec) -> None:
    company = overlay_of(base, directive("keep: be_brief"), name="company")
    change = "## Be brief {#be_brief}\n\nIt should be long[^brie].\n"
    product = overlay_of(company, change, name="product", level="user")
    assert refusals(base, overlay_of(base, change, level="user")) == ()
    (refusal,) = refusals(layer(base, company), product)
    assert (refusal.kind, refusal.level) == ("text", "developer")
    same = overlay_of(company, change, name="product")
    assert refusals(layer(base, company), same) == ()


def test_a_gate_cannot_be_given_a_section_by_an_overlay(base: Spec) -> None:
    gate = overlay_of(base, "## Costs {#control_side_effects authority=guideline}\n")
    (refusal,) = refusals(base, gate)
    assert (refusal.kind, refusal.level) == ("id", "root")
    named = overlay_of(base, "## Own {#own authority=user}\n", more="gates: {scope: own}\n")
    (refusal,) = refusals(base, named)
    assert refusal.id == "gates"


def test_duplicates_of_the_base_are_not_swallowed(base: Spec) -> None:
    twice = BASE.replace("effect: flag\n~~~\n", "effect: flag\n~~~\n\n" + LONG, 1)
    double = spec_of(twice)
    assert len(double.section("be_brief").boundaries) == 2
    laid = layer(double, overlay_of(double, "## Be brief {#be_brief}\n\n" + LONG))
    assert [each.effect for each in laid.spec.section("be_brief").boundaries] == ["deny", "deny"]


LONG = "~~~boundary\nid: long_reply\non: output\nwhen: words > 500\neffect: deny\n~~~\n"


def test_the_ladder_is_data(base: Spec) -> None:
    fields = (
        "ladder:\n"
        "  - {level: law}\n"
        "  - {level: maker, roles: [system], yields: explicit}\n"
        "  - {level: shop, roles: [developer, user], yields: implicit, to: maker}\n"
    )
    text = f"---\nspec: odd\n{fields}---\n\n"
    text += "## A {#a authority=maker}\n\nIt must a[^aaaa].\n\n"
    text += "## B {#b authority=shop}\n\nIt must b[^bbbb].\n"
    odd = spec_of(text)
    effective = layer(odd)
    assert effective.ladder == Ladder(
        (
            Level("law"),
            Level("maker", ("system",), Yields.EXPLICIT, "maker"),
            Level("shop", ("developer", "user"), Yields.IMPLICIT, "maker"),
        )
    )
    shop = overlay_of(odd, "## B {#b}\n\nIt must c[^bbbb].\n", level="shop")
    assert [each.level for each in refusals(odd, shop)] == ["shop"]
    maker = overlay_of(odd, "## B {#b}\n\nIt must c[^bbbb].\n", level="maker")
    assert refusals(odd, maker) == ()
    given_ladder = Ladder((Level("root"), Level("all", ("user",), Yields.EXPLICIT, "all")))
    assert layer(base, ladder=given_ladder).ladder == given_ladder
    with pytest.raises(SpecError, match="ladder of a stack"):
        layer(layer(base), ladder=given_ladder)
    assert layer(layer(base), ladder=DEFAULT_LADDER) == layer(base)


@pytest.mark.data
def test_the_model_spec_can_be_overlaid(data_dir) -> None:
    path = data_dir / "model_spec" / "2025-12-18" / "model_spec.md"
    public = spec_of(path.read_text(encoding="utf-8"), str(path), "model_spec")
    overlay = overlay_of(
        public,
        "## Ours {#ours authority=developer}\n\nIt must name the shop.\n\n"
        "#### Protect people's privacy {#protect_privacy}\n\nIt must not give ages[^ages].\n",
    )
    effective = layer(public, overlay)
    assert len(effective.spec.sections) == len(public.sections) + 1
    assert effective.origins["protect_privacy/ages"] == 1
    assert set(effective.origins.values()) == {0, 1}
