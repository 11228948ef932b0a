"""`charter verify`: whether a ledger or an evidence bundle is what was recorded and signed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

import click

from charter.cli.screen import plain, write_json
from charter.errors import ConfigError, LedgerError, LedgerTampered, LedgerUnavailable
from charter.ledger import auditor, signing
from charter.ledger.ledger import Ledger
from charter.ledger.master_key import MasterKey
from charter.ledger.open import FILE, SCHEMES, open_ledger
from charter.ledger.store import Sealed, Store
from charter.ledger.vault import Vault
from charter.records.erasure import SubjectErased

EXIT_BAD = 1
BATCH = 100
"""Payloads that are looked at together."""


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
@click.option("--ends-only", is_flag=True, help=(
    "Check the signatures of the oldest and newest checkpoint only, not of all: for long logs."
))  # fmt: skip
@click.option("--master-key", metavar="FILE", help=(
    "Open every payload that a ledger keeps: what was changed together with its digest shows."
))  # fmt: skip
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
        if not trust.keys and any("has no key to be checked against" in s for s in report.lines()):
            what = "name the log's verifier key with --key: `charter export vkey` prints it"
            click.echo(what, err=True)
        raise click.exceptions.Exit(EXIT_BAD)


def _trust(given: dict[str, Any]) -> auditor.Trust:
    try:
        return auditor.Trust(
            tuple(auditor.key_of(text) for text in given["keys"]),
            tuple(auditor.key_of(text) for text in given["witnesses"]),
            given["quorum"],
            tuple((name, Path(name).read_bytes()) for name in given["earlier"]),
            None if given["max_age"] is None else auditor.seconds_of(given["max_age"]),
            ends_only=given["ends_only"],
            verify=_quick,
            opens=None if given["master_key"] is None else _opener(Path(given["master_key"])),
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
        self._read = self._head.size
        self._newer: set[str] = set()

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
        """Yield size and note of the checkpoints, up to the newest of that moment."""
        if self._checkpoint is not None:
            yield from self._store.checkpoints(self._checkpoint[0])

    def payloads(self) -> Iterator[auditor.Payload]:
        """Yield the payloads that records of that moment can name."""
        held = map(_payload_of, self._store.payloads())
        while batch := list(islice(held, BATCH)):
            newer = self._named_since()  # read after the payloads: each came with its record
            yield from (payload for payload in batch if payload.id not in newer)

    def keys(self, subject: str) -> Sequence[Any]:
        """Return the wrapped key of a subject."""
        key = self._store.key(subject)
        return () if key is None else (key,)

    @property
    def has_keys(self) -> bool:
        """Whether any wrapped key is stored."""
        return self._store.has_keys()

    def erased_since(self, subject: str) -> bool:
        """Whether a subject was erased after that moment."""
        kind = SubjectErased.__name__
        return any(True for _ in self._store.read(kind=kind, run=subject, after=self._head.size))

    def _named_since(self) -> set[str]:
        for index, entry in self._store.read(kinds=sorted(auditor.NAMING), after=self._read):
            self._read = index
            self._newer.add(str(json.loads(entry.body).get("payload")))
        return self._newer

    def faults(self) -> Iterator[str]:
        """Yield nothing: the server checks its files."""
        return iter(())


def _payload_of(sealed: Sealed) -> auditor.Payload:
    return auditor.Payload(sealed.id, sealed.subject, sealed.at, sealed.blob, sealed.digest)


def _quick(public: bytes, message: bytes, signature: bytes) -> bool:
    """Verify as the auditor does, some thirty times as quick; which keys it takes stays its own."""
    return auditor.multiples_of(public) is not None and signing.verify(public, message, signature)


def _opener(file: Path) -> auditor.Opens:
    shelf = _Shelf()
    vault = Vault(cast("Store", shelf), MasterKey.load(file))

    def look(payload: auditor.Payload, wrapped: bytes) -> str:
        shelf.sealed, shelf.wrapped = Sealed(*payload), wrapped
        try:
            return auditor.OTHER_KEY if vault.open(payload.id) is None else ""
        except LedgerError as cause:
            return f"cannot be opened: {cause.message}"

    return look


class _Shelf:
    """A store of one payload and its key, for a vault to open."""

    sealed: Sealed | None = None
    wrapped: bytes | None = None

    def payload(self, id: str) -> Sealed | None:  # noqa: A002 - the field's name
        """Return the payload."""
        return self.sealed

    def key(self, subject: str) -> bytes | None:
        """Return the wrapped key."""
        return self.wrapped
