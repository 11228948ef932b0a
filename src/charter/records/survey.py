"""What people were asked, and that they answered. What they said lies sealed, under their own key.

`run` is the id of the survey in the records of a survey, and of the participation in the others.
"""

from __future__ import annotations

from dataclasses import dataclass

OPEN, PANEL = "open", "panel"
CHANNELS = (OPEN, PANEL)
"""Whoever came by themselves, and people who were drawn and invited: never one figure of both."""


@dataclass(frozen=True, slots=True)
class SurveyOpened:
    """A survey takes answers from now on, in exactly these words."""

    run: str
    number: int
    """From 1 without a gap: it may be closed and opened again."""
    at: str
    by: str
    text: str
    """Canonical JSON of the whole survey: every text, option and promise, as shown."""
    digest: str
    """Of that text: what answers are answers to."""
    spec: str
    """Digest of the spec that it asks about; empty where it asks about none."""


@dataclass(frozen=True, slots=True)
class SurveyClosed:
    """A survey takes no more answers."""

    run: str
    number: int
    """Of the opening that it ends."""
    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class InvitationsMade:
    """People were drawn for a panel: each has a code, of which only the digest is known here."""

    run: str
    number: int
    """From 1 without a gap."""
    at: str
    by: str
    frame: str
    """Whom they were drawn from, and how, in words."""
    codes: tuple[str, ...]
    """SHA-256 of each code, in hex."""


@dataclass(frozen=True, slots=True)
class ParticipantJoined:
    """Somebody agreed to take part. `run` is the id of the participation."""

    run: str
    at: str
    survey: str
    digest: str
    """Of the survey as it was shown."""
    channel: str
    """open or panel."""
    invitation: str
    """SHA-256 of the code that was used up; empty in an open call."""
    language: str
    consent: str
    """SHA-256 of the text that was agreed to."""
    receipt: str
    """SHA-256 of the code with which somebody can see, change or withdraw what they said."""
    subject: str
    """Under whose key all they say is sealed."""


@dataclass(frozen=True, slots=True)
class InvitationUsed:
    """A code of a panel was used up. `run` is its digest: of two at once, one comes late."""

    run: str
    survey: str
    participation: str


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """Somebody answered an item, changed an answer or took it back: the last one counts."""

    run: str
    """Id of the participation."""
    number: int
    """From 1 without a gap within a participation."""
    at: str
    survey: str
    item: str
    content: str
    """Commitment to the answer, under a salt that lies in the payload; empty where taken back."""
    payload: str
    """Where the answer is sealed, with the time it took; empty where it was taken back."""


@dataclass(frozen=True, slots=True)
class ParticipantWithdrew:
    """Somebody took back all they said; what was sealed for them is erased. Counts nowhere."""

    run: str
    at: str
    survey: str


@dataclass(frozen=True, slots=True)
class ConductNoted:
    """Something about how somebody took part that whoever reads the figures should know.

    It is written down and shown, and takes nobody's voice away by itself.
    """

    run: str
    """Id of the participation."""
    kind: str
    """Such as straight_line, too_fast, contradiction, same_network, too_many."""
    at: str
    survey: str
    detail: str
    """What was seen, in words; nothing that identifies anybody."""


@dataclass(frozen=True, slots=True)
class VoicesImported:
    """Answers that were gathered elsewhere were read in. `run` is the digest of what was read."""

    run: str
    at: str
    by: str
    importer: str
    source: str
    """What it is and where it comes from, in words, with its licence."""
    channel: str
    participants: int
    answers: int
    facts: str
    """Canonical JSON: counts that were compared with those published, and what differed."""
