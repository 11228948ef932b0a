"""`charter export reviews`: what reviewers said of live answers, as labels for calibration."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from charter.cli.overlay_option import overlay_option
from charter.cli.screen import note
from charter.cli.vault_options import opened, vault_options
from charter.cli.whole_file import write_whole
from charter.console.accounts import Accounts
from charter.console.desk import Desk
from charter.console.labels import SCALES, Counted, label_lines
from charter.console.sessions import Sessions
from charter.errors import ConfigError
from charter.load import load_policy


class _Wall:
    """The clock of a command that runs once."""

    def now(self) -> float:
        """Return seconds since 1970."""
        return time.time()


@click.command("reviews")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A .jsonl file, for `charter calibrate --labels`.",
)
@click.option(
    "--scale",
    type=click.Choice(SCALES),
    default=SCALES[0],
    show_default=True,
    help="Whether answers adhered, or whether they refused.",
)
@click.option("--blind-only", is_flag=True, help="Leave out opinions that were not formed blindly.")
@click.option("--spec", metavar="SPEC", help="The spec in force then: it says how roles speak.")
@overlay_option
@vault_options
def reviews_command(**given: Any) -> None:
    """Write the labels that reviewers gave in the console, with the conversations they judged.

    Answers whose conversation was erased or has expired are left out and counted.
    """
    out: Path = given["out"]
    if out.suffix.lower() not in (".jsonl", ".ndjson"):
        raise ConfigError(f"--out {out}: what format?", hint="name a .jsonl file")
    policy = load_policy(given["spec"], given["overlays"]) if given["spec"] else None
    counted = Counted()
    with opened(given) as (ledger, vault):
        desk = Desk(
            ledger,
            vault,
            lambda digest: policy if policy is not None and policy.digest == digest else None,
            Accounts.of(),
            _Wall(),
            Sessions(b""),
        )
        desk.reviews.poll(ledger)
        reviews = [each for each in desk.reviews.all() if each.blind or not given["blind_only"]]
        text = "".join(label_lines(desk, reviews, given["scale"], counted))
    if not counted.written:
        raise ConfigError(
            f"no review says anything of {given['scale']}", hint="review answers in the console"
        )
    write_whole(out, text)
    click.echo(f"{out}: {counted.written} labels")
    if counted.left_out:
        note(f"left out: {counted.left_out} without words, or without such a label")
    note("it holds what people wrote, as plain text: handle it accordingly")
