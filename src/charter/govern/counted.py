"""A number with its noun, in one of two forms."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """Return `1 answer`, `2,000 answers`; `many` is the plural where it takes more than an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
