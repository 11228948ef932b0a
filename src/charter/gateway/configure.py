"""A check as it stands in the settings -> a check that is ready, under one policy."""

from __future__ import annotations

from collections.abc import Mapping

from charter.errors import CharterError, ConfigError, PluginError
from charter.gateway.check import Check, Configured, Ready
from charter.gateway.settings import CheckEntry
from charter.policy.decision import Effect
from charter.policy.policy import Policy

ALWAYS_CLOSED = frozenset({"root", "system"})
"""Levels whose sections never pass unlooked at."""


def configure(entry: CheckEntry, policy: Policy, known: Mapping[str, Check]) -> Configured:
    """Build a check. Raises ConfigError naming it, and what is wrong with it.

    Raises PluginError where it is one of another package that cannot be used.

    A check fails closed unless its entry says open, and whatever it says where its section
    stands at root or system level, or at a level that the ladder does not know.
    """
    check = known.get(entry.check)
    if check is None:
        hint = f"known: {', '.join(sorted(known))}"
        raise ConfigError(f"checks.{entry.id}: no check named {entry.check!r}", hint=hint)
    stages = _chosen(entry, "stages", entry.stages, check.STAGES)
    channels = _chosen(entry, "channels", entry.channels, check.CHANNELS)
    level = level_of(policy, entry.section)
    if level is None:
        raise ConfigError(
            f"checks.{entry.id}: the spec has no section or clause {entry.section!r}",
            hint="a check rests on a section: write its id, or that of one of its clauses",
        )
    ready = _built(entry, check)
    must_close = level in ALWAYS_CLOSED or level not in policy.ladder.names
    return Configured(
        id=entry.id,
        check=entry.check,
        section=entry.section,
        effect=entry.effect or Effect(check.EFFECT),
        stages=stages,
        channels=channels,
        closed=must_close or entry.closed is not False,
        ready=ready,
        applications=entry.applications,
    )


def _built(entry: CheckEntry, check: Check) -> Ready:
    try:
        ready = check.build(entry.settings)
    except CharterError as cause:
        raise ConfigError(f"checks.{entry.id}: {cause.message}", hint=cause.hint) from cause
    except Exception as cause:
        raise PluginError(
            f"checks.{entry.id}: check {entry.check!r} cannot be built: {type(cause).__name__}",
            hint="ask whoever wrote the check",
        ) from cause
    _check_form(entry, ready)
    return ready


def level_of(policy: Policy, section: str) -> str | None:
    """Return the authority of a section, or of the section that a clause stands in."""
    rule = policy.by_id.get(section)
    if rule is not None:
        return rule.authority
    if section not in policy.clause_texts:
        return None
    return next(
        (r.authority for r in policy.rules if any(c.id == section for c in r.clauses)), None
    )


def _check_form(entry: CheckEntry, ready: object) -> None:
    """Raise PluginError for what another package built that is no check."""
    patterns = getattr(ready, "patterns", None)
    if not isinstance(patterns, Mapping) or not callable(getattr(ready, "look", None)):
        raise PluginError(
            f"checks.{entry.id}: check {entry.check!r} builds something that is no check",
            hint="`patterns` is a mapping of names to patterns, and `look` a method",
        )


def _chosen(
    entry: CheckEntry, what: str, asked: frozenset[str] | None, possible: frozenset[str]
) -> frozenset[str]:
    if asked is None:
        return possible
    wrong = sorted(asked - possible)
    if wrong or not asked:
        said = f"{wrong[0]!r} is not for {entry.check}" if wrong else "is empty"
        raise ConfigError(
            f"checks.{entry.id}.{what}: {said}",
            hint=f"one or more of {', '.join(sorted(possible))}",
        )
    return asked
