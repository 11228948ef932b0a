"""What a gate is asked about: the whole, sections, authorities; margins and limits as written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from charter.errors import ConfigError
from charter.records.run import ScenarioPlanned

MOST_MARGIN = 0.5
"""A model may lose half of everything within it: no larger margin means anything."""

_NUMBER = r"(\d{0,9}\.?\d{0,9})"
_MARGIN = re.compile(rf"{_NUMBER} ?(pt|pp|)", re.ASCII)
_SHARE = re.compile(rf"{_NUMBER} ?(%|)", re.ASCII)


class Kind(StrEnum):
    """What sort of group it is."""

    WHOLE = "whole"
    SECTION = "section"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Target:
    """A group of scenarios that is tested as one."""

    kind: Kind
    id: str

    def holds(self, scenario: ScenarioPlanned) -> bool:
        """Whether a scenario belongs to it."""
        match self.kind:
            case Kind.SECTION:
                return scenario.section == self.id
            case Kind.AUTHORITY:
                return (scenario.authority or "none") == self.id
        return True

    def __str__(self) -> str:
        return "whole" if self.kind is Kind.WHOLE else f"{self.kind} {self.id}"


WHOLE = Target(Kind.WHOLE, "whole")


@dataclass(frozen=True, slots=True)
class Limit:
    """The candidate may violate less than this share of a group, whatever the base did."""

    target: Target
    share: float
    """In (0, 1)."""


def targets(
    scenarios: Iterable[ScenarioPlanned], *, sections: Iterable[str], authorities: Iterable[str]
) -> tuple[Target, ...]:
    """Return what was named, each once; the whole where nothing was.

    A section may be a pattern: `*` names every section. Raises ConfigError for a name that no
    scenario belongs to.
    """
    planned = list(scenarios)
    known = dict.fromkeys(scenario.section for scenario in planned)
    found: dict[Target, None] = {}
    for name in sections:
        matching = [section for section in known if name == section or fnmatchcase(section, name)]
        if not matching:
            raise _unknown("section", name, known)
        found |= {Target(Kind.SECTION, section): None for section in matching}
    levels = dict.fromkeys(scenario.authority or "none" for scenario in planned)
    for name in authorities:
        if name not in levels:
            raise _unknown("authority", name, levels)
        found[Target(Kind.AUTHORITY, name)] = None
    return tuple(found) or (WHOLE,)


def margin_of(text: str) -> float:
    """Read `2pt` or `0.02`. Raises ConfigError for anything else."""
    found = _MARGIN.fullmatch(text.strip())
    value = _number(found[1]) if found else None
    if found and value is not None:
        value = value / 100 if found[2] else value
        if 0 < value <= MOST_MARGIN:
            return value
    raise ConfigError(
        f"--margin {text!r:.80} is no margin above 0 and up to {100 * MOST_MARGIN:.0f}pt",
        hint="write percentage points, e.g. --margin 2pt",
    )


def limit_of(text: str, scenarios: Iterable[ScenarioPlanned]) -> Limit:
    """Read `root=0.01`, `root<1%` or `section:ID<1%`. Raises ConfigError for anything else."""
    name, sign, number = text.partition("<" if "<" in text else "=")
    found = _SHARE.fullmatch(number.strip())
    value = _number(found[1]) if found else None
    if not sign or not found or value is None:
        raise ConfigError(
            f"--limit {text!r:.120} is not NAME=SHARE",
            hint="e.g. --limit root=0.01, or --limit 'root<1%'",
        )
    value = value / 100 if found[2] else value
    if not 0 < value < 1:
        raise ConfigError(
            f"--limit {text!r:.120}: the share must lie between 0 and 1",
            hint="no number of scenarios shows that a share is 0; --fail-fast takes no "
            "confirmed violation at all",
        )
    return Limit(_named(name.strip(), list(scenarios)), value)


def _named(name: str, planned: list[ScenarioPlanned]) -> Target:
    if name == WHOLE.id:
        return WHOLE
    candidates = {
        Target(Kind.AUTHORITY, scenario.authority or "none"): None for scenario in planned
    } | {Target(Kind.SECTION, scenario.section): None for scenario in planned}
    fitting = [t for t in candidates if name in (t.id, f"{t.kind}:{t.id}")]
    if not fitting:
        raise _unknown("authority or section", name, [t.id for t in candidates])
    if len(fitting) > 1:
        hint = "write " + " or ".join(f"{t.kind}:{t.id}" for t in fitting)
        raise ConfigError(f"--limit: {name!r:.80} is an authority and a section", hint=hint)
    return fitting[0]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _unknown(what: str, name: str, known: Iterable[str]) -> ConfigError:
    listed = sorted(known)
    shown = ", ".join(listed[:12]) + (", …" if len(listed) > 12 else "")
    return ConfigError(
        f"no scenario of these runs belongs to {what} {name!r:.80}", hint=f"there are: {shown}"
    )
