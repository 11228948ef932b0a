"""`charter diff OLD NEW`: what changed between two versions, and what that makes stale."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from charter.cli.diff_screen import print_diff
from charter.cli.document import deliver, document_options, recorded
from charter.load import load
from charter.spec.changes.diff import Diff, diff
from charter.spec.changes.stale import Stale, stale


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    help="An overlay of OLD: say what in it is stale; repeatable.",
)
@click.option(
    "--cites",
    "citations",
    multiple=True,
    metavar="ID",
    help="A section, clause or example you refer to: say whether it still stands; repeatable.",
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    help="A ledger: say which past scores and calibrations are stale.",
)
@document_options
@click.option("--quiet-wording", is_flag=True, help="Leave out what changes wording only.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when more changed than wording.")
@click.option("--reader", help="Read as `model-spec` or `markdown` instead of guessing.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Compare two versions of a spec: what changed, and what that makes stale.

    OLD and NEW are Markdown files, folders that hold one, or `starter`. Exits with 0, whatever
    changed; with --exit-code, 1 says that rules changed.
    """
    found = diff(*(load(given[side], reader=given["reader"]) for side in ("old", "new")))
    overlays = [load(path, reader=given["reader"]) for path in given["overlays"]]
    rests = stale(found, overlays=overlays, citations=given["citations"])
    if given["ledger"] is not None:
        rests = _with_records(rests, found, given["ledger"])
    wording = not given["quiet_wording"]
    text = _text(
        found, rests, form=given["form"], wording=wording, to_file=given["out"] is not None
    )
    deliver(text, given["out"], lambda screen: print_diff(found, rests, screen, wording=wording))
    if given["exit_code"] and found.substance:
        ctx.exit(1)


def _with_records(rests: Stale, found: Diff, place: Path) -> Stale:
    """Add what is stale in a ledger. Raises LedgerError."""
    from charter.cli.ledger_file import ledger_file  # noqa: PLC0415 - needs an extra
    from charter.evals.stale import stale_records  # noqa: PLC0415
    from charter.ledger.ledger import Ledger  # noqa: PLC0415
    from charter.ledger.stores.sqlite import open_store  # noqa: PLC0415

    with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
        return replace(rests, items=(*rests.items, *stale_records(ledger, found, rests)))


def _text(found: Diff, rests: Stale, *, form: str, wording: bool, to_file: bool) -> str | None:
    """Return the document; None for text that belongs on the terminal."""
    if form == "json":
        from charter.spec.changes.diff_export import export_diff  # noqa: PLC0415 - pydantic is slow to import

        # ASCII, because specs may hold characters that a terminal or a decoder trips over
        return json.dumps(export_diff(found, rests, wording=wording), indent=1)
    if form == "html":
        from charter.cli.diff_page import page  # noqa: PLC0415 - needs an extra

        return page(found, rests, wording=wording)
    if not to_file:
        return None
    return recorded(lambda screen: print_diff(found, rests, screen, wording=wording))
