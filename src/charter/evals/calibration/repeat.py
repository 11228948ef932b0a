"""Whether a judge says the same when it is asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charter.evals.calibration.agree import Measured, coefficients
from charter.evals.calibration.answer import Answer
from charter.evals.calibration.rate import Rate, rate
from charter.evals.calibration.scale import Scale
from charter.records.calibration import CalibrationItem


@dataclass(frozen=True, slots=True)
class Repeats:
    """Pairs of verdicts on one answer that should be the same."""

    same: Rate
    """Answers on which the two verdicts are the same."""
    kappa: Measured
    identical: int
    """Pairs whose replies are the same to the letter."""


def retests(
    answers: Sequence[Answer], again: Mapping[str, CalibrationItem], scale: Scale
) -> Repeats | None:
    """Compare the first sample of each answer with the very same request made again."""
    pairs = [
        (answer.samples[0], again[answer.item.item])
        for answer in answers
        if answer.item.item in again
    ]
    return _repeats(pairs, scale)


def between_samples(answers: Sequence[Answer], scale: Scale) -> Repeats | None:
    """Compare the first two samples of each answer: other order, other names, other seed."""
    pairs = [(a.samples[0], a.samples[1]) for a in answers if len(a.samples) > 1]
    return _repeats(pairs, scale)


def _repeats(
    pairs: Sequence[tuple[CalibrationItem, CalibrationItem]], scale: Scale
) -> Repeats | None:
    if not pairs:
        return None
    same = rate(
        [_same(first.verdict, second.verdict) for first, second in pairs],
        [first.cluster for first, _ in pairs],
    )
    decided = [
        (scale.labels.index(first.verdict), scale.labels.index(second.verdict), first.cluster)
        for first, second in pairs
        if first.verdict is not None and second.verdict is not None
    ]
    columns = [list(column) for column in zip(*decided, strict=True)] or [[], [], []]
    found = coefficients(columns[0], columns[1], columns[2], labels=len(scale.labels))
    return Repeats(same, found.kappa, sum(first.text == second.text for first, second in pairs))


def _same(first: str | None, second: str | None) -> bool | None:
    return None if first is None or second is None else first == second
