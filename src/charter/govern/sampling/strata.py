"""A decision -> the stratum it is drawn from: the section it was held against, and its risk.

What is sampled is a decision on something a model said or did: stage `output` or `tool_call`. Each
belongs to exactly one stratum, so that populations add up. The section is that of the first ground
where there is one. Else it is one of those that were asked, by chance: a hash of the decision picks
it, the same for everybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from charter.records.decision import DecisionRecorded

STAGES = frozenset({"output", "tool_call"})
PLAIN, CALL, FLAGGED, HELD, REFUSED, FAILED = (
    "plain",
    "call",
    "flagged",
    "held",
    "refused",
    "failed",
)
"""Risks: an output and a tool call that were plainly allowed, and what was not."""
RISKS = (PLAIN, CALL, FLAGGED, HELD, REFUSED, FAILED)
BY_CHANCE = frozenset({PLAIN, CALL})
"""Of these a gateway keeps the payload by chance, if at all: `[keep] sample`."""
UNKEPT = "-unkept"
"""Ends the name of a stratum of which nothing is kept, so that nothing can be drawn from it."""
PRIORITY: Mapping[str, int] = MappingProxyType(
    {REFUSED: 7, HELD: 6, FLAGGED: 5, FAILED: 4, CALL: 3, PLAIN: 2}
)
"""In the queue of people."""
_EFFECTS = {"flag": FLAGGED, "redact": FLAGGED, "require_approval": HELD}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a decision belongs."""

    section: str
    risk: str

    @property
    def stratum(self) -> str:
        """Name, such as `protect_privacy/flagged`."""
        return f"{self.section}/{self.risk}"


def place_of(record: DecisionRecorded) -> Place | None:
    """Return where a decision belongs; None where it is about nothing that a model said or did."""
    if record.stage not in STAGES:
        return None
    return Place(_section(record), _risk(record))


def section_of(stratum: str) -> str:
    """Return the section of a stratum, by its name."""
    return stratum.rpartition("/")[0]


def risk_of(stratum: str) -> str:
    """Return the risk of a stratum, by its name."""
    return stratum.rpartition("/")[2].removesuffix(UNKEPT)


def _risk(record: DecisionRecorded) -> str:
    if record.effect == "allow":
        if record.failure:
            return FAILED
        return CALL if record.stage == "tool_call" else PLAIN
    return _EFFECTS.get(record.effect, REFUSED)


def _section(record: DecisionRecorded) -> str:
    grounds = [ground.section for ground in record.grounds if ground.section]
    if grounds:
        return grounds[0].partition("/")[0]
    cited = sorted({each.partition("/")[0] for each in record.citations})
    if len(cited) < 2:
        return cited[0] if cited else ""
    text = f"charter-section/v1\n{record.decision}".encode("utf-8", "replace")
    return cited[int.from_bytes(hashlib.sha256(text).digest()[:8], "big") % len(cited)]
