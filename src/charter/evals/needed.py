"""Suite and a question -> how many scenarios each section, authority and the whole are short of."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from charter.errors import ConfigError
from charter.estimates.cluster import PRIOR_CORRELATION
from charter.estimates.power import (
    PAIRED_SD,
    all_pass,
    clustered_need,
    detectable,
    needed,
    repeated_sd,
)
from charter.evals.scenario import Scenario
from charter.evals.target import Target, Targets
from charter.spec.spec import Section, Spec

LEAST_DIFFERENCE = 0.001
"""A tenth of a point: no suite finds less."""

_FRACTION = re.compile(r"(\d{0,9}\.?\d{0,9}) ?(pt|pp|%|)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """What the suite should be able to tell."""

    difference: float
    """Between two models on the same scenarios, as a fraction."""
    power: float = 0.8
    """Chance of finding it where it is there."""
    alpha: float = 0.05
    """Chance of finding one where there is none, two-sided; of a target met by luck, one-sided."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What has to be known about outcomes before they are measured, and where it comes from."""

    sd: float = PAIRED_SD
    """Standard deviation of one scenario's difference between the two models."""
    correlation: float = PRIOR_CORRELATION
    """Of scenarios made from one source."""
    within: float | None = None
    """Variance of that difference inside one scenario, single answers; None where unknown."""
    had: int = 1
    """Answers to each scenario that `sd` was measured with."""
    repeat: int | None = None
    """Answers to each scenario in the run that is planned; None: as many as `sd` has."""
    origin: str = "a published comparison of two models on 587 scenarios"

    @property
    def planned_sd(self) -> float:
        """The standard deviation with the number of answers that is planned."""
        if self.repeat is None or self.within is None:
            return self.sd
        return repeated_sd(self.sd, self.within, had=self.had, wanted=self.repeat)


@dataclass(frozen=True, slots=True)
class Need:
    """What one group of scenarios has and lacks."""

    id: str
    title: str
    authority: str | None
    scenarios: int
    """Accepted ones."""
    drafts: int
    """Ones that wait for a person; they count for nothing yet."""
    effect: float
    """By how much sources with several scenarios raise the number that is needed."""
    needed: int
    """To find the difference."""
    detects: float | None
    """The smallest difference that those it has find; None without any."""
    target: Target | None
    to_confirm: int | None
    """Scenarios that must all adhere to confirm the target; None without one, and for 1."""

    @property
    def missing(self) -> int:
        """Scenarios short of what the difference needs."""
        return max(0, self.needed - self.scenarios)

    @property
    def missing_to_confirm(self) -> int | None:
        """Scenarios short of what the target needs; None where none can confirm it."""
        return None if self.to_confirm is None else max(0, self.to_confirm - self.scenarios)


@dataclass(frozen=True, slots=True)
class Needs:
    """The answer for a whole suite."""

    question: Question
    assumptions: Assumptions
    independent: int
    """Scenarios that each group needs where no two of it have one source."""
    whole: Need
    sections: tuple[Need, ...]
    """Those that bind and hold a clause or a scenario, in document order."""
    authorities: tuple[Need, ...]
    clauses: int
    """Sections with a target: each must pass its part of the error."""

    @property
    def clustered(self) -> bool:
        """Whether any two scenarios have one source."""
        return self.whole.effect > 1


def needs(
    spec: Spec,
    scenarios: Sequence[Scenario],
    question: Question,
    assumptions: Assumptions | None = None,
    targets: Targets | None = None,
) -> Needs:
    """Count what every group has against what the question needs.

    Each group is to answer the question by itself: a section's number is that of a comparison
    within the section. Drafts may be among the scenarios; they are counted apart.
    """
    given = assumptions or Assumptions()
    independent = needed(
        question.difference, given.planned_sd, power=question.power, alpha=question.alpha
    )
    measured = [scenario for scenario in scenarios if scenario.use != "train"]
    sections = _sections(spec, measured)
    asked = {s.id: targets.of_section(s.id) if targets else None for s in sections}
    clauses = sum(target is not None for target in asked.values())
    group = _Group(question, given, independent)
    return Needs(
        question=question,
        assumptions=given,
        independent=independent,
        whole=group.need(
            "whole", "Whole spec", None, measured, targets.of_whole if targets else None
        ),
        sections=tuple(
            group.of_section(section, measured, asked[section.id], max(1, clauses))
            for section in sections
        ),
        authorities=tuple(
            group.of_authority(level, measured, targets.of_authority(level) if targets else None)
            for level in dict.fromkeys(section.authority or "none" for section in sections)
        ),
        clauses=clauses,
    )


def _sections(spec: Spec, measured: Sequence[Scenario]) -> list[Section]:
    """Return the sections that bind and hold a clause, or that a scenario is of."""
    tested = {scenario.section for scenario in measured}
    return [
        section
        for section in spec.sections
        if (section.normative and section.clauses) or section.id in tested
    ]


def fraction_of(
    option: str, text: str, *, example: str = "3pt", least: float = 0.0, most: float = 1.0
) -> float:
    """Read `3pt`, `3 %` or `0.03` as 0.03. Raises ConfigError, naming the option.

    A bare number above 1 is refused: 3 may mean 3 points or 300 per cent.
    """
    found = _FRACTION.fullmatch(text.strip())
    try:
        value = float(found[1]) if found else math.nan
    except ValueError:
        value = math.nan
    if found and found[2]:
        value /= 100
    if not found or not math.isfinite(value):
        raise ConfigError(f"{option} {text!r:.60} is no share", hint=f"such as {option} {example}")
    if not least < value < most:
        bare = f"; a bare number is a fraction, {option} 0.03 is 3pt" if not found[2] else ""
        what = f"{option} {text!r:.60} must lie above {least:g} and below {most:g}"
        raise ConfigError(what, hint=f"such as {option} {example}{bare}")
    return value


@dataclass(frozen=True, slots=True)
class _Group:
    question: Question
    assumptions: Assumptions
    independent: int

    def of_section(
        self, section: Section, scenarios: Iterable[Scenario], target: Target | None, clauses: int
    ) -> Need:
        mine = [scenario for scenario in scenarios if scenario.section == section.id]
        return self.need(section.id, section.title, section.authority, mine, target, clauses)

    def of_authority(
        self, level: str, scenarios: Iterable[Scenario], target: Target | None
    ) -> Need:
        mine = [scenario for scenario in scenarios if (scenario.authority or "none") == level]
        return self.need(level, level, level, mine, target)

    def need(  # noqa: PLR0913, PLR0917 - what a row says
        self,
        name: str,
        title: str,
        authority: str | None,
        scenarios: Sequence[Scenario],
        target: Target | None,
        clauses: int = 1,
    ) -> Need:
        accepted = [scenario for scenario in scenarios if not scenario.draft]
        effect = self._effect(accepted)
        detects = None
        if accepted:
            detects = detectable(
                len(accepted) / effect,
                self.assumptions.planned_sd,
                power=self.question.power,
                alpha=self.question.alpha,
            )
        to_confirm = None
        if target is not None and target.value < 1:
            alone = all_pass(target.value, alpha=self.question.alpha, clauses=clauses)
            to_confirm = clustered_need(alone, effect)
        return Need(
            id=name,
            title=title,
            authority=authority,
            scenarios=len(accepted),
            drafts=len(scenarios) - len(accepted),
            effect=effect,
            needed=clustered_need(self.independent, effect),
            detects=detects,
            target=target,
            to_confirm=to_confirm,
        )

    def _effect(self, scenarios: Sequence[Scenario]) -> float:
        """Return the design effect of sources with several scenarios.

        `1 + (m - 1) x correlation`, m the mean size of a scenario's source. Source: Kish 1965,
        Survey Sampling, section 8.2.
        """
        if not scenarios:
            return 1.0
        sizes = Counter(scenario.cluster for scenario in scenarios).values()
        alike = sum(size * size for size in sizes) / len(scenarios)
        return 1 + (alike - 1) * self.assumptions.correlation
