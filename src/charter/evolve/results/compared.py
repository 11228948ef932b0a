"""Two results of the same questions -> how far they lie apart, question by question.

Two populations, or the same questions about two specs. The people of both must be different ones:
where some are in both, intervals are wider than they need be if they answer alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

from charter.errors import ConfigError
from charter.estimates.interval import Z95
from charter.estimates.multiplicity import benjamini_hochberg
from charter.evolve.results.results import ChannelResult, Figure, Results, StatementResult

SHARE, MEAN = "share", "mean"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure on both sides."""

    kind: str
    """statement, pair, unacceptable or rubric."""
    item: str
    of: str
    """What of the item: agree, `A over B` with its scope, an answer, or mean."""
    text: str
    first: Figure
    second: Figure
    difference: Figure
    """The second less the first."""
    p: float
    q: float
    """Accounting for there being many figures of this kind."""
    apart: bool
    """Whether `q` is at most the share of false ones that was accepted."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two results side by side."""

    first: str
    """Source and channel, in words, and whether figures of it are weighted."""
    second: str
    differences: tuple[Difference, ...]
    left_out: tuple[str, ...]
    """What could not be compared, and why."""


def channel_of(results: Results, channel: str | None) -> ChannelResult:
    """Return one channel; the only one where none is named. Raises ConfigError."""
    found = [each for each in results.channels if channel in (None, each.channel)]
    if len(found) == 1:
        return found[0]
    has = ", ".join(each.channel for each in results.channels) or "none"
    what = "no such channel" if channel else "which channel"
    hint = f"it has {has}; --channel is of A, --other-channel of B"
    raise ConfigError(f"{results.source[:200]}: {what}?", hint=hint)


def compare(
    first: Results, second: Results, *, channels: tuple[str | None, str | None]
) -> Compared:
    """Return every figure that both have of the same question in the same words.

    Shares: Newcombe's interval of a difference from the Wilson intervals of both, which hold
    weights and clusters; `z` with the pooled share and effective numbers. Means: normal, from
    the widths of both intervals. Where either side has no interval, neither has the difference, and
    it is not marked. False discoveries: Benjamini-Hochberg by kind, at the smaller
    `Rules.alpha` of both.
    Source: Newcombe 1998, Stat. Med. 17, 873-890, method 10. Raises ConfigError for the same voices
    in the same channel, or a channel that is not there.
    """
    one, other = channel_of(first, channels[0]), channel_of(second, channels[1])
    if first.digest == second.digest and one.channel == other.channel:
        raise ConfigError("both sides are the same voices", hint="name two, or two channels")
    mine, theirs = dict(_figures(one)), dict(_figures(other))
    alpha = min(float(first.rules.alpha), float(second.rules.alpha))
    left_out = sorted(f"{'; '.join(key)}: on one side only" for key in set(mine) ^ set(theirs))
    rows = []
    for key in sorted(set(mine) & set(theirs)):
        a, b = mine[key], theirs[key]
        if a.text != b.text:
            left_out.append(f"{'; '.join(key)}: the words differ")
            continue
        rows.append(_difference(key, a, b))
    return Compared(
        f"{first.source} ({_how(one)})",
        f"{second.source} ({_how(other)})",
        tuple(_judged(rows, alpha)),
        tuple(left_out),
    )


def _how(of: ChannelResult) -> str:
    return f"{of.channel}, weighted" if of.weights.used else of.channel


@dataclass(frozen=True, slots=True)
class _Known:
    """A figure that is shown, with what it rests on."""

    text: str
    figure: Figure
    effective: float
    measure: str = SHARE


_Key = tuple[str, str, str]


def _figures(of: ChannelResult) -> Iterator[tuple[_Key, _Known]]:
    for each in of.statements:
        known = _agree(each)
        if known is not None:
            yield ("statement", each.item, "agree"), known
    for comparison in of.comparisons:
        words = comparison.text
        for scope in comparison.scopes:
            for pair in scope.pairs:
                if pair.share is not None and pair.people is not None:
                    name = f"{pair.better} over {pair.worse}, {scope.scope}"
                    known = _Known(words, pair.share, _number(pair.share))
                    yield ("pair", comparison.item, name), known
        for answer, share in comparison.unacceptable.items():
            known = _Known(words, share, _number(share))
            yield ("unacceptable", comparison.item, answer), known
    for rubric in of.rubrics:
        if rubric.mean is not None:
            known = _Known(rubric.text, rubric.mean, rubric.effective or 1.0, MEAN)
            yield ("rubric", rubric.item, "mean"), known


def _agree(each: StatementResult) -> _Known | None:
    shares = each.weighted or each.plain
    return None if shares is None else _Known(each.text, shares.agree, shares.effective)


def _number(figure: Figure) -> float:
    """Return the effective number that a Wilson interval was made of, from its width.

    `width^2 (n + z^2)^2 = z^2 (4 n p (1 - p) + z^2)` has one positive root in n.
    """
    if figure.low is None or figure.high is None:
        return 1.0
    spread, wide = figure.value * (1 - figure.value), figure.high - figure.low
    z2 = Z95 * Z95
    # wide^2 n^2 + (2 wide^2 z2 - 4 z2 spread) n + wide^2 z2^2 - z2^2 = 0
    a, b, c = wide**2, 2 * wide**2 * z2 - 4 * z2 * spread, z2 * z2 * (wide**2 - 1)
    return (-b + math.sqrt(max(0.0, b * b - 4 * a * c))) / (2 * a) if a > 0 else math.inf


def _difference(key: _Key, a: _Known, b: _Known) -> Difference:
    kind, item, of = key
    if a.figure.low is None or b.figure.low is None:
        gap, p = Figure(b.figure.value - a.figure.value, None, None), 1.0
    else:
        gap, p = _of_shares(a, b) if a.measure == SHARE else _of_means(a, b)
    return Difference(kind, item, of, a.text, a.figure, b.figure, gap, p, 1.0, apart=False)


def _of_shares(a: _Known, b: _Known) -> tuple[Figure, float]:
    (p1, l1, u1), (p2, l2, u2) = _ends(a.figure), _ends(b.figure)
    gap = p2 - p1
    low = gap - math.hypot(p2 - l2, u1 - p1)
    high = gap + math.hypot(u2 - p2, p1 - l1)
    pooled = (p1 * a.effective + p2 * b.effective) / (a.effective + b.effective)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / a.effective + 1 / b.effective))
    return Figure(gap, low, high), _two_sided(gap, spread)


def _of_means(a: _Known, b: _Known) -> tuple[Figure, float]:
    (m1, l1, u1), (m2, l2, u2) = _ends(a.figure), _ends(b.figure)
    gap, half = m2 - m1, math.hypot((u1 - l1) / 2, (u2 - l2) / 2)
    return Figure(gap, gap - half, gap + half), _two_sided(gap, half / Z95)


def _ends(figure: Figure) -> tuple[float, float, float]:
    low = figure.value if figure.low is None else figure.low
    return figure.value, low, figure.value if figure.high is None else figure.high


def _two_sided(gap: float, spread: float) -> float:
    if spread <= 0:
        return 1.0 if gap == 0 else 0.0
    return min(1.0, 2 * NormalDist().cdf(-abs(gap) / spread))


def _judged(rows: list[Difference], alpha: float) -> Iterator[Difference]:
    kinds: Mapping[str, list[Difference]] = {
        kind: [row for row in rows if row.kind == kind] for kind in sorted({r.kind for r in rows})
    }
    for every in kinds.values():
        qs = benjamini_hochberg([row.p for row in every])
        for row, q in zip(every, qs, strict=True):
            yield replace(row, q=q, apart=q <= alpha)
