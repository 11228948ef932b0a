"""Text or bytes into a file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from charter.errors import StorageError

_DATABASE = b"SQLite format 3\x00"
"""How a file of SQLite begins: no document that a verb writes does."""


def write_whole(target: Path, text: str | bytes, *, was: str | None = None) -> None:
    """Write a file in one step, its folder too where there is none.

    With `was`, the text it was read with: a file that somebody changed since is left alone.
    A link is followed. What is no file, such as `/dev/stdout`, is written to as it is, and a
    database, such as a ledger, is never replaced.
    Raises StorageError; then nothing is written.
    """
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(_bytes(text))
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if was is not None and target.read_bytes() != _bytes(was):
            raise StorageError(
                f"{target} was changed by somebody else meanwhile", hint="run this again"
            )
        _replace(target.resolve(), text)
    except OSError as cause:
        raise StorageError(
            f"{target} cannot be written: {cause.strerror or cause}",
            hint="name a file that can be written",
        ) from cause


def _replace(target: Path, text: str | bytes) -> None:
    if _is_database(target):
        raise StorageError(f"{target} is a database, and stays", hint="name another file")
    # The mode of the file that is there, else that of any new file.
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, part = tempfile.mkstemp(suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_bytes(text))
        Path(part).chmod(mode)
        Path(part).replace(target)
    finally:
        with suppress(OSError):
            Path(part).unlink(missing_ok=True)


def _is_database(target: Path) -> bool:
    if not target.is_file() or not os.access(target, os.R_OK):
        return False
    with target.open("rb") as stream:
        return stream.read(len(_DATABASE)) == _DATABASE


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
