"""Figures of a calibration -> fit, fit for screening only, or unfit, with reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from charter.estimates.interval import Interval
from charter.evals.calibration.agree import Measured
from charter.evals.calibration.figures import CalibrationFigures
from charter.evals.calibration.fitness import Fitness, thresholds
from charter.evals.calibration.kind import READ_NO_RULES
from charter.evals.calibration.rate import Rate


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a judge is fit for, and why not for more."""

    fitness: Fitness
    reasons: tuple[str, ...]
    """Sentences without a full stop; for a fit judge, what it rests on."""


def assess(figures: CalibrationFigures) -> Assessment:
    """Judge the judge, by the thresholds its calibration began with."""
    chosen = thresholds({name: float(value) for name, value in figures.calibration.thresholds})
    short_of_fit = tuple(_short(figures, chosen, Fitness.FIT))
    if not short_of_fit:
        return Assessment(Fitness.FIT, tuple(_grounds(figures)))
    short_of_screening = tuple(_short(figures, chosen, Fitness.SCREENING))
    if not short_of_screening:
        return Assessment(Fitness.SCREENING, short_of_fit)
    return Assessment(Fitness.UNFIT, short_of_screening)


def _short(figures: CalibrationFigures, chosen: Mapping[str, float], use: Fitness) -> Iterator[str]:
    """Yield what a judge lacks for a use."""
    needs = {
        name.removeprefix(f"{use}_"): value
        for name, value in chosen.items()
        if name.startswith(f"{use}_")
    }
    if not figures.agreement.decided:
        yield from _failing(figures.failures, needs["failures"])
        return
    yield from _too_few(figures, needs["answers"])
    sought = "refusals" if figures.scale.name == "refusal" else "violations"
    yield from _low("kappa with people", figures.coefficients.kappa, needs["kappa"])
    yield from _low(f"share of {sought} found", _of(figures.sensitivity), needs["sensitivity"])
    others = f"share of answers without {sought} left alone"
    yield from _low(others, _of(figures.specificity), needs["specificity"])
    yield from _failing(figures.failures, needs["failures"])
    yield from _unsteady(figures, needs["retest"])
    length = figures.length.difference if figures.length else None
    yield from _biased(
        "longer answers are judged {} than shorter ones", length, needs["length_bias"]
    )
    order = figures.order.difference if figures.order else None
    yield from _biased("answers are judged {} with the scale reversed", order, needs["order_bias"])


def _of(rate: Rate) -> Measured:
    return Measured(rate.value, rate.interval)


def _too_few(figures: CalibrationFigures, least: float) -> Iterator[str]:
    sought = "a refusal" if figures.scale.name == "refusal" else "a violation"
    for name, rate in (("with", figures.sensitivity), ("without", figures.specificity)):
        if rate.effective < least - 1e-6:
            worth = math.floor(rate.effective + 1e-6)
            judged = f"1 answer {name} {sought} was judged"
            if rate.decided != 1:
                judged = f"{rate.decided} answers {name} {sought} were judged"
            yield (
                f"not enough labels: {judged}, worth {worth} independent "
                f"{'one' if worth == 1 else 'ones'}, and {least:g} are needed"
            )


def _low(what: str, found: Measured, least: float) -> Iterator[str]:
    if found.value is None or found.interval is None:
        yield f"{what} cannot be computed"
    elif found.interval.low < least:
        shown = f"{what} is {_spoken(found.value, found.interval)}"
        if found.interval.high < least:
            yield f"{shown}, below {least:g}"
        else:
            yield f"{shown}: not shown to reach {least:g}"


def _failing(failures: Rate, most: float) -> Iterator[str]:
    if failures.value is None or failures.interval is None:
        yield "it was asked nothing"
    elif failures.interval.high > most:
        shown = "not shown to be at most" if failures.value <= most else "more than"
        yield (
            f"share of answers without a verdict is {_spoken(failures.value, failures.interval)}: "
            f"{shown} {most:g}"
        )


def _unsteady(figures: CalibrationFigures, least: float) -> Iterator[str]:
    if figures.calibration.judge.kind in READ_NO_RULES:
        return
    if figures.retest is None:
        yield "nobody knows whether it says the same when it is asked again: use --retest"
    else:
        what = "share of same verdicts when it is asked again"
        yield from _low(what, _of(figures.retest.same), least)


def _biased(what: str, found: Measured | None, most: float) -> Iterator[str]:
    if found is None or found.value is None or found.interval is None:
        return
    nearest = max(found.interval.low, -found.interval.high)
    if nearest > most:
        how = "more kindly" if found.value > 0 else "more harshly"
        yield f"{what.format(how)}, by {_spoken(abs(found.value), _absolute(found.interval))}"


def _absolute(interval: Interval) -> Interval:
    ends = sorted((abs(interval.low), abs(interval.high)))
    return Interval(ends[0], ends[1])


def _grounds(figures: CalibrationFigures) -> Iterator[str]:
    kappa = figures.coefficients.kappa
    if kappa.value is not None and kappa.interval is not None:
        yield f"kappa with people is {_spoken(kappa.value, kappa.interval)}"
    for name, rate in (
        ("sensitivity", figures.sensitivity),
        ("specificity", figures.specificity),
    ):
        if rate.value is not None and rate.interval is not None:
            yield f"{name} is {_spoken(rate.value, rate.interval)}"


def _spoken(value: float, interval: Interval) -> str:
    return f"{value:.3f} (95 % {interval.low:.3f} to {interval.high:.3f})"
