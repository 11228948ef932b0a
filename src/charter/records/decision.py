"""What a gateway decided, did and left undone, one record for each decision."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckRan:
    """What became of one check. `ran` alone counts as passed, and only with effect `allow`."""

    id: str
    status: str
    """ran, skipped, errored or not_applicable."""
    effect: str
    """What it asks for: allow where it did not fire."""
    channel: str
    """What it looked at, such as `text` or `arguments`."""
    covered: int
    """Bytes of UTF-8 it looked at."""
    micros: int
    """Time it took, in microseconds."""
    reason: str = ""
    """In words that hold none of the content."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why the effect is not laxer."""

    effect: str
    check: str
    """Boundary, gate or check."""
    section: str


@dataclass(frozen=True, slots=True)
class DecisionRecorded:
    """One decision on a request, an offered tool, an output, a tool call or its result."""

    run: str
    """Id of the service that decided: one start of one replica."""
    sequence: int
    """From 1 without a gap within `run`: a record that is missing shows."""
    decision: str
    at: str
    """UTC, RFC 3339 to the millisecond."""
    exchange: str
    """Id of the request with its answer; all decisions on them share it."""
    stage: str
    """offer, request, output, tool_call or tool_result."""
    api: str
    streamed: bool
    caller: str
    """Id of the key's entry, never the key."""
    application: str
    subject: str
    """Pseudonym of the person the payload is about; empty where none is kept."""
    model: str
    policy: str
    """Digest of the policy in force when it was decided."""
    readings: str
    """`name=value` of each that is not read as is usual, joined by `;`. The policy's digest covers
    them all; what is usual is a matter of the version of Charter that the service started with."""
    effect: str
    done: str
    """What the gateway did: forwarded, edited, held, refused, cut, failed."""
    citations: tuple[str, ...]
    """Sections and clauses, at least one."""
    grounds: tuple[Ground, ...]
    boundaries: tuple[str, ...]
    """Each boundary and gate that was asked: its id where it ran and allows, which most do, else
    `id status effect`. See `asked`."""
    checks: tuple[CheckRan, ...]
    tool: str = ""
    arguments: str = ""
    """Digest of the canonical arguments."""
    conversation: str = ""
    """Digest of what was asked: see `gateway.binding`."""
    content: str = ""
    """Salted commitment to what was decided on; the payload has the salt."""
    payload: str = ""
    """Id of the encrypted payload, where one is kept."""
    released: int = 0
    """Characters of model output that left, over all channels."""
    partial: bool = False
    """Whether the decision rests on a part of the request only."""
    approval: str = ""
    approvers: tuple[str, ...] = ()
    retry: int = 0
    """How often the client's SDK says that it repeated the request."""
    failure: str = ""
    """What kept the upstream or the gateway from finishing, as a stable name."""


def asked(boundary: str) -> tuple[str, str, str]:
    """Return id, status and effect of one of `DecisionRecorded.boundaries`."""
    name, _, rest = boundary.partition(" ")
    status, _, effect = rest.partition(" ")
    return name, status or "ran", effect or ("allow" if not status else "")
