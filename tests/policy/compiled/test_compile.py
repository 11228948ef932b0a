"""Spec and overlays -> Policy: what binds, and what cannot be compiled."""

from __future__ import annotations

import subprocess
import sys

import pytest

from charter.errors import ConfigError, SpecError
from charter.load import load
from charter.policy.compiled.compile import binding_levels, compile_policy
from charter.policy.directive import Act
from charter.policy.policy import GATES, Policy
from charter.source import Citation, Source, digest_of
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.spec.overlays.overreach import GATE_SECTIONS
from charter.spec.spec import Spec
from charter.syntax.reader import parse

BASE = """\
---
spec: base
version: "1"
---

# Bounds {#bounds}

The assistant must stay in bounds.

## Restricted content {#restricted_content}

### Keep secrets {#keep_secrets authority=root}

The assistant must not reveal addresses[^addr].
It should decline in one sentence[^decl].
The assistant should not guess at them.

~~~boundary
id: no_key_out
on: output
when: text.contains('KEY')
effect: redact
say: A key was removed.
~~~

### Be brief {#be_brief authority=guideline tags=sensitive}

The assistant should be brief[^brie].

## Young users {#young_users authority=root tags=late,under_18}

The assistant must keep romance out.
"""
COMPANY = """\
---
spec: company
version: "2"
extends: {{name: base, version: "1", digest: "{digest}"}}
level: developer
readings: {{defeat: any_higher}}
---

### Be brief {{#be_brief}}

The assistant should use lists[^list].

## Mail {{#mail authority=developer}}

The assistant must ask before it sends mail.

~~~boundary
id: mail_out
on: tool_call
when: tool == 'send_email' && has(args.to) && !string(args.to).endsWith('@a.org')
effect: require_approval
~~~

~~~directive
id: english
instruct: Answer in English.
subject: language
value: en
~~~

~~~directive
id: budget
scope:
  allowed_tools: [search]
  max_cost: 5
~~~
"""

GOLDEN = "sha256:7f154847352d5d12291b0955f7e1d2f197dd1da69be4c1d4c9694400f8b6ea75"
GOLDEN_BASE = "sha256:3dce64d8d7131d7317d317c0f33c75f18b24bc668313d6f8c1ccad3bf9f6f6f2"
GOLDEN_STARTER = "sha256:b67fb6b4a218359c912ca5077d7098b2966f3f914ef4e4f698551cd45b9aaaa6"


def spec_of(text: str, path: str = "spec.md", name: str = "spec") -> Spec:
    return build(parse(Source(path, text)), name=name)


def small_stack() -> tuple[Spec, Spec]:
    base = spec_of(BASE, "base.md")
    return base, spec_of(COMPANY.format(digest=base.digest), "company.md")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return compile_policy(layer(*small_stack()))


def test_binding_sections_become_rules(policy: Policy) -> None:
    assert [rule.id for rule in policy.rules] == ["keep_secrets", "be_brief", "young_users", "mail"]
    rule = policy.by_id["keep_secrets"]
    assert (rule.authority, rule.rank, rule.depth) == ("root", 5, 3)
    assert rule.parents == ("restricted_content", "bounds")
    assert rule.content == "restricted"
    assert rule.prohibits
    assert rule.clauses[0] == (
        "keep_secrets/addr",
        "The assistant must not reveal addresses.",
        "must",
        0,
    )
    brief = policy.by_id["be_brief"]
    assert (brief.content, brief.prohibits, brief.layer) == ("sensitive", False, 0)
    assert [clause.id for clause in brief.clauses] == ["be_brief/brie", "be_brief/list"]
    assert policy.by_id["young_users"].conditions == ("under_18",)
    assert policy.by_id["mail"].layer == 1


def test_citations_name_the_document_that_wrote_what_they_cite(policy: Policy) -> None:
    base, company = (each.digest for each in policy.layers)
    assert base != company
    assert policy.cite("keep_secrets").spec_digest == base
    assert policy.citations["mail"].spec_digest == company
    assert policy.cite("be_brief").spec_digest == base
    assert policy.cite("be_brief/brie").spec_digest == base
    assert policy.cite("be_brief/list").spec_digest == company
    assert policy.cite("no such thing") == Citation(company, "company", policy.title)


def test_layers_and_readings_are_those_of_the_stack(policy: Policy) -> None:
    assert [(each.name, each.level) for each in policy.layers] == [
        ("base", None),
        ("company", "developer"),
    ]
    assert (policy.name, policy.spec_digest) == ("company", digest_of(BASE))
    assert policy.readings["defeat"] == "any_higher"
    chosen = compile_policy(layer(*small_stack()), readings={"defeat": "applicable"})
    assert chosen.readings["defeat"] == "applicable"
    assert chosen.digest != policy.digest


def test_boundaries_are_compiled(policy: Policy) -> None:
    first, second = policy.boundaries
    assert (first.id, first.rank, first.content, first.layer) == ("no_key_out", 5, "restricted", 0)
    assert first.condition.holds(dict.fromkeys(first.condition.uses, "KEY"))
    assert (second.id, second.rank, second.layer) == ("mail_out", 3, 1)
    assert second.tools == {"send_email"}


def test_directives_have_the_level_of_their_overlay(policy: Policy) -> None:
    english, scope = policy.directives
    assert (english.id, english.act, english.level) == ("english", Act.INSTRUCT, "developer")
    assert english.origin.channel == "overlay"
    assert scope.scope is not None
    assert (scope.scope.level, scope.scope.max_cost) == ("developer", 5.0)


def test_a_spec_alone_is_compiled_too() -> None:
    base, _ = small_stack()
    assert compile_policy(base) == compile_policy(layer(base))


def test_prohibitions_of_an_overlay_do_not_change_what_a_section_is() -> None:
    """A duty of root that were taken for a prohibition would no longer clash with one."""
    base = spec_of("## Act {#act authority=root}\n\nThe assistant must act.\n", "base.md", "base")
    head = f"---\nextends: {{name: base, digest: '{base.digest}'}}\nlevel: developer\n---\n\n"
    more = "## Act {#act}\n\nThe assistant must not stop. The assistant must not wait.\n"
    policy = compile_policy(layer(base, spec_of(head + more, "more.md", "more")))
    assert len(policy.by_id["act"].clauses) == 3
    assert not policy.by_id["act"].prohibits
    default = spec_of(base.source.text.replace("root", "developer"), "base.md", "base")
    text = (head + more).replace(base.digest, default.digest)
    assert compile_policy(layer(default, spec_of(text, "more.md", "more"))).by_id["act"].prohibits


def test_digests_are_golden(policy: Policy) -> None:
    """They name policies in records: a change here changes what old records refer to."""
    assert compile_policy(small_stack()[0]).digest == GOLDEN_BASE
    assert policy.digest == GOLDEN


def test_digest_of_the_starter_is_golden() -> None:
    assert compile_policy(load("starter")).digest == GOLDEN_STARTER


@pytest.mark.parametrize("seed", ["1", "77"])
def test_digest_is_the_same_in_every_process(policy: Policy, seed: str, tmp_path) -> None:
    base, company = small_stack()
    (tmp_path / "base.md").write_text(base.source.text)
    (tmp_path / "company.md").write_text(company.source.text)
    code = (
        "from charter.load import load_policy; "
        "print(load_policy('base.md', ['company.md'], cache=False).digest)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": seed, "LC_ALL": "C"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == policy.digest


def test_digest_names_content_and_not_where_it_lies(policy: Policy) -> None:
    base, company = small_stack()
    elsewhere = build(parse(Source("x/y.md", BASE)), name="other", version="9")
    moved = compile_policy(layer(elsewhere, company))
    assert moved.digest == policy.digest
    for change in (
        {"readings": {"cue_source": "any_context"}},
        {"readings": {"possibly_quoted": "no_authority"}},
    ):
        assert compile_policy(layer(base, company), **change).digest != policy.digest
    prose = spec_of(BASE.replace("must stay in bounds", "must remain in bounds"), "base.md")
    assert compile_policy(prose).digest != compile_policy(base).digest


@pytest.mark.parametrize(
    ("reading", "levels"),
    [
        ("interprets", {}),
        ("highest_child", {"top": "root", "middle": "user"}),
        ("strictest_child", {"top": "root", "middle": "guideline"}),
    ],
)
def test_text_without_authority_binds_by_its_reading(reading, levels) -> None:
    """With a ladder on which the higher of two levels yields more."""
    text = (
        "---\nladder:\n  - {level: root}\n  - {level: user, roles: [user], yields: implicit}\n"
        "  - {level: guideline, yields: explicit, to: root}\n---\n\n"
        "# Top {#top}\n\nIt must a.\n\n## Middle {#middle}\n\nIt must b.\n\n"
        "### One {#one authority=user}\n\n### Two {#two authority=guideline}\n\n"
        "### Silent {#silent}\n\n## Three {#three authority=root}\n\n"
        "# Alone {#alone}\n\nIt must c.\n"
    )
    spec = spec_of(text)
    found = binding_levels(layer(spec), reading)
    assert found == {"one": "user", "two": "guideline", "three": "root", **levels}
    policy = compile_policy(spec, readings={"unlabelled_text": reading})
    assert {rule.id: rule.authority for rule in policy.rules} == found


BOUNDARY = "~~~boundary\nid: b\non: output\nwhen: words > 1\neffect: deny\n~~~\n"
A = "## A {#a authority=user}\n\nIt must a.\n\n"


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("## A {#a authority=king}\n", "authority 'king', which is no level", 1),
        (A + "## A {#a authority=user}\n", "two binding sections have the id a", 5),
        ("# A {#a}\n\n" + BOUNDARY, "has no authority and binds nobody", 3),
        (A + BOUNDARY + "\n" + BOUNDARY, "two boundaries have the id 'b'", 12),
        (A + BOUNDARY.replace("id: b\n", ""), "boundary has no id", 5),
        (A + BOUNDARY.replace("id: b\n", "id: side_effects\n"), "has the name of a check", 5),
        (A + BOUNDARY.replace("words > 1", "levels.king > 1"), "'king' is no level of the la", 8),
        (A + BOUNDARY.replace("output", "input"), "`on` is 'input'", 5),
        (A + BOUNDARY.replace("deny", "allow"), "`effect` is 'allow'", 5),
        (A + BOUNDARY.replace("words > 1", "words + 1"), "column 7: .*must be true or false", 8),
        (A + BOUNDARY.replace("words > 1", "words > 'x'"), "column 13: found no matching", 8),
        (A + BOUNDARY.replace("words > 1", "text.size() > nope"), "column 21: undeclared", 8),
        (A + BOUNDARY.replace("words > 1", "text.matches('(')"), "does not compile", 8),
        (A + "~~~directive\nkeep: a\n~~~\n", "a base spec cannot hold directives", 5),
        ("---\ngates: {nope: a}\n---\n\n" + A, "`gates` names 'nope'", 2),
        ("---\ngates: {scope: b}\n---\n\n" + A + "## B {#b}\n", "which has no authority", 2),
    ],
)
def test_what_cannot_be_compiled(text: str, message: str, line: int) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        compile_policy(spec_of(text))
    assert caught.value.hint
    assert caught.value.place is not None
    assert caught.value.place.line == line


def test_a_folded_condition_is_placed_in_its_lines() -> None:
    text = A + BOUNDARY.replace("words > 1", ">\n  words > 1 &&\n  text > 2")
    with pytest.raises(SpecError, match="column 8: found no matching overload") as caught:
        compile_policy(spec_of(text))
    assert caught.value.place is not None
    assert caught.value.place.line == 10


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("keep: nowhere", "names 'nowhere', which is no section"),
        ("keep: keep_secrets/nope", "names 'keep_secrets/nope'"),
        ("instruct: x\nconflicts: [nope]", "names 'nope'"),
        ("supersede: d-00000000", "names 'd-00000000'"),
        ("scop: {}", "scop"),
        ("scope: {latest_time: noon}", "latest_time"),
    ],
)
def test_directives_that_cannot_be_used(fields: str, message: str) -> None:
    base, _ = small_stack()
    text = COMPANY.format(digest=base.digest).partition("~~~directive")[0]
    overlay = spec_of(text + f"~~~directive\n{fields}\n~~~\n", "company.md")
    with pytest.raises(SpecError, match=message) as caught:
        compile_policy(layer(base, overlay))
    assert caught.value.place is not None
    assert caught.value.place.path == "company.md"
    assert caught.value.place.line >= 24


def test_unknown_readings_are_refused() -> None:
    base, _ = small_stack()
    with pytest.raises(ConfigError, match="no reading named 'nope'"):
        compile_policy(base, readings={"nope": "a"})


def test_every_section_a_gate_looks_for_is_reserved() -> None:
    assert frozenset(name for names in GATES.values() for name in names) == GATE_SECTIONS


@pytest.mark.data
@pytest.mark.parametrize("version", ["2025-02-12", "2025-10-27", "2025-12-18"])
def test_model_specs_compile(data_dir, version: str) -> None:
    policy = compile_policy(load(data_dir / "model_spec" / version))
    assert len(policy.rules) > 40
    assert policy.boundaries == ()
    if version == "2025-12-18":
        assert len(policy.rules) == 59
        assert policy.conditional == {"under_18"}
        classes = {rule.id: rule.content for rule in policy.rules if rule.content}
        assert classes["sexual_content_involving_minors"] == "prohibited"
        assert classes["avoid_info_hazards"] == "restricted"
        assert classes["no_erotica_or_gore"] == "sensitive"
        assert len(classes) == 9
