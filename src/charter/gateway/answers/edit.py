"""Edits made in a text."""

from __future__ import annotations

from charter.gateway.verdict import Edit


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """Return a text with its edits made; they are sorted and apart."""
    if not edits:
        return text
    pieces, place = [], 0
    for edit in edits:
        pieces += [text[place : edit.start], edit.text]
        place = max(place, edit.end)
    return "".join([*pieces, text[place:]])
