"""Halves of surrogate pairs, which some servers cut texts into, joined."""

from __future__ import annotations


def joined_halves(text: str) -> tuple[str, str]:
    """Return a text with pairs of halves joined, and a high half at its end that may be one.

    Halves alone become U+FFFD.
    """
    half = text[-1] if "\ud800" <= text[-1:] < "\udc00" else ""
    text = text.removesuffix(half)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text, half


def whole_text(text: str) -> str:
    """Return a text in which no half of a pair is left."""
    made, half = joined_halves(text)
    return made + "\ufffd" * bool(half)
