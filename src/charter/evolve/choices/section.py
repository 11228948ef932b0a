"""Answers on the items of one section -> every figure of it, for one channel and one scope."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from charter.estimates.cluster import clustered_mean
from charter.estimates.estimate import Estimate
from charter.evolve.choices.answered import Answered, Placed
from charter.evolve.choices.noise import Ceiling, Corrected, ceiling_of, corrected
from charter.evolve.choices.share import Share, Value, lower_tail, share_of, summed_freedom


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one section. Where `people` are too few, nothing else is shown."""

    channel: str
    scope: str
    section: str
    """Empty where no repeat named one, and in the row over all sections."""
    items: int
    people: int | None
    """None where they are fewer than the limit."""
    over_all: bool = False
    """Whether it is the row over all sections that are shown."""
    raw: Share | None = None
    """Agreement, items weighted by relevance."""
    published: Share | None = None
    """The same over items of relevance 5 alone; None where there is none."""
    tau: Estimate | None = None
    """Mean tau-b; None for less than two people."""
    others: Share | None = None
    """Agreement of people with one another on the same items."""
    ceiling: Ceiling | None = None
    corrected: Corrected | None = None
    against: float | None = None
    """p-value: the spec chooses against people at least as often as with them, if small."""
    apart: float | None = None
    """p-value: the spec, its own noise taken out, agrees with people less than people do with each
    other, if small."""
    against_adjusted: float | None = None
    apart_adjusted: float | None = None
    """By Benjamini and Hochberg over all sections, scopes and channels."""
    parts: bool = False
    """Whether people and spec part here: one of the two, at the accepted rate."""


def row_of(
    said: Sequence[Answered],
    items: Mapping[str, Placed],
    everything: Mapping[str, Placed],
    row: Row,
    *,
    smallest: int,
) -> Row:
    """Return a row with its figures. `items` are those of the section, `everything` all of them.

    Both p-values need items that were ranked twice: without, they are None.
    """
    people = {each.person for each in said}
    if len(people) < max(smallest, 1):
        return row
    weights = {item: place.weight for item, place in items.items()}
    values = _values(said, weights)
    noise, freedom = _noise(said, weights)
    raw = share_of(values, noise=noise, freedom=freedom)
    ceiling = ceiling_of(_orders(items), _orders(everything))
    row = replace(
        row,
        people=len(people),
        raw=raw,
        published=_published(said, items, smallest),
        tau=_tau(said),
        others=_others(said, weights),
        ceiling=ceiling,
        corrected=corrected(raw, ceiling),
    )
    if ceiling is None or any(len(place.orders) < 2 for place in items.values()):
        return row
    return replace(
        row,
        against=raw.below_half,
        apart=_apart(said, weights, ceiling, noise, freedom),
    )


def _values(said: Sequence[Answered], weights: Mapping[str, float]) -> list[Value]:
    return [Value(each.person, each.item, each.value, weights[each.item]) for each in said]


def _orders(items: Mapping[str, Placed]) -> dict[str, list[tuple[tuple[str, ...], ...]]]:
    return {name: [each.order for each in place.orders] for name, place in items.items()}


def _noise(said: Sequence[Answered], weights: Mapping[str, float]) -> tuple[float, float]:
    """Return the variance of the weighted mean if the ranker were asked again, and its freedom.

    `sum over items of (W_q / W)^2 s^2 / R_q`, with W_q the weight of an item's answers, R_q its
    repeats, and s^2 the variance between repeats of an item's mean agreement, pooled over items.
    """
    by_item: dict[str, list[Answered]] = {}
    for each in said:
        by_item.setdefault(each.item, []).append(each)
    total = math.fsum(weights[each.item] for each in said)
    squares, freedom, spread = 0.0, 0, 0.0
    for item, answers in by_item.items():
        number = min(len(each.repeats) for each in answers)
        means = [math.fsum(a.repeats[r] for a in answers) / len(answers) for r in range(number)]
        middle = math.fsum(means) / number
        squares += math.fsum((each - middle) ** 2 for each in means)
        freedom += number - 1
        spread += (weights[item] * len(answers) / total) ** 2 / number
    return (squares / freedom * spread, float(freedom)) if freedom else (0.0, math.inf)


def _published(
    said: Sequence[Answered], items: Mapping[str, Placed], smallest: int
) -> Share | None:
    counted = [each for each in said if items[each.item].counted]
    if len({each.person for each in counted}) < max(smallest, 1):
        return None
    rest = {each.person for each in said if not items[each.item].counted}
    if 0 < len(rest) < smallest:
        return None  # this figure and the one over all items would tell what those few said
    ones = dict.fromkeys(items, 1.0)
    noise, freedom = _noise(counted, ones)
    return share_of(_values(counted, ones), noise=noise, freedom=freedom)


def _tau(said: Sequence[Answered]) -> Estimate | None:
    known = [(each.tau, each.person) for each in said if each.tau is not None]
    if len({person for _, person in known}) < 2:
        return None
    return clustered_mean([tau for tau, _ in known], [person for _, person in known])


def _others(said: Sequence[Answered], weights: Mapping[str, float]) -> Share | None:
    known = [
        Value(each.person, each.item, each.others, weights[each.item])
        for each in said
        if each.others is not None
    ]
    return share_of(known, times=2.0) if known else None


def _apart(
    said: Sequence[Answered],
    weights: Mapping[str, float],
    ceiling: Ceiling,
    noise: float,
    freedom: float,
) -> float | None:
    """Return the p-value of the spec's agreeing less with people than people do, one-sided.

    With c and o the mean agreement with the spec and with other people, both as 2 x - 1, and k the
    ranker's consistency: `d = c - sqrt(k) o` is 0 where the spec agrees with people as they do with
    each other and only its noise stands between. Its variance: a person's part of it is
    `c_p - 2 sqrt(k) o_p`, clustered, with that of the ranker's repeats and of k (delta method).
    None where the ranker is no more consistent than chance: then nothing can be said of its mind.
    """
    known = [(each, each.others) for each in said if each.others is not None]
    k = ceiling.consistency
    if not known or k <= 1.645 * (ceiling.error or 0.0):
        return None
    root = math.sqrt(k)
    total = math.fsum(weights[each.item] for each, _ in known)
    c = math.fsum(weights[e.item] * (2 * e.value - 1) for e, _ in known) / total
    o = math.fsum(weights[e.item] * (2 * others - 1) for e, others in known) / total
    off: dict[str, float] = {}
    for each, others in known:
        part = (2 * each.value - 1 - c) - 2 * root * (2 * others - 1 - o)
        off[each.person] = off.get(each.person, 0.0) + weights[each.item] * part
    people = len(off)
    if people < 2:
        return None
    own = math.fsum(x * x for x in off.values()) / total**2 * people / (people - 1)
    asked = 4 * noise + (o * (ceiling.error or 0.0)) ** 2 / (4 * k)
    variance = own + asked
    d = c - root * o
    if variance <= 0:
        return 0.0 if d < 0 else 1.0
    return lower_tail(d / math.sqrt(variance), summed_freedom(own, people - 1.0, asked, freedom))
