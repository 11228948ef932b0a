"""The texts of releases, kept by their digests in a folder beside the ledger.

A ledger holds digests only. The next version is compared with the text that its digest names: from
this folder, or from files that somebody names. No other text will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from charter.cli.whole_file import write_whole
from charter.errors import ConfigError, DigestMismatch
from charter.govern.releases.facts import facts_of
from charter.load import load
from charter.records.release import ReleaseAsked
from charter.spec.spec import Spec

FOLDER = "releases"


def keep_texts(folder: Path | None, documents: Sequence[Spec]) -> None:
    """Write each text that is not there yet; nothing without a folder. Raises StorageError."""
    for each in documents:
        if folder is not None and not (file := _file(folder, each.digest)).exists():
            write_whole(file, each.source.text.encode("utf-8", "surrogatepass"))


def texts_of(
    asked: ReleaseAsked, folder: Path | None, named: Sequence[str]
) -> tuple[tuple[Spec, ...], Mapping[str, str]]:
    """Return the documents of an earlier release, from the base up, and its readings.

    `named` are files in that order; without any, those that were kept. Raises ConfigError where a
    text is not to be had, DigestMismatch where it is another.
    """
    if named and len(named) != len(asked.documents):
        raise ConfigError(
            f"release {asked.run} has {len(asked.documents)} documents, --since names {len(named)}",
            hint="name each with --since, the base first",
        )
    facts = facts_of(asked)
    files = [Path(each) for each in named] or [_file(folder, each) for each in asked.documents]
    found = []
    for place, (file, digest) in enumerate(zip(files, asked.documents, strict=True)):
        if not named and (folder is None or not file.exists()):
            raise ConfigError(
                f"the text of the release before, {digest[:19]}, is not here",
                hint="name its documents with --since, the base first",
            )
        spec = load(file)
        if spec.digest != digest:
            raise DigestMismatch(
                f"{file} is {spec.digest[:19]}; the release before is of {digest[:19]}",
                hint="name the text as it was released",
            )
        found.append(_renamed(spec, facts, place))
    readings = facts.get("readings")
    return tuple(found), readings if isinstance(readings, dict) else {}


def _renamed(spec: Spec, facts: Mapping[str, Any], place: int) -> Spec:
    """Return a document under the name that it had: a kept copy is named after its digest."""
    try:
        told = facts["documents"][place]
        return replace(spec, name=str(told["name"]), version=told["version"])
    except (KeyError, IndexError, TypeError):
        return spec


def _file(folder: Path | None, digest: str) -> Path:
    return (folder or Path()) / f"{digest.removeprefix('sha256:')}.md"
