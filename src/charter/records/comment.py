"""What the public said of a rule, and what became of it. `run` is the id of the comment.

The words are personal data: they lie sealed beside the records, under a subject of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

AGREE, DISAGREE, UNCLEAR = "agree", "disagree", "unclear"
STANCES = (AGREE, DISAGREE, UNCLEAR)
ACCEPTED, REJECTED = "accepted", "rejected"


@dataclass(frozen=True, slots=True)
class CommentReceived:
    """Somebody commented on a rule. Nothing of it is shown to anybody else yet."""

    run: str
    at: str
    clause: str
    """Id of the clause, or of the section where it is about the whole of it."""
    spec: str
    """Digest of the base spec whose words were shown."""
    policy: str
    """Digest of the policy in force then."""
    stance: str
    """agree, disagree or unclear."""
    group: str
    """One of those that the settings named; empty where none was said."""
    content: str
    """Commitment to the words, under a salt that lies in the payload."""
    payload: str
    """Where the words are sealed."""
    subject: str
    """Under whose key: a pseudonym of this comment alone, so that it can be erased by itself."""


@dataclass(frozen=True, slots=True)
class CommentModerated:
    """A person read a comment, and accepted or rejected it. Once for each."""

    run: str
    at: str
    by: str
    verdict: str
    """accepted or rejected."""
    reason: str
    """Why; never empty with a rejection."""
