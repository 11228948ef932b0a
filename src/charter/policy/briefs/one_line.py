"""Any text -> one line that cannot pass for anything but itself in a brief.

A brief is lines: headings, bullets, and sentences of Charter's own. The words of a spec stand in
it as they are, with exceptions that keep them from ending their line, beginning a block of
Markdown, or reading as a turn marker of a chat template.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_LINK = re.compile(r"\[([^\[\]]{0,300})\]\(#([^\s()]{1,200})\)")
_TAG = re.compile(r"<(?=[^\s\d=])")
_MARKER = re.compile(r"\[(?=/?[A-Z_]{2,40}\])")
_BLOCK = re.compile(r"[-+*](?: |$)|#{1,6}(?: |$)|>|`{3}|~{3}|[-*_]{3}|\[|\||\d{1,9}[.)](?: |$)")
_JOINERS = "\u200c\u200d"
"""Not printable, and part of words in some scripts."""


def one_line(text: str, titles: Callable[[str], str | None] = lambda _: None) -> str:
    """Return `text` as one line of Markdown.

    - white space and characters that do not print become single blanks;
    - a link to a section becomes that section's title in quotation marks (`titles` knows them),
      or its own words;
    - `<` before a word gets a blank after it, as does the bracket of a marker like `[INST]`: no
      chat template takes it for one of its own;
    - a first character that would begin a block is escaped by a backslash.
    """

    def shown(found: re.Match[str]) -> str:
        title = titles(found[2])
        if found[1] not in ("", "?"):
            return found[1]
        return f"\u201c{title or found[2]}\u201d"

    text = _LINK.sub(shown, text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)
    text = " ".join(text.split())
    text = _MARKER.sub("[ ", _TAG.sub("< ", text))
    return f"\\{text}" if _BLOCK.match(text) else text


def shortened(text: str, limit: int) -> str:
    """Return a line of at most `limit` characters, an ellipsis where it was cut."""
    line = one_line(text)
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}\u2026"


def code(text: str) -> str:
    """Return an id as inline code that nothing inside can end."""
    return f"`{one_line(text).replace('`', '')}`"
