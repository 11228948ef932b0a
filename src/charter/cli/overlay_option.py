"""The option `--overlay` of verbs that read a spec with overlays over it."""

from __future__ import annotations

import click

overlay_option = click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="PATH",
    help="An overlay over SPEC; repeatable, in the order in which they stack.",
)
