"""The usual cases of a directive, decided at once: `oppose` says the same, for all cases, slower.

A test compares the two on generated conversations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from charter.policy.directive import Act, Directive
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.fates.claim import Claims, Entry
from charter.policy.fates.powers import Powers
from charter.policy.policy import Policy, Rule

_new = tuple.__new__
"""Quicker than calling the class, on the hot path."""
# Members looked up once: on the hot path the look-up is what costs.
_ASIDE, _SOFTEN, _KEEP, _SETTING = State.SET_ASIDE, Act.SOFTEN, Act.KEEP, Act.SETTING
_MISALIGNED, _SUPERSEDED = Ground.MISALIGNED, Ground.SUPERSEDED


Usual: TypeAlias = Callable[[int, Directive, int], "Fate | None"]
"""Index, directive and rank -> the fate of a simple directive; None where its case is not usual."""


def usual_cases(  # noqa: C901 - one pass, on the hot path
    policy: Policy, directives: Sequence[Directive], claims: Claims, powers: Powers
) -> Usual:
    """Return what decides directives that no other one names, of the first wave.

    A closure, as its variables are quicker to reach than attributes.
    """
    entries, rules, floors, off = claims.entries, policy.by_id, powers.floors, powers.off
    named, settings = claims.rules, claims.set
    sure = not (policy.first_party or claims.counts_shadows or claims.by_position)
    """Whether no reading adds a case of its own."""

    def decide(  # noqa: C901, PLR0912 - one pass, on the hot path
        at: int, directive: Directive, rank: int
    ) -> Fate | None:
        for key, value, wider in directive.claims:
            if wider in entries:
                return None
            known = entries.get(key)
            if known is None:
                continue
            if known[0].value is not value:
                plain = sure and len(known) == 1 and not directive.targets
                return _outdone(directive, known[0], directives, rank) if plain else None
            if len(known) > 1 or not known[0].alive:
                return None
        targets = directive.targets
        if targets:
            act = directive.act
            floor = floors[directive.explicit and act is not _SOFTEN]
            for wanted in targets:
                rule = rules.get(wanted)
                if rule is None or wanted in off:
                    return None
                if rank < floor[rule.authority] and act is not _KEEP:
                    if not sure or "rule:" + wanted in entries:
                        return None
                    return _refused(directive, rule, floors[True][rule.authority], rank)
            named.extend(targets)
        elif directive.act is _SETTING and directive.keys and directive.keys[0] not in entries:
            settings.append(directive.subject or "")
        for key, value, _ in directive.claims:
            if key not in entries:
                entries[key] = [_new(Entry, (value, at, rank, True))]
        return directive.stands

    return decide


def _outdone(
    directive: Directive, entry: Entry, directives: Sequence[Directive], rank: int
) -> Fate | None:
    """Return the fate of one whose only claim a stronger or later directive contradicts."""
    rival = directives[entry.at]
    if rival.order == directive.order or entry.value == directive.value:
        return None
    ground = _MISALIGNED if entry.rank > rank else _SUPERSEDED
    step = _new(Step, (ground, rival.id, rival.place, None))
    fate = (directive.id, _ASIDE, ground, directive.level, rival.id, (step,))
    return _new(Fate, fate)


def _refused(directive: Directive, rule: Rule, explicitly: float, rank: int) -> Fate:
    """Return the fate of one that would set aside what it may not."""
    ground = Ground.NOT_EXPLICIT if rank >= explicitly else _MISALIGNED
    step = _new(Step, (ground, rule.id, None, None))
    fate = (directive.id, _ASIDE, ground, directive.level, rule.id, (step,))
    return _new(Fate, fate)
