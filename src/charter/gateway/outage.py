"""What strangers are told of what is wrong: in words, without paths, addresses or names.

/health and /ready need no key. What they leave out is in the log, and in what the verbs say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_FAULTS = (
    ("connection", "its server cannot be reached"),
    ("server closed", "its server cannot be reached"),
    ("moved, deleted or replaced", "its file was moved, deleted or replaced"),
    ("no such file", "its file or folder is not there"),
    ("full", "its disk is full"),
    ("no space", "its disk is full"),
    ("locked", "its database is locked by somebody else"),
    ("readonly", "it can only be read"),
    ("read-only", "it can only be read"),
    ("permission", "it may not be written"),
    ("malformed", "its file is damaged"),
    ("not a database", "its file is damaged"),
    ("i/o error", "its disk fails or is full"),
    ("takes too long", "a commit takes too long"),
    ("writer has ended", "its writer has ended"),
)
"""Words of a reason, and what is said for them; the first counts."""
_COMMIT = re.compile(r"a commit has been under way for [0-9]{1,9} s")
_PLACE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s'\"()]{1,2000}|(?<![\w/])/[^\s'\":()]{1,4000}"
)
"""Addresses and absolute paths."""


def outage(reason: str, where: str = "") -> str:
    """Return why a ledger cannot be written, in words of a fixed list; `where` names its place."""
    if not reason:
        return ""
    bare = _PLACE.sub("", reason.replace(where, "") if where else reason)
    under_way = _COMMIT.search(bare)
    if under_way is not None:
        return under_way[0]
    low = bare.lower()
    return next((said for words, said in _FAULTS if words in low), "the gateway's log says why")


def outward(text: str, files: Iterable[Path]) -> str:
    """Return a text with the names of files in place of their paths, and without other places."""
    folders = {f"{part.parent}/" for each in files for part in (each, each.absolute())}
    for folder in sorted(folders - {"./", "/"}, key=len, reverse=True):
        text = text.replace(folder, "")
    return _PLACE.sub(lambda found: found[0].rstrip("/").rpartition("/")[2], text)
