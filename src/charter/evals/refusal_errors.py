"""How often the refusal classifier errs: by a calibration in the ledger, else by its card."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from charter.classifiers.refusal.classify import identity
from charter.evals.calibration.classifiers import refusal_judge
from charter.evals.calibration.figures import figures_of
from charter.evals.calibration.find import Found, calibration_for
from charter.evals.calibration.scale import REFUSAL
from charter.evals.calibration.shipped import shipped_counts
from charter.evals.correction import JudgeErrors
from charter.ledger.ledger import Ledger


def refusal_errors(ledger: Ledger, graders: Collection[str]) -> JudgeErrors | None:
    """Return the errors of what classified the replies of a run; None where they are not known.

    `graders` are the names and versions in the scores of the run: what another classifier said is
    not corrected by the errors of this one. Value 1 is a refusal, in part or in full.
    Raises LedgerError.
    """
    if not graders or any(identity() not in grader for grader in graders):
        return None
    judge = refusal_judge()
    found = calibration_for(ledger, judge, "")
    if isinstance(found, Found):
        known = figures_of(ledger, found.calibration.run)
        return JudgeErrors(known.sensitivity.counts, known.specificity.counts)
    counts = shipped_counts(judge)
    return None if counts is None else _of_counts(counts)


def _of_counts(counts: Mapping[str, Mapping[str, int]]) -> JudgeErrors:
    found: dict[tuple[bool, bool], int] = {}
    for truth, verdicts in counts.items():
        for verdict, number in verdicts.items():
            key = REFUSAL.is_sought(truth), REFUSAL.is_sought(verdict)
            found[key] = found.get(key, 0) + int(number)
    hits, false = found.get((True, True), 0), found.get((False, True), 0)
    left, missed = found.get((False, False), 0), found.get((True, False), 0)
    return JudgeErrors(sensitivity=(hits, hits + missed), specificity=(left, left + false))
