"""What an organisation says of every incident, recorded when one is opened. Pure.

Regimes ask some things whose answer is the same for each incident: where the organisation is, and
what it is. Said once, in `organisation.yaml`, they settle at once which clocks can run; unsaid, all
of them count as if they applied. What was harmed, and how, is asked of each incident anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from charter.errors import ConfigError
from charter.govern.incidents import amend
from charter.govern.incidents.fold import fold
from charter.govern.incidents.regime import Question
from charter.govern.incidents.state import VALUE
from charter.govern.incidents.vocabulary import check_value
from charter.records.incident import IncidentAmended, IncidentOpened

STANDING = ("jurisdictions", "roles")
"""Fields that can be said once."""


def checked(
    said: Mapping[str, Sequence[str]], known: Mapping[str, Question | str], place: str
) -> dict[str, str]:
    """Return fields and values as records have them. Raises ConfigError that names file and key."""
    found = {}
    for name, chosen in said.items():
        if name not in STANDING:
            raise ConfigError(
                f"{place}: incidents.{name[:60]}: that is said of each incident anew",
                hint=f"one of {', '.join(STANDING)}",
            )
        if chosen:
            try:
                found[name] = check_value(name, ", ".join(chosen), known)
            except ConfigError as error:
                raise ConfigError(f"{place}: incidents.{error.message}", hint=error.hint) from error
    return found


def answered(
    records: Sequence[IncidentOpened | IncidentAmended],
    fields: Mapping[str, str],
    known: Mapping[str, Question | str],
    *,
    source: str,
    now: datetime,
) -> tuple[IncidentAmended, ...]:
    """Return the records that say fields of an incident that was just opened by `records`.

    `fields` as `checked` returns them; `source` names the file, as evidence.
    """
    made: list[IncidentAmended] = []
    for name, value in fields.items():
        found = fold((*records, *made), now=now)
        made.append(
            amend.field(
                found,
                at=found.opened_at,
                by=found.opened_by,
                name=name,
                state=VALUE,
                value=value,
                reason=source,
                known=known,
            )
        )
    return tuple(made)
