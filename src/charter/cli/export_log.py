"""`charter export tiles|vkey`: a log for any client of C2SP tlog-tiles, and its verifier key."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import click

from charter.cli.vault_options import config_option, ledger_place, opened_ledger
from charter.errors import ConfigError, LedgerError, StorageError
from charter.ledger.ledger import Ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.tlog.checkpoint import parse_checkpoint
from charter.ledger.tlog.note import parse_note
from charter.ledger.tlog.tile import WIDTH, Tile, bundles, tiles

_KEY = click.option(
    "--log-key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The log's key: sign a checkpoint now. Without it the newest that is signed serves.",
)


@click.command("tiles")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where to write; what is there already is left alone.",
)
@_KEY
@ledger_place
@config_option
def tiles_command(**given: Any) -> None:
    """Write a log as files that any web server can publish (C2SP tlog-tiles).

    `checkpoint`, `tile/<level>/…` and `tile/entries/…`. An entry holds the number, kind and
    digest of a record, and nothing of what it says.
    """
    out: Path = given["out"]
    with opened_ledger(given) as ledger:
        note = _note(ledger, given["log_key"])
        size = parse_checkpoint(parse_note(note).text).size
        written = 1  # the checkpoint
        for tile in (*tiles(size), *bundles(size)):
            written += _write_tile(ledger, out, tile)
        _write(out / "checkpoint", note)  # last: what it names is there by then
    click.echo(f"{out}: {size} records, {written} files written")


@click.command("vkey")
@click.argument("log_key", type=click.Path(dir_okay=False, path_type=Path))
def vkey_command(log_key: Path) -> None:
    """Print the verifier key of a log, from its key file: for all who verify it."""
    click.echo(LogKey.load(log_key).vkey)


def _note(ledger: Ledger, key: Path | None) -> bytes:
    if key is not None:
        return checkpoint(ledger, LogKey.load(key))
    kept = ledger.store.checkpoint()
    if kept is None:
        raise LedgerError(
            f"{ledger.where}: there is no signed checkpoint",
            hint="charter serve signs one now and then; or name the log's key with --log-key",
        )
    return kept[1]


def _write_tile(ledger: Ledger, out: Path, tile: Tile) -> int:
    file = out / tile.path
    if tile.width == WIDTH and file.is_file():
        return 0  # a full tile never changes
    _write(file, ledger.tile(tile))
    return 1


def _write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(suffix=".part", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(part).chmod(0o644)
            Path(part).replace(file)
        finally:
            Path(part).unlink(missing_ok=True)
    except NotADirectoryError as cause:
        raise ConfigError(f"{file}: a file is where a folder is needed") from cause
    except OSError as cause:
        raise StorageError(
            f"{file} cannot be written: {cause.strerror or cause}", hint="name another folder"
        ) from cause
