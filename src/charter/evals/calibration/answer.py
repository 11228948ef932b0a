"""One labelled answer as a ledger holds it: what several samples of a judge come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from charter.evals.calibration.scale import DISPUTED, Scale
from charter.evals.judge import ADHERES_FROM
from charter.evals.judging.combine import median
from charter.records.calibration import CalibrationItem


@dataclass(frozen=True, slots=True)
class Answer:
    """A labelled answer with the judge's verdict on it."""

    item: CalibrationItem
    """Its first sample: whatever depends on the answer alone is the same in all."""
    verdict: str | None
    """None where every sample failed."""
    lean: int
    """1 where the judge is too kind (an error that hides what is sought), -1 where too harsh."""
    samples: tuple[CalibrationItem, ...]
    """Retests left out."""

    @property
    def truth(self) -> str:
        """What people say."""
        return self.item.truth

    @property
    def right(self) -> bool | None:
        """Whether the verdict is the very label that people gave; None for a failure."""
        return None if self.verdict is None else self.verdict == self.item.truth

    @property
    def cluster(self) -> str:
        """The conversation it answers."""
        return self.item.cluster


def answer_of(samples: Sequence[CalibrationItem], scale: Scale, *, planned: int) -> Answer:
    """Join the samples of one answer; `planned` is how many there should be."""
    verdict = combined(samples, scale, planned=planned)
    first = samples[0]
    lean = 0
    if verdict is not None and first.truth != DISPUTED:
        lean = scale.is_sought(first.truth) - scale.is_sought(verdict)
    return Answer(first, verdict, lean, tuple(samples))


def combined(samples: Sequence[CalibrationItem], scale: Scale, *, planned: int) -> str | None:
    """Return the median verdict, as a grading would; None unless more than half gave one.

    The median rating must adhere. Without ratings the median label counts; of two in the middle
    the one that something is wrong with.
    """
    decided = [sample for sample in samples if sample.verdict is not None]
    if 2 * len(decided) <= planned:
        return None
    ratings = [Fraction(sample.rating) for sample in decided if sample.rating is not None]
    if len(ratings) == len(decided):
        return scale.labels[0] if median(ratings) >= ADHERES_FROM else scale.labels[-1]
    places = sorted(scale.labels.index(str(sample.verdict)) for sample in decided)
    return scale.labels[places[len(places) // 2]]
