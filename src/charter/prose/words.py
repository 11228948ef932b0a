"""Counting the words of a reply as its reader would."""

from __future__ import annotations

import re

from charter.prose.normalize import normalize
from charter.prose.phrase import is_unspaced, is_word
from charter.source import Span

_LABEL = re.compile(r"(?m)^ ?(?:\d{1,3}|[a-z])[.)](?= |$)")
_RUN = re.compile(r"[^\s]+")
_DASH = re.compile("\u2014|\u2013|--+")

# Words of Chinese, Japanese and Thai are two characters long, give or take.
_CHARACTERS_PER_WORD = 2


def words(text: str) -> list[Span]:
    """Return where each word stands: what is between spaces or dashes and has a letter or digit.

    Labels of lists do not count. In scripts without spaces every two characters are a word.
    """
    plain = normalize(_DASH.sub(lambda dash: " " * len(dash[0]), text), keep_lines=True)
    labels = {label.start() for label in _LABEL.finditer(plain.text)}
    found: list[Span] = []
    for run in _RUN.finditer(plain.text):
        if run.start() in labels or (run.start() and run.start() - 1 in labels):
            continue
        found.extend(
            plain.span(run.start() + first, run.start() + last) for first, last in _parts(run[0])
        )
    return found


def _parts(run: str) -> list[tuple[int, int]]:
    """Return the words in a piece of text without spaces."""
    if run.isascii():
        return [(0, len(run))] if any(map(str.isalnum, run)) else []
    parts: list[tuple[int, int]] = []
    start, unspaced = 0, 0
    spelled = False
    for index, char in enumerate(run):
        if is_unspaced(char) and not _is_hangul(char):
            if spelled:
                parts.append((start, index))
            if unspaced % _CHARACTERS_PER_WORD == 0:
                parts.append((index, index + 1))
            else:
                parts[-1] = (parts[-1][0], index + 1)
            unspaced += 1
            spelled, start = False, index + 1
        elif is_word(char):
            spelled = True
    return [*parts, (start, len(run))] if spelled else parts


def _is_hangul(char: str) -> bool:
    return (
        "\uac00" <= char <= "\ud7a3" or "\u1100" <= char <= "\u11ff" or "\u3130" <= char <= "\u318f"
    )
