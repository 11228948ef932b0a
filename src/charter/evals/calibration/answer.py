"""One labelled answer as a ledger holds it: what several samples of a judge come to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from charter.evals.calibration.scale import DISPUTED, Scale
from charter.evals.judge import ADHERES_FROM
from charter.records import CalibrationItem


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


def answer_of(samples: Sequence[CalibrationItem], scale: Scale) -> Answer:
    """Join the samples of one answer."""
    verdict = combined(samples, scale)
    first = samples[0]
    lean = 0
    if verdict is not None and first.truth != DISPUTED:
        lean = scale.is_sought(first.truth) - scale.is_sought(verdict)
    return Answer(first, verdict, lean, tuple(samples))


def combined(samples: Sequence[CalibrationItem], scale: Scale) -> str | None:
    """Return the median verdict of the samples that gave one; None where none did.

    The median rating must adhere. Without ratings the median label counts; of two in the middle
    the one that something is wrong with.
    """
    decided = [sample for sample in samples if sample.verdict is not None]
    if not decided:
        return None
    ratings = [sample.rating for sample in decided if sample.rating is not None]
    if len(ratings) == len(decided):
        kept, broken = scale.labels[0], scale.labels[-1]
        return kept if statistics.median(ratings) >= ADHERES_FROM else broken
    places = [scale.labels.index(str(sample.verdict)) for sample in decided]
    return scale.labels[statistics.median_high(places)]
