"""The file of an Inspect log: a zip archive, read member by member within bounds.

Inspect compresses with zstd by default, which Python reads from 3.14 on; before, the package
`backports.zstd` (extra `inspect`) does. Nothing of inspect_ai is needed.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from charter.errors import ParseError, StorageError

MAX_MEMBERS = 400_000
MAX_MEMBER = 128 * 2**20
"""Bytes of one member, unpacked. The transcript of a long agent's run takes a few MB."""
MAX_TOTAL = 8 * 2**30
"""Bytes unpacked in all, counted each time that a member is read."""
CHUNK = 2**20
ZSTD = 93
_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
"""Where half a surrogate pair may stand, escaped or not."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, ZSTD)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is unpacked at most."""

    member: int = MAX_MEMBER
    total: int = MAX_TOTAL


class Archive:
    """An open log file. Close it when done."""

    def __init__(self, path: Path, bounds: Bounds | None = None) -> None:
        """Open the file. Raises ParseError (no zip archive) and StorageError (cannot be read)."""
        self.path = path
        self._bounds = bounds or Bounds()
        self._read = 0
        self._zip: Any = _open(path)
        names = [info.filename for info in self._zip.infolist()]
        if len(names) > MAX_MEMBERS:
            self.close()
            raise self.problem(f"holds {len(names)} members; the limit is {MAX_MEMBERS}")
        self.names = tuple(dict.fromkeys(names))
        """Names of the members, in order; of members of one name the last counts."""
        self.hidden = Counter(names) - Counter(self.names)
        """How many members of a name are hidden by the last."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def digest(self) -> str:
        """Return `sha256:` and the hex SHA-256 of the file."""
        with self.path.open("rb") as stream:
            return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"

    def load(self, name: str) -> Any:
        """Return a member as JSON, with NaN and the infinities that Inspect writes.

        Half surrogate pairs, which no ledger takes, become a question mark.
        Raises ParseError (damaged, too large, no JSON) and StorageError (cannot be unpacked here).
        """
        content = b"".join(self._chunks(name))
        try:
            text = content.decode("utf-8", "surrogatepass")
            value = json.loads(text)
            return _storable(value) if _HALF.search(text) else value
        except (ValueError, RecursionError) as cause:
            raise self.problem(f"member {_shown(name)} is no JSON that can be read") from cause

    def _chunks(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes. Each way of packing has an error of its own for damaged ones."""
        info = self._zip.getinfo(name)
        if info.compress_type not in METHODS or info.flag_bits & 1:
            raise self.problem(f"member {_shown(name)} is encrypted or packed in an unknown way")
        left = self._bounds.member
        stream = None
        while True:
            try:
                stream = self._zip.open(info) if stream is None else stream
                chunk = stream.read(CHUNK)
            except NotImplementedError as cause:
                raise StorageError(
                    f"{self.path} is packed with zstd, which this Python cannot unpack",
                    hint="pip install 'charter[inspect]', or backports.zstd alone",
                ) from cause
            except OSError as cause:
                raise self._unreadable(cause) from cause
            except Exception as cause:
                raise self.problem(f"member {_shown(name)} is damaged: {cause}") from cause
            if not chunk:
                stream.close()
                return
            left -= len(chunk)
            self._read += len(chunk)
            if left < 0:
                limit = self._bounds.member // 2**20
                raise self.problem(f"member {_shown(name)} is larger than {limit} MB unpacked")
            if self._read > self._bounds.total:
                raise self.problem(f"is larger than {self._bounds.total // 2**20} MB unpacked")
            yield chunk

    def _unreadable(self, cause: OSError) -> StorageError:
        return StorageError(f"{self.path} cannot be read: {cause.strerror or cause}")

    def problem(self, what: str) -> ParseError:
        """Return the error that names this file."""
        return ParseError(f"{self.path} {what}", hint="is it a whole `.eval` log of Inspect AI?")


def _open(path: Path) -> Any:
    hint = "name a `.eval` log of Inspect AI"
    try:
        missing = not path.is_file()
        folder = path.is_dir()
        found = None if missing else _zip_module().ZipFile(path)
    except OSError as cause:
        raise StorageError(f"{path} cannot be read: {cause.strerror or cause}") from cause
    except Exception as cause:  # the errors of the two modules that read archives differ
        raise ParseError(
            f"{path} is no zip archive: {cause}",
            hint="a log in JSON becomes one with `inspect log convert --to eval`",
        ) from cause
    if found is None:
        raise ParseError(f"{path} {'is a folder' if folder else 'is no such file'}", hint=hint)
    return found


def _zip_module() -> ModuleType:
    """Return what reads zip archives, with zstd where this machine can."""
    if sys.version_info < (3, 14):
        with suppress(ImportError):
            from backports.zstd import zipfile as with_zstd  # noqa: PLC0415 - an extra

            return with_zstd
    return zipfile


def _storable(value: Any) -> Any:
    """Return a value of JSON without half surrogate pairs, in keys too."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def _shown(name: str) -> str:
    return repr(name[:200])
