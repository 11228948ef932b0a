"""The same judge on the same labelled answers, earlier and now: a hosted model changes unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charter.estimates.paired import sign_flip
from charter.evals.calibration.answer import Answer
from charter.evals.calibration.figures import CalibrationFigures, answers_of
from charter.evals.calibration.scale import DISPUTED
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Drift:
    """How the verdicts of two calibrations differ."""

    earlier: str
    """The calibration before."""
    answers: int
    """With a verdict in both."""
    kinder: int
    """Judged kindly now, and not before."""
    harsher: int
    right_now: int
    """Right now, and wrong before."""
    wrong_now: int
    p: float
    """That it is as kind as before: McNemar's test, exact. Answers to one conversation change
    together, so that they do not pass for independent; see `estimates.paired.sign_flip`."""
    p_right: float
    """That it is as often right as before."""

    @property
    def shown(self) -> bool:
        """Whether it judges otherwise than before; there are two ways to, so each gets half."""
        return min(self.p, self.p_right) < ALPHA / 2


def drift(ledger: Ledger, figures: CalibrationFigures) -> Drift | None:
    """Compare a calibration with the one before it of the same judge, spec, labels and samples.

    None where there is none, and where nothing was asked anew; graders are never asked.
    """
    now = figures.calibration
    before = _before(ledger, now)
    if before is None:
        return None
    mine = list(ledger.read(CalibrationItem, run=now.run))
    if all(item.cached or not item.request for item in mine if item.sample < now.samples):
        return None
    theirs = list(ledger.read(CalibrationItem, run=before.run))
    scale = figures.scale
    decided = _decided(answers_of(before, theirs, scale), answers_of(now, mine, scale))
    if not decided:
        return None

    def changed(old: Answer, new: Answer) -> int:
        return scale.is_sought(str(old.verdict)) - scale.is_sought(str(new.verdict))

    kinder = sum(changed(old, new) > 0 for old, new in decided)
    harsher = sum(changed(old, new) < 0 for old, new in decided)
    clusters = [new.cluster for _, new in decided]
    right_now = sum(bool(new.right) and not old.right for old, new in decided)
    wrong_now = sum(bool(old.right) and not new.right for old, new in decided)
    return Drift(
        earlier=before.run,
        answers=len(decided),
        kinder=kinder,
        harsher=harsher,
        right_now=right_now,
        wrong_now=wrong_now,
        p=sign_flip([changed(old, new) for old, new in decided], clusters),
        p_right=sign_flip([bool(new.right) - bool(old.right) for old, new in decided], clusters),
    )


def _decided(before: Sequence[Answer], now: Sequence[Answer]) -> list[tuple[Answer, Answer]]:
    """Return each answer as judged before and now, where people agree and both have a verdict."""
    first = {answer.item.item: answer for answer in before if answer.verdict is not None}
    return [
        (first[answer.item.item], answer)
        for answer in now
        if answer.item.item in first and answer.verdict is not None and answer.truth != DISPUTED
    ]


def _before(ledger: Ledger, now: CalibrationStarted) -> CalibrationStarted | None:
    finished = {record.run for record in ledger.read(CalibrationFinished)}
    found = None
    for one in ledger.read(CalibrationStarted):
        if one.run == now.run:
            break
        same = (one.judge, one.spec_digest, one.labels_digest, one.samples)
        if one.run in finished and same == (
            now.judge,
            now.spec_digest,
            now.labels_digest,
            now.samples,
        ):
            found = one
    return found
