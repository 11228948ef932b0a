"""The transformation exception: content the user supplied may be transformed, even if restricted.

It lifts boundaries on restricted and sensitive content, never on prohibited content, and covers
text only, never actions. That the content was supplied is checked here. For the kinds that keep the
words, so is that nothing was added, word by word and whatever the claim says; for the others it has
to be established elsewhere. A summary in words of its own is a paraphrase.
Source: Model Spec 2025-12-18, `transformation_exception`.
"""

from __future__ import annotations

from charter.policy.conversation import Conversation
from charter.policy.decision import Facts, Transformation
from charter.policy.decisions.words import words_of

KINDS = frozenset(
    {"translate", "paraphrase", "summarise", "classify", "encode", "format", "fix_grammar"}
)
_KEEPS_WORDS = frozenset({"summarise", "format", "fix_grammar"})
TRANSFORMABLE = frozenset({"restricted", "sensitive"})
FEW_NEW, MOST_NEW = 2, 12
"""Words that the supplied text does not have: so many always pass, and never more than these."""
NEW_SHARE = 10
"""Between the two, one for so many different words of the text that has fewer."""
LONGEST_NEW = 20
"""Letters: a longer word may hold a sentence."""
STEM = 4
"""Letters of a word that grammar leaves alone, roughly."""


def lifts(facts: Facts, conversation: Conversation) -> bool:
    """Whether an output is a transformation of what the user supplied, and nothing more."""
    claim = facts.transformation
    if claim is None or facts.stage != "output" or claim.kind not in KINDS:
        return False
    supplied = _supplied(claim, conversation)
    if supplied is None or claim.adds_nothing is False:
        return False
    if claim.kind in _KEEPS_WORDS:
        letters = STEM if claim.kind == "fix_grammar" else None
        return _adds_little(facts.text or "", supplied, letters)
    return claim.adds_nothing is True


def _supplied(claim: Transformation, conversation: Conversation) -> str | None:
    """Return the text of the user's message that a claim names; None where it names no such."""
    if not 0 <= claim.message < len(conversation.messages):
        return None
    message = conversation.messages[claim.message]
    return message.text if message.role == "user" and message.text.strip() else None


def _adds_little(text: str, supplied: str, letters: int | None) -> bool:
    """Whether a text has few words, and no number, that the supplied one does not have."""
    said = {_stem(word, letters) for word in words_of(_unnumbered(text))}
    known = {_stem(word, letters) for word in words_of(supplied)}
    new = said - known
    allowed = max(FEW_NEW, min(MOST_NEW, len(said) // NEW_SHARE, len(known) // NEW_SHARE))
    return len(new) <= allowed and not any(_tells(word) for word in new)


def _stem(word: str, letters: int | None) -> str:
    """Return what is compared of a word: all of it where it is long, or a number."""
    return word if _tells(word) else word[:letters]


def _tells(word: str) -> bool:
    """Whether a single word can say much."""
    return len(word) > LONGEST_NEW or any(letter.isnumeric() for letter in word)


def _unnumbered(text: str) -> str:
    """Take away the numbers of a list, where they count from 1."""
    number, lines = 1, []
    for line in text.splitlines():
        rest = line.lstrip()
        if rest.startswith((f"{number}. ", f"{number}) ")):
            rest, number = rest[len(str(number)) + 2 :], number + 1
        lines.append(rest)
    return "\n".join(lines)
