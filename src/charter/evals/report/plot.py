"""Rows -> the geometry of the interval plot, in percent, so that it fits any width.

The template `plot.svg.j2` draws it. Colours come from the page's CSS variables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charter.evals.report.wording import lacking, share_text
from charter.evals.result import Row
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
    share = row.adherence
    interval = share.interval
    title = row.title
    return Mark(
        id=link,
        label=title if len(title) <= LABEL else f"{title[: LABEL - 1].rstrip()}\u2026",
        title=title,
        value=share_text(share) if row.enough else lacking(share.scenarios),
        scenarios=share.scenarios,
        y=y,
        point=100 * share.value if row.enough and share.value is not None else None,
        low=100 * interval.low if interval else 0.0,
        high=100 * interval.high if interval else 0.0,
    )


def _description(marks: Sequence[Mark]) -> str:
    stated = [mark for mark in marks if mark.point is not None]
    lead = f"{len(marks)} sections under their authority. "
    if not stated:
        return f"{lead}No section has enough evidence to state its share."
    return (
        f"{lead}{len(stated)} have enough evidence and show a point, their share, on a line, its "
        "95 % interval. The table below the plot holds the same figures."
    )
