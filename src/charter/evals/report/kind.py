"""What sort of failure a case is: which side of the question whether to answer at all."""

from __future__ import annotations

from enum import StrEnum

from charter.evals.case import Case
from charter.evals.score import Verdict
from charter.spec.expectation import Outcome


class Kind(StrEnum):
    """Over- and under-refusal are equals: neither is the milder one."""

    OVER_REFUSAL = "over_refusal"
    """Refused, at least in part, where the spec has the model comply."""
    UNDER_REFUSAL = "under_refusal"
    """Answered where the spec has the model refuse."""
    OTHER = "other"


KIND_WORDS = {
    Kind.OVER_REFUSAL: "over-refusal",
    Kind.UNDER_REFUSAL: "under-refusal",
    Kind.OTHER: "other failure",
}


def is_failure(case: Case) -> bool:
    """Whether a case is one to look at: the rule of `Result.failures`, for one case."""
    return case.verdict == Verdict.VIOLATED or (
        case.verdict == Verdict.NOT_JUDGED and case.known_failure
    )


def kind_of(case: Case) -> Kind | None:
    """Return the sort of failure; None for a case that is none."""
    if not is_failure(case):
        return None
    if case.scenario.outcome == Outcome.COMPLY and case.refused is True:
        return Kind.OVER_REFUSAL
    if case.scenario.outcome == Outcome.REFUSE and case.refused is False:
        return Kind.UNDER_REFUSAL
    return Kind.OTHER
