"""Scope of autonomy: what an agent may do by itself, until when, at what cost.

A missing field never means unlimited: no `max_cost` allows no cost, no `allowed_tools` no tool.
Source: Model Spec 2025-12-18, section `scope_of_autonomy` and its commentary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scope:
    """One agreed scope, immutable; a change is a new scope."""

    allowed_tools: tuple[str, ...] = ()
    """Names; a trailing `*` allows every tool that begins so."""
    latest_time: float | None = None
    """Seconds since 1970-01-01T00:00Z; after it, no action. None: no shutdown timer was stated."""
    max_cost: float = 0.0
    tool_constraints: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Per tool and argument: `in` (list), `prefix`, `min`, `max`; see `argument_fits`."""
    additional_details: str = ""
    issued_at: float | None = None
    """When it was agreed; needed for a default timer (reading `scope_without_timer`)."""
    level: str = "none"
    """The issuer's authority; a scope never exceeds it."""
    id: str = ""
    """The directive that states it; empty for the scope that the offered tools imply."""
    revoked: bool = False
