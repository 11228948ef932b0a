"""Surveys that were to validate the words of a proposal, counted.

Who asks often enough is told once, by chance, what they want to hear.

The rule is settled beforehand. The k-th survey may err with a chance of `0.05 / (k * (k + 1))`, so
that all of them together, however many, err with 5 % at most: the shares sum to 0.05. The first
is held against the bounds of 95 % intervals, one side of which errs with 2.5 %; the second against
those of 98.33 %, the third of 99.17 %. No survey is left out because of what it came to.
Source: Bonferroni's inequality with errors spent in a fixed order, as in Foster and Stine 2008,
J. R. Stat. Soc. B 70, 429-444 ("alpha spending"); the weights telescope, `1/k - 1/(k + 1)`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from charter.evolve.proposals.fold import ProposalState
from charter.ledger.ledger import Ledger
from charter.records.survey import SurveyOpened

ERROR = 0.05
"""Chance that any survey of all passes words that no more than half agree with."""


@dataclass(frozen=True, slots=True)
class Try:
    """One survey that was to validate the words."""

    survey: str
    at: str
    """When it was opened."""
    number: int
    """From 1, in the order of the ledger."""
    current: bool
    """Whether it is about the words that stand now."""

    @property
    def confidence(self) -> float:
        """Of the two-sided intervals that it is held against, in (0, 1)."""
        return confidence(self.number)


def confidence(number: int) -> float:
    """Return the confidence of the intervals that the survey of a number is held against.

    Raises ValueError for a number below 1.
    """
    if number < 1:
        raise ValueError(f"surveys are counted from 1, not {number}")
    return 1 - 2 * ERROR / (number * (number + 1))


def tries(ledger: Ledger, state: ProposalState) -> tuple[Try, ...]:
    """Return every survey that was to validate a proposal, in the order they were first opened.

    Those about earlier words count, since rewording and asking again is asking again; so do those
    of other proposals with the very same words, and those that nobody answered.
    """
    texts = {each.result for each in state.wordings}
    found: dict[str, Try] = {}
    for opened in ledger.read(SurveyOpened):
        validates = _validates(opened)
        if opened.run in found or not validates:
            continue
        if validates == state.id or opened.spec in texts:
            now = opened.spec == state.words.result
            found[opened.run] = Try(opened.run, opened.at, len(found) + 1, now)
    return tuple(found.values())


def try_lines(found: tuple[Try, ...]) -> list[str]:
    """Return one line for each survey that was asked: what a later one is held against."""
    return [
        f"survey {each.survey}, number {each.number} of {len(found)}, opened at {each.at}"
        + ("" if each.current else ", about other words")
        + f": held against bounds of {percent(each.confidence)} intervals"
        for each in found
    ]


def percent(share: float) -> str:
    """Return a confidence in words: 95 %, 98.33 %."""
    return f"{round(100 * share, 2):g} %"


def _validates(opened: SurveyOpened) -> str:
    """Return the proposal that a survey validates; read leniently, as even a damaged one counts."""
    try:
        found = json.loads(opened.text)
    except (ValueError, RecursionError):
        return ""
    wanted = found.get("validates") if isinstance(found, dict) else ""
    return wanted if isinstance(wanted, str) else ""
