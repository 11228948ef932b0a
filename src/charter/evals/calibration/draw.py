"""A simple random sample of the replies of a run, that anybody can draw again.

Replies are put into an order that only the seed and their names decide, by SHA-256, and the first N
are taken. So a larger sample begins with the smaller one, and whoever labels from the top down
and stops early has labelled a random sample as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from charter.evals.case import Case
from charter.evals.score import DECIDED
from charter.source import digest_of

RANDOM = "random"
CHOSEN = "chosen"

Step = tuple[str, int]
"""Scenario and epoch."""


def draw(cases: Iterable[Case], count: int, *, run: str, seed: int) -> list[Case]:
    """Return at most `count` of the decided replies, in the drawn order."""
    decided = [case for case in cases if case.reply is not None and case.verdict in DECIDED]
    decided.sort(key=lambda case: rank(run, seed, (case.scenario.scenario, case.epoch)))
    return decided[:count]


def rank(run: str, seed: int, step: Step) -> str:
    """Return what the drawn order sorts by."""
    return hashlib.sha256(f"{seed}\x00{run}\x00{step[0]}\x00{step[1]}".encode()).hexdigest()


def name_of(run: str, seed: int, steps: Iterable[Step]) -> str:
    """Return the name of a sample, e.g. `0-50-1f0c99ab7d21`: seed, size, and digest of its members.

    A sheet from which rows are missing, or to which some were added, has another one.
    """
    members = sorted(rank(run, seed, step) for step in steps)
    return f"{seed}-{len(members)}-{digest_of(' '.join(members))[7:19]}"


def seed_of(name: str) -> int | None:
    """Return the seed in the name of a sample; None where it is no such name."""
    parts = name.split("-")
    if len(parts) != 3 or not parts[0].isascii() or not parts[0].isdigit() or len(parts[0]) > 10:
        return None
    return int(parts[0])


def is_beginning(run: str, seed: int, labelled: Iterable[Step], drawn: Sequence[Step]) -> bool:
    """Whether the labelled replies are the first of the drawn ones, so that no one chose them."""
    order = sorted(drawn, key=lambda step: rank(run, seed, step))
    found = set(labelled)
    return set(order[: len(found)]) == found
