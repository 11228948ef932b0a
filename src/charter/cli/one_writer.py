"""Folders in which one process at a time changes files that another may be about to read."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from charter.errors import StorageError


@contextmanager
def one_writer(folders: Iterable[Path]) -> Iterator[None]:
    """Hold folders for oneself, against all others that ask so; those that are not there are free.

    The lock ends with the process, however it ends, and leaves no file. Raises StorageError where
    somebody else holds one.
    """
    with ExitStack() as stack:
        for folder in sorted({each.resolve() for each in folders}):
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
    place = file if file.exists() else file.parent
    writable = os.access(place, os.W_OK) and place.stat().st_mode & 0o222 if place.exists() else 1
    if not writable or (file.parent.exists() and not os.access(file.parent, os.W_OK)):
        raise StorageError(f"{file} cannot be written: it is read-only", hint="make it writable")
