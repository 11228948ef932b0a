"""Facts of a run -> counts, shares and intervals: the only place where figures are made.

Every planned reply has exactly one verdict, so that
`planned = adhered + violated + not_judged + judge_failed + cut_off + filtered +
error + pending`.
"""

from __future__ import annotations

from dataclasses import dataclass

from charter.errors import LedgerError
from charter.evals.case import Case, Grading, cases_of, grading_of
from charter.evals.correction import JudgeErrors
from charter.evals.refusal_errors import refusal_errors
from charter.evals.row import Row, Table
from charter.evals.score import Verdict, instruments
from charter.evals.trust import Trust, trust_of
from charter.ledger.ledger import Ledger
from charter.records.log import LogAttached
from charter.records.run import RunFinished, RunStarted


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a report shows."""

    run: RunStarted
    finished_at: str | None
    cases: tuple[Case, ...]
    whole: Row
    sections: tuple[Row, ...]
    """In document order."""
    families: tuple[Row, ...]
    authorities: tuple[Row, ...]
    clauses: tuple[Row, ...]
    """Those that scenarios name, in document order."""
    grading: Grading | None
    """The judges' part in it; None where there is none."""
    trust: Trust | None
    """What is known of these judges."""
    refusals: JudgeErrors | None
    """How the refusal classifier did on labelled answers; None where that is not known."""
    log: LogAttached | None = None
    """The log of another tool that the run was read from; None where Charter made the run."""

    @property
    def scorer(self) -> str | None:
        """The scorer of that log whose verdicts are part of the figures; None for Charter's own."""
        return next((case.scorer for case in self.cases if case.scorer is not None), None)

    @property
    def judged(self) -> bool:
        """Whether verdicts of judges are part of the figures."""
        return self.trust is not None and self.trust.published

    @property
    def uncalibrated(self) -> bool:
        """Whether figures rest on judges that are not known to be fit: to be said everywhere."""
        return self.trust is not None and self.judged and bool(self.trust.objections)

    @property
    def withheld(self) -> tuple[str, ...]:
        """Why there are verdicts of judges that are part of no figure; empty otherwise."""
        return self.trust.objections if self.trust is not None and not self.judged else ()

    @property
    def graders(self) -> tuple[str, ...]:
        """Everything that graded or classified a reply, each with its version."""
        found = (part for c in self.cases if c.score for part in instruments(c.score.grader))
        return tuple(dict.fromkeys(found))

    @property
    def failures(self) -> tuple[Case, ...]:
        """What to look at: violations, and open cases with a failed check."""
        return tuple(
            case
            for case in self.cases
            if case.verdict == Verdict.VIOLATED
            or (case.verdict == Verdict.NOT_JUDGED and case.known_failure)
        )


def runs(ledger: Ledger) -> list[RunStarted]:
    """Return every run of a ledger, oldest first."""
    return list(ledger.read(RunStarted))


def result_of(ledger: Ledger, run: str | None = None, *, grading: str | None = None) -> Result:
    """Compute the figures of a run; without an id, of the newest.

    With judges, verdicts are those of the grading named, else of the newest that finished;
    `none` leaves judges out. Raises LedgerError.
    """
    started = [record for record in runs(ledger) if run is None or record.run == run]
    if not started:
        what = f"has no run {run!r}" if run else "has no run"
        raise LedgerError(f"ledger {ledger.where} {what}", hint="see `charter report --list`")
    chosen = started[-1]
    graded = grading_of(ledger, chosen.run, grading)
    trust = trust_of(ledger, graded) if graded is not None else None
    counted = graded if trust is not None and trust.published else None
    cases = tuple(cases_of(ledger, chosen, counted))
    finished = [record.at for record in ledger.read(RunFinished, run=chosen.run)]
    graders = {case.score.grader for case in cases if case.refused is not None and case.score}
    errors = refusal_errors(ledger, graders)
    table = Table(cases, trust if counted is not None else None, dict(chosen.targets), errors)
    return Result(
        run=chosen,
        finished_at=finished[-1] if finished else None,
        cases=cases,
        whole=table.whole(),
        sections=table.rows(lambda case: case.scenario.section),
        families=table.rows(lambda case: f"family:{case.scenario.family}"),
        authorities=table.rows(lambda case: f"authority:{case.scenario.authority or 'none'}"),
        clauses=table.rows(lambda case: case.scenario.clause),
        grading=graded,
        trust=trust,
        refusals=errors,
        log=next((log for log in ledger.read(LogAttached, run=chosen.run) if log.taken), None),
    )
