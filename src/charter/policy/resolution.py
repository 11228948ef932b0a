"""What is in force in a conversation, and why what is not was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from charter.policy.directive import Directive, Place
from charter.policy.scope import Scope


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


class Conflict(NamedTuple):
    """Two things in force that cannot both be followed, and what the text says of that."""

    first: str
    second: str
    kind: str
    """`same_message`, `root`, or `equal_sections`."""
    outcome: str
    """`reported`, `inaction`, or the id of the one that prevails."""
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """The fate of every candidate."""

    policy_digest: str
    readings: Mapping[str, str]
    fates: tuple[Fate, ...]
    """Sections in the order of the policy, then clauses with a fate of their own, then directives
    in the order given."""
    settings: Mapping[str, object]
    """Those in force."""
    scope: Scope | None = None
    """The scope of autonomy in force, narrowed; None where none was stated."""
    conflicts: tuple[Conflict, ...] = ()
    lifted: Mapping[str, str] = field(default_factory=dict)
    """Source to the level that delegation lifted it to."""
    disclose: tuple[str, ...] = ()
    """Directives followed as a best guess: the answer has to say so."""
    out: frozenset[str] = frozenset()
    """Ids of sections that are not in force."""
    closed: bool = True
    """False where unpublished policies or unseen state may bind too."""
    tools: tuple[str, ...] = ()
    """Offered with the request: the scope by product design, where none was stated."""
    directives: tuple[Directive, ...] = ()
    by_id: Mapping[str, Fate] = field(default_factory=dict, repr=False, compare=False)

    def fate(self, wanted: str) -> Fate:
        """Return the fate of a section, clause or directive. Raises KeyError for an unknown id.

        A clause without a fate of its own shares that of its section.
        """
        found = self.by_id.get(wanted)
        return found if found is not None else self.by_id[wanted.partition("/")[0]]

    def in_force(self, wanted: str) -> bool:
        """Whether a section, clause or directive binds."""
        return self.fate(wanted).state is State.IN_FORCE

    @property
    def inaction(self) -> tuple[Conflict, ...]:
        """Conflicts that allow no action with side effects."""
        return tuple(found for found in self.conflicts if found.outcome == "inaction")

    @property
    def asks(self) -> tuple[Fate, ...]:
        """What a person should be asked about before any costly action."""
        return tuple(fate for fate in self.fates if fate.state is State.SUSPENDED)
