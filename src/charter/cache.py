"""Compiled policies, and what else takes long to make, on disk: used only where whole and ours.

The key names the texts, the readings, and the version of Charter and its code; a policy read back
has the digest of its own content. What is damaged, of somebody else, or open to others' writing is
ignored, and so is a folder that cannot be written: the policy is then compiled again.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import platformdirs

from charter.errors import SpecError
from charter.policy.compiled.export import FORMAT, export_policy
from charter.policy.compiled.restore import import_policy
from charter.policy.policy import Policy
from charter.version import VERSION

MAX_FILES = 64
"""Files kept of each kind; the one used longest ago goes first."""
MAX_BYTES = 64 * 1024 * 1024

_ENDING = ".policy"
_PART = ".part"
_OPENING = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
"""A pipe in the place of the file must not make its reader wait."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def policies_folder() -> Path:
    """Return the folder of compiled policies."""
    return folder_of("policies")


def folder_of(kind: str) -> Path:
    """Return the folder of what is kept of a kind: in CHARTER_CACHE, else in the user's cache."""
    folder = os.environ.get("CHARTER_CACHE") or platformdirs.user_cache_dir("charter")
    return Path(folder) / kind


def key_of(texts: Iterable[tuple[str, str | None, str]], readings: Mapping[str, str] | None) -> str:
    """Return what a policy is kept under; `texts` are name, version and digest of each layer."""
    code = code_of("spec", "syntax", "policy")
    parts = [FORMAT, VERSION, code, list(texts), sorted((readings or {}).items())]
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


@cache
def code_of(*packages: str) -> list[int]:
    """Return what changes with the code of packages and their templates: for those who work on it.

    Empty where the modules are no files; the version alone tells then.
    """
    here = Path(__file__).parent
    found = []
    with suppress(OSError):
        for part in packages:
            states = [
                Path(folder, name).stat()
                for folder, _, names in os.walk(here / part)
                for name in names
                if name.endswith((".py", ".j2"))
            ]
            found += [len(states), max(each.st_mtime_ns for each in states)]
            found.append(sum(each.st_size for each in states))
    return found


def read_policy(key: str) -> Policy | None:
    """Return a policy that was kept; None where there is none that can be trusted."""
    body = read_kept(policies_folder(), key + _ENDING)
    if body is None:
        return None
    try:
        kept = json.loads(body)
        if kept["key"] != key:
            return None
        return import_policy(kept["policy"], deferred=True)
    except (SpecError, ValueError, KeyError, TypeError, RecursionError):
        return None


def write_policy(key: str, policy: Policy) -> None:
    """Keep a policy, in one step; where that cannot be done, nothing happens."""
    body = json.dumps({"key": key, "policy": export_policy(policy)}, separators=(",", ":"))
    write_kept(policies_folder(), key + _ENDING, body.encode("ascii"))


def read_kept(folder: Path, name: str) -> bytes | None:
    """Return what was kept under a name; None where there is nothing that is whole and ours."""
    file = folder / name
    try:
        with open(os.open(file, _OPENING), "rb") as stream:  # noqa: PTH123 - flags of its own
            state = os.fstat(stream.fileno())
            if state.st_size > MAX_BYTES or not _is_ours(state):
                return None
            checksum, _, body = stream.read(MAX_BYTES).partition(b"\n")
    except (OSError, ValueError):
        return None
    if checksum.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        return None
    with suppress(OSError):
        os.utime(file)
    return body


def write_kept(folder: Path, name: str, content: bytes) -> None:
    """Keep bytes under a name; what was used longest ago and has the same ending may go for it."""
    with suppress(OSError, ValueError):  # ValueError: a zero byte in CHARTER_CACHE
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(suffix=_PART, dir=folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(content).hexdigest().encode("ascii") + b"\n" + content)
            Path(part).replace(folder / name)
        finally:
            Path(part).unlink(missing_ok=True)
        _prune(folder, Path(name).suffix)


def _is_ours(state: os.stat_result) -> bool:
    """Whether nobody but this user can have written what is a file."""
    ours = stat.S_ISREG(state.st_mode) and state.st_uid == os.geteuid()
    return ours and not state.st_mode & _OTHERS_MAY_WRITE


def _prune(folder: Path, ending: str) -> None:
    with os.scandir(folder) as entries:
        found = [
            (entry.stat().st_mtime, entry.path)
            for entry in entries
            if entry.name.endswith((ending, _PART)) and entry.is_file(follow_symlinks=False)
        ]
    for _, path in sorted(found)[: max(len(found) - MAX_FILES, 0)]:
        Path(path).unlink(missing_ok=True)
