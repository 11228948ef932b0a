"""Whether those who labelled agree among themselves: no judge can be held to more than that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from charter.evals.calibration.agree import Measured, widened
from charter.evals.calibration.rate import Rate, rate

SEPARATOR = "|"
"""Stands between the labels of several raters in a record."""


@dataclass(frozen=True, slots=True)
class People:
    """How far raters agree, on the answers that at least two labelled."""

    raters: int
    answers: int
    """Labelled by two or more."""
    unanimous: Rate
    """Answers on which all who labelled them agree."""
    alpha: Measured
    """Krippendorff's, labels without order, over all raters; the interval as in `agree`."""


def people(labels: Sequence[Sequence[str | None]], clusters: Sequence[str]) -> People | None:
    """Return the agreement of raters; a row of labels for each answer, a place for each rater.

    None where no answer was labelled twice. Raters who left an answer out are no disagreement.
    """
    rows = [
        (Counter(label for label in row if label), cluster)
        for row, cluster in zip(labels, clusters, strict=True)
    ]
    twice = [(said, cluster) for said, cluster in rows if said.total() > 1]
    if not twice:
        return None
    unanimous = rate([len(said) == 1 for said, _ in twice], [cluster for _, cluster in twice])
    return People(max(map(len, labels)), len(twice), unanimous, _alpha(twice, unanimous))


def _alpha(twice: Sequence[tuple[Counter[str], str]], unanimous: Rate) -> Measured:
    """Return alpha; its interval is no narrower than the exact one of unanimity allows.

    On few answers that all agree on, every draw agrees as well, and tells nothing.
    """
    from charter.evals.calibration.tables import coincidence_alpha  # noqa: PLC0415 - brings numpy

    found = coincidence_alpha([said for said, _ in twice], [cluster for _, cluster in twice])
    split = 1 - (unanimous.value or 0.0)
    # of several raters only some differ: as much for each further answer as for those so far
    factor = (1 - found.value) / split if split else found.factor
    return widened(found.value, found.drawn, unanimous.interval, factor)


def raters_of(grade: str) -> tuple[str | None, ...]:
    """Return what each rater said, from the grade of a record; one place for each rater."""
    return tuple(label or None for label in grade.split(SEPARATOR))
