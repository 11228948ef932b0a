"""A grading -> what is known of its judges, and whether its verdicts may become figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charter.evals.calibration.figures import CalibrationFigures, figures_of
from charter.evals.calibration.find import Calibration, Found, calibration_for, publishable, spoken
from charter.evals.calibration.rate import Rate, rate
from charter.evals.case import Grading
from charter.evals.correction import JudgeErrors
from charter.evals.judging.combine import Rule, combine
from charter.evals.score import Verdict
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationItem
from charter.records.grading import GradingStarted, JudgeId, JudgementRecorded


@dataclass(frozen=True, slots=True)
class KnownJudge:
    """One judge of a grading, and the calibration that speaks for it."""

    id: JudgeId
    calibration: Calibration
    figures: CalibrationFigures | None
    """None where there is no calibration."""

    @property
    def objection(self) -> str | None:
        """Why its verdicts may not be published; None where they may."""
        return publishable(self.calibration)


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the verdicts of a grading are to be believed."""

    judges: tuple[KnownJudge, ...]
    errors: JudgeErrors | None
    """Of all judges together, by the rule of the grading; None where that is not known."""
    uncalibrated: bool
    """Whether figures were asked for although a judge is not known to be fit."""

    @property
    def name(self) -> str:
        """The judges in words."""
        return " and ".join(spoken(judge.id) for judge in self.judges)

    @property
    def objections(self) -> tuple[str, ...]:
        """Why figures may not be published, one reason for each judge that is not known fit."""
        found = (judge.objection for judge in self.judges)
        return tuple(reason for reason in found if reason is not None)

    @property
    def published(self) -> bool:
        """Whether its verdicts become figures at all."""
        return self.uncalibrated or not self.objections


def trust_of(ledger: Ledger, grading: Grading) -> Trust:
    """Return what a ledger knows of the judges of a grading. Raises LedgerError."""
    started = grading.started
    judges = []
    for judge in started.judges:
        found = calibration_for(ledger, judge, started.spec_digest, samples=started.samples)
        known = figures_of(ledger, found.calibration.run) if isinstance(found, Found) else None
        judges.append(KnownJudge(judge, found, known))
    return Trust(tuple(judges), _errors(ledger, started, judges), started.uncalibrated)


def _errors(
    ledger: Ledger, started: GradingStarted, judges: Sequence[KnownJudge]
) -> JudgeErrors | None:
    """Return the error rates of the judges together.

    None where one was measured with fewer samples: several err less than one, and to take out the
    error of one would then take out too much.
    """
    known = [judge.figures for judge in judges if judge.figures is not None]
    fewest = min((each.calibration.samples for each in known), default=0)
    if len(known) < len(judges) or fewest < started.samples:
        return None
    items = [list(ledger.read(CalibrationItem, run=each.calibration.run)) for each in known]
    return JudgeErrors(
        sensitivity=_together(items, started, Verdict.ADHERED).counts,
        specificity=_together(items, started, Verdict.VIOLATED).counts,
    )


def _together(
    items: Sequence[Sequence[CalibrationItem]], started: GradingStarted, truth: Verdict
) -> Rate:
    """Return how often the judges together are right about labelled answers of one truth.

    Only answers that every judge was asked about count.
    """
    asked: dict[str, list[JudgementRecorded]] = {}
    clusters: dict[str, str] = {}
    shared = set.intersection(*({item.item for item in mine} for mine in items))
    for judge, mine in enumerate(items):
        for item in mine:
            if item.item in shared and item.truth == truth and item.sample < started.samples:
                asked.setdefault(item.item, []).append(_said(item, judge))
                clusters[item.item] = item.cluster
    samples = max((len(said) for said in asked.values()), default=0) // len(items) or 1
    verdicts = [
        combine(said, Rule(started.rule), judges=len(items), samples=samples).verdict
        for said in asked.values()
    ]
    right = [None if each is Verdict.JUDGE_FAILED else each is truth for each in verdicts]
    return rate(right, [clusters[item] for item in asked])


def _said(item: CalibrationItem, judge: int) -> JudgementRecorded:
    return JudgementRecorded(
        run=item.run,
        grading="",
        scenario=item.item,
        epoch=0,
        judge=judge,
        sample=item.sample,
        outcome=item.outcome,
        verdict=item.verdict,
        rating=item.rating,
        cites=(),
        quotes=(),
        reason="",
        request=item.request,
        text=item.text,
        stop=item.stop,
        input_tokens=item.input_tokens,
        output_tokens=item.output_tokens,
        cached=item.cached,
    )
