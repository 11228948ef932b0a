"""The pairs of one group -> its evidence both ways, and the figures to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charter.estimates.interval import Interval
from charter.estimates.sequence import (
    Evidence,
    above,
    asymptotic,
    below,
    confidence_sequence,
    least,
    most,
    needed_above,
    needed_below,
)
from charter.evals.gate.claim import Claim, GateVerdict, More, claim, verdict_of
from charter.evals.gate.pairs import Pair, Pairs, Unit, missing, units
from charter.evals.gate.target import Kind, Target

DISPLAYED_FROM = 30
"""Decided units from which the asymptotic sequence is worth showing."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of scenarios. Differences are candidate minus base, as fractions."""

    target: Target
    title: str
    authority: str | None
    tested: bool
    """Whether the gate's verdict rests on it; else it is shown for information."""
    verdict: GateVerdict
    passing: Claim
    failing: Claim
    scenarios: int
    """Planned alike in both runs and measurable."""
    units: int
    """What counts once: a scenario, or all scenarios of one source."""
    decided: int
    """Units without an open reply."""
    pending: int
    """Units with a reply still to be made."""
    better: int
    """Decided scenarios on which the candidate did better."""
    worse: int
    base: float | None
    """Mean adherence over the decided units; None without any."""
    candidate: float | None
    interval: Interval
    """Two-sided confidence sequence of the difference, open replies bounded both ways."""
    at_least: float
    """One-sided lower bound: the group passes where it is above minus the margin."""
    at_most: float
    asymptotic: Interval | None
    """For display: narrower, a little too narrow; decided units only."""
    open_base: dict[str, int]
    """Replies without a verdict, by reason."""
    open_candidate: dict[str, int]
    unmeasured: int
    """Scenarios left out because only a judge could have decided them, and none was asked."""
    unpaired: int
    """Scenarios left out because they are not the same in both runs."""
    more: More | None
    """None where the group passes or fails."""

    @property
    def difference(self) -> float | None:
        """Mean difference over the decided units."""
        if self.base is None or self.candidate is None:
            return None
        return self.candidate - self.base


@dataclass(frozen=True, slots=True)
class Weighed:
    """A group with its evidence, before it is known how much it takes."""

    target: Target
    pairs: tuple[Pair, ...]
    units: tuple[Unit, ...]
    passing: Evidence
    failing: Evidence


def weigh(target: Target, pairs: Pairs, margin: float) -> Weighed:
    """Weigh the evidence that the candidate is above, and that it is below, minus the margin."""
    mine = tuple(pair for pair in pairs.pairs if target.holds(pair.scenario))
    drawn = units((p.scenario, p.low, p.high, p.base.open + p.candidate.open) for p in mine)
    lows, highs = scaled([u.low for u in drawn]), scaled([u.high for u in drawn])
    edge = (1 - margin) / 2
    return Weighed(target, mine, tuple(drawn), above(lows, edge), below(highs, edge))


def group_row(
    weighed: Weighed, pairs: Pairs, *, margin: float, alpha: float, level: float | None
) -> GroupRow:
    """Return the row of a group; without the `level` that a failure takes, for information."""
    target, mine, drawn = weighed.target, weighed.pairs, weighed.units
    passing = claim(weighed.passing, 1 / alpha)
    failing = claim(weighed.failing, level or 1 / alpha)
    verdict = verdict_of(passing, failing)
    decided = [pair for pair in mine if pair.decided]
    shown = _bounded(drawn, alpha)
    title, authority = _named(target, mine)
    more = None
    if verdict is GateVerdict.NEED_MORE:
        more = _more(drawn, (1 - margin) / 2, alpha, 1 / failing.level)
    return GroupRow(
        target=target,
        title=title,
        authority=authority,
        tested=level is not None,
        verdict=verdict,
        passing=passing,
        failing=failing,
        scenarios=len(mine),
        units=len(drawn),
        decided=sum(unit.decided for unit in drawn),
        pending=sum(unit.pending for unit in drawn),
        better=sum(pair.low > 0 for pair in decided),
        worse=sum(pair.low < 0 for pair in decided),
        base=_mean(mine, base=True),
        candidate=_mean(mine, base=False),
        interval=shown.interval,
        at_least=shown.at_least,
        at_most=shown.at_most,
        asymptotic=shown.asymptotic,
        open_base=_open(mine, base=True),
        open_candidate=_open(mine, base=False),
        unmeasured=sum(map(target.holds, pairs.unmeasured)),
        unpaired=sum(
            sum(map(target.holds, left))
            for left in (pairs.altered, pairs.only_base, pairs.only_candidate)
        ),
        more=more,
    )


def scaled(differences: Sequence[float]) -> NDArray[np.float64]:
    """Return differences in [-1, 1] as values in [0, 1]."""
    found: NDArray[np.float64] = (np.asarray(differences, dtype=np.float64) + 1) / 2
    return found


@dataclass(frozen=True, slots=True)
class _Bounded:
    """The difference of a group with its bounds; see `GroupRow`."""

    interval: Interval
    at_least: float
    at_most: float
    asymptotic: Interval | None


def _bounded(drawn: Sequence[Unit], alpha: float) -> _Bounded:
    lows, highs = scaled([u.low for u in drawn]), scaled([u.high for u in drawn])
    differences = [unit.low for unit in drawn if unit.decided]
    middle = sum(differences) / len(differences) if differences else None
    display = len(differences) >= DISPLAYED_FROM
    return _Bounded(
        interval=_interval(lows, highs, middle, alpha),
        at_least=2 * least(lows, alpha) - 1,
        at_most=2 * most(highs, alpha) - 1,
        asymptotic=asymptotic(differences, alpha=alpha) if display else None,
    )


def _interval(
    lows: NDArray[np.float64], highs: NDArray[np.float64], middle: float | None, alpha: float
) -> Interval:
    """Return the confidence sequence; it is right on the way exactly when it is right at all.

    All looks intersected are narrowest. Where that has drifted off the mean, the interval on all
    units stands in its place: both are right in the same cases, so choosing costs nothing.
    """
    for ever in (True, False):
        found = confidence_sequence(lows, highs, alpha=alpha, ever=ever)
        shown = Interval(2 * found.low - 1, 2 * found.high - 1)
        if shown.low <= shown.high and (middle is None or shown.holds(middle)):
            break
    return shown


def _more(drawn: Sequence[Unit], edge: float, alpha: float, fail_alpha: float) -> More:
    """Estimate how many units are missing.

    One change for the better and one for the worse are added to those seen, so that a few units
    without a change do not promise too much.
    """
    asked = [unit for unit in drawn if not unit.pending]
    if not asked:
        return More(None, None, needed_above([0.5], edge, alpha))
    seen = [0.0, 1.0]
    lows = [(unit.low + 1) / 2 for unit in asked] + seen
    highs = [(unit.high + 1) / 2 for unit in asked] + seen
    known = [(unit.low + 1) / 2 for unit in asked if unit.decided] + seen
    equal = known + [1 - value for value in known]
    return More(
        to_pass=missing(drawn, needed_above(lows, edge, alpha)),
        to_fail=missing(drawn, needed_below(highs, edge, fail_alpha)),
        if_equal=missing(drawn, needed_above(equal, edge, alpha)),
    )


def _mean(pairs: Sequence[Pair], *, base: bool) -> float | None:
    """Return the mean adherence of one side over the decided units, each counted once."""
    sides = [(p, p.base if base else p.candidate) for p in pairs]
    found = units(
        (p.scenario, side.low, side.high, p.base.open + p.candidate.open) for p, side in sides
    )
    known = [unit.low for unit in found if unit.decided]
    return sum(known) / len(known) if known else None


def _open(pairs: Sequence[Pair], *, base: bool) -> dict[str, int]:
    counted = Counter(why for p in pairs for why in (p.base if base else p.candidate).open)
    return dict(sorted(counted.items()))


def _named(target: Target, pairs: Sequence[Pair]) -> tuple[str, str | None]:
    if target.kind is Kind.SECTION:
        first = pairs[0].scenario if pairs else None
        return (first.section_title, first.authority) if first else (target.id, None)
    if target.kind is Kind.AUTHORITY:
        return f"All {target.id} sections", target.id
    return "Whole spec", None
