"""Whether the settings at hand are those that a gateway runs with."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    RecordLink,
    links,
    nothing,
)
from charter.records.service import ServiceStarted

TITLE = "the settings at hand, with their checks, in use by the gateway that started last"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Compare digests, and name the checks."""
    settings = look.configuration
    if settings is None or not settings.digest:
        return nothing("no file of settings was looked at")
    if look.facts is None:
        return NO_LEDGER
    started = look.facts.of(ServiceStarted)
    checks = ", ".join(settings.checks)[:200] or "none"
    measured = {"checks": str(len(settings.checks))}
    own = RecordLink("settings", settings.digest)
    if not started:
        return Evidence(
            Found.PARTIAL, f"no gateway has started with them; checks: {checks}", (own,)
        )
    held, last = started[-1]
    same = last.settings.removeprefix("sha256:") == settings.digest.removeprefix("sha256:")
    what = (
        "the gateway that started last uses them"
        if same
        else "another was in use when a gateway last started"
    )
    return Evidence(
        Found.FULL if same and settings.checks else Found.PARTIAL,
        f"{what}; checks: {checks}",
        (own, *links([held])),
        measured,
        held.moment,
    )
