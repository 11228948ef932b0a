"""YAML in a text, told conservatively: a miss leaves data as words, a false hit silences words.

YAML is what only a program writes: front matter between `---` lines at the start of the text, or
lines `key: value` of which at least two have keys in lower case without spaces, one below the
other or nested. `Note: ...`, `- tone: formal` bullets and a single line are prose. The block ends
at the first line that could not stand in it.
"""

from __future__ import annotations

import re

from charter.policy.labels.excise import INLINE

KEY_LINE = r"---\n|[ ]{0,40}+(?:- )?[a-z_][\w.-]{0,60}+:(?:[ \t\n]|\Z)"
"""The beginning of a line with which a block could begin."""

_LINE = re.compile(r"([ ]*+)(- )?(?:([a-z_][\w.-]{0,60}+):(?=[ \t]|\Z))?")
_FRONT = re.compile(rf"[ ]*+(?:#|{INLINE}|- |[^\W\d][\w.-]{{0,60}}+:(?:[ \t]|\Z)|[ ]{{2}})")


def yaml_block(text: str, start: int) -> tuple[int, int]:
    """Return the end of the block that starts with the line at `start`, 0 where there is none.

    Beside it, up to where no other block can begin.
    """
    if text.startswith("---\n", start):
        return (_front_matter(text, start), 0) if not text[:start].strip() else (0, 0)
    indent, keys = -1, 0
    items = opened = gap = False
    end = position = start
    while position < len(text):
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        found = _LINE.match(text, position, stop)
        width = found.end(1) - position if found else 0
        blank = position + width == stop
        if found is None:
            break
        if indent < 0:
            indent, items = width, found[2] is not None
            keys = int(items)
        elif not blank and width <= indent:
            goes_on = found[2] is not None if items else _goes_on(text, found, listed=opened)
            if gap or width < indent or not goes_on:
                break
        if not blank:
            end = stop
            item = found[2] is not None and width == indent
            keys += found[3] is not None and not item
            if width == indent:
                opened = item or not text[found.end() : stop].strip()
        gap = blank
        position = stop + 1
    return (end if keys > 1 else 0), end


def _goes_on(text: str, line: re.Match[str], *, listed: bool) -> bool:
    """Whether a line at the indentation of a block of keys belongs to it.

    `listed` says that it may be an item: the key before it has no value, or another item.
    """
    if line[2] is not None:
        return listed
    return line[3] is not None or text.startswith("#", line.end(1))


def _front_matter(text: str, start: int) -> int:
    end = text.find("\n---", start + 3)
    lines = text[start + 4 : end].split("\n") if end > start + 3 else []
    if not lines or not all(not line.strip() or _FRONT.match(line) for line in lines):
        return 0
    close = text.find("\n", end + 1)
    return len(text) if close < 0 else close
