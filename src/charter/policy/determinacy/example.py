"""Examples: a context, two ways to read the spec, and what `resolve` and `decide` make of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product
from typing import NamedTuple

from charter.policy.decision import STRICTNESS
from charter.policy.determinacy.context import Answer, Context, Part, part_of
from charter.policy.determinacy.evaluate import Choices, Evaluator
from charter.policy.determinacy.tally import MovePick
from charter.policy.determinacy.told import Told, decision_of, differences, told

MAX_CHANGED = 3
"""Other readings changed at once in search of a difference."""
_GATES = (
    "root_conflict",
    "scope_without_timer",
    "scope_preauthorises",
    "scope_vs_side_effects",
    "bounds_before_provenance",
)
"""Readings that checks ask, beside those that rows name."""


class Outcome(NamedTuple):
    """What comes out under some readings."""

    readings: Mapping[str, str]
    """Those that are named; the others are as the policy has them."""
    says: str


class Example(NamedTuple):
    """A context in words, with its outcomes."""

    told: tuple[Told, ...]
    outcomes: tuple[Outcome, ...]
    features: tuple[tuple[str, str], ...]
    """In which the context differs from the plainest one."""


def by_reading(ask: Evaluator, context: Context, axis: int, *, decides: bool) -> Example | None:
    """Return a context with two outcomes that differ by one reading.

    With `decides`, in the decision, if that is found.
    """
    found: tuple[Choices, Choices, Answer, Answer] | None = None
    for others in _others(ask, context, axis):
        answers = [
            ({**others, axis: choice}, ask.answer(context, {**others, axis: choice}))
            for choice in range(len(ask.axes.choices[axis]))
        ]
        choices, first = answers[0]
        for changed, second in answers[1:]:
            if first.decision.effect != second.decision.effect:
                return _example(ask, context, (choices, changed, first, second))
            if found is None and _part(ask, context, choices, first) != _part(
                ask, context, changed, second
            ):
                found = choices, changed, first, second
        if found is not None and not decides:
            break
    return _example(ask, context, found) if found else None


def _others(ask: Evaluator, context: Context, axis: int) -> Iterator[dict[int, int]]:
    """Yield choices of the other readings that can matter here, those of fewest changes first."""
    reads: Iterable[str] = (*(name for row in context.rows for name in row.reads), *_GATES)
    axes = [one for one in ask.axes.of(reads) if one != axis]
    for count in range(MAX_CHANGED + 1):
        for changed in combinations(axes, count):
            sizes = (range(1, len(ask.axes.choices[one])) for one in changed)
            for values in product(*sizes):
                yield dict(zip(changed, values, strict=True))


def _part(ask: Evaluator, context: Context, choices: Choices, answer: Answer) -> Part:
    return part_of(ask.under(choices), answer.resolution, context.rows)


def _example(
    ask: Evaluator, context: Context, found: tuple[Choices, Choices, Answer, Answer]
) -> Example:
    one, other, first, second = found
    named = {axis for axis in (*one, *other) if one.get(axis) or other.get(axis)}
    said = differences(first, second)
    outcomes = tuple(
        Outcome(
            {ask.axes.names[a]: ask.axes.choices[a][choices.get(a, 0)] for a in sorted(named)},
            says,
        )
        for choices, says in zip((one, other), said, strict=True)
    )
    return Example(told(ask.policy, context), outcomes, context.features)


def covered(ask: Evaluator, context: Context, boundary: str) -> Example:
    """Return a context in which a boundary restricts, with all that restricts there."""
    for choices in ({}, *_others(ask, context, -1)):
        answer = ask.answer(context, choices)
        checks = [f"{r.check} asks for {r.effect}" for r in answer.decision.reasons]
        if any(reason.check == boundary for reason in answer.decision.reasons):
            break
    readings = {ask.axes.names[a]: ask.axes.choices[a][c] for a, c in choices.items()}
    says = f"{answer.decision.effect}: {', '.join(checks)}"
    return Example(told(ask.policy, context), (Outcome(readings, says),), context.features)


def added(ask: Evaluator, pick: MovePick) -> tuple[Example, Example]:
    """Return the contexts before and after a permission is added, read so that it is stricter."""
    for choices in ({}, *_others(ask, pick.after, -1)):
        answers = [ask.answer(context, choices) for context in (pick.before, pick.after)]
        strict = [STRICTNESS[answer.decision.effect] for answer in answers]
        if strict[0] < strict[1]:
            break
    readings = {ask.axes.names[a]: ask.axes.choices[a][c] for a, c in choices.items()}
    first, second = (
        Example(
            told(ask.policy, context), (Outcome(readings, decision_of(answer)),), context.features
        )
        for context, answer in zip((pick.before, pick.after), answers, strict=True)
    )
    return first, second
