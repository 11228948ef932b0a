"""What a grading is asked to do: which judges, over which run, how often and for how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from charter.config import Price
from charter.errors import ConfigError
from charter.evals.judge import Judge
from charter.evals.judging.combine import Rule
from charter.evals.judging.cost import UNLIMITED, Budget
from charter.records.grading import GradingStarted
from charter.records.run import RunStarted
from charter.version import VERSION


@dataclass(frozen=True, slots=True)
class Settings:
    """How replies are judged."""

    samples: int = 1
    """Asked of each judge for each reply."""
    rule: Rule = Rule.MEDIAN
    concurrency: int = 4
    budget: Budget = UNLIMITED
    calibrations: tuple[str, ...] = ()
    """The calibration each judge relies on."""
    uncalibrated: bool = False
    """Whether a figure is wanted although a judge is not known to be fit."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be graded, and by whom."""

    run: RunStarted
    judges: tuple[Judge, ...]
    settings: Settings = Settings()
    prices: tuple[Price | None, ...] = ()
    """Of each judge; empty where none is known."""

    def price(self, judge: int) -> Price | None:
        """Return the price of a judge."""
        return self.prices[judge] if self.prices else None

    def started(self, grading: str, at: str) -> GradingStarted:
        """Return the fact that opens the grading."""
        return GradingStarted(
            run=self.run.run,
            grading=grading,
            at=at,
            charter=VERSION,
            spec_digest=self.run.spec_digest,
            judges=tuple(judge.identity for judge in self.judges),
            samples=self.settings.samples,
            rule=self.settings.rule.value,
            calibrations=self.settings.calibrations,
            uncalibrated=self.settings.uncalibrated,
        )

    def steps(self) -> Iterator[tuple[int, int]]:
        """Yield every (judge, sample) of one reply, all judges once before any is asked again."""
        for sample in range(self.settings.samples):
            for judge in range(len(self.judges)):
                yield judge, sample


def must_match(run: RunStarted, digest: str) -> None:
    """Raise ConfigError unless the rules are those that the run was measured against."""
    if run.spec_digest != digest:
        hint = "give --spec (and --overlay) as they were, or measure again with charter eval"
        if run.spec_name.startswith("inspect:"):
            hint = "its log was imported without a spec: import it again with --spec"
        raise ConfigError(
            f"run {run.run} measured {run.spec_name} at {run.spec_digest}, "
            f"and the spec given is {digest}",
            hint=hint,
        )
