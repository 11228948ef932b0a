"""The people of a channel and the margins of the population -> a weight for each of them.

Weighted and plain shares of the same people, side by side, are equations for how many with each
weight agree. Who has a weight that few others have could be worked out: no option of a trait that
is weighed by has fewer than `Rules.smallest` people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from charter.evolve.opinion.raking import Unrakeable, gaps, rake
from charter.evolve.results.results import WeightsResult
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Person

NO_MARGINS = "no margins of a population were named: everybody counts the same"
NEARLY_NONE = 0.1
"""Share of people up to which few who did not say are weighed as most others are."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weights of a channel."""

    each: Mapping[str, float] | None
    """By person, mean 1; None where there are none."""
    said: WeightsResult
    traits: Mapping[str, Mapping[str, str | None]]
    """What each person is weighed as, by trait; empty without weights."""

    def fair(self, people: Collection[str], smallest: int) -> bool:
        """Whether weights tell of no few: of every option nobody or enough are among `people`."""
        return all(
            min(Counter(options[each] for each in people).values(), default=smallest) >= smallest
            for options in self.traits.values()
        )


def weights_of(people: Sequence[Person], rules: Rules) -> Weighed:
    """Return the weight of each person; and what to say of them.

    A trait of which few people said an option has no part in it, nor one that few left out, unless
    these are so few among all that they can be weighed as the option that most people said.
    """
    n = len(people)
    if not rules.margins or not n:
        reason = "nobody took part" if rules.margins else NO_MARGINS
        return Weighed(None, _none(n, rules, (reason,)), {})
    targets = {
        trait: {option: float(share) for option, share in shares.items()}
        for trait, shares in rules.margins.items()
    }
    said_by = stated(people, tuple(targets))
    missing = gaps(said_by, targets)
    traits, reasons = _many(said_by, rules)
    if missing or not traits:
        return Weighed(None, _none(n, rules, missing or reasons), {})
    found = rake(traits, {trait: targets[trait] for trait in traits}, trim=_trim(rules))
    if isinstance(found, Unrakeable):
        return Weighed(None, _none(n, rules, (*reasons, *found.reasons)), {})
    said = WeightsResult(
        used=True,
        reasons=reasons,
        effect=found.effect,
        effective=found.effective if n >= rules.smallest else None,
        error=found.error,
        trimmed=found.trimmed if not 0 < found.trimmed < rules.smallest else None,
    )
    each = zip(people, found.values.tolist(), strict=True)
    weighed_as = {
        trait: {p.id: option for p, option in zip(people, options, strict=True)}
        for trait, options in traits.items()
    }
    return Weighed({person.id: weight for person, weight in each}, said, weighed_as)


def stated(people: Sequence[Person], traits: Sequence[str]) -> dict[str, list[str | None]]:
    """Return what each person said of themselves, None where nothing, by trait."""
    return {trait: [person.traits.get(trait) for person in people] for trait in traits}


def _many(
    said: Mapping[str, Sequence[str | None]], rules: Rules
) -> tuple[dict[str, Sequence[str | None]], tuple[str, ...]]:
    """Return the traits that can be weighed by, and sentences on what was done to others."""
    kept: dict[str, Sequence[str | None]] = {}
    reasons = []
    few = f"fewer than {rules.smallest} people"
    for trait, options in sorted(said.items()):
        counts = Counter(options)
        silent = counts.pop(None, 0)
        small = sorted(str(option) for option, n in counts.items() if n < rules.smallest)
        if small:
            named = ", ".join(map(repr, small))
            reasons.append(f"weights leave {trait!r} out: {few} said {named}")
        elif not 0 < silent < rules.smallest:
            kept[trait] = options
        elif counts and silent <= NEARLY_NONE * len(options):
            most = min(counts, key=lambda option: (-counts[option], str(option)))
            kept[trait] = [most if option is None else option for option in options]
            reasons.append(f"weights count who did not say {trait!r} ({few}) as {most!r}")
        else:
            reasons.append(f"weights leave {trait!r} out: {few} did not say")
    return kept, tuple(reasons)


def _trim(rules: Rules) -> float:
    return max(1.0, float(rules.trim))


def _none(n: int, rules: Rules, reasons: tuple[str, ...]) -> WeightsResult:
    return WeightsResult(
        used=False,
        reasons=reasons,
        effect=1.0,
        effective=float(n) if n >= rules.smallest else None,
        error=0.0,
        trimmed=0,
    )
