"""Options of the verbs that decide on what is past: `charter audit` and `charter replay`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from charter.cli.overlay_option import overlay_option

Command = TypeVar("Command", bound=Callable[..., Any])

_SPEC = click.option("--spec", required=True, metavar="SPEC", help="The spec to decide by.")
_SYSTEM = click.option(
    "--system-as",
    type=click.Choice(["system", "developer"]),
    default="developer",
    show_default=True,
    help="Whom system messages speak for, where that was not recorded.",
)
_LIST = click.option(
    "--list", "listed", type=click.IntRange(0), default=100, show_default=True, metavar="NUMBER",
    help="Findings that are shown one by one.",
)  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def past_options(command: Command) -> Command:
    """Add what both verbs take: spec, overlays, whom system messages speak for, what is shown."""
    return _SPEC(overlay_option(_SYSTEM(_LIST(_JSON(command)))))
