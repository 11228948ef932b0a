"""What the state of something does not allow -> one line, and the exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from charter.cli.screen import plain
from charter.evolve.proposals.refused import Refused as OfProposals
from charter.evolve.surveys.refused import Refused as OfSurveys
from charter.govern.incidents.refused import Refused as OfIncidents

EXIT_NO = 1


@contextmanager
def refusing(wanted: str) -> Iterator[None]:
    """Turn a refusal into one line and the exit code 1."""
    try:
        yield
    except (OfIncidents, OfProposals, OfSurveys) as refused:
        hint = f" ({refused.hint})" if refused.hint else ""
        click.echo(plain(f"{wanted[:80]}: not done: {refused.message}{hint}"), err=True)
        raise click.exceptions.Exit(EXIT_NO) from refused
