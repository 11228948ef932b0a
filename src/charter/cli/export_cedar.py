"""`charter export cedar SPEC`: the boundaries of a spec for another policy engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charter.cli.overlay_option import overlay_option
from charter.cli.screen import note, plain
from charter.cli.whole_file import write_whole
from charter.load import load_policy
from charter.policy.boundaries.cedar import CedarExport, export_cedar


@click.command("cedar")
@click.argument("spec")
@overlay_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write there instead of on standard output.",
)
@click.option(
    "--partial",
    is_flag=True,
    help="Permit what the boundaries that could be written do not forbid, although others could "
    "not be written.",
)
@click.pass_context
def cedar_command(ctx: click.Context, /, **given: Any) -> None:
    """Write the boundaries of SPEC as Cedar policies.

    Cedar cannot say all that a boundary can: those it cannot are listed on standard error, each
    with the reason, and as comments in what is written. Then nothing is permitted and the exit
    code is 1, unless --partial is given.
    """
    policy = load_policy(given["spec"], given["overlays"])
    whose = f"{policy.title} ({policy.digest})"
    found = export_cedar(policy.boundaries, of=whose, partial=given["partial"])
    if given["out"] is None:
        click.echo(plain(found.text), nl=False)
    else:
        write_whole(given["out"], found.text)
    _report(found)
    if not found.permits:
        note(
            "no permit is written, so Cedar denies everything: write these boundaries in a way "
            "that Cedar has, or do without them with --partial"
        )
        ctx.exit(1)


def _report(found: CedarExport) -> None:
    for out in found.left_out:
        note(plain(f"not in Cedar: {out.id} in {out.section}: {out.reason}"))
    total = len(found.written) + len(found.left_out)
    note(f"{len(found.written)} of {total} boundaries written")
