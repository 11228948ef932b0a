"""The people of a channel and the margins of the population -> a weight for each of them.

Weighted and plain shares of the same people, side by side, are equations for how many with each
weight agree. Who has a weight that few others have could be worked out: no option of a trait that
is weighed by has fewer than `Rules.smallest` people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from charter.evolve.opinion.raking import Unrakeable, rake
from charter.evolve.results.results import WeightsResult
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Person

NO_MARGINS = "no margins of a population were named: everybody counts the same"
NEARLY_NONE = 0.1
"""Share of people up to which few who did not say are weighed as most others are."""
MOST_MISSED = 0.05
"""How far trimmed weights may leave a share from its target. What is off by more would have to be
weighed by again: DeBell and Krosnick 2009, Computing Weights for American National Election Study
Survey Data, ANES Technical Report nes012427 (weigh by what is off by 5 points or more)."""
_LISTED = 5
"""Options that a sentence names."""


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

    A trait has no part in it of which nobody, or few, said an option, or somebody one that has no
    share: which options could stand together only those know who wrote the survey. Nor has one that
    few left out, unless these are so few among all that they can be weighed as the option that most
    people said. No weights where no trait is left, or where, trimmed, they miss a margin by more
    than `MOST_MISSED`.
    """
    n = len(people)
    if not rules.margins or not n:
        reason = "nobody took part" if rules.margins else NO_MARGINS
        return Weighed(None, _none(n, rules, (reason,)), {})
    targets = {
        trait: {option: float(share) for option, share in shares.items()}
        for trait, shares in rules.margins.items()
    }
    traits, reasons = _many(stated(people, tuple(targets)), targets, rules)
    if not traits:
        return Weighed(None, _none(n, rules, reasons), {})
    found = rake(traits, {trait: targets[trait] for trait in traits}, trim=_trim(rules))
    if isinstance(found, Unrakeable):
        return Weighed(None, _none(n, rules, (*reasons, *found.reasons)), {})
    if found.error > MOST_MISSED:
        missed = f"cut at {_trim(rules):g} times their mean, weights would miss the margins by up "
        missed += f"to {100 * found.error:.1f} points, more than {100 * MOST_MISSED:.0f}"
        return Weighed(None, _none(n, rules, (*reasons, missed)), {})
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
    said: Mapping[str, Sequence[str | None]],
    targets: Mapping[str, Mapping[str, float]],
    rules: Rules,
) -> tuple[dict[str, Sequence[str | None]], tuple[str, ...]]:
    """Return the traits that can be weighed by, and sentences on what was done to others."""
    kept: dict[str, Sequence[str | None]] = {}
    reasons = []
    few = f"fewer than {rules.smallest} people"
    for trait, options in sorted(said.items()):
        counts = Counter(options)
        silent = counts.pop(None, 0)
        flaw = _flaw({str(option): n for option, n in counts.items()}, targets[trait], few, rules)
        if flaw:
            reasons.append(f"weights leave {trait!r} out: {flaw}")
        elif not 0 < silent < rules.smallest:
            kept[trait] = options
        elif counts and silent <= NEARLY_NONE * len(options):
            most = min(counts, key=lambda option: (-counts[option], str(option)))
            kept[trait] = [most if option is None else option for option in options]
            reasons.append(f"weights count who did not say {trait!r} ({few}) as {most!r}")
        else:
            reasons.append(f"weights leave {trait!r} out: {few} did not say")
    return kept, tuple(reasons)


def _flaw(counts: Mapping[str, int], shares: Mapping[str, float], few: str, rules: Rules) -> str:
    """Return why a trait cannot be weighed by, for what was said of it; empty where it can.

    Of options without a share only those are named that enough people said: others may be words of
    their own.
    """
    wanted = {option for option, share in shares.items() if share > 0}
    strange = counts.keys() - wanted
    if wanted - counts.keys():
        return f"nobody said {_named(wanted - counts.keys())}"
    if strange:
        many = {option for option in strange if counts[option] >= rules.smallest}
        return (
            f"what has no share was said, {_named(many)}" if many else "what has no share was said"
        )
    small = {option for option, n in counts.items() if n < rules.smallest}
    return f"{few} said {_named(small)}" if small else ""


def _named(options: Iterable[str]) -> str:
    known = sorted(options)
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return ", ".join(f"{each[:80]!r}" for each in known[:_LISTED]) + more


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
