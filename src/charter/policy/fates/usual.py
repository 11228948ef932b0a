"""The usual cases of a directive, decided at once: `oppose` says the same, for all cases, slower.

A test compares the two on generated conversations.
"""

from __future__ import annotations

from collections.abc import Sequence

from charter.policy.directive import Act, Directive
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.fates.claim import Claims, Entry
from charter.policy.fates.powers import Powers
from charter.policy.policy import Policy

_new = tuple.__new__
"""Quicker than calling the class, on the hot path."""
# Members looked up once: on the hot path the look-up is what costs.
_ASIDE, _SOFTEN, _KEEP, _SETTING = State.SET_ASIDE, Act.SOFTEN, Act.KEEP, Act.SETTING
_MISALIGNED, _SUPERSEDED = Ground.MISALIGNED, Ground.SUPERSEDED


class Usual:
    """Decides directives that no other one names, of the first wave."""

    __slots__ = ("_claims", "_directives", "_entries", "_powers", "_rules", "_sure")

    def __init__(
        self, policy: Policy, directives: Sequence[Directive], claims: Claims, powers: Powers
    ) -> None:
        self._directives = directives
        self._claims = claims
        self._entries = claims.entries
        self._powers = powers
        self._rules = policy.by_id
        self._sure = not (policy.first_party or claims.counts_shadows or claims.by_position)
        """Whether no reading adds a case of its own."""

    def decide(self, at: int, directive: Directive, rank: int) -> Fate | None:
        """Return the fate of a simple directive; None where its case is not a usual one."""
        entries = self._entries
        for key, value, wider in directive.claims:
            if wider in entries:
                return None
            known = entries.get(key)
            if known is None:
                continue
            if known[0].value is not value:
                return self._outdone(directive, known, rank)
            if len(known) > 1 or not known[0].alive:
                return None
        if directive.targets:
            return self._on_rules(at, directive, rank)
        for key, value, _ in directive.claims:
            if key not in entries:
                entries[key] = [_new(Entry, (value, at, rank, True))]
                if directive.act is _SETTING:
                    self._claims.set.append(directive.subject or "")
        return directive.stands

    def _on_rules(self, at: int, directive: Directive, rank: int) -> Fate | None:
        """Return the fate of one that acts on sections of which nothing was said so far."""
        powers, entries = self._powers, self._entries
        floor = powers.floors[directive.explicit and directive.act is not _SOFTEN]
        for wanted in directive.targets:
            rule = self._rules.get(wanted)
            if rule is None or wanted in powers.off:
                return None
            if rank < floor[rule.authority] and directive.act is not _KEEP:
                known = entries.get("rule:" + wanted)
                return None if known else self._refused(directive, rule.id, rule.authority, rank)
        for key, value, _ in directive.claims:
            if key not in entries:
                entries[key] = [_new(Entry, (value, at, rank, True))]
        self._claims.rules += directive.targets
        return directive.stands

    def _outdone(self, directive: Directive, known: list[Entry], rank: int) -> Fate | None:
        """Return the fate of one whose only claim a stronger or later directive contradicts."""
        entry = known[0]
        rival = self._directives[entry.at]
        plain = self._sure and len(known) == 1 and not directive.targets
        if not plain or rival.order == directive.order or entry.value == directive.value:
            return None
        ground = _MISALIGNED if entry.rank > rank else _SUPERSEDED
        step = _new(Step, (ground, rival.id, rival.place, None))
        fate = (directive.id, _ASIDE, ground, directive.level, rival.id, (step,))
        return _new(Fate, fate)

    def _refused(
        self, directive: Directive, section: str, authority: str, rank: int
    ) -> Fate | None:
        """Return the fate of one that would set aside what it may not."""
        if not self._sure:
            return None
        allowed = rank >= self._powers.floors[True][authority]
        ground = Ground.NOT_EXPLICIT if allowed else _MISALIGNED
        step = _new(Step, (ground, section, None, None))
        fate = (directive.id, _ASIDE, ground, directive.level, section, (step,))
        return _new(Fate, fate)
