"""Reading directives: tests/cases/directives/{pass,fail}_*.yaml, and what no file can show."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.policy.directive import Act, Directive, Origin, Unusable
from charter.policy.directives.read_directive import (
    KEYS,
    MAX_IN_FENCE,
    VERBS,
    Carrier,
    read_directive,
    read_directives,
)
from charter.policy.fate import Place
from charter.source import Source, Span
from charter.spec.ladder import Ladder, Level
from charter.syntax.mapping import load_mapping

CASES = Path(__file__).resolve().parents[2] / "cases" / "directives"
USER = Carrier("user", 3, "user", Place(3, 10, 90))
PLAIN = Directive("", Act.KEEP, "user")


def said(directive):
    """What a directive says, without what its carrier gives it and what is at its default."""
    carried = ("level", "order", "source", "place", "origin")
    given = [each.name for each in fields(Directive) if each.init and each.name not in carried]
    shown = {name: getattr(directive, name) for name in given}
    if directive.delegation:
        shown["delegation"] = directive.delegation._asdict()
    if directive.scope:
        scope = asdict(directive.scope).items()
        shown["scope"] = {k: v for k, v in scope if v and k not in ("revoked", "level", "id")}
    return {k: v for k, v in shown.items() if k in ("id", "act") or v != getattr(PLAIN, k)}


def read(text):
    loaded = load_mapping(text, deep=True)
    if loaded.error:
        at = loaded.error_offset
        return [], [Unusable(loaded.error, Span(at, at + 1))]
    return read_directives(loaded.values, USER, spans=loaded.spans, whole=Span(0, len(text)))


def shown(text):
    directives, unusable = read(text)
    source = Source("<case>", text)
    return {
        "directives": [said(directive) for directive in directives],
        "unusable": [
            {"line": source.locate(each.span).line, "message": each.message}
            | ({"hint": each.hint} if each.hint else {})
            for each in unusable
        ],
    }


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")), ids=lambda case: case.stem)
def test_case_is_read_as_expected(case):
    actual = json.loads(json.dumps(shown(case.read_text(encoding="utf-8"))))
    assert actual == json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    assert bool(actual["unusable"]) == case.stem.startswith("fail_")


def test_every_verb_has_a_case():
    acts = {
        directive["act"]
        for case in CASES.glob("pass_*.json")
        for directive in json.loads(case.read_text(encoding="utf-8"))["directives"]
    }
    assert acts == set(VERBS)


def test_a_directive_has_what_its_carrier_gives():
    carrier = Carrier("user", 3, "quote:user", Place(3, 1, 9), Origin("fence"), "possibly quoted")
    found = read_directive({"scope": {"max_cost": 1}}, carrier)
    assert (found.level, found.order, found.source) == ("user", 3, "quote:user")
    assert (found.place, found.mistaken) == (Place(3, 1, 9), "possibly quoted")
    assert (found.scope.level, found.scope.id) == ("user", found.id)


def test_softening_is_never_explicit():
    assert not read_directive({"soften": "be_brief"}, USER).explicit
    assert read_directive({"override": "be_brief"}, USER).explicit


def test_two_replacements_of_one_section_differ_in_value():
    one = read_directive({"override": "be_brief", "instead": "Be long."}, USER)
    other = read_directive({"override": "be_brief", "instead": "Be longer."}, USER)
    assert one.subject == other.subject == "be_brief"
    assert (one.value, other.value) == ("Be long.", "Be longer.")


def test_an_id_follows_from_what_is_said_alone():
    here = read_directive({"keep": "no_prices"}, USER)
    there = read_directive({"keep": ["no_prices"]}, Carrier("system", 9, "system"))
    assert here.id == there.id
    assert here.id.startswith("d-")
    assert len(here.id) == len("d-") + 8


@pytest.mark.parametrize(
    "other",
    [
        {"keep": "no_dates"},
        {"soften": "no_prices"},
        {"keep": "no_prices", "because": "x"},
        {"keep": "no_prices", "conflicts": ["a"]},
        {"delegate": {"to": "tool:a"}},
        {"scope": {"max_cost": 1}},
        {"scope": {"max_cost": 2}},
        {"setting": {"a": True}},
        {"setting": {"a": 1}},
    ],
)
def test_whoever_says_something_else_has_another_id(other):
    ids = {read_directive(each, USER).id for each in ({"keep": "no_prices"}, other)}
    assert len(ids) == 2


def test_levels_are_those_of_the_ladder():
    ladder = Ladder((Level("board", ("system",)), Level("staff", ("user",))))
    fields = {"delegate": {"to": "tool:x", "level": "staff"}}
    assert read_directive(fields, USER, ladder=ladder).delegation.level == "staff"
    assert isinstance(read_directive(fields, USER), Unusable)


def test_one_directive_is_asked_for_and_several_are_not_one():
    found = read_directive({"setting": {"a": True, "b": True}}, USER)
    assert found == Unusable("expected one directive, not 2", Span(0, 0))


def test_more_than_one_list_holds_are_reported():
    many = [{"keep": f"section_{number}"} for number in range(10_000)]
    directives, unusable = read_directives({"directives": many}, USER)
    assert len(directives) == MAX_IN_FENCE
    assert [each.message for each in unusable] == [
        f"more than {MAX_IN_FENCE} directives in one list; the rest are not read"
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"instruct": "x" * 5_000},
        {"keep": "x" * 300},
        {"keep": [f"s{number}" for number in range(300)]},
        {"setting": {f"s{number}": True for number in range(300)}},
        {"scope": {"allowed_tools": ["x"] * 300}},
        {1: 2},
        {"setting": {1: 2}},
        {"scope": {"max_cost": 10**400}},
        {"setting": {"a": float("nan")}},
        {"setting": {"a": 10**400}},
        {"scope": {"max_cost": 10**9_000}},
        {"keep": 10**9_000},
        {"delegate": {"to": 10**9_000}},
        {"keep": "a\x00b"},
    ],
)
def test_what_is_too_long_or_of_no_type_is_unusable(fields):
    assert isinstance(read_directive(fields, USER), Unusable)


def test_a_place_that_is_not_known_is_the_whole():
    whole = Span(7, 20)
    _, unusable = read_directives({"keep": 1}, USER, whole=whole)
    assert unusable[0].span == whole


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["no_prices", "tool:x", "2026-11-21T17:00:00Z", "user", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*KEYS, "to", "level", "only", "max_cost", "allowed_tools", "in"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
mappings = st.dictionaries(st.sampled_from([*KEYS, "directives"]) | st.text(), json_values)


@given(mappings)
def test_any_mapping_ends_in_directives_or_reasons(fields):
    directives, unusable = read_directives(fields, USER)
    assert directives or unusable or fields.get("directives") == []
    assert all(each.level == "user" for each in directives)
    assert read_directives(fields, USER) == (directives, unusable)


@given(st.text(max_size=300))
def test_any_text_of_a_fence_ends_in_directives_or_reasons(text):
    directives, unusable = read(text)
    assert directives or unusable
    assert all(0 <= each.span.start <= each.span.end <= len(text) + 1 for each in unusable)
