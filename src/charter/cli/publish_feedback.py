"""How readers of a published spec comment on its rules: options of `charter publish`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.cli.input_file import read_text
from charter.errors import ConfigError
from charter.publish.remarks import Feedback, form_address, issue_template, read_counts

Command = TypeVar("Command", bound=Callable[..., Any])

_FORM = click.option(
    "--feedback",
    "form",
    metavar="URL",
    help="The form of `charter serve` on which readers comment on a rule.",
)
_ISSUE = click.option(
    "--feedback-issue",
    "issue",
    metavar="URL",
    help="Instead of a form: where an issue is opened, with {title} and {body} in its query.",
)
_COUNTS = click.option(
    "--comments",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Counts of accepted comments, from `charter comments export --out FILE.json`.",
)


def feedback_options(command: Command) -> Command:
    """Add the options that `feedback_of` reads."""
    return _FORM(_ISSUE(_COUNTS(command)))


def feedback_of(form: str | None, issue: str | None, comments: Path | None) -> Feedback:
    """Return what the options say. Raises ConfigError for addresses and counts that are none."""
    if form is not None and issue is not None:
        raise ConfigError("--feedback and --feedback-issue do not go together", hint="give one")
    return Feedback(
        "" if form is None else form_address(form),
        "" if issue is None else issue_template(issue),
        {} if comments is None else read_counts(read_text(str(comments)), str(comments)),
    )
