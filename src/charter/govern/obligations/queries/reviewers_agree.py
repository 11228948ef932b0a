"""Whether people who judge the same answers agree beyond chance."""

from __future__ import annotations

import math
from collections.abc import Mapping

from charter.estimates.agreement import krippendorff_alpha
from charter.estimates.alpha_interval import alpha_interval
from charter.govern.counted import counted
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    links,
    newest,
    nothing,
    number,
)
from charter.ledger.board import folded
from charter.records.review import ReviewRecorded

TITLE = "agreement of reviewers, by its lower bound"
ARGUMENTS: Mapping[str, type] = {"percent": int, "days": int}
FEWEST = 20
"""Answers judged twice, below which an interval says nothing of use."""


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Compute Krippendorff's alpha of blind verdicts on answers that two people or more judged.

    Live answers only: on those with a known answer people agree by knowing better, not by chance.
    """
    if look.facts is None:
        return NO_LEDGER
    since, exercises = look.since(number(arguments, "days")), look.facts.exercises
    by_answer: dict[tuple[str, str], dict[str, str]] = {}
    reviews = look.facts.of(ReviewRecorded)
    recent = [
        each
        for each in reviews
        if each[0].moment >= since and each[1].blind and each[1].run not in exercises
    ]
    for _, record in recent:
        by_answer.setdefault((record.run, record.section), {})[folded(record.by)] = record.label
    twice = [[*labels.values()] for labels in by_answer.values() if len(labels) > 1]
    if not twice:
        return nothing("no answer was judged by two people")
    alpha = krippendorff_alpha(twice)
    measured = {"answers": str(len(twice)), "alpha": _shown(alpha)}
    if len(twice) < FEWEST or math.isnan(alpha):
        what = f"{counted(len(twice), 'answer')} judged twice: too few, or too alike, to say more"
        return Evidence(Found.PARTIAL, what, links(recent), measured, newest(recent))
    interval = alpha_interval(twice)
    measured |= {"alpha_low": _shown(interval.low), "alpha_high": _shown(interval.high)}
    wanted = number(arguments, "percent") / 100
    said = (
        f"alpha {_shown(alpha)} [{_shown(interval.low)}, {_shown(interval.high)}] on "
        f"{counted(len(twice), 'answer')}, {wanted:.2f} asked for of its lower bound"
    )
    found = Found.FULL if interval.low >= wanted else Found.PARTIAL
    return Evidence(found, said, links(recent), measured, newest(recent))


def _shown(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.2f}"
