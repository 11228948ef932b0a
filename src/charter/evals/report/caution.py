"""Result -> what has to be said before any figure: uncalibrated, withheld, unfinished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from charter.evals.case import PENDING
from charter.evals.report.wording import plural
from charter.evals.result import Result
from charter.evals.score import Verdict
from charter.records.log import LogAttached

UNCALIBRATED = "UNCALIBRATED"
WITHHELD = "Withheld"
UNFINISHED = "Unfinished"
CARRIED = "Taken over"
IMPORTED = "Imported"
MOST = 8
"""Objections that are listed in full; a grading has few judges."""


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing that every output says before its figures."""

    title: str
    text: str
    grave: bool
    """Whether the figures themselves are in doubt, and not only incomplete."""

    @property
    def sentence(self) -> str:
        """Title and text on one line."""
        return f"{self.title}: {self.text}"


def cautions(result: Result) -> tuple[Caution, ...]:
    """Return what has to be said first, the gravest first."""
    return tuple(_found(result))


def _found(result: Result) -> Iterable[Caution]:
    trust = result.trust
    if result.uncalibrated and trust is not None:
        yield Caution(
            UNCALIBRATED,
            "figures below rest on verdicts of judges that are not known to be fit, because they "
            f"were asked for all the same. {_listed(trust.objections)}",
            grave=True,
        )
    if result.withheld and trust is not None:
        yield Caution(
            WITHHELD,
            f"{trust.name} judged replies of this run, and no figure below rests on it. "
            f"{_listed(result.withheld)} Those replies stay open.",
            grave=False,
        )
    if result.grading is not None and not result.grading.finished:
        yield Caution(
            UNFINISHED,
            f"the grading {result.grading.started.grading} is unfinished: replies it has not come "
            "to are not judged yet.",
            grave=False,
        )
    if result.log is not None:
        yield Caution(IMPORTED, _imported(result, result.log), grave=False)
    unfinished = state(result)
    if unfinished is not None:
        yield Caution(UNFINISHED, unfinished, grave=False)
    taken = carried(result)
    if taken is not None:
        yield Caution(CARRIED, taken, grave=False)


def state(result: Result) -> str | None:
    """Return what is missing from an unfinished run; None when it is complete."""
    if result.finished_at is not None:
        return None
    pending, failed = result.whole.counts[PENDING], result.whole.counts[Verdict.ERROR]
    parts = [f"{pending} not made yet"] if pending else []
    if failed:
        parts.append(f"{failed} failed ({_first_failure(result)})")
    planned = plural(result.whole.planned, "planned reply")
    again = (
        "The same command asks again. Every figure below may still change."
        if result.log is None
        else "They are not in the log, or are errors there: importing it again changes nothing."
    )
    return f"of {planned}, {' and '.join(parts) or 'none is open'}. {again}"


def carried(result: Result) -> str | None:
    """Return how many replies an earlier run gave; None where there are none."""
    runs = [case.reply.carried for case in result.cases if case.reply and case.reply.carried]
    if not runs:
        return None
    named = ", ".join(dict.fromkeys(runs))
    return (
        f"{len(runs)} of {plural(result.whole.planned, 'reply')} were not asked anew: they come "
        f"from run {named}, and their checks were run again."
    )


def _imported(result: Result, log: LogAttached) -> str:
    """Return where a run comes from that Charter did not make, and what of it is missing."""
    said = f"replies come from {log.log}, a log of Inspect AI of the task {log.task}"
    if result.scorer is not None:
        said += (
            f", and verdicts from its scorer, read as {result.scorer}. Whether that is a check, a "
            "model or a person Charter does not know, nor how often it errs"
        )
    if log.status != "success":
        said += f". The log ended with {log.status}"
    return ". ".join((said, *(note[:1].upper() + note[1:] for note in log.notes))) + "."


def _listed(reasons: Iterable[str]) -> str:
    found = list(reasons)
    more = f" And {len(found) - MOST} more." if len(found) > MOST else ""
    return f"Why: {'; '.join(found[:MOST])}.{more}"


def _first_failure(result: Result) -> str:
    return next((case.reason for case in result.cases if case.verdict == Verdict.ERROR), "")
