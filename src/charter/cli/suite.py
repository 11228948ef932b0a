"""`charter suite …`: what the scenarios of a spec test, and how they become more."""

from __future__ import annotations

import click

from charter.cli.suite_coverage import coverage_command
from charter.cli.suite_draft import draft_command
from charter.cli.suite_review import review_command


@click.group("suite")
def command() -> None:
    """See what the scenarios of a spec test, and let them become more."""


command.add_command(coverage_command)
command.add_command(draft_command)
command.add_command(review_command)
