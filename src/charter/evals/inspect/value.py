"""The value of a score, whatever its form -> a number, and the verdict it stands for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from charter.evals.inspect.read_log import LoggedSample
from charter.evals.score import Verdict

NO_ANSWER = "N"
"""Inspect's accuracy counts it as 0; here it decides nothing, and is counted."""
_WORDS = {"C": 1.0, "P": 0.5, "I": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
MAX_DEPTH = 8
MAX_LEAVES = 2000
"""Numbers in one score that are looked at."""


class Higher(StrEnum):
    """What a high value means."""

    COMPLIANT = "compliant"
    VIOLATING = "violating"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the values of a log are read as verdicts."""

    path: str
    """Scorer, and below it the keys of its value, joined by dots."""
    higher: Higher
    threshold: float
    """The least value that counts as high."""

    @property
    def words(self) -> str:
        """Say it as what graded."""
        return f"inspect:{self.path}, {self.threshold:g} or more is {self.higher.value}"

    def verdict(self, value: float) -> Verdict:
        """Return what a value says."""
        high = value >= self.threshold
        adheres = high if self.higher is Higher.COMPLIANT else not high
        return Verdict.ADHERED if adheres else Verdict.VIOLATED


def leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield every simple value of a score with its path, at most `MAX_LEAVES`."""
    found = 0
    waiting = [(value, path, 0)]
    while waiting and found < MAX_LEAVES:
        inner, where, depth = waiting.pop()
        if isinstance(inner, dict) and depth < MAX_DEPTH:
            waiting += [(v, f"{where}.{k}", depth + 1) for k, v in reversed(inner.items())]
        elif isinstance(inner, list) and depth < MAX_DEPTH:
            last = len(inner) - 1
            waiting += [
                (v, f"{where}.{last - k}", depth + 1) for k, v in enumerate(reversed(inner))
            ]
        else:
            found += 1
            yield where, inner


def values(sample: LoggedSample) -> dict[str, object]:
    """Return every simple value of a sample's scores by its path."""
    return {
        path: value
        for name, score in sample.scores.items()
        for path, value in leaves(score.value, name)
    }


def number(value: object) -> float | None:
    """Return a value as Inspect's `value_to_float` does; None where nothing was scored.

    NaN, the infinities, an empty value and what Inspect would warn of are all unscored.
    """
    if isinstance(value, str):
        known = _WORDS.get(value, _WORDS.get(value.lower()) if len(value) > 1 else None)
        if known is not None or value == NO_ANSWER:
            return known
        value = _parsed(value)
    if isinstance(value, bool | int | float):
        try:
            found = float(value)
        except OverflowError:
            return None
        return found if math.isfinite(found) else None
    return None


def is_plain(value: object) -> bool:
    """Whether a value says by itself which way it goes: C, I, P, N, yes, no, true or false."""
    if isinstance(value, bool):
        return True
    return isinstance(value, str) and (value == NO_ANSWER or _parsed(value) is None)


def _parsed(text: str) -> float | None:
    try:
        return float(text[:100])
    except ValueError:
        return None
