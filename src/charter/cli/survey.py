"""`charter survey`: ask people what an assistant should do, and read what they said."""

from __future__ import annotations

import click

from charter.cli import (
    survey_check,
    survey_choices,
    survey_close,
    survey_compare,
    survey_expire,
    survey_forms,
    survey_import,
    survey_invite,
    survey_list,
    survey_new,
    survey_open,
    survey_rank,
    survey_results,
)


@click.group("survey")
def command() -> None:
    """Ask people what an assistant should do, and read what they said.

    What people answer is sealed under a key of their own; they can see, change and withdraw it
    with a receipt. People who were drawn and people who came by themselves are never one figure.
    """


for each in (
    survey_new.command,
    survey_check.command,
    survey_open.command,
    survey_invite.command,
    survey_list.command,
    survey_close.command,
    survey_expire.command,
    survey_forms.command,
    survey_import.command,
    survey_results.command,
    survey_rank.command,
    survey_choices.command,
    survey_compare.command,
):
    command.add_command(each)
