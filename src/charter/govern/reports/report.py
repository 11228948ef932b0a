"""The ledger and what is said beside it -> the report of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from charter.govern.incidents.regime import Regime
from charter.govern.reports.decided import decided
from charter.govern.reports.figure import Figure, Section, Table
from charter.govern.reports.incidents import incidents
from charter.govern.reports.people import overrides, reviews
from charter.govern.reports.period import Period
from charter.govern.reports.question import Questions
from charter.govern.reports.releases import releases
from charter.govern.reports.reviewers import reviewers
from charter.govern.reports.traffic import decisions, in_force


@dataclass(frozen=True, slots=True)
class Head:
    """What the report is of."""

    title: str
    organisation: str
    """Empty where nobody said."""
    period: Period
    made: str
    """When, as records have it."""
    ledger: str
    """Its place, as shown to people."""
    size: int
    """Records it had."""
    root: str
    """Of its tree at that size, hex: with a signed checkpoint it proves what was counted."""
    charter: str
    """Version."""

    @property
    def is_over(self) -> bool:
        """Whether the period had ended when the report was made."""
        return self.made >= self.period.until


@dataclass(frozen=True, slots=True)
class Report:
    """Sections under a head."""

    head: Head
    sections: tuple[Section, ...]

    @property
    def headlines(self) -> tuple[str, ...]:
        """The report in a few sentences."""
        return tuple(section.headline for section in self.sections if section.headline)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in order."""
        return tuple(figure for section in self.sections for figure in section.figures)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in order."""
        return tuple(table for section in self.sections for table in section.tables)


def live_sections(
    ask: Questions, *, now: datetime, regimes: Sequence[Regime] = ()
) -> tuple[Section, ...]:
    """Return what records say by themselves; clocks of incidents count up to `now`, aware."""
    found = decided(ask)
    return (
        in_force(ask, found),
        releases(ask),
        decisions(ask, found),
        incidents(ask, regimes, now=now),
        overrides(ask),
        reviews(ask),
        reviewers(ask),
    )


def absent(section: str, title: str, option: str) -> Section:
    """Return what stands where nothing was named to report on: a gap that shows."""
    return Section(section, title, f"Not reported: {option} was not given.")


def report(head: Head, sections: Sequence[Section]) -> Report:
    """Return a report. Raises ValueError where two sections, or figures, have one id."""
    made = Report(head, tuple(sections))
    ids = [each.id for part in (made.sections, made.figures, made.tables) for each in part]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise ValueError(f"used twice: {', '.join(twice)}")
    return made
