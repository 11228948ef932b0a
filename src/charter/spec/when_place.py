"""Where in a file a character of a boundary's condition stands."""

from __future__ import annotations

import re

from charter.source import Span
from charter.spec.spec import Boundary

_WORD = re.compile(r"\w+")


def when_place(text: str, boundary: Boundary, offset: int | None = None) -> Span:
    """Return the place of the condition, or of the word at `offset` in it.

    YAML may quote, fold or indent the condition; where the way back to the text is not certain,
    the whole value is returned.
    """
    whole = boundary.when_span
    if offset is None:
        return whole
    raw = whole.of(text)
    at = raw.find(boundary.when)
    if at >= 0:
        start = at + offset
    elif raw[:1] not in ("'", '"'):
        start = _unfolded(raw, boundary.when, offset)
    else:
        return whole
    word = _WORD.match(raw, start)
    end = min(word.end() if word else start + 1, len(raw))
    return Span(whole.start + start, whole.start + max(end, start))


def _unfolded(raw: str, value: str, offset: int) -> int:
    """Find in a block scalar the character that stands at `offset` of its value.

    Folding changes white space alone, so the count of other characters leads back.
    """
    wanted = len("".join(value[:offset].split()))
    start = raw.find("\n") + 1 if raw[:1] in ("|", ">") else 0
    for at in range(start, len(raw)):
        if not raw[at].isspace():
            if wanted == 0:
                return at
            wanted -= 1
    return start
