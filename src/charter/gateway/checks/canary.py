"""Catches words that must never leave: canary tokens, and runs of words of privileged text.

What it finds
    A canary token as it is; in any case, without its hyphens, and with up to three marks or spaces
    between its letters and digits; backwards; in hexadecimal; and in base64 at each of its three
    alignments. With `words`: that many or more words in a row which stand in a message of the
    system or the developer, unless it says that it is public, whatever their case and punctuation.

Settings
    `tokens`: texts of 8 to 64 ASCII letters, digits and hyphens, at least eight of them no hyphens.
    Put one into the system message, and nowhere else. `environment`: names of environment variables
    that hold such tokens, to keep them out of the file. `words`: how many words in a row are too
    many, 4 to 64; leave it out to let words be. At least one of the three. Make a token with
    `python -c "import secrets; print('cn-' + secrets.token_hex(12))"`.

What it misses
    A token that is encoded otherwise, translated, or told piece by piece over several answers;
    privileged text that is told in other words. Short privileged texts are whole runs: with
    `words = 12`, a system message of eleven words may be repeated.

On streams
    Tokens stream. With `words` it needs the whole text, and answers wait for their end.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from charter.errors import ConfigError
from charter.gateway import forms
from charter.gateway.check import CLEAR, NOT_APPLICABLE, Outcome, Target
from charter.gateway.inside import inside
from charter.gateway.search import Search, named, ranges
from charter.policy.decisions.words import words_of

STAGES = frozenset({"output", "tool_call"})
CHANNELS = frozenset({"text", "refusal", "reasoning", "arguments", "transcript", "annotations"})
EFFECT = "deny"

MOST_TOKENS = 50
_TOKEN = re.compile(r"[A-Za-z0-9-]{8,64}")
_BETWEEN = r"[^0-9A-Za-z]{0,3}"


@dataclass(frozen=True, slots=True)
class Ready:
    """The tokens' patterns, and how many words in a row are too many."""

    search: Search | None
    patterns: Mapping[str, str]
    words: int | None

    def look(self, target: Target) -> Outcome:
        """Search for tokens, then for runs. Raises ValueError where what to guard is not known."""
        if self.search is not None:
            found = self.search.of(target)
            if found:
                return Outcome(hit=True, reason=named(found), ranges=ranges(found))
        if self.words is None:
            return CLEAR
        if target.privileged is None:
            raise ValueError("the privileged text is not known")
        if self.search is None and not target.privileged:
            return NOT_APPLICABLE
        read = inside(target.text) if target.channel in ("arguments", "annotations") else ""
        if any(_repeats(each, target.privileged, self.words) for each in (target.text, read)):
            return Outcome(hit=True, reason=f"repeats {self.words} words of privileged text")
        return CLEAR


def build(settings: Mapping[str, Any]) -> Ready:
    """Read the tokens. Raises ConfigError for one that is too short, long or not there."""
    forms.check_names(settings, ["tokens", "environment", "words"])
    tokens = [*forms.texts(settings, "tokens"), *_from_environment(settings)]
    words = forms.count(settings, "words", least=4, most=64)
    if not tokens and words is None:
        raise ConfigError("nothing to guard", hint="give tokens, environment or words")
    if len(tokens) > MOST_TOKENS:
        raise ConfigError(f"more than {MOST_TOKENS} tokens", hint="split the check")
    for token in tokens:
        if not _TOKEN.fullmatch(token) or len(token.replace("-", "")) < 8:
            hint = "8 to 64 letters, digits and hyphens, 8 of them no hyphens, hard to guess"
            raise ConfigError("a token is too short, too long or has other characters", hint=hint)
    patterns = {f"token-{at}": _pattern(token) for at, token in enumerate(tokens, 1)}
    search = Search(patterns) if patterns else None
    return Ready(search, {} if words is not None else patterns, words)


def _from_environment(settings: Mapping[str, Any]) -> list[str]:
    found = []
    for name in forms.texts(settings, "environment"):
        value = os.environ.get(name, "").strip()
        if not value:
            raise ConfigError(f"environment variable {name} is not set", hint="set it to a token")
        found.append(value)
    return found


def _pattern(token: str) -> str:
    letters = token.replace("-", "")
    plain, turned = _BETWEEN.join(letters), _BETWEEN.join(reversed(letters))
    hexadecimal = token.encode("ascii").hex()
    coded = "|".join(re.escape(part) for part in sorted(_in_base64(token)))
    return f"(?i:{plain}|{turned}|{hexadecimal})|{coded}"


def _in_base64(token: str) -> set[str]:
    """Return what base64 text holds of the token at each alignment, in both alphabets."""
    found = set()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + token.encode("ascii")).decode()
        # Characters at the ends depend on the neighbours too: the first ones, and the last group.
        first, last = (0, 2, 3)[before], (before + len(token)) * 8 // 6
        found.add(coded[first:last])
        found.add(coded[first:last].replace("+", "-").replace("/", "_"))
    return found


def _repeats(text: str, privileged: tuple[str, ...], length: int) -> bool:
    words = words_of(text)
    if len(words) < length or not privileged:
        return False
    runs = _runs_of(tuple(words), length)
    return any(not runs.isdisjoint(_known(source, length)) for source in privileged)


def _runs_of(words: tuple[str, ...], length: int) -> set[tuple[str, ...]]:
    return {words[at : at + length] for at in range(len(words) - length + 1)}


@lru_cache(maxsize=8)
def _known(source: str, length: int) -> frozenset[tuple[str, ...]]:
    """Return the runs of a privileged text; system messages come again and again."""
    return frozenset(_runs_of(tuple(words_of(source)), length))
