"""What a gateway serves under: one immutable value, swapped whole when spec or settings change.

A request takes it once, at its beginning, and finishes under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.gateway.check import Configured
from charter.gateway.stream.patterns import Patterns
from charter.gateway.wire.trail import Terms
from charter.policy.decision import Effect, ToolFacts
from charter.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: one entry of the configuration, found by the key of a request."""

    id: str
    application: str
    level: str
    """Authority of the metadata it sends, and of nothing else."""
    principal: str
    """The person or team that answers for it; can approve none of its actions."""
    overlays: tuple[str, ...] = ()
    """Paths, laid over those of the service, in order."""
    requests_per_minute: int | None = None
    tokens_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Streaming:
    """How answers may be streamed under a policy and its checks."""

    patterns: Patterns
    """Of all checks and boundaries that can be decided while a text grows."""
    effects: Mapping[str, Effect]
    """By pattern id: deny and require_approval end the stream, redact replaces the match. The
    patterns of what only flags are not here: whole texts are asked for those, at their end."""
    whole: tuple[str, ...] = ()
    """Ids of checks and boundaries that restrict and need the whole text: where there is one,
    nothing of a text leaves before its end."""


@dataclass(frozen=True, slots=True)
class ApprovalTerms:
    """How approvals go."""

    seconds: int = 3600
    """Until it expires, which denies it."""
    four_eyes: frozenset[str] = frozenset()
    """Ids of boundaries, sections and tools that need two people."""


@dataclass(frozen=True, slots=True)
class Served:
    """Policy and configuration for one set of overlays."""

    policy: Policy
    spec_version: str | None
    documents: tuple[str, ...]
    checks: tuple[Configured, ...]
    streaming: Streaming
    tools: Mapping[str, ToolFacts] = field(default_factory=dict)
    """What the deployment declares of tools; a client's annotations only tighten it."""
    terms: Terms = field(default_factory=Terms)
    approvals: ApprovalTerms = field(default_factory=ApprovalTerms)
    brief: str = ""
    """Put before what the application tells the model; empty: nothing is."""
    delimiting: str = "off"
    """How untrusted passages are marked for the model: off, tags or datamarks."""
    refuse_as: str = "error"
    """What a refused request gets: `error` (403) or `refusal` (200, in the API's own shape)."""
    keep: str = "restricted"
    """Payloads kept, encrypted: none, restricted (whatever was not plainly allowed), or all."""
    sample: int = 0
    """Of a thousand other exchanges, how many are kept for review, drawn by chance."""
