"""Facts of a run -> cases: each planned reply with its verdict and everything that led to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from charter.errors import LedgerError
from charter.evals.score import Verdict
from charter.ledger.ledger import Ledger
from charter.records.grading import GradingFinished, GradingStarted, JudgementRecorded
from charter.records.label import LabelRecorded
from charter.records.run import ReplyFailed, ReplyRecorded, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded

PENDING = "pending"
"""Stands for the verdict of a planned reply that has not been made yet."""
FOREIGN = "inspect:"
"""How graders are named whose verdicts were read from a log of Inspect AI."""
CHECKS_ONLY = "none"
"""Names, in place of a grading, the verdicts that checks alone came to."""


@dataclass(frozen=True, slots=True)
class Case:
    """One planned reply and what became of it."""

    scenario: ScenarioPlanned
    epoch: int
    verdict: str
    """A `Verdict`, or `pending`."""
    reason: str
    score: ScoreRecorded | None
    reply: ReplyRecorded | None
    judgements: tuple[JudgementRecorded, ...] = ()
    """What judges said about it in the grading that counts."""
    labels: tuple[LabelRecorded, ...] = ()
    """What people said about it."""

    @property
    def refused(self) -> bool | None:
        """Whether the answer refuses at least in part; None where nothing was classified."""
        if self.score is None or self.score.refusal is None:
            return None
        return self.score.refusal != "none"

    @property
    def known_failure(self) -> bool:
        """Whether a check that its author listed failed, so that no judge can find it adhering.

        One that the expected outcome brought decides nothing where there is a rubric.
        """
        if self.score is None:
            return False
        return any(not (check.passed or check.implied) for check in self.score.checks)

    @property
    def judged(self) -> bool:
        """Whether judges decided it, or failed to."""
        return bool(self.judgements)

    @property
    def scorer(self) -> str | None:
        """Name of the scorer of another tool's log that decided it; None where Charter did."""
        grader = self.score.grader if self.score is not None and not self.judged else ""
        return grader.partition(",")[0] if grader.startswith(FOREIGN) else None

    @property
    def cluster(self) -> str:
        """What it shares its chance with: the source of its scenario, else the scenario."""
        return self.scenario.source or self.scenario.scenario


@dataclass(frozen=True, slots=True)
class Grading:
    """The grading that counts in a result."""

    started: GradingStarted
    finished: bool


def grading_of(ledger: Ledger, run: str, named: str | None = None) -> Grading | None:
    """Return the grading of a run that counts: the one named, else the newest that finished.

    None without one, and where `named` is `none`. Raises LedgerError for an unknown one.
    """
    if named == CHECKS_ONLY:
        return None
    started = list(ledger.read(GradingStarted, run=run))
    finished = {record.grading for record in ledger.read(GradingFinished, run=run)}
    if named is None:
        started = [record for record in started if record.grading in finished]
    else:
        started = [record for record in started if record.grading == named]
        if not started:
            known = "see `charter report --list`"
            raise LedgerError(f"run {run} of {ledger.where} has no grading {named!r}", hint=known)
    if not started:
        return None
    return Grading(started[-1], started[-1].grading in finished)


def cases_of(ledger: Ledger, run: RunStarted, grading: Grading | None = None) -> Iterator[Case]:
    """Yield every planned reply of a run, epoch after epoch of each scenario."""
    replies = {(r.scenario, r.epoch): r for r in ledger.read(ReplyRecorded, run=run.run)}
    failures = {(f.scenario, f.epoch): f for f in ledger.read(ReplyFailed, run=run.run)}
    scores = _scores(ledger, run.run, grading)
    judgements = _judgements(ledger, run.run, grading)
    labels: dict[tuple[str, int], list[LabelRecorded]] = {}
    for label in ledger.read(LabelRecorded, run=run.run):
        labels.setdefault((label.scenario, label.epoch), []).append(label)
    for scenario in ledger.read(ScenarioPlanned, run=run.run):
        for epoch in range(run.repeat):
            step = (scenario.scenario, epoch)
            found = scores.get(step)
            verdict, reason = _verdict(found, failures.get(step))
            yield Case(
                scenario,
                epoch,
                verdict,
                reason,
                found,
                replies.get(step),
                tuple(judgements.get(step, ())),
                tuple(labels.get(step, ())),
            )


def _verdict(found: ScoreRecorded | None, failed: ReplyFailed | None) -> tuple[str, str]:
    if found is not None:
        return found.verdict, found.reason
    if failed is not None:
        return Verdict.ERROR.value, f"{failed.error}: {failed.message}"
    return PENDING, "not answered yet"


def _scores(
    ledger: Ledger, run: str, grading: Grading | None
) -> Mapping[tuple[str, int], ScoreRecorded]:
    """Return the score of each reply: that of the grading, else the one made with the run."""
    chosen = grading.started.grading if grading else None
    found: dict[tuple[str, int], ScoreRecorded] = {}
    later: dict[tuple[str, int], ScoreRecorded] = {}
    for score in ledger.read(ScoreRecorded, run=run):
        if not score.grading:
            found[score.scenario, score.epoch] = score
        elif score.grading == chosen:
            later[score.scenario, score.epoch] = score
    return found | later


def _judgements(
    ledger: Ledger, run: str, grading: Grading | None
) -> Mapping[tuple[str, int], list[JudgementRecorded]]:
    found: dict[tuple[str, int], list[JudgementRecorded]] = {}
    if grading is not None:
        for said in ledger.read(JudgementRecorded, run=run):
            if said.grading == grading.started.grading:
                found.setdefault((said.scenario, said.epoch), []).append(said)
    return found
