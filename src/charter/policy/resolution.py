"""What is in force in a conversation, and why what is not was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from charter.policy.conversation import EMPTY, Conversation
from charter.policy.directive import Directive
from charter.policy.fate import Fate, State
from charter.policy.scope import Scope


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
    inaction: tuple[Conflict, ...] = ()
    """Conflicts that allow no action with side effects."""
    asks: tuple[Fate, ...] = ()
    """What a person should be asked about before any costly action."""
    closed: bool = True
    """False where unpublished policies or unseen state may bind too."""
    tools: tuple[str, ...] = ()
    """Offered with the request: the scope by product design, where none was stated."""
    directives: tuple[Directive, ...] = ()
    conversation: Conversation = field(default=EMPTY, repr=False, compare=False)
    """What was resolved: decisions look into it."""
    index: dict[str, Fate] = field(default_factory=dict, repr=False, compare=False)
    """Fates by id, filled when the first one is asked for."""

    def about(self, conversation: Conversation) -> Resolution:
        """Return the same fates for another conversation, in which nobody says anything to them."""
        return Resolution(  # written out: it stands on the path of every request
            self.policy_digest,
            self.readings,
            self.fates,
            self.settings,
            self.scope,
            self.conflicts,
            self.lifted,
            self.disclose,
            self.out,
            self.inaction,
            self.asks,
            self.closed and not conversation.unseen,
            conversation.tools,
            self.directives,
            conversation,
            self.index,
        )

    def fate(self, wanted: str) -> Fate:
        """Return the fate of a section, clause or directive. Raises KeyError for an unknown id.

        A clause without a fate of its own shares that of its section.
        """
        if not self.index:  # the first of two with one id is the stronger
            self.index.update((fate.id, fate) for fate in reversed(self.fates))
        found = self.index.get(wanted)
        return found if found is not None else self.index[wanted.partition("/")[0]]

    def in_force(self, wanted: str) -> bool:
        """Whether a section, clause or directive binds."""
        return self.fate(wanted).state is State.IN_FORCE
