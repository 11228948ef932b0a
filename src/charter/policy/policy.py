"""A policy: spec, overlays and readings, compiled. Immutable, with a digest.

Everything that resolution and decisions need, and nothing of the text around it. Two policies
with one digest give the same answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from charter.policy.boundaries.boundary import Boundary
from charter.policy.boundaries.index import BoundaryIndex, index_boundaries
from charter.policy.directive import Directive
from charter.policy.fate import Fate, Ground, State
from charter.policy.floor import Floors, floors
from charter.source import Citation
from charter.spec.ladder import Ladder


class Layer(NamedTuple):
    """One document of a policy: the base spec, or an overlay over those before it."""

    name: str
    version: str | None
    digest: str
    level: str | None
    """The authority an overlay speaks with; None for the base."""


class RuleClause(NamedTuple):
    """One clause, as it is cited."""

    id: str
    text: str
    strength: str
    layer: int = 0
    """Which layer wrote it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A binding section of the effective spec."""

    id: str
    title: str
    authority: str
    rank: int
    clauses: tuple[RuleClause, ...]
    depth: int = 1
    parents: tuple[str, ...] = ()
    """Ids of the sections above it, nearest first."""
    conditions: tuple[str, ...] = ()
    """Settings that must be true for it to bind: its conditional tags."""
    content: str | None = None
    """prohibited, restricted or sensitive: the class of content it governs, if any."""
    prohibits: bool = False
    """Whether most of its clauses forbid; decides `equal_sections`."""
    layer: int = 0
    """Which layer wrote it; its clauses may come from others."""


GATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scope": ("scope_of_autonomy", "stay_in_scope"),
        "side_effects": ("control_side_effects", "confirm_irreversible"),
        "asked_by": ("ignore_untrusted_data", "no_authority_content"),
        "conflicts": ("follow_all_applicable_instructions", "follow_chain"),
        "asks": ("letter_and_spirit", "flag_mistakes"),
        "transformation": ("transformation_exception", "transform_supplied"),
    }
)
"""Sections that the gates of a decision rest on, where a spec has one of that id; `gates` in its
front matter names others."""

RESERVED = frozenset({*GATES, "decision", "gates"})
"""Checks of a decision that are no boundaries: no boundary may have one of these ids."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A compiled spec."""

    name: str
    title: str
    layers: tuple[Layer, ...]
    ladder: Ladder
    readings: Mapping[str, str]
    rules: tuple[Rule, ...]
    boundaries: tuple[Boundary, ...]
    directives: tuple[Directive, ...]
    """Those of overlays."""
    digest: str
    """Of the canonical form of all that can change an answer: not of names and titles."""
    external: tuple[str, ...] = ()
    """Policies that bind and are not published (reading `hidden_policies`)."""
    first_party: bool = False
    """Whether this is the operator's own product (reading `first_party`)."""
    default_timer: float = 3600.0
    """Seconds that a scope without a timer lasts where the reading grants them."""
    gates: Mapping[str, str] = field(default_factory=dict)
    """Gate to the section it rests on, where that is none of GATES."""
    by_id: Mapping[str, Rule] = field(init=False, repr=False, compare=False)
    clause_texts: Mapping[str, RuleClause] = field(init=False, repr=False, compare=False)
    stands: MappingProxyType[str, Fate] = field(init=False, repr=False, compare=False)
    """The fate of each rule where nothing speaks against it, made once."""
    floors: Mapping[bool, Floors] = field(init=False, repr=False, compare=False)
    """What it takes to set sections aside: with (True) and without users acting as developers."""
    citations: Mapping[str, Citation] = field(init=False, repr=False, compare=False)
    """Of every rule, made once."""
    index: BoundaryIndex = field(init=False, repr=False, compare=False)
    unspoken: list[Any] = field(init=False, repr=False, compare=False)
    """The resolution of a conversation without a directive or setting, once it was needed."""
    conditional: frozenset[str] = field(init=False, repr=False, compare=False)
    """Settings on which some rule depends."""

    def __post_init__(self) -> None:
        clauses = {clause.id: clause for rule in self.rules for clause in rule.clauses}
        object.__setattr__(self, "by_id", MappingProxyType({r.id: r for r in self.rules}))
        object.__setattr__(self, "clause_texts", MappingProxyType(clauses))
        stands = {r.id: Fate(r.id, State.IN_FORCE, Ground.APPLIES, r.authority) for r in self.rules}
        object.__setattr__(self, "stands", MappingProxyType(stands))
        conditional = frozenset(name for rule in self.rules for name in rule.conditions)
        object.__setattr__(self, "conditional", conditional)
        steering = not self.first_party or self.readings["first_party"] == "steering_allowed"
        tables = {
            acting: floors(self.ladder, as_developer=acting, steering=steering)
            for acting in (True, False)
        }
        object.__setattr__(self, "floors", tables)
        cited = {r.id: Citation(self.layers[r.layer].digest, r.id, r.title) for r in self.rules}
        object.__setattr__(self, "citations", cited)
        object.__setattr__(self, "index", index_boundaries(self.boundaries))
        object.__setattr__(self, "unspoken", [])

    @property
    def spec_digest(self) -> str:
        """Digest of the base spec's text."""
        return self.layers[0].digest

    def cite(self, wanted: str) -> Citation:
        """Return the citation of a section or clause, or of the whole where it is neither.

        Each names the document that wrote it; the whole, the last: its name and title are the
        policy's.
        """
        found = self.citations.get(wanted)
        if found is not None:
            return found
        clause = self.clause_texts.get(wanted)
        if clause is None:
            return Citation(self.layers[-1].digest, self.name, self.title)
        return Citation(self.layers[clause.layer].digest, wanted, clause.text)

    def gate_section(self, gate: str) -> str:
        """Return the section that a gate rests on; the policy's name where it has none."""
        known = (self.gates.get(gate, ""), *GATES.get(gate, ()))
        return next((section for section in known if section in self.by_id), self.name)

    def knows(self, wanted: str) -> bool:
        """Whether an id names a binding section or a clause of one."""
        return wanted in self.by_id or wanted in self.clause_texts
