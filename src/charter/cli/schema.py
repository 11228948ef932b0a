"""`charter schema NAME`: the JSON Schema of a format that Charter writes."""

from __future__ import annotations

import click

from charter.cli.screen import write_json


@click.command("schema")
@click.argument("name", type=click.Choice(["spec", "report"]))
def command(name: str) -> None:
    """Print the JSON Schema of `charter show --json` or `charter report --format json`."""
    if name == "spec":
        from charter.spec.export import schema  # noqa: PLC0415 - each format has its own imports
    else:
        from charter.evals.report.export import schema  # noqa: PLC0415 - the same
    write_json(schema())
