"""The fate of one candidate: what became of it, on what ground, by whom."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands in the conversation."""

    message: int
    start: int
    end: int


class State(StrEnum):
    """The fate of a candidate."""

    IN_FORCE = "in_force"
    SET_ASIDE = "set_aside"
    SUSPENDED = "suspended"
    """Not followed and not dropped: ask before any costly action."""
    DORMANT = "dormant"
    """A conditional section whose setting is not on, or a delegation with nothing to lift."""


class Ground(StrEnum):
    """Why. The first words of each are those of the Model Spec where it has some."""

    APPLIES = "applies"
    MISALIGNED = "misaligned"
    """It conflicts with something of a higher level that is in force."""
    SUPERSEDED = "superseded"
    OVERRIDDEN = "overridden"
    """A default that someone entitled to it set aside."""
    NOT_EXPLICIT = "not_explicit"
    """It would set aside what yields to explicit words only."""
    MISTAKEN = "mistaken"
    BEYOND_CAPABILITY = "beyond_capability"
    NO_AUTHORITY = "no_authority"
    """Its passage is information, not instruction, and nothing lifted it."""
    NOT_DELEGATED = "not_delegated"
    """Its source was lifted, but not this part."""
    ASK_FIRST = "ask_first"
    """Found in tool output, perhaps meant, with serious effects: ask."""
    INFORMATION = "information"
    """It denies the premise of something higher."""
    NOT_PERMITTED = "not_permitted"
    """A setting or scope that its level may not give."""
    UNKNOWN_TARGET = "unknown_target"
    CYCLIC = "cyclic"
    """A delegation that would lift its own source."""
    SETTING_OFF = "setting_off"
    EQUAL_SECTIONS = "equal_sections"
    """A section of the same level prevails (reading `equal_sections`)."""


class Step(NamedTuple):
    """One step of the reasoning on a candidate."""

    what: str
    """`lifted`, `tied`, or a Ground."""
    by: str | None = None
    """Id of the section, clause or directive responsible."""
    place: Place | None = None
    """Where that one stands in the conversation."""
    reading: str | None = None
    """The reading it hangs on, if any."""


class Fate(NamedTuple):
    """What became of one candidate."""

    id: str
    """A section, a clause that has a fate of its own, or a directive."""
    state: State
    ground: Ground
    level: str
    """Its authority, after delegation."""
    by: str | None = None
    """Id of what is responsible; None where it simply applies."""
    trace: tuple[Step, ...] = ()
    """How it came to that, in order. Empty: it applies and nothing spoke against it."""
