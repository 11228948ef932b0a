"""What a reply says in its own voice, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from charter.prose.normalize import Normalized, normalize
from charter.source import Span

# Bounded repetitions: each of these takes time linear in the text, whatever the text is.
_QUOTED = (
    re.compile(r"`[^`\n]{1,400}`"),
    re.compile(r"(?m)^ ?>[^\n]*$"),
    re.compile(r'"[^"\n]{1,400}"'),
    re.compile(r"(?<![\w'])'(?:[^'\n]|(?<=\w)'(?=\w)){1,200}'(?![\w'])"),
)
_MARKS = re.compile(r"[.!?\u2026\u203d]+[\"')\]*_]*|[\u3002\u061f\u0964]+|\n")
_ALWAYS_END = frozenset("\n\u3002\u061f\u0964")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, folded to lower case with plain quotes and dashes."""

    text: str
    """Without surrounding white space; quoted parts are blanks."""
    ending: str
    """Its final punctuation; empty at the end of a line or of the reply."""
    span: Span
    """Where it stands in the reply."""


def own_words(text: str) -> Normalized:
    """Return the text with code, quotations and block quotes replaced by blanks.

    Quotation marks around the whole reply are no quotation.
    """
    plain = normalize(text, fold=True, keep_lines=True)
    masked = _without_fences(plain.text)
    stripped = masked.strip()
    if stripped.count('"') == 2 and stripped[0] == stripped[-1] == '"':
        masked = masked.replace('"', " ")
    for pattern in _QUOTED:
        masked = pattern.sub(_blank, masked)
    return replace(plain, text=masked)


def without_ranges(text: Normalized, ranges: Iterable[tuple[int, int]]) -> Normalized:
    """Return the text with the given ranges replaced by blanks."""
    kept = text.text
    for start, end in ranges:
        kept = kept[:start] + " " * (end - start) + kept[end:]
    return replace(text, text=kept)


def sentences(text: Normalized) -> list[Sentence]:
    """Split into sentences: at line ends, and at final punctuation that white space follows."""
    return list(_split(text))


def _split(text: Normalized) -> Iterator[Sentence]:
    start = 0
    for mark in _MARKS.finditer(text.text):
        after = text.text[mark.end() : mark.end() + 1]
        if mark[0][0] not in _ALWAYS_END and after and not after.isspace():
            continue
        if mark[0] == "." and text.text[start : mark.start()].strip().isdigit():
            continue  # the label of a list item is part of its first sentence
        ending = mark[0].strip()
        yield from _sentence(text, start, mark.start() + len(ending), ending)
        start = mark.end()
    yield from _sentence(text, start, len(text.text), "")


def _sentence(text: Normalized, start: int, end: int, ending: str) -> Iterator[Sentence]:
    words = text.text[start:end]
    body = words.strip()
    if body.strip(ending + " "):
        first = start + len(words) - len(words.lstrip())
        yield Sentence(body, ending, text.span(first, first + len(body)))


def _without_fences(text: str) -> str:
    """Blank every fenced block; one that is never closed reaches to the end."""
    parts = text.split("```")
    return "```".join(
        " " * len(part) if index % 2 else part for index, part in enumerate(parts)
    ).replace("```", "   ")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
