"""Folders in which one process at a time changes files that another may be about to read."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import click

from charter.errors import StorageError


@contextmanager
def one_writer(files: Iterable[Path]) -> Iterator[None]:
    """Hold the folders of files for oneself, against all others that ask so.

    Links are followed, as they are in writing; a folder that is not there is free. The lock ends
    with the process, however it ends, and leaves no file. Raises StorageError where somebody else
    holds one.
    """
    with ExitStack() as stack:
        for folder in sorted({each.resolve().parent for each in files}):
            if not folder.is_dir():
                continue
            try:
                handle = os.open(folder, os.O_RDONLY)
            except OSError as cause:
                what = f"{folder} cannot be read: {cause.strerror or cause}"
                raise StorageError(what, hint="check its permissions") from cause
            stack.callback(os.close, handle)
            with suppress(OSError):  # some file systems have no locks
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as cause:
                    raise StorageError(
                        f"somebody else writes into {folder} at this moment", hint="run this again"
                    ) from cause
        yield


def check_writable(file: Path) -> None:
    """Raise StorageError where a file, or a new file in its folder, could not be written.

    A file that nobody may write is left alone, even where its folder would let it be replaced.
    """
    file = file.resolve()  # a link is followed in writing, too
    place = file if file.exists() else file.parent
    writable = os.access(place, os.W_OK) and place.stat().st_mode & 0o222 if place.exists() else 1
    if not writable or (file.parent.exists() and not os.access(file.parent, os.W_OK)):
        raise StorageError(f"{file} cannot be written: it is read-only", hint="make it writable")


def check_apart(files: Iterable[Path | None]) -> None:
    """Raise UsageError where two names are of one file, so that one text would replace another."""
    known: list[Path] = []
    for file in (each for each in files if each is not None):
        for other in known:
            if file.resolve() == other.resolve() or _is_one_file(file, other):
                raise click.UsageError(f"{file} is {other} itself: name another file")
        known.append(file)


def _is_one_file(file: Path, other: Path) -> bool:
    with suppress(OSError):
        return file.is_file() and file.samefile(other)
    return False
