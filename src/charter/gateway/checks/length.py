"""Checks that a text is neither too short nor too long.

What it finds
    A text with fewer or more characters, or words, than the settings allow. Words are counted as
    a reader would: what stands between spaces or dashes and holds a letter or digit; in scripts
    without spaces two characters count as one.

Settings
    `most_characters`, `least_characters`, `most_words`, `least_words`: whole numbers, at least one
    of them. An empty text is checked only where a least is asked for.

What it misses
    It counts, nothing else: tokens of a model are no words, and repetition counts in full.

On streams
    Answers wait for their end, unless the effect is flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.errors import ConfigError
from charter.gateway import forms
from charter.gateway.check import CLEAR, NOT_APPLICABLE, Outcome, Target
from charter.prose.words import words

STAGES = frozenset({"request", "output", "tool_call", "tool_result"})
CHANNELS = frozenset({"text", "refusal", "reasoning", "arguments", "transcript"})
EFFECT = "deny"

_NAMES = ("least_characters", "most_characters", "least_words", "most_words")


@dataclass(frozen=True, slots=True)
class Ready:
    """The bounds; None where there is none."""

    characters: tuple[int | None, int | None]
    words: tuple[int | None, int | None]
    patterns: Mapping[str, str] = field(default_factory=dict)

    def look(self, target: Target) -> Outcome:
        """Count."""
        text = target.text
        if not text and self.characters[0] is None and self.words[0] is None:
            return NOT_APPLICABLE
        said = _outside(len(text), self.characters, "characters")
        if not said and self.words != (None, None):
            said = _outside(len(words(text)), self.words, "words")
        return Outcome(hit=True, reason=said) if said else CLEAR


def build(settings: Mapping[str, Any]) -> Ready:
    """Read the bounds. Raises ConfigError where there is none, or one excludes the other."""
    forms.check_names(settings, _NAMES)
    low_c, high_c, low_w, high_w = (forms.count(settings, name) for name in _NAMES)
    if low_c is high_c is low_w is high_w is None:
        raise ConfigError("no bound is given", hint=f"one or more of {', '.join(_NAMES)}")
    for what, low, high in (("characters", low_c, high_c), ("words", low_w, high_w)):
        if low is not None and high is not None and low > high:
            raise ConfigError(f"least_{what} is over most_{what}", hint="nothing would ever fit")
    return Ready((low_c, high_c), (low_w, high_w))


def _outside(count: int, bounds: tuple[int | None, int | None], what: str) -> str:
    low, high = bounds
    if low is not None and count < low:
        return f"{count} {what}, at least {low} are asked for"
    if high is not None and count > high:
        return f"{count} {what}, at most {high} are allowed"
    return ""
