"""What an audit found, put together from its parts in any number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.audit.auditor import Batch
from charter.audit.row import STAGES, Finding, Unread
from charter.policy.decision import STRICTNESS

LISTED = 100
"""Rows with findings that are kept one by one, unless told otherwise."""


@dataclass(slots=True)
class Totals:
    """Counts of rows and decisions. Two that were made of the same rows are equal."""

    listed: int = LISTED
    rows: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    """Rows on which nothing could be decided, by why."""
    asked: Counter[str] = field(default_factory=Counter)
    """Decisions, by stage."""
    restricted: int = 0
    """Rows with at least one finding."""
    effects: Counter[str] = field(default_factory=Counter)
    """Restricted rows, by their strictest effect."""
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Findings, by stage and effect."""
    checks: Counter[str] = field(default_factory=Counter)
    """Rows, by boundary or gate."""
    sections: Counter[str] = field(default_factory=Counter)
    """Rows, by section."""
    first: list[tuple[int, tuple[Finding, ...]]] = field(default_factory=list)
    """The first rows with findings, by number."""

    @property
    def decided(self) -> int:
        """Rows that could be read."""
        return self.rows - sum(self.unread.values())

    def add(self, batch: Batch) -> None:
        """Take in what was decided on some rows; they come after all that are in."""
        self.rows += batch.rows
        for stage, count in zip(STAGES, batch.asked, strict=True):
            self.asked[stage] += count
        for number, result in batch.others:
            if isinstance(result, Unread):
                self.unread[result.why] += 1
                continue
            self._restricted(result.findings)
            if len(self.first) < self.listed:
                self.first.append((number, result.findings))

    def _restricted(self, findings: tuple[Finding, ...]) -> None:
        self.restricted += 1
        self.effects[max((each.effect for each in findings), key=STRICTNESS.__getitem__)] += 1
        for each in findings:
            self.decisions[each.stage, each.effect] += 1
        self.checks.update({check for each in findings for check in each.checks})
        self.sections.update({section for each in findings for section in each.sections})

    def join(self, other: Totals) -> None:
        """Take in the totals of the rows that follow."""
        self.rows += other.rows
        self.restricted += other.restricted
        for mine, theirs in (
            (self.unread, other.unread),
            (self.asked, other.asked),
            (self.effects, other.effects),
            (self.checks, other.checks),
            (self.sections, other.sections),
        ):
            mine.update(theirs)
        self.decisions.update(other.decisions)
        self.first = [*self.first, *other.first][: self.listed]

    def as_json(self) -> Mapping[str, Any]:
        """Return everything, as JSON has it; rows are numbered from 1."""
        return {
            "rows": self.rows,
            "decided": self.decided,
            "unread": _sorted(self.unread),
            "decisions": {stage: self.asked[stage] for stage in STAGES},
            "restricted": self.restricted,
            "effects": _sorted(self.effects),
            "findings": [
                {"stage": stage, "effect": effect, "count": count}
                for (stage, effect), count in sorted(self.decisions.items())
            ],
            "checks": _sorted(self.checks),
            "sections": _sorted(self.sections),
            "first": [
                {"row": number + 1, "findings": [_finding(each) for each in findings]}
                for number, findings in self.first
            ],
        }


def _sorted(counts: Counter[str]) -> dict[str, int]:
    """Return counts, the largest first."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "message": found.message + 1,
        "stage": found.stage,
        "effect": found.effect,
        "checks": list(found.checks),
        "sections": list(found.sections),
    }
