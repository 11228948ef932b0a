"""What an importer of voices is: files that somebody else made in, `Voices` out.

All is joined by key, never by position: shuffling the rows (or columns) of what an importer reads
changes nothing of what it returns, and a property in the tests says so of every one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

from charter.errors import ConfigError, PluginError
from charter.evolve.voices import Voices
from charter.records.survey import CHANNELS, OPEN
from charter.registry import discover, load, names

FOLDER = "charter.evolve.importers"
GROUP = "charter.importers"
MOST_SOURCE = 2000
"""Characters of what says where voices come from."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read, and what the files themselves do not say."""

    path: str
    """A file, a folder, or the place of a ledger: what the importer's docstring says."""
    channel: str = OPEN
    """open or panel: whether people came by themselves or were drawn."""
    source: str = ""
    """What it is and where it comes from, with its licence; the importer's own words else."""
    mapping: Path | None = None
    """What the columns of a plain table mean."""
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of clauses or sections by the id of what was asked."""
    labels: Path | None = None
    """A table of groups that somebody else found, by the id of the person."""
    flip_signs: bool = False
    """Votes are to be read with the opposite sign: accepted only where the counts agree to it."""
    master_key: Path | None = None
    """Key file of payloads, for what is kept in a ledger."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read."""

    voices: Voices
    facts: Mapping[str, Any]
    """Counts, what they were compared with, and what differed: plain JSON, no floats."""


class Importer(Protocol):
    """A module in `evolve/importers/`; others come by the entry-point group `charter.importers`.

    Its docstring says what it reads, and how it reads what is not plain.
    """

    __doc__: str | None

    def read(self, wanted: Wanted) -> Imported:
        """Return what was said. Raises ConfigError that names the place, StorageError."""
        ...


def importers() -> dict[str, Importer]:
    """Return every importer by id. Raises PluginError, also for one that cannot read."""
    return {name: _checked(name, found) for name, found in discover(FOLDER, GROUP).items()}


def formats() -> list[str]:
    """Return the ids of all importers, without importing any of them."""
    return names(FOLDER, GROUP)


def named(name: str) -> Importer:
    """Return one importer. Raises ConfigError where there is none of that name, PluginError."""
    try:
        found = load(FOLDER, GROUP, name)
    except KeyError:
        hint = f"one of {', '.join(formats())}"
        raise ConfigError(f"no importer {name[:80]!r}", hint=hint) from None
    return _checked(name, found)


def _checked(name: str, found: Any) -> Importer:
    if not callable(getattr(found, "read", None)):
        raise PluginError(
            f"importer {name!r} of {GROUP} has no read",
            hint="fix or uninstall the package that brings it",
        )
    return cast("Importer", found)


def check_wanted(wanted: Wanted, *, reads: frozenset[str] = frozenset()) -> None:
    """Refuse options that an importer would not look at, rather than let them do nothing.

    `reads` are those that it looks at, of mapping, labels, flip_signs and master_key. Raises
    ConfigError.
    """
    if wanted.channel not in CHANNELS:
        raise ConfigError(f"no channel {wanted.channel[:40]!r}", hint="open or panel")
    if len(wanted.source) > MOST_SOURCE:
        raise ConfigError(f"the source is longer than {MOST_SOURCE} characters", hint="shorten it")
    options = {"mapping": "--map", "labels": "--labels", "flip_signs": "--flip-signs"}
    options["master_key"] = "--master-key"
    for name, option in options.items():
        if getattr(wanted, name) and name not in reads:
            raise ConfigError(f"{option} means nothing to this importer", hint="leave it out")
