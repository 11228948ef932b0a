"""The key above all keys: one file that its owner alone can read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple, Self

from charter.errors import ConfigError, StorageError

FILE = "master.key"
"""Its name where none is given, beside the ledger's file."""
HEADER = "charter-master-key/v1"
_SIZE = 32


class MasterKey(NamedTuple):
    """The keys that are derived from the secret in the file. Never printed: see `__repr__`."""

    wrapping: bytes
    """Wraps the data keys of subjects."""
    naming: bytes
    """Turns users into pseudonyms."""

    def __repr__(self) -> str:
        return "MasterKey(…)"

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """Return the keys of a secret. Raises ValueError unless it has 32 bytes."""
        if len(secret) != _SIZE:
            raise ValueError(f"a master key has {_SIZE} bytes, not {len(secret)}")
        return cls(_derived(secret, b"wrapping"), _derived(secret, b"naming"))

    @classmethod
    def create(cls, path: Path) -> Self:
        """Write a new key into a new file of mode 0600, and return it.

        Raises StorageError where the file exists or cannot be written.
        """
        secret = secrets.token_bytes(_SIZE)
        text = f"{HEADER}\n{base64.b64encode(secret).decode('ascii')}\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(suffix=".part", dir=path.parent)  # mode 0600
            try:
                with os.fdopen(handle, "w", encoding="ascii") as stream:
                    stream.write(text)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.link(part, path)  # whole or not at all, and never over another key
            finally:
                Path(part).unlink(missing_ok=True)
        except OSError as cause:
            if not isinstance(cause, FileExistsError) or not path.exists():
                raise StorageError(
                    f"{path} cannot be written: {cause.strerror or cause}",
                    hint="name a file in a folder of your own",
                ) from cause
            raise StorageError(
                f"{path} exists already", hint="a master key is never written over"
            ) from cause
        return cls.of(secret)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the key in a file.

        Raises ConfigError for a file that others may read, or that holds no key; StorageError
        where it cannot be read.
        """
        try:
            with path.open("rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                data = stream.read(256)
        except OSError as cause:
            raise StorageError(
                f"master key {path} cannot be read: {cause.strerror or cause}",
                hint="name the file that the payloads were sealed with",
            ) from cause
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(
                f"master key {path}: others than its owner may use it (mode {mode & 0o777:04o})",
                hint=f"chmod 600 {path}, and change the key if anybody did",
            )
        secret = _secret(data)
        if secret is None:
            raise ConfigError(
                f"{path} is no master key",
                hint=f"it is a line {HEADER} and a line of base64; it may have been cut",
            )
        return cls.of(secret)

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Return the key in a file, a new one where there is no file. Raises as the two do."""
        if not path.exists():
            try:
                return cls.create(path)
            except StorageError:
                if not path.exists():
                    raise  # else another process was quicker: its key counts
        return cls.load(path)


def _secret(data: bytes) -> bytes | None:
    header, _, rest = data.partition(b"\n")
    if header != HEADER.encode() or not rest.endswith(b"\n"):
        return None
    try:
        secret = base64.b64decode(rest[:-1], validate=True)
    except (binascii.Error, ValueError):
        return None
    return secret if len(secret) == _SIZE else None


def _derived(secret: bytes, purpose: bytes) -> bytes:
    """Return a key for one purpose: HMAC as the one-block expansion of RFC 5869."""
    return hmac.new(secret, b"charter-vault/v1 " + purpose + b"\x01", hashlib.sha256).digest()
