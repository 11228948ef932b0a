"""`--organisation`: what is said once of every incident, for the verbs that open one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from charter.govern.incidents.regime import Question
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.incidents.standing import answered, checked
from charter.govern.incidents.vocabulary import vocabulary
from charter.govern.obligations.organisation import load_organisation
from charter.records.incident import IncidentAmended, IncidentOpened

organisation_option = click.option(
    "--organisation",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="organisation.yaml: its `incidents` are said of each incident that is opened.",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is said of every incident; nothing without a file."""

    fields: dict[str, str]
    known: dict[str, Question | str]
    source: str

    def said_of(
        self, records: Sequence[IncidentOpened | IncidentAmended], *, now: datetime
    ) -> tuple[IncidentAmended, ...]:
        """Return the records that say it of an incident which these records open."""
        return answered(records, self.fields, self.known, source=self.source, now=now)


def standing_in(given: dict[str, Any]) -> Standing:
    """Return what the file says. Raises ConfigError."""
    file: Path | None = given["organisation"]
    if file is None:
        return Standing({}, {}, "")
    found, known = load_organisation(file), vocabulary(load_regimes())
    fields = checked(found.incidents, known, found.place)
    return Standing(fields, known, f"said of every incident, in the file {found.digest}")
