"""A survey's file, and what speaks against it, for the verbs that need one that is good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from charter.cli.screen import plain
from charter.cli.vault_options import now
from charter.evolve.surveys.check import check
from charter.evolve.surveys.read import Written, load_survey
from charter.load import load
from charter.source import Finding, Severity

EXIT_FINDINGS = 1

file_argument = click.argument(
    "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE"
)
spec_option = click.option(
    "--spec", "spec", metavar="SPEC", help="The spec it asks about: its clauses must be there."
)


def checked_survey(file: Path, spec: str | None) -> tuple[Written, tuple[Finding, ...]]:
    """Return a survey with what was found in it. Raises ConfigError, SpecError."""
    written = load_survey(file)
    return written, check(written, None if spec is None else load(spec), at=now())


def show_findings(findings: Sequence[Finding]) -> None:
    """Print findings, one to a line."""
    for each in findings:
        hint = f" ({each.hint})" if each.hint else ""
        said = f"{each.location}: {each.severity}: {each.message} [{each.rule}]{hint}"
        click.echo(plain(" ".join(said.split())))


def errors_in(findings: Sequence[Finding]) -> int:
    """Return how many findings keep a survey from being opened."""
    return sum(each.severity is Severity.ERROR for each in findings)


def good_survey(file: Path, spec: str | None) -> Written:
    """Return a survey that may be opened; else show why not and exit with 1."""
    written, findings = checked_survey(file, spec)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if errors:
        show_findings(errors)
        raise click.exceptions.Exit(EXIT_FINDINGS)
    return written
