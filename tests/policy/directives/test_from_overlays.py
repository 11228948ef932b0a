"""Directives of overlays: whose level they have, and which of two counts."""

from __future__ import annotations

from itertools import permutations

import pytest
from tests.policy.worlds import directive

from charter.errors import OverlayNotAllowed
from charter.policy.compiled.compile import compile_policy
from charter.policy.directive import BEFORE, Directive
from charter.policy.fate import Ground, State
from charter.policy.fates.resolve import resolve
from charter.policy.resolution import Resolution
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.spec.spec import Spec
from charter.syntax.reader import parse

BASE = """\
---
spec: base
---

## Be brief {#be_brief authority=guideline}

The assistant should be brief.

## Give no advice {#no_advice authority=developer}

The assistant should not give advice.
"""


def spec_of(text: str, name: str) -> Spec:
    return build(parse(Source(f"{name}.md", text)), name=name)


def overlay(base: Spec, name: str, fence: str, level: str = "developer") -> Spec:
    head = f"---\nspec: {name}\nextends: {{name: base, version: null, digest: '{base.digest}'}}\n"
    body = f"level: {level}\n---\n\n# {name} {{#in_{name}}}\n\n~~~directive\n{fence}\n~~~\n"
    return spec_of(head + body, name)


def language(value: str, name: str) -> str:
    return f"id: {name}\ninstruct: Answer in {value}.\nsubject: language\nvalue: {value}"


@pytest.fixture(scope="module")
def base() -> Spec:
    return spec_of(BASE, "base")


def resolved(base: Spec, *overlays: Spec, said: tuple[Directive, ...] = ()) -> Resolution:
    return resolve(compile_policy(layer(base, *overlays)), directives=said)


def fates(resolution: Resolution) -> dict[str, tuple[State, Ground, str | None]]:
    return {each.id: (each.state, each.ground, each.by) for each in resolution.fates}


def test_all_stand_before_the_request_and_in_the_order_of_the_stack(base: Spec) -> None:
    stack = [overlay(base, name, language("en", name)) for name in ("one", "two", "three")]
    orders = [each.order for each in compile_policy(layer(base, *stack)).directives]
    assert orders == sorted(set(orders))
    assert max(orders) < BEFORE


@pytest.mark.parametrize("stack", list(permutations(["one", "two", "three"])))
def test_at_one_level_the_upper_overlay_supersedes(base: Spec, stack: tuple[str, ...]) -> None:
    overlays = [overlay(base, name, language(f"l-{name}", f"d_{name}")) for name in stack]
    found = resolved(base, *overlays)
    known, last = fates(found), f"d_{stack[-1]}"
    assert known[last] == (State.IN_FORCE, Ground.APPLIES, None)
    for name in stack[:-1]:
        assert known[f"d_{name}"] == (State.SET_ASIDE, Ground.SUPERSEDED, last)
    assert found.conflicts == ()


def test_of_two_levels_the_higher_counts_wherever_it_stands(base: Spec) -> None:
    high = overlay(base, "high", language("en", "d_high"), "system")
    low = overlay(base, "low", language("fr", "d_low"))
    for stack in ((high, low), (low, high)):
        known = fates(resolved(base, *stack))
        assert known["d_high"][0] is State.IN_FORCE
        assert known["d_low"] == (State.SET_ASIDE, Ground.MISALIGNED, "d_high")


def test_within_one_overlay_both_stand_and_the_conflict_is_reported(base: Spec) -> None:
    both = f"directives:\n  - {{{flow('en', 'd_en')}}}\n  - {{{flow('fr', 'd_fr')}}}"
    found = resolved(base, overlay(base, "one", both))
    assert {fates(found)[name][0] for name in ("d_en", "d_fr")} == {State.IN_FORCE}
    assert [(each.first, each.second) for each in found.conflicts] == [("d_en", "d_fr")]


def flow(value: str, name: str) -> str:
    return language(value, name).replace("\n", ", ")


def test_a_product_takes_back_what_its_company_said(base: Spec) -> None:
    company = overlay(base, "company", language("en", "d_company"))
    product = overlay(base, "product", "id: back\nsupersede: d_company")
    assert fates(resolved(base, company, product))["d_company"][:2] == (
        State.SET_ASIDE,
        Ground.SUPERSEDED,
    )


def test_an_upper_overlay_lets_a_section_apply_again(base: Spec) -> None:
    company = overlay(base, "company", "id: off\noverride: no_advice")
    product = overlay(base, "product", "id: on\nkeep: no_advice")
    assert fates(resolved(base, company))["no_advice"][0] is State.SET_ASIDE
    known = fates(resolved(base, company, product))
    assert known["no_advice"][0] is State.IN_FORCE
    assert known["off"] == (State.SET_ASIDE, Ground.SUPERSEDED, "on")


def test_metadata_and_messages_are_later_than_all_overlays(base: Spec) -> None:
    stack = [overlay(base, name, language("en", f"d_{name}")) for name in ("one", "two")]
    fields = {"subject": "language", "value": "fr"}
    for order in (BEFORE, 0):
        said = directive("said", "developer", order, **fields)
        known = fates(resolved(base, *stack, said=(said,)))
        assert known["said"][0] is State.IN_FORCE
        assert known["d_one"] == known["d_two"] == (State.SET_ASIDE, Ground.SUPERSEDED, "said")
    said = directive("said", "user", 5, **fields)
    assert fates(resolved(base, *stack, said=(said,)))["said"][1] is Ground.MISALIGNED


def test_one_stack_makes_one_policy(base: Spec) -> None:
    one, two = (overlay(base, name, language("en", f"d_{name}")) for name in ("one", "two"))
    laid = compile_policy(layer(base, one, two))
    assert compile_policy(layer(layer(base, one), two, one)) == laid
    assert compile_policy(layer(base, two, one)).digest != laid.digest


def test_a_directive_cannot_pass_for_a_section(base: Spec) -> None:
    taken = overlay(base, "company", language("de", "be_brief"))
    with pytest.raises(OverlayNotAllowed, match="has the id of a section"):
        layer(base, taken)
