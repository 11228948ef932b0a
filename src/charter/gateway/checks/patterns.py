r"""Finds patterns that you name.

What it finds
    Any match of any of its patterns, in the syntax of RE2, anywhere in the text. The text is
    searched in a normalised form: NFKC, without characters that have no shape of their own
    (zero-width spaces, soft hyphens); a match is reported where it stands in the original. More
    than 256 such characters in a row are a hit too. Case counts, unless a pattern begins `(?i)`.

Settings
    `patterns`: a table of names and patterns, e.g. `patterns.project = '(?i)\bproject nightjar\b'`.
    Use single quotes in TOML, so that backslashes stay. `words`: a list of phrases that are found
    whatever the case, between word boundaries, with any white space between their words. At least
    one of the two. `stream`: true refuses to start where a pattern cannot be searched for in
    streams, with the reason; false (the default) makes answers wait for it.

What it misses
    What is spelled otherwise: look-alike letters of other scripts, letters with spaces between
    them, other words for the same thing, translations, pictures. `\b`, `\w`, `\d` and `\s` know
    ASCII alone: beside any other letter there is a boundary. After 1,000 matches of one pattern
    all the rest of the text counts as one match.

On streams
    Bounded patterns stream: text is held back only from where a match may have begun. One pattern
    with `*`, `+` or `{n,}` makes the whole check wait for the end of the text; write `{0,40}`, or
    put it into a check of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import re2

from charter.errors import ConfigError
from charter.gateway import forms
from charter.gateway.check import CLEAR, Outcome, Target
from charter.gateway.search import Search, named, ranges
from charter.gateway.stream.patterns import Patterns

STAGES = frozenset({"offer", "request", "output", "tool_call", "tool_result"})
CHANNELS = frozenset(
    {"text", "refusal", "reasoning", "arguments", "description", "transcript", "annotations"}
)
EFFECT = "deny"

_GAP = r"\s{1,10}"


@dataclass(frozen=True, slots=True)
class Ready:
    """The patterns, compiled."""

    search: Search
    patterns: Mapping[str, str]

    def look(self, target: Target) -> Outcome:
        """Find all matches."""
        found = self.search.of(target)
        return Outcome(hit=True, reason=named(found), ranges=ranges(found)) if found else CLEAR


def build(settings: Mapping[str, Any]) -> Ready:
    """Compile the set. Raises ConfigError for a pattern that RE2 refuses."""
    forms.check_names(settings, ["patterns", "words", "stream"])
    given = dict(forms.table(settings, "patterns"))
    for phrase in forms.texts(settings, "words"):
        given.setdefault(_name(phrase, given), _phrase(phrase))
    if not given:
        hint = "give patterns = { name = 'pattern' } or words = [\"one\"]"
        raise ConfigError("there is nothing to look for", hint=hint)
    search = Search(given)
    if forms.flag(settings, "stream", default=False) and not search.bounded:
        raise ConfigError(_why_unbounded(given), hint="bound it, or leave `stream` out")
    return Ready(search, given if search.bounded else {})


def _name(phrase: str, taken: Mapping[str, str]) -> str:
    """Name a phrase by its number: reasons hold no content."""
    return f"word-{sum(name.startswith('word-') for name in taken) + 1}"


def _phrase(phrase: str) -> str:
    plain = unicodedata.normalize("NFKC", phrase)
    parts = plain.split()
    before = r"\b" if re.match(r"\w", parts[0], re.ASCII) else ""
    after = r"\b" if re.match(r"\w", parts[-1][-1], re.ASCII) else ""
    return f"(?i:{before}{_GAP.join(re2.escape(part) for part in parts)}{after})"


def _why_unbounded(patterns: Mapping[str, str]) -> str:
    try:
        Patterns(patterns)
    except ValueError as cause:
        return str(cause)
    return "it cannot be streamed"
