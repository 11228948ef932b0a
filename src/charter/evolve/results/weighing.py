"""The people of a channel and the margins of the population -> a weight for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from charter.evolve.opinion.raking import Unrakeable, rake
from charter.evolve.results.results import WeightsResult
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Person

NO_MARGINS = "no margins of a population were named: everybody counts the same"


def weights_of(
    people: Sequence[Person], rules: Rules
) -> tuple[Mapping[str, float] | None, WeightsResult]:
    """Return the weight of each person, mean 1, or None; and what to say of them."""
    n = len(people)
    if not rules.margins or not n:
        return None, _none(n, rules, (NO_MARGINS,) if not rules.margins else ("nobody took part",))
    targets = {
        trait: {option: float(share) for option, share in shares.items()}
        for trait, shares in rules.margins.items()
    }
    found = rake(stated(people, tuple(targets)), targets, trim=max(1.0, float(rules.trim)))
    if isinstance(found, Unrakeable):
        return None, _none(n, rules, found.reasons)
    said = WeightsResult(
        used=True,
        reasons=(),
        effect=found.effect,
        effective=found.effective if n >= rules.smallest else None,
        error=found.error,
        trimmed=found.trimmed if not 0 < found.trimmed < rules.smallest else None,
    )
    each = zip(people, found.values.tolist(), strict=True)
    return {person.id: weight for person, weight in each}, said


def stated(people: Sequence[Person], traits: Sequence[str]) -> dict[str, list[str | None]]:
    """Return what each person said of themselves, None where nothing, by trait."""
    return {trait: [person.traits.get(trait) for person in people] for trait in traits}


def _none(n: int, rules: Rules, reasons: tuple[str, ...]) -> WeightsResult:
    return WeightsResult(
        used=False,
        reasons=reasons,
        effect=1.0,
        effective=float(n) if n >= rules.smallest else None,
        error=0.0,
        trimmed=0,
    )
