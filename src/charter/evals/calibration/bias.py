"""What a judge's errors go with, although it should not matter: length, and order of the options.

Errors are compared among answers of the same truth only. Where short answers happen to be the bad
ones, a judge that errs by chance would else seem to have a bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charter.evals.calibration.agree import NOTHING, Measured, measured
from charter.evals.calibration.answer import Answer
from charter.evals.calibration.rate import Rate, rate
from charter.evals.calibration.scale import DISPUTED, Scale


@dataclass(frozen=True, slots=True)
class LengthBias:
    """Whether longer answers are judged more kindly than shorter ones of the same truth.

    The thirds are those of each truth: the longest third of the bad answers and of the good ones.
    """

    slope: Measured
    """Change of the lean (1 too kind, -1 too harsh) when the answer is twice as long."""
    difference: Measured
    """Lean of the longest third less that of the shortest, truths weighted by their answers."""
    error_rates: tuple[Rate, Rate, Rate]
    """Wrong verdicts in the shortest, middle and longest third."""


@dataclass(frozen=True, slots=True)
class OrderBias:
    """Whether the verdict hangs on the order in which the options were shown."""

    flips: Rate
    """Answers with another verdict when the options were reversed."""
    difference: Measured
    """Share judged kindly with the options reversed, less that without, on the same answers."""


def length_bias(answers: Sequence[Answer]) -> LengthBias | None:
    """Return how the lean goes with length; None with too few answers to say anything."""
    decided = [a for a in answers if a.verdict is not None and a.truth != DISPUTED]
    lengths = {answer.item.characters for answer in decided}
    if len(decided) < 6 or len(lengths) < 2:
        return None
    from charter.evals.calibration.lean import Leaning, by_length  # noqa: PLC0415 - brings numpy

    third_of = _thirds(decided)
    slope, difference = by_length(
        [
            Leaning(a.cluster, a.truth, a.item.characters, third_of[a.item.item], a.lean)
            for a in decided
        ]
    )

    def errors(third: int) -> Rate:
        mine = [answer for answer in decided if third_of[answer.item.item] == third]
        return rate([not answer.right for answer in mine], [answer.cluster for answer in mine])

    return LengthBias(measured(*slope), measured(*difference), (errors(0), errors(1), errors(2)))


def _thirds(decided: Sequence[Answer]) -> dict[str, int]:
    """Return for each answer the third, by length, of the answers with its truth."""
    found = {}
    for truth in {answer.truth for answer in decided}:
        mine = [answer for answer in decided if answer.truth == truth]
        mine.sort(key=lambda answer: (answer.item.characters, answer.item.item))
        for rank, answer in enumerate(mine):
            found[answer.item.item] = 3 * rank // len(mine)
    return found


def order_bias(answers: Sequence[Answer], scale: Scale) -> OrderBias | None:
    """Compare the verdicts with the options in either order; None unless both were shown."""
    pairs = []
    for answer in answers:
        by_order: dict[bool, str | None] = {}
        for sample in answer.samples:
            by_order.setdefault(sample.flipped, sample.verdict)
        if len(by_order) == 2:
            pairs.append((answer.cluster, by_order[False], by_order[True]))
    if not pairs:
        return None
    flips = [None if None in (one, other) else one != other for _, one, other in pairs]
    kinder = [
        (cluster, scale.is_sought(plain) - scale.is_sought(flipped))
        for cluster, plain, flipped in pairs
        if plain is not None and flipped is not None
    ]
    return OrderBias(rate(flips, [cluster for cluster, _, _ in pairs]), _mean(kinder))


def _mean(values: Sequence[tuple[str, int]]) -> Measured:
    if not values:
        return NOTHING
    from charter.evals.calibration.lean import mean_of  # noqa: PLC0415 - brings numpy

    return measured(*mean_of(values))
