"""`charter history`: models over time and versions of a spec, from the runs of ledgers."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import click

from charter.cli.document import deliver, document_options, recorded
from charter.cli.ledger_file import ledger_file
from charter.evals.history.export import export_history
from charter.evals.history.history import History, history
from charter.evals.history.page import history_page
from charter.evals.history.terminal import print_history
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store


@click.command("history")
@click.option(
    "--ledger",
    "places",
    type=click.Path(path_type=Path),
    multiple=True,
    default=(Path("runs"),),
    show_default=True,
    help="Folder of `charter eval --out`, or the ledger file in it; repeatable.",
)
@click.option("--spec", metavar="NAME", help="Only runs of the spec of this name.")
@document_options
def command(places: tuple[Path, ...], spec: str | None, form: str, out: Path | None) -> None:
    """Show how models did over time and over versions of a spec.

    Each run stands with its figures and with its paired difference to the run before it, of the
    same model on the same spec, on the scenarios that both have in common.
    """
    with ExitStack() as opened:
        ledgers = [
            opened.enter_context(Ledger(open_store(str(ledger_file(place)), create=False)))
            for place in places
        ]
        found = history(ledgers, spec)
    text = _text(found, form=form, to_file=out is not None)
    deliver(text, out, lambda screen: print_history(found, screen))


def _text(found: History, *, form: str, to_file: bool) -> str | None:
    """Return the document; None for tables that belong on the terminal."""
    if form == "json":
        return json.dumps(export_history(found), indent=1, allow_nan=False)
    if form == "html":
        return history_page(found)
    if not to_file:
        return None
    return recorded(lambda screen: print_history(found, screen))
