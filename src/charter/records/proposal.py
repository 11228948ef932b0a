"""How a rule came to be changed: what was proposed, from what, and what became of it.

`run` is the id of the proposal.
"""

from __future__ import annotations

from dataclasses import dataclass

CLARIFICATION, PRINCIPLE = "clarification", "principle"
KINDS = (CLARIFICATION, PRINCIPLE)
DRAFT, CONSULTATION, VALIDATION = "draft", "consultation", "validation"
ADOPTED, DEFERRED, SET_ASIDE = "adopted", "deferred", "set_aside"
STATES = (DRAFT, CONSULTATION, VALIDATION, ADOPTED, DEFERRED, SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a proposal comes from."""

    kind: str
    """comment, survey, incident, determinacy, suite or person."""
    id: str
    """Of the record: a comment, a survey (`SURVEY#ITEM`), an incident, a run."""
    note: str = ""
    """What it says, in words."""


@dataclass(frozen=True, slots=True)
class ProposalMade:
    """Somebody proposes other words for clauses of a spec."""

    run: str
    at: str
    by: str
    kind: str
    """clarification or principle."""
    title: str
    reason: str
    spec_name: str
    spec_version: str | None
    spec: str
    """Digest of the text that it changes."""
    origins: tuple[Origin, ...]
    sections: tuple[str, ...]
    """Ids of sections whose words change."""
    level: str
    """The highest authority among them: it says how many have to agree."""
    questions: tuple[str, ...]
    """What is still open."""


@dataclass(frozen=True, slots=True)
class ProposalWorded:
    """The words of a proposal, as a whole; later ones replace earlier ones."""

    run: str
    number: int
    """From 1 without a gap."""
    at: str
    by: str
    edits: str
    """Canonical JSON: every replaced stretch of the text with what was there, and its digest."""
    facts: str
    """Canonical JSON: differences, what becomes stale, what it touches, predicted effects."""
    result: str
    """Digest of the text that comes out."""


@dataclass(frozen=True, slots=True)
class ProposalVoted:
    """Somebody agrees, or does not, that a proposal moves to a state. Once for each wording.

    Taking that back is a vote too: that it stays a draft.
    """

    run: str
    wording: int
    state: str
    at: str
    by: str
    role: str
    verdict: str
    """approve, deny or withdraw."""
    reason: str


@dataclass(frozen=True, slots=True)
class ProposalMoved:
    """A proposal came into another state, after `number` - 1 other moves."""

    run: str
    number: int
    """From 1 without a gap: of two at once, one comes late."""
    at: str
    by: str
    role: str
    state: str
    wording: int
    """Number of the wording that stood then."""
    reason: str
    survey: str = ""
    """With consultation and validation: the survey that asks people."""
    findings: str = ""
    """With adoption: canonical JSON of what the validation came to, and of an override."""


@dataclass(frozen=True, slots=True)
class ProposalApplied:
    """The words of an adopted proposal stand in the text of the spec."""

    run: str
    at: str
    by: str
    before: str
    """Digest of the text before."""
    after: str
    changelog: str
    """The entry as written, with its origins."""
