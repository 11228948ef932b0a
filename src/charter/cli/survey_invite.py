"""`charter survey invite ID N`: codes for a panel of people who were drawn."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from charter.cli.refused import refusing
from charter.cli.screen import note, plain
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.who import by_option, who
from charter.errors import ConfigError, StorageError
from charter.evolve.surveys.invitation import MOST_CODES, invite, new_codes

MOST_FRAME = 1000


@click.command("invite")
@click.argument("survey", metavar="ID")
@click.argument("count", metavar="N", type=click.IntRange(1, MOST_CODES))
@click.option(
    "--frame", required=True, metavar="TEXT", help="Whom they were drawn from, and how; recorded."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The CSV file to write, which its owner alone can read.",
)
@by_option
@ledger_place
@config_option
def command(**given: Any) -> None:
    """Make codes, each good for one participation in the panel of a survey.

    They are in the file and nowhere else: the ledger has their digests. Keep the list of who got
    which code apart from it, or better, keep none.
    """
    by, frame = who(given["by"]), " ".join(given["frame"].split())
    if not 0 < len(frame) <= MOST_FRAME or not frame.isprintable():
        raise click.UsageError(f"--frame: 1 to {MOST_FRAME} characters that can be seen")
    out: Path = given["out"]
    codes = new_codes(given["count"])
    with refusing(given["survey"]), opened_ledger(given) as ledger, _written(out, codes):
        made = invite(ledger, given["survey"], codes, frame=frame, by=by, at=now())
    click.echo(plain(f"{out}: {len(codes)} codes for {given['survey']}, draw {made.number}"))
    note("each lets somebody take part once: whoever reads the file can, too")


@contextmanager
def _written(out: Path, codes: Sequence[str]) -> Iterator[None]:
    """Keep codes beside `out` while they come to count, and under its name afterwards.

    A process that is killed in between leaves them in the file beside it: none that counts is
    lost, and none in `out` does not count.
    """
    part = out.with_name(f"{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.exists():
            raise ConfigError(f"{out} is there already", hint="name a new file")
        if part.exists():
            hint = "codes of a draw that was cut off may count: keep it, or remove it"
            raise ConfigError(f"{part} is there already", hint=hint)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write("".join(f"{line}\n" for line in ("code", *codes)))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as cause:
        what = f"{out} cannot be written: {cause.strerror or cause}"
        raise StorageError(what, hint="name a file that can be written") from cause
    try:
        yield
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    part.rename(out)
