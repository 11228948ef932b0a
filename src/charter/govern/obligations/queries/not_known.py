"""What no record, rule or setting can show."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.obligations.query import Evidence, Look, nothing

TITLE = "nothing: it cannot be known from here"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Say so."""
    return nothing("cannot be known from here: people have to show it")
