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
    """Mean tau-b; None where too few people have one."""
    others: Share | None = None
    """Agreement of people with one another on the same items; None where too few share any."""
    level: Share | None = None
    """Share of people's strict pairs that the spec has level, where it takes no side."""
    ceiling: Ceiling | None = None
    corrected: Corrected | None = None
    against: float | None = None
    """p-value: the spec chooses against people at least as often as with them, if small."""
    apart: float | None = None
    """p-value: the spec, its own noise taken out, agrees with people less than people do with each
    other on the pairs that it does not have level, if small."""
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

    Both p-values need items that were ranked twice: without, they are None; and where the spec has
    all candidates level, as it then takes no side.
    """
    people = {each.person for each in said}
    if len(people) < max(smallest, 1):
        return row
    weights = {item: place.weight for item, place in items.items()}
    values = _values(said, weights)
    noise, freedom = _noise(_repeats(said), weights)
    raw = share_of(values, noise=noise, freedom=freedom)
    orders, wider = _orders(items), _orders(everything)
    ceiling = ceiling_of(orders, wider)
    level = share_of([Value(e.person, e.item, e.level, weights[e.item], e.worth) for e in said])
    row = replace(
        row,
        people=len(people),
        raw=raw,
        published=_published(said, items, smallest),
        tau=_tau(said, smallest),
        others=_others(said, weights, smallest),
        level=level,
        ceiling=ceiling,
        corrected=corrected(raw, ceiling),
    )
    once = any(len(place.orders) < 2 for place in items.values())
    if ceiling is None or once or level.value >= 1:
        return row
    return replace(
        row,
        against=raw.below_half,
        apart=_apart(said, weights, ceiling_of(orders, wider, decided=True), smallest),
    )


def _values(said: Sequence[Answered], weights: Mapping[str, float]) -> list[Value]:
    return [Value(e.person, e.item, e.value, weights[e.item], e.worth) for e in said]


def _orders(items: Mapping[str, Placed]) -> dict[str, list[tuple[tuple[str, ...], ...]]]:
    return {name: [each.order for each in place.orders] for name, place in items.items()}


Repeats = Sequence[float | None]


def _repeats(said: Sequence[Answered]) -> list[tuple[str, Repeats]]:
    return [(each.item, each.repeats) for each in said]


def _noise(
    said: Sequence[tuple[str, Repeats]], weights: Mapping[str, float]
) -> tuple[float, float]:
    """Return the variance of the weighted mean if the ranker were asked again, and its freedom.

    `sum over items of (W_q / W)^2 s^2 / R_q`, with W_q the weight of an item's answers, R_q its
    repeats, and s^2 the variance between repeats of an item's mean agreement, pooled over items.
    """
    by_item: dict[str, list[Repeats]] = {}
    for item, repeats in said:
        by_item.setdefault(item, []).append(repeats)
    total = math.fsum(weights[item] for item, _ in said)
    squares, freedom, spread = 0.0, 0, 0.0
    for item, answers in by_item.items():
        by_repeat = [[x for x in one if x is not None] for one in zip(*answers, strict=True)]
        means = [math.fsum(one) / len(one) for one in by_repeat if one]
        middle = math.fsum(means) / len(means)
        squares += math.fsum((each - middle) ** 2 for each in means)
        freedom += len(means) - 1
        spread += (weights[item] * len(answers) / total) ** 2 / len(means)
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
    noise, freedom = _noise(_repeats(counted), ones)
    return share_of(_values(counted, ones), noise=noise, freedom=freedom)


def _tau(said: Sequence[Answered], smallest: int) -> Estimate | None:
    known = [(each.tau, each.person) for each in said if each.tau is not None]
    if len({person for _, person in known}) < max(smallest, 2):
        return None
    return clustered_mean([tau for tau, _ in known], [person for _, person in known])


def _others(said: Sequence[Answered], weights: Mapping[str, float], smallest: int) -> Share | None:
    known = [
        Value(each.person, each.item, each.others, weights[each.item], each.worth)
        for each in said
        if each.others is not None
    ]
    people = {each.person for each in known}
    return share_of(known, times=2.0) if len(people) >= max(smallest, 1) else None


def _apart(
    said: Sequence[Answered],
    weights: Mapping[str, float],
    ceiling: Ceiling | None,
    smallest: int,
) -> float | None:
    """Return the p-value of the spec's agreeing less with people than people do, one-sided.

    Over the pairs that the spec orders strictly: to have candidates level is to take no side, not
    the other one. With c and o the mean agreement with the spec and with other people, both -1 to
    1, and k the ranker's consistency: `d = c - sqrt(k) o` is 0 where the spec agrees with people as
    they do with each other and only its noise stands between. Its variance: a person's part of it
    is `c_p - 2 sqrt(k) o_p`, clustered, with that of the ranker's repeats and of k (delta method).
    None where the ranker is no more consistent than chance: then nothing can be said of its mind;
    and where too few people ordered what others did.
    """
    known = [each for each in said if any(each.decided)]
    if ceiling is None or not known:
        return None
    k, error = ceiling.consistency, ceiling.error or 0.0
    if k <= 1.645 * error:
        return None
    root = math.sqrt(k)
    means = [_means(each.decided) for each in known]
    loads = [weights[each.item] for each in known]
    total = math.fsum(loads)
    c = math.fsum(load * one for load, (one, _) in zip(loads, means, strict=True)) / total
    o = math.fsum(load * other for load, (_, other) in zip(loads, means, strict=True)) / total
    off: dict[str, float] = {}
    for each, load, (one, other) in zip(known, loads, means, strict=True):
        part = (one - c) - 2 * root * (other - o)
        off[each.person] = off.get(each.person, 0.0) + load * part
    people = len(off)
    if people < max(smallest, 2):
        return None
    own = math.fsum(x * x for x in off.values()) / total**2 * people / (people - 1)
    apart = [
        (each.item, [None if pair is None else pair[0] - root * pair[1] for pair in each.decided])
        for each in known
    ]
    noise, freedom = _noise(apart, weights)
    asked = noise + (o * error) ** 2 / (4 * k)
    d = c - root * o
    if own + asked <= 0:
        return 0.0 if d < 0 else 1.0
    t = d / math.sqrt(own + asked)
    return lower_tail(t, summed_freedom(own, people - 1.0, asked, freedom))


def _means(pairs: Sequence[tuple[float, float] | None]) -> tuple[float, float]:
    known = [pair for pair in pairs if pair is not None]
    return math.fsum(a for a, _ in known) / len(known), math.fsum(b for _, b in known) / len(known)
