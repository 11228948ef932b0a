"""The transformation exception: content the user supplied may be transformed, even if restricted.

It lifts boundaries on restricted and sensitive content, never on prohibited content, and covers
text only, never actions. That the content was supplied is checked here; that nothing was added is
checked word by word for kinds that keep the words, and has to be established elsewhere for others.
Source: Model Spec 2025-12-18, `transformation_exception`.
"""

from __future__ import annotations

import re

from charter.policy.conversation import Conversation
from charter.policy.decision import Facts, Transformation

KINDS = frozenset(
    {"translate", "paraphrase", "summarise", "classify", "encode", "format", "fix_grammar"}
)
_KEEPS_WORDS = frozenset({"summarise", "format", "fix_grammar"})
TRANSFORMABLE = frozenset({"restricted", "sensitive"})
LEAST_OVERLAP = 0.9
"""Share of the output's words that must stand in the supplied text."""
STEM = 4
"""Letters of a word that grammar leaves alone, roughly."""

_WORD = re.compile(r"\w+")


def lifts(facts: Facts, conversation: Conversation) -> bool:
    """Whether an output is a transformation of what the user supplied, and nothing more."""
    claim = facts.transformation
    if claim is None or facts.stage != "output" or claim.kind not in KINDS:
        return False
    supplied = _supplied(claim, conversation)
    if supplied is None:
        return False
    if claim.adds_nothing is not None:
        return claim.adds_nothing
    if claim.kind not in _KEEPS_WORDS:
        return False
    letters = STEM if claim.kind == "fix_grammar" else None
    return _overlap(facts.text or "", supplied, letters) >= LEAST_OVERLAP


def _supplied(claim: Transformation, conversation: Conversation) -> str | None:
    """Return the text of the user's message that a claim names; None where it names no such."""
    if not 0 <= claim.message < len(conversation.messages):
        return None
    message = conversation.messages[claim.message]
    return message.text if message.role == "user" and message.text.strip() else None


def _overlap(text: str, supplied: str, letters: int | None) -> float:
    words = [word[:letters] for word in _WORD.findall(text.casefold())]
    known = {word[:letters] for word in _WORD.findall(supplied.casefold())}
    return sum(word in known for word in words) / len(words) if words else 1.0
