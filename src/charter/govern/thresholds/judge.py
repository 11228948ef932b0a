"""Thresholds and evidence -> which are passed and which are crossed, each with its reason.

Nothing passes by default: an indicator passes only where fresh evidence of this very model has its
upper confidence bound strictly below threshold minus margin. All else is crossed. Comparisons are
those of exact decimals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from itertools import groupby

from charter.govern.counted import counted
from charter.govern.thresholds.threshold import (
    Evidence,
    Indicator,
    IndicatorState,
    Rule,
    State,
    Threshold,
    Thresholds,
    ThresholdState,
    Why,
)
from charter.ledger.board import folded


def judge(
    thresholds: Thresholds,
    evidence: Iterable[Evidence],
    *,
    at: datetime,
    model: str,
    approvers: Collection[str] | None = None,
) -> tuple[ThresholdState, ...]:
    """Return the state of each threshold that applies to a model, in the order of the file.

    `at` is a time with its zone. `approvers` are those who may approve thresholds at that time; a
    threshold whose approver is none of them is crossed. None where that is not known: then nothing
    is said of it.
    """
    named: dict[str, list[Evidence]] = {}
    for each in evidence:
        named.setdefault(each.name, []).append(each)
    known = None if approvers is None else frozenset(map(folded, approvers))
    return tuple(
        _threshold(each, named, at=at, model=model, approvers=known)
        for each in thresholds.thresholds
        if applies(each, model)
    )


def applies(threshold: Threshold, model: str) -> bool:
    """Whether a threshold is about a model. All are about one whose name is not known."""
    return not (threshold.models and model) or any(
        fnmatchcase(model, name) for name in threshold.models
    )


def crossed(rule: Rule, states: Sequence[State]) -> bool:
    """Whether a threshold is crossed by the states of its indicators; there is at least one."""
    over = sum(state is State.CROSSED for state in states)
    match rule:
        case Rule.ALL:
            return over == len(states)
        case Rule.MAJORITY:
            return 2 * over >= len(states)
    return over > 0


def _threshold(
    threshold: Threshold,
    evidence: dict[str, list[Evidence]],
    *,
    at: datetime,
    model: str,
    approvers: frozenset[str] | None,
) -> ThresholdState:
    found = tuple(
        indicator_state(each, evidence.get(each.evidence, ()), at=at, model=model)
        for each in threshold.indicators
    )
    states = [each.state for each in found]
    over = sum(state is State.CROSSED for state in states)
    why = f"{over} of {counted(len(found), 'indicator')} crossed, by the rule {threshold.rule}"
    fails = crossed(threshold.rule, states)
    if at >= threshold.expires:
        fails, why = True, f"it expired at {threshold.expires.isoformat()}"
    elif approvers is not None and folded(threshold.approver) not in approvers:
        fails, why = True, f"its approver, {threshold.approver}, may not approve thresholds"
    return ThresholdState(
        id=threshold.id,
        title=threshold.title,
        state=State.CROSSED if fails else State.PASSED,
        why=why,
        threshold=threshold,
        indicators=found,
    )


_ORDER = tuple(Why)
"""Where several things keep evidence from counting, the one named first here is the furthest."""


def indicator_state(
    indicator: Indicator, evidence: Sequence[Evidence], *, at: datetime, model: str
) -> IndicatorState:
    """Return what the evidence of one name says.

    Of several measurements that count, the one with the highest upper bound decides: adding
    evidence that counts never turns what is crossed by it into what is passed.
    """
    told = [(_unfit(indicator, each, at=at, model=model), each) for each in evidence]
    fit = [each for reason, each in told if reason is None]
    if fit:
        worst = max(fit, key=lambda each: (each.high, each.low))
        why = _compared(indicator, worst)
        state = State.PASSED if why is Why.BELOW else State.CROSSED
        return IndicatorState(indicator, state, why, _said(why, indicator, worst), worst)
    if not told:
        said = f"there is no evidence named {indicator.evidence}"
        return IndicatorState(indicator, State.CROSSED, Why.MISSING, said, None)
    unfit = [(reason, each) for reason, each in told if reason is not None]
    reason, nearest = max(unfit, key=lambda pair: (_ORDER.index(pair[0]), pair[1].at))
    said = _said(reason, indicator, nearest)
    return IndicatorState(indicator, State.CROSSED, reason, said, nearest)


def _unfit(indicator: Indicator, evidence: Evidence, *, at: datetime, model: str) -> Why | None:
    """Return why evidence does not count; None where it does."""
    if evidence.model != model:
        return Why.OTHER_MODEL
    if evidence.at > at:
        return Why.FUTURE
    if at - evidence.at > timedelta(days=indicator.max_age_days):
        return Why.STALE
    if indicator.digest and evidence.digest != indicator.digest:
        return Why.DIGEST
    return Why.CONFIDENCE if evidence.confidence < indicator.confidence else None


def _compared(indicator: Indicator, evidence: Evidence) -> Why:
    if evidence.high < indicator.limit:
        return Why.BELOW
    return Why.ABOVE if evidence.low >= indicator.limit else Why.NOT_RULED_OUT


def _said(why: Why, indicator: Indicator, evidence: Evidence) -> str:
    interval = f"{evidence.value} ({evidence.low} to {evidence.high})"
    limit = f"{indicator.threshold} less {indicator.margin}"
    match why:
        case Why.BELOW:
            return f"{interval} lies below {limit}"
        case Why.ABOVE:
            return f"{interval} lies at or above {limit}"
        case Why.NOT_RULED_OUT:
            return f"{interval} does not rule out {limit}"
        case Why.OTHER_MODEL:
            return f"the evidence is about another model, {evidence.model}"
        case Why.STALE:
            days = indicator.max_age_days
            return f"the evidence of {evidence.at.date()} is older than {counted(days, 'day')}"
        case Why.FUTURE:
            return f"the evidence is dated {evidence.at.isoformat()}, which is still to come"
        case Why.DIGEST:
            return f"the evidence has digest {evidence.digest[:19]}, not {indicator.digest[:19]}"
    return f"the interval has confidence {evidence.confidence}, not {indicator.confidence}"


def models_of(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Return the models that evidence is about, sorted."""
    return tuple(name for name, _ in groupby(sorted(each.model for each in evidence)))
