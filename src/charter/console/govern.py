"""What pages of accountability rest on beside the ledger: files of people, and evaluations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from charter.govern.incidents.closing import Proof
from charter.govern.incidents.contain_overlay import Writes
from charter.govern.incidents.regime import Question, Regime
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.incidents.state import Regression
from charter.govern.incidents.vocabulary import vocabulary
from charter.source import digest_of

Proves = Callable[[Sequence[Regression]], Sequence[Proof]]
"""Looks up what scenarios came to in the runs that are named for them."""


@dataclass(frozen=True, slots=True)
class Stacked:
    """An overlay of what is served, and the documents below it."""

    file: Path
    bases: tuple[Path, ...]
    """What it stands on, from the base up."""
    wholes: tuple[tuple[Path, ...], ...]
    """Every stack that it is part of, whole: a change of it must leave each of them in order."""
    sections: tuple[str, ...]
    """Ids of the sections that bind somebody."""

    @property
    def key(self) -> str:
        """What names it in a form: no path goes out to browsers, and none comes in."""
        return digest_of("\n".join(map(str, (*self.bases, self.file))))[7:23]

    @property
    def name(self) -> str:
        """How people call it: the file, in its folder."""
        return "/".join(self.file.parts[-2:])


def nowhere(wanted: Sequence[Regression]) -> tuple[Proof, ...]:
    """Return that no run is at hand: what evaluations say is handed in by whoever has it."""
    return tuple(Proof(each, None, None) for each in wanted)


@dataclass(frozen=True, slots=True)
class Govern:
    """Where roles and objectives are said, and how evaluations are looked up."""

    roles: Callable[[], Path | None] = lambda: None
    """File of who has which role; None where there is none."""
    objectives: Callable[[], Path | None] = lambda: None
    """File of objectives; None where there is none."""
    counts: str | Path | None = None
    """Place of the ledger, beside which its counts are kept; None: in memory."""
    proves: Proves = nowhere
    overlays: Callable[[], Sequence[Stacked]] = lambda: ()
    """The overlays of what is served: those that an incident may tighten."""
    write: Writes | None = None
    """What writes an overlay; None: none is written from here."""
    reread: Callable[[], str] | None = None
    """Reads again what is served, from a worker thread; returns why it is not taken, else nothing.
    None: that is done elsewhere."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """For counting: one at a time."""
    writing: threading.Lock = field(default_factory=threading.Lock)
    """For overlays: one at a time."""


@cache
def regimes() -> tuple[Regime, ...]:
    """Return the regimes that come with Charter."""
    return load_regimes()


@cache
def known_fields() -> dict[str, Question | str]:
    """Return every field of an incident by its name."""
    return vocabulary(regimes())
