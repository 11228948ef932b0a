"""`objectives.yaml` -> Objectives. Every error is one line: the file, the objective, what to write.

format: charter-objectives/1
objectives:
  - id: accord-privacy
    title: Privacy is kept
    indicator: accord
    scope: {section: protect_privacy}
    target: 0.99
    days: 30
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from charter.errors import ConfigError
from charter.govern.objectives.burn import can_fire
from charter.govern.objectives.indicator import Indicator, Waited, indicators
from charter.govern.objectives.objective import (
    STANDARD,
    Objective,
    Objectives,
    Scope,
    Windows,
)
from charter.govern.read_yaml import Strict, read_file, read_yaml
from charter.source import Source

FORMAT = "charter-objectives/1"
_HINT = f"format: {FORMAT}; see docs/objectives.md"

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,300}$")]
_Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
_Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(?:\.[0-9]{1,9})?$")]
_Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 90)]


class _Scope(Strict):
    clause: _Name | None = None
    section: _Name | None = None
    application: _Name | None = None
    model: _Name | None = None


class _Windows(Strict):
    name: _Id
    severity: Literal["page", "ticket"]
    long_minutes: _Minutes
    short_minutes: _Minutes
    factor: _Number | int | float


class _Objective(Strict):
    id: _Id
    title: _Line
    indicator: _Id
    scope: _Scope = _Scope()
    target: _Number | float
    days: int = Field(default=30, ge=1, le=90)
    alerts: list[_Id | _Windows] | None = Field(default=None, max_length=8)
    within_seconds: int | None = Field(default=None, ge=1, le=90 * 86_400)
    most_items: int | None = Field(default=None, ge=0, le=1_000_000)
    least_bad: int = Field(default=2, ge=1, le=1000)
    least_events: int = Field(default=10, ge=1, le=1_000_000)


class _File(Strict):
    format: Literal["charter-objectives/1"]
    objectives: list[_Objective] = Field(min_length=1, max_length=200)


def load_objectives(path: Path) -> Objectives:
    """Read a file. Raises ConfigError for one that cannot be read or says nothing usable."""
    return read_objectives(read_file(path, hint="name a file of objectives").text, str(path))


def read_objectives(text: str, place: str) -> Objectives:
    """Read objectives from a text that is known as `place`. Raises ConfigError."""
    source = Source(place, text)
    file = read_yaml(source, _File, hint=_HINT)
    known = indicators()
    every: list[Objective] = []
    for entry in file.objectives:
        where = f"{place}: objective {entry.id}"
        if any(entry.id == other.id for other in every):
            raise ConfigError(f"{where}: two have this id", hint="give each its own")
        every.append(_objective(entry, where, known))
    return Objectives(source.digest, tuple(every))


def _objective(entry: _Objective, where: str, known: Mapping[str, Indicator]) -> Objective:
    indicator = known.get(entry.indicator)
    if indicator is None:
        raise ConfigError(
            f"{where}: indicator {entry.indicator!r} is unknown", hint=f"one of {', '.join(known)}"
        )
    if not entry.title.isprintable():
        raise ConfigError(f"{where}: title has characters that do not show", hint="take them out")
    scope = Scope(**{name: value or "" for name, value in entry.scope.model_dump().items()})
    for name, _ in scope.named:
        if name not in indicator.scopes:
            can = ", ".join(sorted(indicator.scopes)) or "nothing"
            raise ConfigError(
                f"{where}: scope.{name}: {entry.indicator} cannot be told by {name}",
                hint=f"by {can}",
            )
    if scope.clause and scope.section:
        raise ConfigError(f"{where}: scope has a clause and a section", hint="name one of them")
    target = _exact(entry.target)
    if not 0 < target < 1:
        raise ConfigError(
            f"{where}: target {entry.target} leaves no budget, or everything",
            hint="a share above 0 and below 1, such as 0.99; a root section needs no objective",
        )
    _limits(entry, indicator, where)
    return Objective(
        id=entry.id,
        title=entry.title,
        indicator=entry.indicator,
        scope=scope,
        target=target,
        days=entry.days,
        windows=_windows(entry, target, where),
        within=entry.within_seconds,
        most=entry.most_items,
        least_bad=entry.least_bad,
        least_events=entry.least_events,
    )


def _limits(entry: _Objective, indicator: Indicator, where: str) -> None:
    """Raise ConfigError unless exactly the limit is given that the indicator needs."""
    waits = isinstance(indicator, Waited)
    loads = isinstance(indicator, Waited) and bool(indicator.load)
    for key, value, needed in (
        ("within_seconds", entry.within_seconds, waits and not loads),
        ("most_items", entry.most_items, loads),
    ):
        if needed and value is None:
            raise ConfigError(f"{where}: {entry.indicator} needs {key}", hint=f"{key}: 300")
        if value is not None and not needed:
            raise ConfigError(
                f"{where}: {key} means nothing for {entry.indicator}", hint="leave it out"
            )


def _windows(entry: _Objective, target: Fraction, where: str) -> tuple[Windows, ...]:
    standard = {each.name: each for each in STANDARD}
    found: list[Windows] = []
    for each in list(standard) if entry.alerts is None else entry.alerts:
        if isinstance(each, str):
            if each not in standard:
                raise ConfigError(
                    f"{where}: alert {each!r} is unknown", hint=f"one of {', '.join(standard)}"
                )
            row = standard[each]
        else:
            row = Windows(
                each.name,
                each.severity,
                each.long_minutes,
                each.short_minutes,
                _exact(each.factor),
            )
        _must_make_sense(row, entry, target, where)
        if any(row.name == other.name for other in found):
            raise ConfigError(f"{where}: alert {row.name} is given twice", hint="leave one out")
        found.append(row)
    return tuple(found)


def _must_make_sense(row: Windows, entry: _Objective, target: Fraction, where: str) -> None:
    if not row.factor > 0:
        raise ConfigError(f"{where}: alert {row.name}: factor must be above 0", hint="such as 6")
    if not row.short_minutes < row.long_minutes <= entry.days * 1440:
        raise ConfigError(
            f"{where}: alert {row.name}: its windows of {row.long_minutes} and {row.short_minutes}"
            f" minutes do not fit each other, or not into {entry.days} days",
            hint="the short one is usually a twelfth of the long one",
        )
    if not can_fire(row.factor, target):
        most = float(1 / (1 - target))
        rest = [each.name for each in STANDARD if can_fire(each.factor, target)]
        raise ConfigError(
            f"{where}: alert {row.name} can never fire: at a target of {float(target):g} no burn"
            f" rate exceeds {most:g}, and it asks for more than {float(row.factor):g}",
            hint=f"alerts: [{', '.join(rest)}]",
        )


def _exact(number: str | float) -> Fraction:
    """Return a number as it was written: 0.999 is 999/1000."""
    try:
        return Fraction(Decimal(str(number)))
    except (InvalidOperation, ValueError, OverflowError):
        return Fraction(0)  # out of every range that is asked for
