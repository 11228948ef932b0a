"""Points and steps -> the words that every form of a history shares."""

from __future__ import annotations

from charter.evals.history.history import Point, Step
from charter.evals.report.figure import basis_word, decided
from charter.evals.report.wording import plural, points, points_interval

COMPARABLE = (
    "Runs are comparable on the scenarios that are the same in both, and on no others: shares of "
    "different scenarios differ for that reason alone. The change is therefore paired, on the "
    "scenarios that a run has in common with the one before it of the same model."
)


def marks(point: Point) -> list[str]:
    """Return what has to be known of a run beside its figures, the gravest first."""
    found = []
    if point.uncalibrated:
        found.append("UNCALIBRATED")
    if point.withheld:
        found.append("judges withheld")
    if not point.finished:
        found.append("unfinished")
    if point.judged:
        found.append("judged")
    if point.carried:
        found.append(f"{point.carried} of {plural(point.whole.planned, 'reply')} taken over")
    if decided(point.whole.figures):
        found.append(basis_word(point.whole.figures))
    return found


def step_text(step: Step | None) -> str:
    """Return the change since the run before, or why none is stated."""
    if step is None:
        return "first run"
    pair = step.paired
    if not step.enough or pair.interval is None:
        return f"not enough in common (n={pair.scenarios})"
    return f"{points(pair.difference)} ({points_interval(pair.interval)}), n={pair.scenarios}"


def suite_text(step: Step | None) -> str:
    """Return how alike a run and the one before are."""
    if step is None:
        return ""
    if step.alike:
        return "same scenarios and text"
    differs = [
        name
        for name, same in (("text", step.same_spec), ("scenarios", step.same_suite))
        if not same
    ]
    return f"other {' and '.join(differs)}: {plural(step.common, 'scenario')} in common"
