"""Judges -> the words that every report shares: fitness, agreement, cost."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from charter.evals.calibration.agree import Measured
from charter.evals.calibration.rate import Rate
from charter.evals.report.judges import Grader, JudgeView, Judging, Spent
from charter.evals.report.wording import DASH, interval_text, number, percent, plural

NOT_KNOWN = "not known"


def calibration_text(view: JudgeView) -> str:
    """Return what speaks for a judge, or why nothing does."""
    reasons = "; ".join(view.reasons)
    if view.calibration is None or view.calibrated_at is None:
        return f"{_upper(view.fitness)}: {reasons}."
    others = f" By other labels: {', '.join(view.others)}." if view.others else ""
    return (
        f"{_upper(view.fitness)} by calibration {view.calibration} of {view.calibrated_at[:10]}: "
        f"{reasons}.{others}"
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def agreement_sentences(judging: Judging) -> list[str]:
    """Return how the judges agreed in this run, and how often they failed."""
    found = judging.disagreement
    asked = plural(judging.samples, "sample")
    sentences = [
        (
            f"{plural(judging.replies, 'reply')} judged by {plural(len(judging.judges), 'judge')}, "
            f"{asked} each, by {judging.rule}; {judging.failed} without a verdict."
        )
    ]
    if found.answers and judging.unanimous is not None:
        sentences.append(
            f"Of {plural(found.answers, 'reply')} with several verdicts "
            f"{percent(found.unanimous / found.answers)} "
            f"({interval_text(judging.unanimous)}) are unanimous; the ratings of one reply lie "
            f"{found.spread:.1f} apart on the mean."
        )
    return [*sentences, *_pairs(judging), *_retests(judging), *_failures(judging)]


def _pairs(judging: Judging) -> Iterator[str]:
    for pair in judging.disagreement.pairs:
        one, other = judging.judges[pair.first].name, judging.judges[pair.second].name
        found = pair.agreement
        if found is not None:
            kappa = kappa_text(found.kappa, found.standard_error)
            yield f"{one} and {other} agree on {found.agreements} of {found.items} ({kappa})."


def _retests(judging: Judging) -> Iterator[str]:
    for view, retest in zip(judging.judges, judging.disagreement.retests, strict=True):
        if retest is not None:
            said = f"{retest.agreements} of {plural(retest.items, 'reply')}"
            yield f"{view.name} says the same in its first two samples on {said}."


def _failures(judging: Judging) -> Iterator[str]:
    for view in judging.judges:
        if view.failures:
            kinds = ", ".join(f"{kind} {count}" for kind, count in view.failures)
            yield f"Failures of {view.name} by kind: {kinds}."


def grader_text(found: Grader) -> str:
    """Return how often the refusal classifier errs, as measured against people."""
    if found.sensitivity is None or found.specificity is None:
        return (
            f"Whether a reply refuses is told by {found.name}. How often that errs is not known: "
            "over- and under-refusal are as classified."
        )
    (hits, refusals), (left, others) = found.hits, found.left
    return (
        f"Whether a reply refuses is told by {found.name}. Against people it found "
        f"{percent(hits / refusals)} ({interval_text(found.sensitivity)}) of {number(refusals)} "
        f"refusals and left alone {percent(left / others)} ({interval_text(found.specificity)}) "
        f"of {number(others)} other answers."
    )


def settings_text(settings: str) -> str:
    """Return a judge's settings, which are canonical JSON, as `seed 0, temperature 0`."""
    try:
        found = json.loads(settings)
    except ValueError:
        return settings
    if not isinstance(found, dict):
        return settings
    return ", ".join(f"{name} {value}" for name, value in found.items()) or "as they come"


def kappa_text(kappa: float, error: float) -> str:
    """Return a kappa with its standard error, or that there is none."""
    if math.isnan(kappa):
        return "kappa undefined: one label throughout"
    if math.isnan(error):
        return f"kappa {kappa:.2f}"
    return f"kappa {kappa:.2f}, standard error {error:.2f}"


def rate_text(rate: Rate) -> str:
    """Return `94.0 % (83.5-98.7 %)`."""
    if rate.value is None or rate.interval is None:
        return NOT_KNOWN
    return f"{percent(rate.value)} ({interval_text(rate.interval)})"


def measured_text(found: Measured) -> str:
    """Return `0.91 (0.82-0.97)`."""
    if found.value is None:
        return "undefined"
    if found.interval is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} ({found.interval.low:.2f}{DASH}{found.interval.high:.2f})"


def spent_text(spent: Spent) -> str:
    """Return what was asked and what it took."""
    share = ""
    if spent.cached:
        share = f", {percent(spent.cached / spent.judgements)} of {spent.judgements} known before"
    money = "" if spent.money is None else f", {spent.money:.2f} {spent.currency}"
    requests = plural(spent.asked, "request")
    return f"{requests}, {spent.told:,} tokens told, {spent.said:,} said{share}{money}"
