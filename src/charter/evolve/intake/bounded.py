"""A file of a stranger -> its text, of bounded size, in an encoding that was named."""

from __future__ import annotations

from pathlib import Path

from charter.errors import ConfigError, StorageError

MOST_BYTES = 512 * 1024 * 1024
ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "latin-1": "latin-1",
    "windows-1252": "cp1252",
}
"""Encodings that are read, and Python's names of them. None is guessed."""


def read_bounded(path: Path, *, encoding: str = "utf-8", most: int = MOST_BYTES) -> str:
    """Return the text of a file, a byte order mark left out.

    Raises ConfigError (no such file, a folder, too large, not in this encoding) and StorageError.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except (FileNotFoundError, NotADirectoryError) as cause:
        raise ConfigError(f"{path}: no such file", hint="check the path") from cause
    except IsADirectoryError as cause:
        raise ConfigError(f"{path} is a folder", hint="name a file in it") from cause
    except OSError as cause:
        what = f"{path} cannot be read: {cause.strerror or cause}"
        raise StorageError(what, hint="check the permissions") from cause
    except ValueError as cause:  # a zero byte in the path
        raise ConfigError(f"{path}: is no path", hint="check the path") from cause
    if len(content) > most:
        raise ConfigError(f"{path} is larger than {most // 2**20} MB", hint="divide it")
    try:
        return content.decode(ENCODINGS[encoding])
    except UnicodeError as cause:
        where = f" at byte {cause.start}" if isinstance(cause, UnicodeDecodeError) else ""
        raise ConfigError(
            f"{path} is not {encoding.upper()}{where}", hint="save it as UTF-8"
        ) from cause
