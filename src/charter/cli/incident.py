"""`charter incident`: what went wrong, what is owed and by when, and how it comes to an end."""

from __future__ import annotations

import click

from charter.cli import (
    incident_amend,
    incident_close,
    incident_contain,
    incident_draft,
    incident_open,
    incident_postmortem,
    incident_regression,
    incident_show,
)


@click.group("incident")
def command() -> None:
    """Open, follow, contain and close incidents; see which reports are owed, and by when.

    Everything said of an incident is a record of the ledger: it can be corrected, never removed.
    Drafts are drafts, and nothing here is legal advice.
    """


for each in (
    *incident_open.COMMANDS,
    *incident_show.COMMANDS,
    *incident_amend.COMMANDS,
    *incident_contain.COMMANDS,
    *incident_regression.COMMANDS,
    *incident_postmortem.COMMANDS,
    *incident_close.COMMANDS,
    *incident_draft.COMMANDS,
):
    command.add_command(each)
