"""Who took part, and who was not heard."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from charter.evolve.opinion.unheard import Heard, presence
from charter.evolve.results.cells import shown
from charter.evolve.results.results import HeardResult
from charter.evolve.results.weighing import stated
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Person

UNSTATED = ""
"""Stands for the option of those who did not say."""
OTHERS = "other answers"
"""Stands for what few said in words of their own, which could name them."""


def heard_results(
    people: Sequence[Person], rules: Rules, options: Mapping[str, Sequence[str]]
) -> tuple[HeardResult, ...]:
    """Return every option of every trait that was asked or has margins, and who did not say.

    `options` are those of the survey, by trait. A count that is not shown is None: it is small, or
    a small one could be worked out with it. What few said that is no option stands together.
    """
    targets = {t: {o: float(s) for o, s in of.items()} for t, of in rules.margins.items()}
    traits = sorted({*targets, *options})
    said = stated(people, traits)
    by_target = {
        (each.trait, each.option): each for each in presence(said, targets, smallest=rules.smallest)
    }
    found = []
    for trait in traits:
        counts = Counter(option or UNSTATED for option in said[trait])
        known_before = {*targets.get(trait, ()), *options.get(trait, ()), UNSTATED}
        own = [o for o, n in counts.items() if o not in known_before and n < rules.smallest]
        if own:
            counts[OTHERS] += sum(counts.pop(option) for option in own)
        named = sorted({*known_before, *counts})
        show = shown([counts[option] for option in named], rules.smallest)
        for option, ok in zip(named, show.parts, strict=True):
            known = by_target.get((trait, option))
            target = None if known is None else known.target
            heard = _heard(counts[option], rules.smallest) if known is None else str(known.heard)
            if option != UNSTATED or counts[option]:
                people_shown = counts[option] if ok else None
                found.append(HeardResult(trait, option, target, people_shown, heard))
    return tuple(found)


def _heard(people: int, smallest: int) -> str:
    if not people:
        return str(Heard.NOBODY)
    return str(Heard.TOO_FEW) if people < smallest else "no share to compare with"


def counted(values: Sequence[str], smallest: int) -> dict[str, int | None]:
    """Return how many of each value there are, by value; None where that is not shown."""
    counts = Counter(values)
    named = sorted(counts)
    show = shown([counts[each] for each in named], smallest)
    return {each: counts[each] if ok else None for each, ok in zip(named, show.parts, strict=True)}


def noted_results(people: Sequence[Person], smallest: int) -> dict[str, int | None]:
    """Return of how many people something was noted, by what; None where that is not shown."""
    kinds = Counter(kind for person in people for kind in set(person.noted))
    n = len(people)
    return {
        kind: count if math.prod(shown([count, n - count], smallest).parts) else None
        for kind, count in sorted(kinds.items())
    }
