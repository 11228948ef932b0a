"""What people write into records: which characters no record keeps.

SQLite's `->>` ends a text at NUL, so that a query would show less of a reason than was given; the
other control characters steer whatever shows them. Half a surrogate pair is no text at all.
"""

from __future__ import annotations

import re

_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def unkept(text: str) -> str:
    """Return the first character that no record keeps, such as `U+0000`; empty for none.

    Line ends and tabs are kept.
    """
    found = _UNKEPT.search(text)
    return "" if found is None else f"U+{ord(found[0]):04X}"
