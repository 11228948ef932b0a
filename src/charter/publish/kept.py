"""What was drawn before is not drawn again: pieces of pages, kept by what they were made from.

A key names the texts, the policy, the versions of Charter and of the libraries that draw, and the
state of the code and templates. What is kept changes no byte of a site; it only saves time.
What is damaged, of somebody else, or open to others' writing is ignored (charter.cache).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from charter.cache import code_of, folder_of, read_kept, write_kept
from charter.publish.edition import Edition
from charter.version import VERSION

_ENDING = ".pieces"
_DRAWN_BY = (
    "jinja2",
    "latex2mathml",
    "markupsafe",
    "pagefind",
    "pagefind_bin",
    "pygments",
    "pyromark",
)


class Keep(Protocol):
    """What may know the pieces that a key names."""

    def __call__(
        self,
        key: object,
        make: Callable[[], Mapping[str, str]],
        names: Collection[str] | None = None,
    ) -> Mapping[str, str]:
        """Return the pieces, made where they are not known. The key is made of plain values.

        What was kept under other names than these is not known.
        """
        ...


def nowhere(
    key: object, make: Callable[[], Mapping[str, str]], names: Collection[str] | None = None
) -> Mapping[str, str]:
    """Make the pieces: nothing is kept."""
    return make()


def on_disk(
    key: object, make: Callable[[], Mapping[str, str]], names: Collection[str] | None = None
) -> Mapping[str, str]:
    """Read pieces from the folder CHARTER_CACHE, else from the user's cache, or make them."""
    said = json.dumps([VERSION, _libraries(), _code(), key], sort_keys=True)
    name = hashlib.sha256(said.encode("ascii")).hexdigest()
    folder = folder_of("pages")
    found = _read(folder, name)
    if found is not None and (names is None or [*found] == [*names]):
        return found
    made = make()
    body = json.dumps({"key": name, "pieces": dict(made)}, separators=(",", ":"))
    write_kept(folder, name + _ENDING, body.encode("ascii"))
    return made


def key_of(edition: Edition) -> list[Any]:
    """Return what a version was made from, without where it stands in a site."""
    texts = [
        [text.digest, text.name, text.title, text.version, text.source.path]
        for text in edition.texts
    ]
    return [texts, edition.policy.digest, edition.slug, sorted(edition.origins.items())]


def _read(folder: Path, name: str) -> dict[str, str] | None:
    body = read_kept(folder, name + _ENDING)
    try:
        said = json.loads(body) if body is not None else {}
        pieces = said["pieces"] if said["key"] == name else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    good = isinstance(pieces, dict) and all(isinstance(each, str) for each in pieces.values())
    return pieces if good else None


def _code() -> list[int]:
    return code_of("policy", "publish", "spec", "syntax")


@cache
def _libraries() -> list[str]:
    return [f"{name} {_version(name)}" for name in _DRAWN_BY]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
