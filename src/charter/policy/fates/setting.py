"""Settings on which sections depend, such as `under_18`: who may set them, and to what.

They are resolved before anything else, since they decide which sections bind at all. Under the
default reading the highest speaking level sets them and any level above none may switch them on,
never off: a lower level can add rules by that, and take none away.
Source: Model Spec 2025-12-18, section `prioritize_teen_safety`; reading `setting_authority`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from charter.policy.directive import Directive
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.fates.claim import same
from charter.policy.policy import Policy

READING = "setting_authority"


def conditional_settings(
    policy: Policy, given: Mapping[str, object], directives: Sequence[tuple[int, Directive]]
) -> tuple[dict[str, object], dict[int, Fate]]:
    """Return the conditional settings in force, and the fate of each directive on them.

    `given` comes from the caller and counts as set by the highest speaking level. `directives`
    are those on conditional settings, each with its index.
    """
    if not policy.conditional:
        return {}, {}
    settings: dict[str, object] = {k: v for k, v in given.items() if k in policy.conditional}
    fates: dict[int, Fate] = {}
    ranks = policy.ladder.ranks
    top = max((ranks[level.name] for level in policy.ladder.levels if level.roles), default=0)
    anyone = policy.readings[READING] == "any_level"
    within = policy.readings["same_level_order"] == "later_position"

    def strength(pair: tuple[int, Directive]) -> tuple[int, int, int, bool, str]:
        """Highest level, latest message; in one message on before off, whatever the ids."""
        one = pair[1]
        place = one.place.start if within and one.place else 0
        return -ranks.get(one.level, 0), -one.order, -place, one.value is not True, one.id

    strongest = sorted(directives, key=strength)
    setters: dict[str, Directive] = {}
    for index, directive in strongest:
        name, rank = directive.subject or "", ranks.get(directive.level, 0)
        first = setters.get(name)
        if rank == 0:
            fates[index] = _aside(directive, Ground.NO_AUTHORITY)
        elif anyone or rank >= top:
            on = directive.value is True  # whoever speaks may switch it on
            if directive.mistaken and not on:
                fates[index] = _doubted(directive)
            elif first is None and (anyone or on or name not in given):
                settings[name] = directive.value
                setters[name] = directive
                fates[index] = directive.stands
            elif same(settings.get(name), directive.value):
                fates[index] = directive.stands
            else:
                fates[index] = _yielding(policy, directive, first)
        elif directive.value is True:
            settings[name] = True
            fates[index] = directive.stands
        else:
            fates[index] = _aside(directive, Ground.NOT_PERMITTED)
    return settings, fates


def _doubted(directive: Directive) -> Fate:
    """Return the fate of one that may be a mistake, and would switch rules off."""
    trace = (Step(Ground.MISTAKEN),)
    level = directive.level
    return Fate(directive.id, State.SUSPENDED, Ground.MISTAKEN, level, None, trace)


def _aside(directive: Directive, ground: Ground) -> Fate:
    reading = READING if ground is Ground.NOT_PERMITTED else None
    trace = (Step(ground, None, None, reading),)
    return Fate(directive.id, State.SET_ASIDE, ground, directive.level, None, trace)


def _yielding(policy: Policy, directive: Directive, first: Directive | None) -> Fate:
    """Return the fate of one whose value another has set: a stronger, or a later one."""
    if first is None:  # the caller's own value
        return _aside(directive, Ground.MISALIGNED)
    ranks = policy.ladder.ranks
    higher = ranks[first.level] > ranks[directive.level]
    ground = Ground.MISALIGNED if higher else Ground.SUPERSEDED
    together = ground is Ground.SUPERSEDED and first.order == directive.order
    step = Step(ground, first.id, first.place, "same_level_order" if together else None)
    return Fate(directive.id, State.SET_ASIDE, ground, directive.level, first.id, (step,))
