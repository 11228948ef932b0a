"""`charter verify`: whether a ledger or an evidence bundle is what was recorded and signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from charter.cli.screen import plain, write_json
from charter.errors import ConfigError, LedgerTampered, LedgerUnavailable
from charter.ledger import auditor
from charter.ledger.ledger import Ledger
from charter.ledger.open import FILE, SCHEMES, open_ledger

EXIT_BAD = 1


@click.command("verify")
@click.argument("ledger", default="gateway")
@click.option("--key", "keys", multiple=True, metavar="VKEY", help=(
    "Verifier key of the log, or a file that holds it; repeatable where the key was changed."
))  # fmt: skip
@click.option("--checkpoint", "earlier", multiple=True, metavar="FILE", help=(
    "A checkpoint kept from before, which the ledger must extend; repeatable."
))  # fmt: skip
@click.option("--witness", "witnesses", multiple=True, metavar="VKEY", help=(
    "Verifier key of a witness that must have cosigned the newest checkpoint; repeatable."
))  # fmt: skip
@click.option("--quorum", type=click.IntRange(0), help=(
    "How many of the witnesses must have; all of them unless said."
))  # fmt: skip
@click.option("--max-age", metavar="SPAN", help="How old the newest record may be, such as 15m.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--print-auditor", is_flag=True, help=(
    "Print the verifier itself: one file, standard library only, to read and to run elsewhere."
))  # fmt: skip
def command(**given: Any) -> None:
    """Verify a ledger, or an evidence bundle of `charter export evidence`.

    LEDGER is a file, its folder, postgresql://…, or a bundle. There are separate verdicts for
    integrity, consistency, completeness and freshness, and the first bad record is named.
    Exits with 1 where one of them fails. What could not be checked, for want of a key or of an
    earlier checkpoint, is `unchecked`.
    """
    if given["print_auditor"]:
        click.echo(Path(auditor.__file__).read_text(encoding="utf-8"), nl=False)
        return
    trust = _trust(given)
    try:
        report = _audited(given["ledger"], trust)
    except auditor.Unreadable as cause:
        hint = "name a ledger, its folder, or an evidence bundle; restore a damaged one"
        raise LedgerUnavailable(str(cause), hint=hint) from cause
    if given["as_json"]:
        write_json(report.as_json())
    else:
        click.echo(plain("\n".join(report.lines())))
    if not report.ok:
        raise click.exceptions.Exit(EXIT_BAD)


def _trust(given: dict[str, Any]) -> auditor.Trust:
    try:
        return auditor.Trust(
            tuple(auditor.key_of(text) for text in given["keys"]),
            tuple(auditor.key_of(text) for text in given["witnesses"]),
            given["quorum"],
            tuple((name, Path(name).read_bytes()) for name in given["earlier"]),
            None if given["max_age"] is None else auditor.seconds_of(given["max_age"]),
        )
    except auditor.Malformed as cause:
        raise ConfigError(str(cause), hint="charter export vkey prints that of a log") from cause
    except ValueError as cause:
        raise ConfigError(f"--max-age: {cause}") from cause


def _audited(place: str, trust: auditor.Trust) -> auditor.Report:
    if not place.startswith(SCHEMES):
        path = Path(place)
        return auditor.audit_file(
            path / FILE if path.is_dir() or not path.exists() else path, trust
        )
    try:
        with open_ledger(place, create=False) as ledger:
            return auditor.audit_ledger(_Stored(ledger), trust)
    except LedgerTampered as found:
        report = auditor.Report(place.rpartition("@")[2])
        what = found.message.rpartition(f"ledger record {found.index} ")[2]
        report.fail(auditor.Finding("integrity", what, found.index))
        return report


class _Stored:
    """A ledger in a database server, as the auditor reads it."""

    has_tree = True

    def __init__(self, ledger: Ledger) -> None:
        self.where = ledger.where
        self._store = ledger.store
        # in this order, so that what comes in meanwhile is beyond all of them
        self._checkpoint = self._store.checkpoint()
        self._head = self._store.head()

    def rows(self) -> Iterator[auditor.Row]:
        """Yield the records that are there now."""
        for index, entry in self._store.read():
            if index > self._head.size:
                return
            yield auditor.Row(
                index, entry.kind, entry.run, entry.key, entry.body, entry.digest, entry.thread
            )

    def tile(self, level: int, n: int) -> object:
        """Return a stored tile."""
        return self._store.tile(level, n)

    def tiles(self) -> Iterable[tuple[Any, Any]]:
        """Yield nothing: the head says how many there are."""
        return ()

    def head(self) -> tuple[Any, Any] | None:
        """Return the stored size and root."""
        return self._head

    def checkpoints(self) -> Iterator[tuple[Any, Any]]:
        """Yield the newest checkpoint."""
        if self._checkpoint is not None:
            yield self._checkpoint

    def faults(self) -> Iterator[str]:
        """Yield nothing: the server checks its files."""
        return iter(())
