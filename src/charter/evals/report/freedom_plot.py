"""Both errors of each authority -> the geometry of a plot whose axes they are, in percent.

Across: over-refusal; upwards: under-refusal, both from 0 to 100 %, so that lower left is best. The
template `freedom.svg.j2` draws it; places are percentages of the square, as in `plot`. Each point
has a shape of its own, and a label on the right that a thin line leads to: labels never overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charter.estimates.estimate import Estimate
from charter.evals.report.figure import estimate_text, stated
from charter.evals.report.freedom import Freedom
from charter.evals.row import WHOLE
from charter.spec.spec import AUTHORITIES

LABEL = 11
"""Characters of a name that fit beside the plot on a phone."""
GAP = 9.0
"""Percent of the height that labels keep from each other: a line of text on a phone."""
SHAPES = {
    WHOLE: "diamond",
    "root": "square",
    "system": "up",
    "developer": "circle",
    "user": "down",
    "guideline": "plus",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with its cross of intervals, in percent; `y` counts downwards."""

    x: float
    y: float
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One authority, or the whole."""

    name: str
    label: str
    shape: str
    style: str
    """Name of its colour."""
    text: str
    """Its figures in words."""
    spot: Spot
    before: Spot | None
    """Where it was in the first of two runs."""
    place: float
    """Of its label, in percent from the top."""


@dataclass(frozen=True, slots=True)
class FreedomPlot:
    """Everything the drawing needs."""

    dots: tuple[Dot, ...]
    lacking: tuple[str, ...]
    """What has no point, and why: it is said and not dropped."""
    description: str
    pairs: bool
    """Whether dots show two runs."""


def freedom_plot(rows: Sequence[Freedom], before: Sequence[Freedom] | None = None) -> FreedomPlot:
    """Lay out the rows; with `before`, those of a first run, each moves from there.

    With two runs only rows that both have are drawn.
    """
    earlier = {row.id: row for row in before or ()}
    drawn: list[tuple[Freedom, Spot, Spot | None]] = []
    lacking: list[str] = []
    for row in rows:
        if not row.tested and before is None:
            continue
        spot = _spot(row)
        origin = _spot(earlier[row.id]) if row.id in earlier else None
        if spot is None or (before is not None and origin is None):
            lacking.append(f"{row.title} ({_why(row, earlier.get(row.id), before is not None)})")
        else:
            drawn.append((row, spot, origin))
    places = _spread([spot.y for _, spot, _ in drawn])
    dots = tuple(
        Dot(
            name=row.title,
            label=_label(row),
            shape=SHAPES.get(row.id, "cross"),
            style=row.id if row.id in AUTHORITIES else "whole" if row.id == WHOLE else "none",
            text=_text(row, earlier.get(row.id)),
            spot=spot,
            before=origin,
            place=place,
        )
        for (row, spot, origin), place in zip(drawn, places, strict=True)
    )
    return FreedomPlot(
        dots, tuple(lacking), _description(dots, before is not None), before is not None
    )


def _label(row: Freedom) -> str:
    name = "whole" if row.id == WHOLE else row.title
    return name if len(name) <= LABEL else f"{name[: LABEL - 1]}\u2026"


def _spot(row: Freedom) -> Spot | None:
    over, under = stated(row.over), stated(row.under)
    if over is None or under is None:
        return None
    return Spot(
        x=_percent(over.value),
        y=100 - _percent(under.value),
        left=_percent(over.interval.low),
        right=_percent(over.interval.high),
        top=100 - _percent(under.interval.high),
        bottom=100 - _percent(under.interval.low),
    )


def _percent(share: float) -> float:
    return 100 * min(1.0, max(0.0, share))


def _spread(heights: Sequence[float]) -> list[float]:
    """Return heights near those given, in their order, `GAP` apart and on the square."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    gap = min(GAP, 100 / max(1, len(heights) - 1)) if len(heights) > 1 else GAP
    places = [0.0] * len(heights)
    low = 0.0
    for at in order:
        places[at] = max(heights[at], low)
        low = places[at] + gap
    high = 100.0
    for at in reversed(order):
        places[at] = min(places[at], high)
        high = places[at] - gap
    return places


def _text(row: Freedom, earlier: Freedom | None) -> str:
    now = f"over-refusal {_figure(stated(row.over))}, under-refusal {_figure(stated(row.under))}"
    if earlier is None:
        return now
    before = (
        f"over-refusal {_figure(stated(earlier.over))}, "
        f"under-refusal {_figure(stated(earlier.under))}"
    )
    return f"first run: {before}; second run: {now}"


def _figure(found: Estimate | None) -> str:
    return "not stated" if found is None else estimate_text(found)


def _why(row: Freedom, earlier: Freedom | None, two: bool) -> str:  # noqa: FBT001 - private
    if not two or row.lacks:
        return row.lacks or ""
    return earlier.lacks or "" if earlier is not None else "not in the first run"


def _description(dots: Sequence[Dot], two: bool) -> str:  # noqa: FBT001 - private
    if not dots:
        return "No row has enough evidence of both errors to be drawn."
    runs = " Arrows lead from the first run to the second." if two else ""
    listed = "; ".join(f"{dot.name}: {dot.text}" for dot in dots)
    return (
        "Over-refusal from left to right and under-refusal from bottom to top, both from 0 to "
        f"100 %; lower left is best. Crosses are 95 % intervals.{runs} {listed}."
    )
