"""The seam of indicators: what each gives, and how they are found.

An indicator is a module in `indicators/`, or an object of the entry-point group
`charter.indicators`, with an `INDICATOR`: one of the four kinds below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from charter.errors import PluginError
from charter.records.approval import ApprovalAsked
from charter.records.decision import DecisionRecorded
from charter.records.record import Record
from charter.registry import discover

FOLDER = "charter.govern.objectives.indicators"
GROUP = "charter.indicators"


class Look(Protocol):
    """What an indicator may ask of the ledger while records are counted, in their order."""

    def decision(self, id: str) -> DecisionRecorded | None:  # noqa: A002 - what it is called
        """Return a decision by its id."""
        ...

    def asked(self, run: str) -> ApprovalAsked | None:
        """Return what an approval was asked for."""
        ...

    def decided(self, run: str, at: str) -> bool:
        """Whether people have decided on an approval by a time: enough agreed, or one did not."""
        ...

    def reviewed(self, decision: str, section: str) -> bool:
        """Whether somebody has judged an answer by a section, blindly; an empty one is any."""
        ...


class Events(NamedTuple):
    """Events of one moment."""

    at: str
    bad: int
    total: int
    places: tuple[str, ...]
    """Sections and clauses they count for, besides for all rules."""
    application: str
    model: str


class Begun(NamedTuple):
    """Something begins to wait."""

    id: str
    at: str
    place: str
    """The section it is about."""
    application: str
    about: str = ""
    """What else an end may name it by: the decision that is to be reviewed."""


class Ended(NamedTuple):
    """What waited does so no more."""

    id: str
    """As it began, or what it is about."""
    at: str
    outcome: str
    """done; bad, however quick; or dropped: it never counts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Each event is good or bad by itself."""

    says: str
    """What is good, as the rest of `share of ...`."""
    scopes: frozenset[str]
    reads: frozenset[type[Record]]
    events: Callable[[Record, Look], Iterable[Events]]


@dataclass(frozen=True, slots=True)
class Waited:
    """An event is good where it ends within some seconds."""

    says: str
    scopes: frozenset[str]
    reads: frozenset[type[Record]]
    events: Callable[[Record, Look], Iterable[Begun | Ended]]
    load: str = ""
    """Of an indicator that measures how much waits at once: the one whose waits these are."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person said of an answer."""

    by: str
    """Name, folded."""
    label: str
    refusal: str
    right: bool | None
    tested: bool = False
    """Whether this person was ever given an item with a known answer to judge."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A live answer that was drawn or reviewed, with what judges and people said of one section."""

    decision: str
    minute: int
    section: str
    stratum: str
    """Empty for an answer that people reviewed outside of every sample."""
    weight: float
    """Answers that it stands for: of its stratum, all by those drawn; 1 outside of samples."""
    effect: str
    """Of the decision; empty where it is not in the ledger."""
    verdicts: tuple[tuple[str, str, str], ...]
    """Judge, calibration and verdict."""
    opinions: tuple[Opinion, ...]
    """Of people who were given it by chance or by a rule, never of those who picked it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Good or bad is what people, or judges whose errors are known, say of answers drawn."""

    says: str
    scopes: frozenset[str]
    people: Callable[[Answer], bool | None]
    """Whether people found it bad; None where they said nothing or do not agree."""
    judge: Callable[[Answer], tuple[str, bool] | None]
    """Id of the calibration, and whether the judge found it bad; None where no judge can say."""
    everything: bool = False
    """Whether answers outside of samples count: of a small population that is reviewed whole."""


Indicator: TypeAlias = Counted | Waited | Drawn


def indicators() -> dict[str, Indicator]:
    """Return every indicator by id. Raises PluginError for one that is none."""
    found = {}
    for name, plugin in discover(FOLDER, GROUP).items():
        indicator = getattr(plugin, "INDICATOR", None)
        if not isinstance(indicator, Counted | Waited | Drawn):
            raise PluginError(
                f"indicator {name!r} has no INDICATOR",
                hint="see charter.govern.objectives.indicator",
            )
        found[name] = indicator
    return found
