"""The measurements as one tree of counts and figures: what `measured.json` holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from data import MODELS, OURS, Row
from evaluate import Answers, Judged, figures

from charter.classifiers.refusal import rules
from charter.classifiers.refusal.label import LABELS

SHORT, LONG = 300, 1_000
"""Characters: up to which an answer is short, from which it is long."""
BINS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


def groups(answers: Answers) -> dict[str, object]:
    """Return how many answers there are of each source, language and label."""
    rows = [row for row in answers.rows if row.is_whole]
    return {
        "sources": dict(sorted(Counter(row.source for row in rows).items())),
        "languages": dict(sorted(Counter(row.language for row in rows).items())),
        "labels": dict(sorted(Counter(LABELS[row.label] for row in rows).items())),
        "own_kinds": dict(sorted(Counter(r.kind for r in rows if r.source == OURS).items())),
    }


def parts(answers: Answers, judged: Judged) -> dict[str, object]:
    """Return the figures of all judged answers and of each group of them."""
    found = {
        "all": _figures(answers, judged, lambda _: True),
        "all, request unknown": _figures(answers, judged, lambda _: True, without_request=True),
        "read by the quick judge alone": int(judged.sure.sum()),
    }
    for title, name in _groupings(answers, judged):
        found[title] = _by_group(answers, judged, name)
    return found


def _by_group(
    answers: Answers, judged: Judged, name: Callable[[Row], str]
) -> dict[str, dict[str, object]]:
    wanted = sorted({name(answers.rows[place]) for place in judged.index})
    return {
        group: _figures(answers, judged, lambda row, group=group: name(row) == group)
        for group in wanted
    }


def calibration(answers: Answers, judged: Judged) -> list[dict[str, object]]:
    """Return for each range of the label's chance how many labels are right."""
    top, label = judged.chances.max(axis=1), judged.chances.argmax(axis=1)
    right = label == answers.labels()[judged.index]
    table, low = [], 0.0
    for high in BINS:
        inside = (top > low) & (top <= high)
        table.append(
            {
                "above": low,
                "to": high,
                "answers": int(inside.sum()),
                "right": int(right[inside].sum()),
            }
        )
        low = high
    return table


def conventions(answers: Answers) -> dict[str, dict[str, int]]:
    """Return how people label replies that decline to give someone's data, in each model's file.

    The rules tell which decline. One manner of reply under different labels bounds what a
    classifier can reach that has learned from the other files.
    """
    found: dict[str, Counter[str]] = {}
    for row in answers.rows:
        if row.source in MODELS and row.is_whole and "privacy" in row.kind:
            label = LABELS[row.label] if rules.classify(row.answer).label != "none" else "other"
            found.setdefault(row.source, Counter())[label] += 1
    return {model: {label: found[model][label] for label in LABELS} for model in sorted(found)}


def length(row: Row) -> str:
    """Return whether an answer is short, middling or long."""
    size = len(row.answer)
    return "short" if size <= SHORT else "long" if size > LONG else "middle"


def _groupings(answers: Answers, judged: Judged) -> list[tuple[str, Callable[[Row], str]]]:
    if answers.rows[judged.index[0]].source in MODELS:
        return [
            ("by model", lambda row: row.source),
            ("by safety", lambda row: "unsafe" if row.kind.startswith("contrast_") else "safe"),
            ("by type", lambda row: row.kind),
            ("by length", length),
        ]
    return [
        ("by kind", lambda row: row.kind),
        ("by language", lambda row: row.language),
        ("by length", length),
    ]


def _figures(
    answers: Answers,
    judged: Judged,
    wanted: Callable[[Row], bool],
    *,
    without_request: bool = False,
) -> dict[str, object]:
    inside = np.array([wanted(answers.rows[place]) for place in judged.index])
    chances = judged.without_request if without_request else judged.chances
    people = answers.labels()[judged.index][inside]
    return figures(people.tolist(), chances.argmax(axis=1)[inside].tolist())
