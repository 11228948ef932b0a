"""What everything that has a say finds about one thing, joined: the strictest holds.

deny > require_approval > redact > flag > allow, whoever says it: a boundary, a gate, a check, a
stop. Nothing that is added makes it laxer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from charter.gateway.judging.tables import Tables
from charter.gateway.look import Looked
from charter.policy.decision import STRICTNESS, Decision, Effect, Ran, stricter
from charter.records.decision import CheckRan, Ground

_ALLOW, _FLAG, _REDACT, _APPROVAL, _DENY = (
    Effect.ALLOW,
    Effect.FLAG,
    Effect.REDACT,
    Effect.REQUIRE_APPROVAL,
    Effect.DENY,
)


class Why(NamedTuple):
    """One reason why the effect is not laxer."""

    effect: Effect
    check: str
    """Boundary, gate or check."""
    section: str
    say: str = ""
    """What a client may be told; empty for what checks find."""
    failed: bool = False
    """Whether it could not be asked, rather than found something."""


@dataclass(slots=True)
class Finding:
    """Everything found about one text, call or request so far."""

    effect: Effect = _ALLOW
    why: list[Why] = field(default_factory=list)
    ran: list[CheckRan] = field(default_factory=list)
    boundaries: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    partial: bool = False
    """Whether it rests on a part only of what there was to see."""

    def restrict(self, why: Why) -> None:
        """Add a reason."""
        self.effect = stricter(self.effect, why.effect)
        if why not in self.why:
            self.why.append(why)

    def raised(self, effect: Effect, to: Effect) -> None:
        """Make every reason of one effect one of a stricter effect."""
        self.why = [w._replace(effect=to) if w.effect is effect else w for w in self.why]
        if self.effect is effect:
            self.effect = to

    def decided(self, tables: Tables, decision: Decision, tool: str | None = None) -> None:
        """Add a decision of the policy."""
        written = tables.written(decision, tool)
        if not self.boundaries:
            self.boundaries, self.citations = written.boundaries, written.citations
        else:
            self.boundaries = merged(self.boundaries, written.boundaries)
            self.citations = merged(self.citations, written.citations)
        if not decision.closed:
            self.partial = True
        if decision.reasons:
            errored = {check.id for check in decision.checks if check.status is Ran.ERRORED}
            for effect, check, section, say in decision.reasons:
                self.restrict(Why(effect, check, section, say, check in errored))

    def looked(self, found: Iterable[Looked]) -> None:
        """Add what checks found."""
        for each, ran, _ in found:
            self.ran.append(ran)
            effect = Effect(ran.effect)
            if effect is not _ALLOW:
                failed = ran.status == Ran.ERRORED
                self.restrict(Why(effect, each.id, each.section, failed=failed))

    def join(self, other: Finding) -> None:
        """Add all that was found about something else."""
        self.ran += other.ran
        self.boundaries = merged(self.boundaries, other.boundaries)
        self.citations = merged(self.citations, other.citations)
        self.partial = self.partial or other.partial
        for why in other.why:
            self.restrict(why)

    @property
    def failed(self) -> bool:
        """Whether it denies only because something could not be asked."""
        denying = [why.failed for why in self.why if why.effect is _DENY]
        return bool(denying) and all(denying)

    @property
    def first(self) -> Why | None:
        """The reason that decides: a strictest one, found before what could not be asked."""
        return min(self.why, key=_order, default=None)

    def grounds(self) -> tuple[Ground, ...]:
        """Return the reasons as records have them, strictest first."""
        why = sorted(self.why, key=_order) if len(self.why) > 1 else self.why
        return tuple([Ground(each.effect.value, each.check, each.section) for each in why])

    def cited(self) -> tuple[str, ...]:
        """Return what the effect rests on."""
        if not self.why:
            return self.citations
        return tuple(dict.fromkeys(each.section for each in sorted(self.why, key=_order)))

    def without_approval(self) -> Effect:
        """Return the effect that is left once people have agreed."""
        left = [why.effect for why in self.why if why.effect is not _APPROVAL]
        return max(left, key=STRICTNESS.__getitem__, default=_ALLOW)

    def checks(self) -> tuple[CheckRan, ...]:
        """Return what became of checks, those of one check and channel made one."""
        if len(self.ran) < 2:
            return tuple(self.ran)
        found: dict[tuple[str, str], CheckRan] = {}
        for ran in self.ran:
            key = ran.id, ran.channel
            before = found.get(key)
            found[key] = ran if before is None else _both(before, ran)
        return tuple(found.values())


_WORST = {Ran.ERRORED: 3, Ran.RAN: 2, Ran.SKIPPED: 1, Ran.NOT_APPLICABLE: 0}


def _both(one: CheckRan, other: CheckRan) -> CheckRan:
    """Join what became of one check on two texts: errors and findings are what is left."""
    worse = one if _WORST[Ran(one.status)] >= _WORST[Ran(other.status)] else other
    stronger = one if STRICTNESS[one.effect] >= STRICTNESS[other.effect] else other
    return CheckRan(
        one.id,
        worse.status,
        stronger.effect,
        one.channel,
        one.covered + other.covered,
        one.micros + other.micros,
        stronger.reason or worse.reason,
    )


def _order(why: Why) -> tuple[int, bool, str]:
    return -STRICTNESS[why.effect], why.failed, why.check


def merged(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return both, each entry once."""
    if one is other or not other:
        return one
    return tuple(dict.fromkeys((*one, *other))) if one else other
