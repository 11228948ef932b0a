"""How a reader of the spec ranks the answers that people ranked. `run` is the ranking's id."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RankingStarted:
    """Somebody lets the candidate answers of a survey be ranked by a spec."""

    run: str
    at: str
    survey: str
    """Digest of the survey; of comparisons that were imported, that of their words."""
    spec: str
    """Digest of the spec, with overlays of the effective text."""
    policy: str
    ranker: str
    """Id of the ranker."""
    identity: str
    """Of model, prompt and settings: what another run must share to be the same instrument."""
    repeats: int
    """How often each item is ranked, to tell noise from disagreement."""
    items: tuple[str, ...]
    questions: str = ""
    """Digest of what was put to the ranker: by item the rules it asks about, prompt, candidates."""


@dataclass(frozen=True, slots=True)
class AnswersRanked:
    """One ranking of the candidate answers of one item."""

    run: str
    item: str
    repeat: int
    """From 0."""
    at: str
    order: tuple[tuple[str, ...], ...]
    """Ids of answers, the best first; those in one group are level. Empty where it failed."""
    section: str
    """The section that decided it; empty for none."""
    clauses: tuple[str, ...]
    """Clauses cited."""
    relevance: int
    """How much that section speaks to the item: 1 to 5; 0 where it was not said."""
    failure: str = ""
    """Why there is no order."""
    reason: str = ""
    """What it says decided, in words; empty where it gives none."""
    shown: tuple[str, ...] = ()
    """Ids of answers in the order shown; empty where none stood beside another."""
    text: str = ""
    """Of a failure, what was replied, as it came."""
    input_tokens: int = 0
    """Told, for this order; 0 where nobody was asked or it is not known."""
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class RankingFinished:
    """All items were ranked, or tried."""

    run: str
    at: str
