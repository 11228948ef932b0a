"""The laws of laying overlays, on generated stacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.worlds import thorough

from charter.errors import OverlayNotAllowed
from charter.source import Source
from charter.spec.build import build
from charter.spec.ladder import DEFAULT_LADDER, Level
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import layer, refusals
from charter.spec.overlays.weaken import EFFECTS
from charter.spec.spec import Spec
from charter.syntax.reader import parse

LEVELS = ("root", "system", "developer", "user", "guideline")
MODALS = ("must not", "must", "should", "may")
_Value = TypeVar("_Value")


class Picks:
    """Choices read off a number: far cheaper than a draw for each."""

    def __init__(self, number: int) -> None:
        self.number = number

    def one(self, values: Sequence[_Value]) -> _Value:
        self.number, at = divmod(self.number, len(values))
        return values[at]

    def some(self, values: Sequence[_Value]) -> list[_Value]:
        return [value for value in values if self.one((False, True))]


def picks(size: int = 48) -> st.SearchStrategy[Picks]:
    return st.binary(min_size=size, max_size=size).map(
        lambda drawn: Picks(int.from_bytes(drawn, "little"))
    )


def spec_of(text: str, name: str) -> Spec:
    return build(parse(Source(f"{name}.md", text)), name=name)


def sections(pick: Picks, ids: str, *, directed: bool = False) -> list[str]:
    """Return sections with few ids, so that layers meet; fewer of them in overlays."""
    return [section(pick, name, directed=directed) for name in ids if pick.one((0, 1, 1))]


def section(pick: Picks, name: str, *, directed: bool) -> str:
    heading = f"## Section {name} {{#{name}"
    level = pick.one((None, None, None, *LEVELS) if directed else (None, *LEVELS))
    heading += f" authority={level}" if level else ""
    tag = pick.one(("", "", "", "", "", " tags=under_18", " tags=sensitive", " tags=x"))
    clauses = [
        f"It {pick.one(MODALS)} {pick.one(('sing', 'dance', 'wait'))}[^{marker}]."
        for marker in pick.some(("m111", "m222"))
    ]
    fences = [
        f"~~~boundary\nid: {name}_{at}\non: output\nwhen: words > {pick.one((1, 1, 2))}\n"
        f"effect: {pick.one(EFFECTS)}\n~~~"
        for at in pick.some((1, 2))
    ]
    if directed and pick.one((False, True)):
        verb, target = pick.one(("override", "keep", "soften")), pick.one("abcd")
        fences.append(f"~~~directive\n{verb}: {target}\n~~~")
    return "\n\n".join([heading + tag + "}", " ".join(clauses), *fences]) + "\n"


def base_of(pick: Picks) -> Spec:
    return spec_of("---\nspec: base\n---\n\n" + "\n".join(sections(pick, "abcd")), "base")


def overlay_of(base: Spec, body: str, level: str, name: str, more: str = "") -> Spec:
    extends = f"{{name: {base.name}, version: null, digest: '{base.digest}'}}"
    head = f"---\nspec: {name}\nextends: {extends}\nlevel: {level}\n{more}---\n\n"
    return spec_of(head + body, name)


def stack_of(pick: Picks, overlays: int = 2) -> list[Spec]:
    found = [base_of(pick)]
    for at in range(overlays):
        ids = pick.one(("a", "b", "c", "d", "e", "ab", "cd", "be"))
        body = "\n".join(sections(pick, ids, directed=True))
        level = pick.one(LEVELS)
        more = pick.one(("", "readings: {defeat: any_higher}\n", "default_timer: 9\n", ""))
        found.append(overlay_of(pick.one(found), body, level, f"o{at}", more))
    return found


def stacks(overlays: int = 2) -> st.SearchStrategy[list[Spec]]:
    return picks().map(lambda pick: stack_of(pick, overlays))


def laid(*specs: Spec | Effective) -> Effective | str:
    try:
        return layer(*specs)
    except OverlayNotAllowed as refused:
        return refused.message


def test_the_laws_are_not_vacuous() -> None:
    """Of generated stacks, a good part is laid, and a good part refused for every reason."""
    outcomes: Counter[str] = Counter()

    @settings(max_examples=600, deadline=None, database=None, derandomize=True)
    @given(stacks(1))
    def lay(stack: list[Spec]) -> None:
        found = refusals(*stack)
        outcomes.update({each.kind for each in found} or {"laid"})
        outcomes["laid, changed"] += not found and bool(stack[1].sections)

    lay()
    assert outcomes["laid, changed"] >= 60, outcomes
    for kind in ("text", "permission", "duty", "authority", "tag", "boundary", "directive"):
        assert outcomes[kind] >= 10, outcomes


@thorough
@given(stacks())
def test_laying_is_associative(stack: list[Spec]) -> None:
    base, one, two = stack
    whole = laid(base, one, two)
    first = laid(base, one)
    assert whole == (first if isinstance(first, str) else laid(first, two))


@thorough
@given(stacks(1))
def test_laying_is_idempotent(stack: list[Spec]) -> None:
    base, one = stack
    once = laid(base, one)
    if isinstance(once, Effective):
        assert layer(base, one, one) == once == layer(once, one)
        assert layer(once, one).digest == once.digest


@thorough
@given(stacks())
def test_an_overlay_further_down_is_not_laid_again(stack: list[Spec]) -> None:
    base, one, two = stack
    both = laid(base, one, two)
    if isinstance(both, Effective):
        assert layer(base, one, two, one) == both == layer(both, two, one)


@thorough
@given(stacks(1))
def test_nothing_above_an_overlay_is_lost_or_changed(stack: list[Spec]) -> None:
    base, one = stack
    effective = laid(base, one)
    if isinstance(effective, str):
        return
    level = effective.layers[1].level
    for section in base.sections:
        now = effective.spec.section(section.id)
        authority = section.authority
        stands = DEFAULT_LADDER.level(authority) if authority else Level("")
        if stands.to and DEFAULT_LADDER.rank(stands.to) <= DEFAULT_LADDER.rank(level):
            continue
        assert (now.authority, now.title, now.tags) == (authority, section.title, section.tags) or (
            now.tags == (*section.tags, "x") or set(now.tags) <= {*section.tags, "x"}
        )
        assert now.clauses[: len(section.clauses)] == section.clauses
        for before, after in zip(section.boundaries, now.boundaries, strict=False):
            assert (before.id, before.on, before.when) == (after.id, after.on, after.when)
            assert EFFECTS.index(after.effect) >= EFFECTS.index(before.effect)
        assert len(now.boundaries) >= len(section.boundaries)
        for clause in now.clauses[len(section.clauses) :]:
            assert clause.strength != "may"


@thorough
@given(stacks())
def test_every_part_has_its_origin(stack: list[Spec]) -> None:
    effective = laid(*stack)
    if isinstance(effective, str):
        return
    for section in effective.spec.sections:
        source = effective.sources[effective.origins[section.id]].text
        assert section.id in section.heading_span.of(source)
        for clause in section.clauses:
            text = clause.span.of(effective.sources[effective.origins[clause.id]].text)
            assert clause.marker is not None
            assert clause.marker in text
        for boundary in section.boundaries:
            assert boundary.id in boundary.span.of(
                effective.sources[effective.origin(boundary)].text
            )


@thorough
@given(picks(), st.integers(0, 2**16))
def test_order_inside_an_overlay_is_document_order_only(pick: Picks, seed: int) -> None:
    base, level = base_of(pick), pick.one(LEVELS)
    body = sections(pick, "abcde", directed=True)
    shuffled = list(body)
    Random(seed).shuffle(shuffled)
    one = laid(base, overlay_of(base, "\n".join(body), level, "ours"))
    two = laid(base, overlay_of(base, "\n".join(shuffled), level, "ours"))
    assert isinstance(one, str) == isinstance(two, str)
    if isinstance(one, Effective) and isinstance(two, Effective):
        assert meaning(one) == meaning(two)


def meaning(effective: Effective) -> object:
    """What an effective spec says, without places."""
    return {
        section.id: (
            section.title,
            section.authority,
            section.tags,
            {(clause.id, clause.text, clause.strength) for clause in section.clauses},
            {(each.id, each.on, each.when, each.effect) for each in section.boundaries},
        )
        for section in effective.spec.sections
    }, dict(effective.origins)
