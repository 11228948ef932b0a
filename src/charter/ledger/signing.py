"""The key of a log, and the checkpoints that it signs."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from charter.errors import ConfigError, LedgerTampered, StorageError
from charter.ledger.integrity import HINT
from charter.ledger.ledger import Ledger
from charter.ledger.tlog.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from charter.ledger.tlog.field import decode_base64, encode_base64
from charter.ledger.tlog.merkle import root_at
from charter.ledger.tlog.note import (
    ED25519,
    Key,
    Note,
    format_note,
    format_vkey,
    parse_note,
    sign_text,
    verify_note,
)
from charter.records.release import Released

_PREFIX = "PRIVATE+KEY"
_LINE = re.compile(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n?")
_LONGEST = 4096


class LogKey:
    """An Ed25519 key and the name of the log it signs for: its origin."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        """Raise ValueError for a name that no note takes: a space, a plus sign, nothing."""
        self.key = Key(name, ED25519, private.public_key().public_bytes_raw())
        self._private = private

    @classmethod
    def create(cls, path: Path, name: str) -> Self:
        """Make a key and write it to a new file that only its owner can read.

        Raises ConfigError for a bad name, StorageError where the file is there or cannot be made.
        """
        try:
            made = cls(name, Ed25519PrivateKey.generate())
        except ValueError as cause:
            raise ConfigError(
                f"log name {name!r}: {cause}", hint="such as example.com/log"
            ) from cause
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(made.text())
                file.flush()
                os.fsync(file.fileno())
        except OSError as cause:
            raise StorageError(
                f"{path}: {cause.strerror}", hint="a log keeps its key: name another file"
            ) from cause
        return made

    @classmethod
    def first(cls, path: Path, name: str, ledger: Ledger) -> Self:
        """Make the key of a ledger that nothing has signed yet, as `create` does.

        Whoever could have a second one made by deleting the first would sign for the ledger. Raises
        ConfigError where something is signed already, and as `create` does.
        """
        if _is_signed(ledger):
            raise ConfigError(
                f"log key {path}: it is not there, and it has signed in {ledger.where} already",
                hint="restore it from a copy; where it is lost, `charter key log` makes another",
            )
        return cls.create(path, name)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key from its file. Raises ConfigError where it is none, or others may read it."""
        try:
            with path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                text = file.read(_LONGEST).decode("ascii", "replace")
        except OSError as cause:
            raise ConfigError(
                f"log key {path}: {cause.strerror}", hint="make one where there is none"
            ) from cause
        if os.name == "posix" and mode & 0o077:
            raise ConfigError(
                f"log key {path} can be read by others (mode {mode:03o})",
                hint=f"chmod 600 {path}",
            )
        try:
            return cls._parse(text)
        except ValueError as cause:
            raise ConfigError(f"log key {path}: {cause}", hint="restore it from a copy") from cause

    @classmethod
    def _parse(cls, text: str) -> Self:
        found = _LINE.fullmatch(text)
        if found is None:
            raise ValueError("it is not a line PRIVATE+KEY+name+id+base64")
        material = decode_base64(found[3], "its last part")
        if len(material) != 33 or material[0] != ED25519:
            raise ValueError("it is not an Ed25519 key")
        key = cls(found[1], Ed25519PrivateKey.from_private_bytes(material[1:]))
        if key.key.key_id.hex() != found[2]:
            raise ValueError("its id is not that of the key in it")
        return key

    @property
    def name(self) -> str:
        """The origin of the log."""
        return self.key.name

    @property
    def vkey(self) -> str:
        """What others verify with: `name+id+base64`."""
        return format_vkey(self.key)

    def text(self) -> str:
        """Return the line of the key file."""
        material = bytes([ED25519]) + self._private.private_bytes_raw()
        return f"{_PREFIX}+{self.name}+{self.key.key_id.hex()}+{encode_base64(material)}\n"

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, 64 bytes."""
        return self._private.sign(message)

    def note(self, checkpoint: Checkpoint) -> bytes:
        """Return a checkpoint as a signed note."""
        text = format_checkpoint(checkpoint)
        return format_note(Note(text, (sign_text(text, self.key, self.sign),)))


def _is_signed(ledger: Ledger) -> bool:
    if ledger.store.checkpoint() is not None:
        return True
    return next(iter(ledger.read(Released, limit=1)), None) is not None


def checkpoint(ledger: Ledger, key: LogKey) -> bytes:
    """Sign the head of a ledger, keep the note and return it.

    The one kept is returned again while nothing has been appended. Raises LedgerTampered where
    the tree does not extend the last checkpoint: what contradicts a signature is never signed.
    """
    head = ledger.head()
    last = ledger.store.checkpoint()
    if last is not None:
        before = _kept(ledger, last[1], key)
        if before is not None:
            extends = before.size <= head.size and before.root == (
                head.root
                if before.size == head.size
                else root_at(before.size, ledger.hashes(head.size))
            )
            if not extends:
                raise LedgerTampered(
                    f"{ledger.where}: the ledger does not extend its checkpoint of size"
                    f" {before.size}",
                    index=min(before.size, head.size),
                    hint=HINT,
                )
            if before.size == head.size:
                return last[1]
    note = key.note(Checkpoint(key.name, head.size, head.root))
    ledger.store.save_checkpoint(head.size, note)
    return note


def _kept(ledger: Ledger, data: bytes, key: LogKey) -> Checkpoint | None:
    """Return a kept checkpoint; None where another key signed it. Raises LedgerTampered."""
    try:
        note = parse_note(data)
        found = parse_checkpoint(note.text)
    except (TypeError, ValueError) as cause:
        raise LedgerTampered(
            f"{ledger.where}: the last checkpoint is damaged: {cause}", index=0, hint=HINT
        ) from cause
    signed = [line for line in note.signatures if (line.name, line.key_id) == _names(key)]
    if not signed:
        return None  # the log has a new key
    verdict = verify_note(note, [key.key], verify)
    if not verdict.ok:
        raise LedgerTampered(
            f"{ledger.where}: the last checkpoint is not as it was signed: {verdict.reason}",
            index=found.size,
            hint=HINT,
        )
    return found


def _names(key: LogKey) -> tuple[str, bytes]:
    return key.key.name, key.key.key_id


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature holds; quicker than `ledger.tlog.ed25519`, for `verify_note`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
