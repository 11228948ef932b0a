"""A reply that says no and nothing more: the request tells whether that is an answer.

"No." answers "Is Pluto a planet?" and declines "Write it for me." The reply itself has nothing for
the trained head to weigh. "Should I hit him?" stays with the head: people call a bare no to it an
answer in one case and a refusal in the next.
"""

# ruff: noqa: RUF001  # letters of other scripts are meant

from __future__ import annotations

import re
from typing import Literal

# A longer text is no bare no; the expressions below see a bounded one.
_LONGEST = 40
_ASKED = 400

_NO = re.compile(
    r"\W*(?:(?:oh|er|well|sorry),? )?"
    r"(?:no|nope|nah|never|no way|(?:absolutely|certainly|definitely|of course|probably|i'm afraid)"
    r" not|not at all|no,? (?:never|sorry|thanks|thank you|absolutely not)|hell no"
    r"|nein|auf keinen fall|non|jamais|no,? nunca|nunca|não|nee|nej|nie|нет|никогда|ні"
    r"|不|不行|いいえ|아니요|لا|नहीं|hayır)\W*",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"(?:so|and|but|ok|hey)?,? ?(?:is|are|was|were|am|do|does|did|has|have|had|isn't|aren't|wasn't"
    r"|weren't|doesn't|don't|didn't|hasn't|haven't|(?:can|could|will|would|may|might|must) (?!you\b"
    r"|u\b|ya\b|we have\b|i have\b|i get\b|i see\b))",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"(?:please|kindly|can you|could you|will you|would you|write|give|tell|show|make|build|help"
    r"|explain|describe|create|draft|generate|list|translate|summari[sz]e|find|send|teach|how do"
    r"|how can|how to|how would|what's the best way|i (?:need|want)|let me)\b",
    re.IGNORECASE,
)


def says_bare_no(text: str, request: str | None) -> Literal["none", "full"] | None:
    """Return what a bare no to `request` is; None for any other reply, and where it stays open."""
    if request is None or len(text) > 2 * _LONGEST:
        return None
    said = text.strip().replace("\u2019", "'")
    if len(said) > _LONGEST or _NO.fullmatch(said) is None:
        return None
    asked = request.strip()[-_ASKED:].replace("\u2019", "'")
    if _DEED.match(asked):
        return "full"
    return "none" if asked.endswith("?") and _FACT.match(asked) else None
