"""A decision: what a policy says about one request, output or action, and on what grounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from charter.policy.scope import Scope
from charter.source import Citation


class Effect(StrEnum):
    """What is to happen, laxest first. A lattice: joining two gives the stricter."""

    ALLOW = "allow"
    FLAG = "flag"
    REDACT = "redact"
    REQUIRE_APPROVAL = "require_approval"
    DENY = "deny"


STRICTNESS: Mapping[str, int] = MappingProxyType({e.value: at for at, e in enumerate(Effect)})


def stricter(one: Effect, other: Effect) -> Effect:
    """Return the stricter of two effects."""
    return one if STRICTNESS[one] >= STRICTNESS[other] else other


class Ran(StrEnum):
    """What became of one check."""

    RAN = "ran"
    SKIPPED = "skipped"
    """It could have mattered and was not asked; the reason says why."""
    ERRORED = "errored"
    """It could not be answered, which counts as deny."""
    NOT_APPLICABLE = "not_applicable"


class Check(NamedTuple):
    """One check of a decision: a boundary, or a gate such as `scope`."""

    id: str
    status: Ran
    effect: Effect = Effect.ALLOW
    """What it asks for: ALLOW where it did not fire."""
    reason: str = ""


class Reason(NamedTuple):
    """Why the effect is not laxer."""

    effect: Effect
    check: str
    section: str
    say: str
    """What a user is told."""


class Label(NamedTuple):
    """Where a value comes from. Missing provenance is no authority."""

    authority: str = "none"
    level: int = 0
    """Rank of the authority; 0 for none."""
    sources: tuple[str, ...] = ()
    """As in `Passage.source`."""
    sensitivity: str = "private"


NO_LABEL = Label()


class ToolFacts(NamedTuple):
    """What the deployment declares of a tool's effects; what it leaves out is the worst case.

    Descriptions that come with a tool may tighten these facts, never relax them.
    """

    effects: bool = True
    """Whether it changes anything outside of the conversation."""
    reversible: str = "no"
    """By whom: `assistant`, `user`, or `no`."""
    costly: bool | None = None
    """None: costly exactly where it has effects that the assistant cannot reverse."""
    avoidable: bool = False
    """Whether its effects go beyond what the task needs."""
    high_risk: bool = False
    """Deception, resource acquisition, sub-agents, self-modification, hacking."""

    @property
    def is_costly(self) -> bool:
        """Whether a person would want to be asked."""
        if self.costly is not None:
            return self.costly
        return self.effects and self.reversible != "assistant"


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call to be decided on."""

    tool: str
    args: Mapping[str, object] = field(default_factory=dict)
    facts: ToolFacts | None = None
    """None: nothing is declared, and the decision says so."""
    cost: float = 0.0
    """What it costs, in the unit of the scope's `max_cost`."""
    labels: Mapping[str, Label] | None = None
    """Provenance by argument name; None: found by comparing values with the conversation."""
    asked_by: str | None = None
    """Authority of the instruction that led to it; None: not known to be anybody's in
    particular, as with most calls a model makes on its own for a task."""
    hands_on: Scope | None = None
    """The scope of a sub-agent that the call starts: never more than is left of the one here."""


@dataclass(frozen=True, slots=True)
class Transformation:
    """The claim that an output only transforms content the user supplied."""

    kind: str
    """translate, paraphrase, summarise, classify, encode, format, or fix_grammar."""
    message: int
    """The user's message that holds the content."""
    adds_nothing: bool | None = None
    """Established by a check, for kinds that change the words. Those that keep them (summarise,
    format, fix_grammar) are compared word by word, whatever is claimed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision is about. `now` is an input: the policy has no clock."""

    stage: str
    """request, output, tool_call or tool_result."""
    text: str | None = None
    """The output or result; for a request None means the last user message."""
    call: Call | None = None
    now: float | None = None
    """Seconds since 1970-01-01T00:00Z; unknown time lets every timer have run out."""
    spent: float = 0.0
    """Cost so far under the scope in force."""
    transformation: Transformation | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says. It cannot be made without its grounds."""

    effect: Effect
    stage: str
    citations: tuple[Citation, ...]
    """What it rests on: at least one. Where all is allowed, the sections whose boundaries were
    asked, or the policy as a whole."""
    policy_digest: str
    readings: Mapping[str, str]
    checks: tuple[Check, ...]
    reasons: tuple[Reason, ...] = ()
    """Strictest first; empty where the effect is allow."""
    closed: bool = True
    """False where policies that are not published, or state that is not seen, may bind too."""

    def __post_init__(self) -> None:
        if not (self.citations and self.policy_digest and self.readings and self.checks):
            raise ValueError("a decision needs citations, a policy digest, readings and checks")
        if self.effect is not Effect.ALLOW and not self.reasons:
            raise ValueError("a decision that restricts needs a reason")
