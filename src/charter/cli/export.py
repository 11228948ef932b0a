"""`charter export …`: what other tools take from a spec, or from a ledger."""

from __future__ import annotations

import click

from charter.cli.export_cedar import cedar_command
from charter.cli.export_evidence import evidence_command
from charter.cli.export_log import tiles_command, vkey_command
from charter.cli.export_reviews import reviews_command
from charter.cli.export_targets import target_command
from charter.errors import PluginError
from charter.evolve.exporter import GROUP, exporters


@click.group("export")
def command() -> None:
    """Write a spec's boundaries or training targets, or the proof of a decision, for others."""


for _command in (cedar_command, evidence_command, reviews_command, tiles_command, vkey_command):
    command.add_command(_command)
for _name, _exporter in exporters().items():
    if _name in command.commands:
        raise PluginError(
            f"an exporter of {GROUP} is named {_name!r}, as a command of Charter's is",
            hint="uninstall the package that brings it",
        )
    command.add_command(target_command(_name, _exporter))
