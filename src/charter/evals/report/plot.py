"""Rows -> the geometry of the interval plot, in percent, so that it fits any width.

The template `plot.svg.j2` draws it. Colours come from the page's CSS variables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charter.evals.report.figure import counts_text, decided, figure_text, stated, stated_correction
from charter.evals.row import Row
from charter.spec.spec import AUTHORITIES

LABEL = 46
"""Characters of a title that fit beside the plot; the table holds all of it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One section: a point with its interval, or the words that there is not enough evidence."""

    id: str
    label: str
    title: str
    """In full, for the tooltip."""
    value: str
    scenarios: int
    y: float
    """Top of its line in percent of the height."""
    point: float | None
    """Percent; None where the share is not stated."""
    low: float
    high: float
    raw: float | None
    """As graded, where the point is a corrected figure."""
    target: float | None
    """What is asked for."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above the sections of one authority."""

    authority: str
    y: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything the drawing needs."""

    headings: tuple[Heading, ...]
    marks: tuple[Mark, ...]
    lines: int
    step: float
    """Height of a line in percent of the height."""
    description: str

    @property
    def corrected(self) -> bool:
        """Whether any point is a corrected figure."""
        return any(mark.raw is not None for mark in self.marks)

    @property
    def targeted(self) -> bool:
        """Whether any section has a target."""
        return any(mark.target is not None for mark in self.marks)


def plot(rows: Sequence[Row], *, links: Mapping[str, str]) -> Plot:
    """Lay out the sections under their authority, highest first, in document order.

    `links` gives the anchor of each section. Sections without planned scenarios have no row.
    """
    groups: dict[str, list[Row]] = {}
    for authority in (*AUTHORITIES, "none"):
        found = [row for row in rows if (row.authority or "none") == authority and row.planned]
        if found:
            groups[authority] = found
    others = [row for row in rows if row.planned and (row.authority or "none") not in groups]
    for row in others:  # a ladder of the spec's own
        groups.setdefault(row.authority or "none", []).append(row)
    lines = sum(1 + len(found) for found in groups.values())
    step = 100 / lines if lines else 0.0
    headings: list[Heading] = []
    marks: list[Mark] = []
    for authority, found in groups.items():
        headings.append(Heading(authority, step * (len(headings) + len(marks))))
        for row in found:
            marks.append(_mark(row, links[row.id], step * (len(headings) + len(marks))))
    return Plot(tuple(headings), tuple(marks), lines, step, _description(marks))


def _mark(row: Row, link: str, y: float) -> Mark:
    found, drawn = stated(row.figures), row.figures.headline
    correction = stated_correction(row.figures)
    title = row.title
    return Mark(
        id=link,
        label=title if len(title) <= LABEL else f"{title[: LABEL - 1].rstrip()}\u2026",
        title=title,
        value=_value(row),
        scenarios=decided(row.figures),
        y=y,
        point=None if found is None else _percent(found.value),
        low=_percent(drawn.interval.low) if drawn else 0.0,
        high=_percent(drawn.interval.high) if drawn else 0.0,
        raw=None if correction is None else _percent(correction.raw),
        target=None if row.target is None else _percent(row.target),
    )


def _value(row: Row) -> str:
    """Return the figure of a section; its counts where they are too few for a share."""
    if decided(row.figures) and not row.enough:
        return f"{counts_text(row)}, too few for a share"
    return figure_text(row.figures)


def _percent(share: float) -> float:
    return 100 * min(1.0, max(0.0, share))


def _description(marks: Sequence[Mark]) -> str:
    stated_marks = [mark for mark in marks if mark.point is not None]
    lead = f"{len(marks)} sections under their authority. "
    if not stated_marks:
        return f"{lead}No section has enough evidence to state its share."
    return (
        f"{lead}{len(stated_marks)} have enough evidence and show a point, their share, on a line, "
        "its 95 % interval. The table below the plot holds the same figures."
    )
