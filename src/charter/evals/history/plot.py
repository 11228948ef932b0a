"""A board -> the geometry of its plots, in percent: for each model its runs from left to right.

All models share the places of the runs, which stand in their order and not to scale. A line joins
two runs of a model: unbroken where they asked the same scenarios of the same text, else dashed, as
their shares are then not comparable as they stand.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from charter.estimates.estimate import Estimate
from charter.evals.history.history import Board, Line, Point
from charter.evals.report.figure import estimate_text, stated

MOST_TICKS = 24
"""Runs whose numbers stand below a plot; of more, every second, third and so on."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One figure of one run."""

    x: float
    y: float
    """From the top."""
    high: float
    low: float
    """Ends of the interval; `high` is the one nearer the top."""
    hollow: bool
    """Whether it rests on judges that are not known to be fit."""
    text: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A line between two runs."""

    x1: float
    y1: float
    x2: float
    y2: float
    dashed: bool


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of one model over its runs."""

    name: str
    dots: tuple[Dot, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One model."""

    model: str
    adherence: Series
    over: Series
    under: Series
    description: str


@dataclass(frozen=True, slots=True)
class Tick:
    """The number of a run below the plots."""

    x: float
    number: int


@dataclass(frozen=True, slots=True)
class Break:
    """Where the text of the spec changes from one run to the next."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class BoardPlot:
    """Everything the drawing needs."""

    panels: tuple[Panel, ...]
    ticks: tuple[Tick, ...]
    breaks: tuple[Break, ...]


def board_plot(board: Board) -> BoardPlot:
    """Lay out all models of a spec."""
    points = board.points
    total = len(points)
    every = -(-total // MOST_TICKS)
    ticks = tuple(Tick(_x(p.number, total), p.number) for p in points if p.number % every == 0)
    breaks = tuple(
        Break(100 * (after.number - 1) / total, _version(after))
        for before, after in itertools.pairwise(points)
        if before.run.spec_digest != after.run.spec_digest
    )
    return BoardPlot(tuple(_panel(line, total) for line in board.lines), ticks, breaks)


def _version(point: Point) -> str:
    return point.run.spec_version or point.run.spec_digest[7:15]


def _panel(line: Line, total: int) -> Panel:
    adherence = _series(
        "adherence", line.points, [stated(p.whole.figures) for p in line.points], total
    )
    over = _series("over-refusal", line.points, [stated(p.errors.over) for p in line.points], total)
    under = _series(
        "under-refusal", line.points, [stated(p.errors.under) for p in line.points], total
    )
    listed = "; ".join(dot.text for dot in adherence.dots) or "no run has enough evidence"
    return Panel(line.model, adherence, over, under, f"{line.model}: {listed}.")


def _series(
    name: str, points: Sequence[Point], found: Sequence[Estimate | None], total: int
) -> Series:
    dots: list[Dot] = []
    segments: list[Segment] = []
    alike = True
    for point, figure in zip(points, found, strict=True):
        alike = alike and (point.step is None or point.step.alike)
        if figure is None:
            continue
        dot = _dot(name, point, figure, total)
        if dots:
            before = dots[-1]
            segments.append(Segment(before.x, before.y, dot.x, dot.y, dashed=not alike))
        dots.append(dot)
        alike = True
    return Series(name, tuple(dots), tuple(segments))


def _dot(name: str, point: Point, figure: Estimate, total: int) -> Dot:
    mark = ", UNCALIBRATED" if point.uncalibrated else ""
    return Dot(
        x=_x(point.number, total),
        y=_y(figure.value),
        high=_y(figure.interval.high),
        low=_y(figure.interval.low),
        hollow=point.uncalibrated,
        text=f"run {point.number} of {point.run.at[:10]}: {name} {estimate_text(figure)}{mark}",
    )


def _x(number: int, total: int) -> float:
    return 100 * (number - 0.5) / total


def _y(share: float) -> float:
    return 100 - 100 * min(1.0, max(0.0, share))
