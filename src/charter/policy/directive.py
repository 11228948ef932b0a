"""Directives: structured instructions, each with the authority of the passage that carries it.

They come from `~~~directive` fences (overlay sections, system and developer messages), from
request metadata, and from extractors, which only propose. Whatever the source, a directive never
has more authority than its passage. Scope of autonomy: Model Spec, section `scope_of_autonomy`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from charter.policy.fate import Fate, Ground, Place, State, Step
from charter.policy.scope import Scope
from charter.source import Span
from charter.spec.ladder import NONE

BEFORE = -1
"""The order of request metadata, which stands before the conversation; overlays stand before it,
one number for each layer."""


class Act(StrEnum):
    """What a directive does."""

    INSTRUCT = "instruct"
    """Ask for something; set aside only by what it conflicts with."""
    OVERRIDE = "override"
    """Set a section or clause aside, in so many words."""
    SOFTEN = "soften"
    """Set a guideline aside by context, without saying so."""
    KEEP = "keep"
    """Hold a section against overrides from below."""
    DELEGATE = "delegate"
    """Lift sources without authority, at most to the delegator's own level."""
    SETTING = "setting"
    """Set a setting."""
    SCOPE = "scope"
    """State a scope of autonomy, or narrow the one in force."""
    SUPERSEDE = "supersede"
    """Take back an earlier directive of the same level."""
    PREMISE = "premise"
    """Deny the facts that a higher directive rests on (reading `denied_premise`)."""
    CLASH = "clash"
    """Say that two sections cannot both be kept here; it can only make a decision stricter."""


class Origin(NamedTuple):
    """Where a directive was found, and by what."""

    channel: str
    """`overlay`, `fence`, `settings`, `metadata`, or `extractor`."""
    identity: str = ""
    """Name and version of the extractor, or the overlay's spec name."""
    confidence: int = 100
    """Percent; 100 for structured sources."""


STRUCTURED = Origin("metadata")


class Relation(StrEnum):
    """How an instruction found in tool output relates to the user's task."""

    UNRELATED = "unrelated"
    MAYBE = "maybe"
    INTENDED = "intended"


class Risk(StrEnum):
    """What following it could do."""

    LOW = "low"
    SERIOUS = "serious"


class Delegation(NamedTuple):
    """What is lifted, how far, and which part of it."""

    to: tuple[str, ...]
    """Sources as in `Passage.source`; a trailing `*` stands for any rest."""
    level: str | None = None
    """At most this level; None for the delegator's own."""
    only: tuple[str, ...] = ()
    """Subjects that are lifted; empty for all."""


class Claim(NamedTuple):
    """Something said about something: two claims of one key and different values conflict."""

    key: str
    value: object
    wider: str | None = None
    """A key that covers this one: the section of a clause."""


@dataclass(frozen=True, slots=True)
class Directive:
    """One structured instruction."""

    id: str
    """Given by its author, or derived from its words: never from its position."""
    act: Act
    level: str
    """The authority of the passage or file that carries it; `none` where it has none."""
    order: int = BEFORE
    """Index of its message; only the relative order of messages of one level counts."""
    targets: tuple[str, ...] = ()
    """Ids of sections, clauses or directives that it acts on."""
    conflicts: tuple[str, ...] = ()
    """Ids of sections, clauses or directives that cannot stand beside it."""
    subject: str | None = None
    """What it is about, such as `language`. Two of one subject and different values conflict."""
    value: object = None
    text: str = ""
    """The words, for people."""
    explicit: bool = True
    """Whether it says what it sets aside; context alone is implicit."""
    needs: tuple[str, ...] = ()
    """Capabilities without which it cannot be carried out."""
    mistaken: str | None = None
    """Why it is suspected to be mistaken: it is then suspended, not dropped."""
    delegation: Delegation | None = None
    scope: Scope | None = None
    source: str = ""
    """The source of its passage, for delegations."""
    place: Place | None = None
    origin: Origin = STRUCTURED
    relation: Relation = Relation.UNRELATED
    risk: Risk = Risk.SERIOUS
    claims: tuple[Claim, ...] = field(init=False, repr=False, compare=False)
    """What it says about what, in a form that is quick to compare."""
    keys: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The keys of its claims, and those that cover them."""
    plain: bool = field(init=False, repr=False, compare=False)
    """Whether only its level and what names it can decide its fate: most directives."""
    simple: bool = field(init=False, repr=False, compare=False)
    """Whether nothing but its claims and what names it can decide its fate."""
    stands: Fate = field(init=False, repr=False, compare=False)
    """Its fate where nothing speaks against it, made once."""
    unheard: Fate = field(init=False, repr=False, compare=False)
    """Its fate where its passage has no authority and nothing lifts it, made once."""
    glance: tuple[Fate, bool, str, str, tuple[int, str]] = field(
        init=False, repr=False, compare=False
    )
    """All that most directives are asked for: their fate where they are alone, whether they are
    not plain, id, level; and order with id, by which those of one level are sorted. One look-up
    instead of five, on the hot path."""
    aside: tuple[Step] = field(init=False, repr=False, compare=False)
    """The trace of a section that it sets aside."""

    def __post_init__(self) -> None:
        acts = self.act in _SIMPLE
        simple = acts and not (self.conflicts or self.needs or self.mistaken or self.scope)
        plain = simple and self.act is Act.INSTRUCT and not self.subject
        step = Step(Ground.NO_AUTHORITY)
        aside, unheard = State.SET_ASIDE, Ground.NO_AUTHORITY
        made = object.__setattr__
        claims = () if plain else tuple(_claims(self))
        keys = dict.fromkeys(k for claim in claims for k in (claim.key, claim.wider) if k)
        made(self, "claims", claims)
        made(self, "keys", tuple(keys))
        made(self, "plain", plain)
        made(self, "simple", simple)
        made(self, "stands", Fate(self.id, State.IN_FORCE, Ground.APPLIES, self.level))
        made(self, "unheard", Fate(self.id, aside, unheard, self.level, None, (step,)))
        alone = self.unheard if self.level == NONE else self.stands
        made(self, "glance", (alone, not plain, self.id, self.level, (self.order, self.id)))
        made(self, "aside", (Step(Ground.OVERRIDDEN, self.id, self.place),))


RULE = "rule:"
SETTING = "setting:"
SUBJECT = "subject:"


def _claims(directive: Directive) -> Iterator[Claim]:
    """Yield what a directive claims: on its subject, and on each rule that it keeps or not."""
    if directive.subject is not None and directive.value is not None:
        prefix = SETTING if directive.act is Act.SETTING else SUBJECT
        yield Claim(prefix + directive.subject, directive.value)
    kept = directive.act is Act.KEEP
    named = directive.targets if directive.act in _ON_RULES else ()
    for wanted in (*named, *directive.conflicts):
        section, slash, _ = wanted.partition("/")
        yield Claim(RULE + wanted, kept and wanted in named, RULE + section if slash else None)


_ON_RULES = frozenset({Act.OVERRIDE, Act.SOFTEN, Act.KEEP})
_SIMPLE = _ON_RULES | {Act.INSTRUCT, Act.SETTING}


class Unusable(NamedTuple):
    """A directive that cannot be read: what is wrong and where. A value, not an error."""

    message: str
    span: Span
    """In the text the directive was read from."""
    hint: str | None = None
