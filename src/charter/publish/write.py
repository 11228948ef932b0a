"""Pages -> a folder: same bytes in, same folder out, and nothing touched that is not ours.

A manifest lists what a build wrote. What a later build does not write any more is removed, if
the manifest names it; a file whose bytes are as they were is not written again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from charter.errors import ConfigError, StorageError

MANIFEST = ".charter-publish.json"
FORMAT = "charter-site/1"
MAX_MANIFEST = 64 * 1024 * 1024
_PART = ".charter-part-"
"""How the names of files begin that are not whole yet."""


class Written(NamedTuple):
    """What became of a folder."""

    files: int
    """In the whole site."""
    new: int
    """Written, because they were not there or had other bytes."""
    removed: int
    size: int
    """Bytes of all files."""


def write_site(
    folder: Path,
    files: Iterable[tuple[str, bytes]],
    check: Callable[[Mapping[str, str]], None] | None = None,
) -> Written:
    """Write a site. Addresses are relative, with `/`.

    `check` is called with the files of the last build once no other build can write any more, and
    before anything is written; what it raises ends this one. Raises ConfigError where the folder
    holds something else than a site of ours, and StorageError where it cannot be written.
    """
    try:
        listed(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            before = listed(folder)
            if check is not None:
                check(before or {})
            if before is None:
                before = {}
                _write(folder / MANIFEST, _manifest({}))  # so that an interrupted build can go on
            _clear(folder)
            try:
                return _write_all(folder, before, files)
            except BaseException:  # Ctrl-C may come just when a file was made
                with suppress(OSError):
                    _clear(folder)
                raise
    except OSError as cause:
        where = Path(str(cause.filename2 or cause.filename or folder))
        where = where.parent if where.name.startswith(_PART) else where
        raise StorageError(
            f"{where} cannot be written: {cause.strerror or cause}",
            hint="check the permissions, and that there is room",
        ) from cause


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other builds out of a folder. Raises ConfigError where one is at work already.

    The folder itself is locked: no file is left behind, however a build ends.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems have no locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as cause:
                raise ConfigError(
                    f"another build is writing to {folder}",
                    hint="wait for it to end, or name another folder",
                ) from cause
        yield
    finally:
        os.close(handle)


def _clear(folder: Path) -> None:
    """Remove what a build that was killed or interrupted left half written."""
    for part in folder.rglob(f"{_PART}*"):
        if part.is_file() and not part.is_symlink():
            part.unlink()


def _write_all(
    folder: Path, before: Mapping[str, str], files: Iterable[tuple[str, bytes]]
) -> Written:
    digests: dict[str, str] = {}
    new = size = 0
    for address, content in files:
        file = _place(folder, address)
        digests[address] = hashlib.sha256(content).hexdigest()
        size += len(content)
        if not _same(file, content):
            _write(file, content)
            new += 1
    gone = [address for address in before if address not in digests]
    removed = sum(_remove(folder, address) for address in gone)
    manifest = _manifest(digests)
    if not _same(folder / MANIFEST, manifest):
        _write(folder / MANIFEST, manifest)
    return Written(len(digests), new, removed, size)


def listed(folder: Path) -> dict[str, str] | None:
    """Return the files of the last build with their digests; None where there was none.

    Raises ConfigError where the folder holds something else than a site of ours.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise _foreign(folder)
    manifest = folder / MANIFEST
    if not manifest.is_file() or manifest.is_symlink():
        if folder.exists() and any(folder.iterdir()):
            raise _foreign(folder)
        return None
    try:
        with manifest.open("rb") as stream:
            said = json.loads(stream.read(MAX_MANIFEST))
        files = said["files"] if said["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError, RecursionError):
        files = None
    if not isinstance(files, dict):
        raise ConfigError(
            f"{manifest} is not the list of a site that this version of Charter wrote",
            hint="name an empty folder",
        )
    return {str(address): str(digest) for address, digest in files.items()}


def _foreign(folder: Path) -> ConfigError:
    return ConfigError(
        f"{folder} holds something else than a site that `charter publish` wrote",
        hint="name an empty or a new folder; nothing was changed",
    )


def _place(folder: Path, address: str) -> Path:
    """Return the file of an address. Raises ConfigError where that lies outside of the folder."""
    parts = PurePosixPath(address).parts
    bad = not parts or address.startswith("/") or {"..", "."} & {*parts} or "\\" in address
    if bad or "\x00" in address or address == MANIFEST:
        raise ConfigError(f"{address!r} is no address inside of a site", hint="rename it")
    place = folder
    for part in parts[:-1]:
        place /= part
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise ConfigError(
                f"{place} is no folder of ours", hint="remove it, or name a new --out"
            )
    return place / parts[-1]


def _same(file: Path, content: bytes) -> bool:
    """Whether a file has these bytes already."""
    with suppress(OSError):
        if not file.is_symlink() and file.stat().st_size == len(content):
            return file.read_bytes() == content
    return False


def _write(file: Path, content: bytes) -> None:
    """Put a file in place whole: a reader sees the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=_PART)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove(folder: Path, address: str) -> bool:
    """Remove a file of a build before, and the folders that it leaves empty."""
    try:
        file = _place(folder, address)
    except ConfigError:  # not in a place where we write
        return False
    if not file.is_file() and not file.is_symlink():
        return False
    file.unlink()
    for above in file.parents:
        if above == folder or not above.is_relative_to(folder):
            break
        with suppress(OSError):
            above.rmdir()
            continue
        break
    return True


def _manifest(digests: Mapping[str, str]) -> bytes:
    listed = {"format": FORMAT, "files": dict(sorted(digests.items()))}
    return (json.dumps(listed, indent=0) + "\n").encode()
