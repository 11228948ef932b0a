"""Boundaries ready to be asked: compiled, and indexed by stage and tool."""

from __future__ import annotations

from typing import NamedTuple

from charter.policy.condition import Condition


class Boundary(NamedTuple):
    """One compiled boundary of the effective spec."""

    id: str
    section: str
    on: str
    when: str
    effect: str
    say: str | None
    rank: int
    """Of its section's authority."""
    content: str | None
    """Class of content that its section governs: prohibited, restricted, sensitive, or None."""
    layer: int
    tools: frozenset[str] | None
    """Tools it can fire for, read off its condition; None where that is open."""
    condition: Condition
