"""The attributes in braces at the end of a heading or caption: `{#id key=value}`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAIR = re.compile(r"([A-Za-z_][\w-]*)=(\S+)")
_MARKUP = str.maketrans("", "", "*`")


@dataclass(frozen=True, slots=True)
class Attributed:
    """A line of text with what its trailing braces say."""

    text: str
    id: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    unread: str = ""
    """What inside the braces is neither `#id` nor `key=value`."""


def split_attributes(line: str) -> Attributed:
    """Cut `Title {#id key=value}` into its parts; a line without braces is all text."""
    stripped = line.rstrip()
    if not stripped.endswith("}"):
        return Attributed(stripped)
    opening = stripped.rfind("{")
    if opening < 0 or stripped[opening + 1 : opening + 2] != "#":
        return Attributed(stripped)
    name: str | None = None
    pairs: list[tuple[str, str]] = []
    unread: list[str] = []
    for word in stripped[opening + 1 : -1].split():
        pair = _PAIR.fullmatch(word)
        if word.startswith("#") and name is None and len(word) > 1:
            name = word[1:]
        elif pair:
            pairs.append((pair[1], pair[2]))
        else:
            unread.append(word)
    return Attributed(stripped[:opening].rstrip(), name, tuple(pairs), " ".join(unread))


def slug(title: str) -> str:
    """Return an id minted from a title: lower-case letters, digits and `_`; `section` if none."""
    words = re.findall(r"[^\W_]+", title.translate(_MARKUP).casefold())
    return "_".join(words)[:80].strip("_") or "section"
