"""`charter survey check FILE`: what keeps a survey from being opened, and what to think of."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.screen import note, plain, write_json
from charter.cli.survey_file import (
    EXIT_FINDINGS,
    checked_survey,
    errors_in,
    file_argument,
    show_findings,
    spec_option,
)
from charter.evolve.surveys.read import digest_of_survey
from charter.source import Finding


@click.command("check")
@file_argument
@spec_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(**given: Any) -> None:
    """Check a survey before it is opened.

    Exits with 0 where it can be opened, with 1 where it cannot, and with 2 where it is no survey.
    """
    written, findings = checked_survey(given["file"], given["spec"])
    survey = written.survey
    if given["as_json"]:
        write_json(
            {
                "id": survey.id,
                "digest": digest_of_survey(survey),
                "items": len(survey.items),
                "languages": list(survey.languages),
                "findings": [_row(each) for each in findings],
            }
        )
    else:
        show_findings(findings)
        count = errors_in(findings)
        said = "it can be opened" if not count else f"{count} things to mend before it is opened"
        click.echo(plain(f"{survey.id}: {len(survey.items)} items; {said}"))
    if given["spec"] is None and (survey.spec or any(each.clauses for each in survey.items)):
        note("whether its clauses are in the spec was not looked at: name that with --spec")
    if errors_in(findings):
        raise click.exceptions.Exit(EXIT_FINDINGS)


def _row(each: Finding) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "severity": str(each.severity),
        "line": each.location.line,
        "message": each.message,
        "hint": each.hint,
    }
