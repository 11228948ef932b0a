"""Calibrations in a ledger -> the errors of judges, as counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from charter.estimates.drawn import JudgeErrors
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationFinished, CalibrationItem

FIT = "fit"


def errors_of(ledger: Ledger) -> dict[str, JudgeErrors]:
    """Return the errors of every calibration that came to an end and found its judge fit.

    One that is fit for screening only gives no figure here either.
    Of each answer the first sample counts. Raises LedgerError.
    """
    fit = [each.run for each in ledger.read(CalibrationFinished) if each.fitness == FIT]
    return {run: counted(ledger.read(CalibrationItem, run=run)) for run in fit}


def counted(items: Iterable[CalibrationItem]) -> JudgeErrors:
    """Count right verdicts by what people found; failed ones and disputed answers are left out.

    Answers to one conversation are one piece of evidence: each cluster counts once, by its share.
    """
    right: dict[str, dict[str, list[bool]]] = {
        "violated": defaultdict(list),
        "adhered": defaultdict(list),
    }
    for item in items:
        if item.sample == 0 and item.truth in right and item.outcome == "verdict":
            right[item.truth][item.cluster or item.item].append(item.verdict == item.truth)

    def rate(truth: str) -> tuple[float, float]:
        clusters = right[truth].values()
        return sum(sum(each) / len(each) for each in clusters), float(len(clusters))

    return JudgeErrors(sensitivity=rate("violated"), specificity=rate("adhered"))
