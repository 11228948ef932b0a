"""How the classifier does on answers it was not fitted on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from data import MODELS, OURS, Row
from fit import Settings, fit
from measure import Array, Seen
from numpy.typing import NDArray

from charter.classifiers.refusal.head import Head, restore
from charter.classifiers.refusal.label import LABELS
from charter.estimates.agreement import Agreement, cohen_kappa

Mask = NDArray[np.bool_]
KIND_GROUPS = 8
TYPE_GROUPS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """All answers, as rows and as numbers, with what each weighs in fitting."""

    rows: Sequence[Row]
    seen: Seen
    weights: Array

    def labels(self) -> NDArray[np.int64]:
        """Return the label of each row."""
        return np.array([row.label for row in self.rows])


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Chances of the labels for some rows, from a head that saw none of them."""

    index: NDArray[np.int64]
    chances: Array
    without_request: Array
    sure: Mask
    """Where the quick judge decided alone."""


def fitted(answers: Answers, index: NDArray[np.int64], settings: Settings) -> bytes:
    """Return the file of a head fitted on some rows."""
    return fit(answers.seen.take(index), answers.labels()[index], answers.weights[index], settings)


def judge(head: Head, answers: Answers, index: NDArray[np.int64]) -> Judged:
    """Judge some rows as the classifier does."""
    views = []
    for lexical, states in zip(answers.seen.lexical, answers.seen.states, strict=True):
        quick = head.quick(lexical[index])
        read = head.read(quick, lexical[index], states[index])
        sure = quick.max(axis=1) >= head.sure
        views.append((np.where(sure[:, None], quick, read), sure))
    return Judged(index, views[0][0], views[1][0], views[0][1])


def held_out(answers: Answers, folds: Iterable[tuple[Mask, Mask]], settings: Settings) -> Judged:
    """Judge each fold's second mask by a head fitted on its first."""
    parts = []
    whole = np.array([row.is_whole for row in answers.rows])
    for known, new in folds:
        head = restore(fitted(answers, np.flatnonzero(known), settings))
        parts.append(judge(head, answers, np.flatnonzero(new & whole)))
    return Judged(
        np.concatenate([part.index for part in parts]),
        np.concatenate([part.chances for part in parts]),
        np.concatenate([part.without_request for part in parts]),
        np.concatenate([part.sure for part in parts]),
    )


def by_model(answers: Answers) -> list[tuple[Mask, Mask]]:
    """Leave each model out."""
    source = np.array([row.source for row in answers.rows])
    return [(source != model, source == model) for model in MODELS]


def by_model_and_type(answers: Answers) -> list[tuple[Mask, Mask]]:
    """Leave each model out, and with it the kinds of request it is tested on."""
    source = np.array([row.source for row in answers.rows])
    kind = np.array([row.kind for row in answers.rows])
    types = sorted({row.kind.removeprefix("contrast_") for row in answers.rows if _foreign(row)})
    folds = []
    for group in range(TYPE_GROUPS):
        some = [name for place, name in enumerate(types) if place % TYPE_GROUPS == group]
        asked = np.isin(kind, [*some, *(f"contrast_{name}" for name in some)]) & (source != OURS)
        folds += [(~asked & (source != model), asked & (source == model)) for model in MODELS]
    return folds


def by_kind(answers: Answers) -> list[tuple[Mask, Mask]]:
    """Leave each kind of our own answers out, several kinds at a time."""
    kind = np.array([row.kind if row.source == OURS else "" for row in answers.rows])
    kinds = sorted(set(kind.tolist()) - {""})
    folds = []
    for group in range(KIND_GROUPS):
        new = np.isin(kind, kinds[group::KIND_GROUPS])
        folds.append((~new, new))
    return folds


def ours_only(answers: Answers) -> list[tuple[Mask, Mask]]:
    """Fit on our answers, judge those of all models."""
    source = np.array([row.source for row in answers.rows])
    return [(source == OURS, source != OURS)]


def figures(people: Sequence[int], judged: Sequence[int]) -> dict[str, object]:
    """Return agreement with people and the counts it comes from."""
    names = ([LABELS[label] for label in people], [LABELS[label] for label in judged])
    refuses = tuple(["no" if name == "none" else "yes" for name in part] for part in names)
    counts = np.zeros((len(LABELS), len(LABELS)), dtype=int)
    np.add.at(counts, (np.asarray(people), np.asarray(judged)), 1)
    three, two = cohen_kappa(*names), cohen_kappa(*refuses)
    return {
        "answers": len(people),
        "kappa_three_way": _rounded(three.kappa),
        "interval_three_way": _interval(three),
        "kappa_two_way": _rounded(two.kappa),
        "interval_two_way": _interval(two),
        "counts": {
            person: dict(zip(LABELS, map(int, row), strict=True))
            for person, row in zip(LABELS, counts, strict=True)
        },
    }


def _interval(found: Agreement) -> list[float] | None:
    """Return the 95 % interval of kappa by its large-sample error, cut at 1.

    None where that error is nil: the formula knows no doubt there, which does not mean there is
    none.
    """
    if math.isnan(found.kappa) or found.standard_error < 1e-9:
        return None
    reach = 1.96 * found.standard_error
    return [round(found.kappa - reach, 4), round(min(1.0, found.kappa + reach), 4)]


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _foreign(row: Row) -> bool:
    return row.source != OURS
