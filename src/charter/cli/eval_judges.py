"""The judges of `charter eval`: opened and refused before anything is asked, at work after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from charter.cli.grade import grade_run
from charter.cli.judge_options import order_of
from charter.errors import ConfigError
from charter.evals.calibration.find import calibration_for, publishable, spoken
from charter.evals.judging.grade import Graded
from charter.evals.judging.order import Order
from charter.evals.judging.rules import SpecRules
from charter.evals.judging.task import tasks_of, tools_of
from charter.evals.plan import Plan
from charter.ledger.ledger import Ledger
from charter.load import load_effective
from charter.records.grading import GradingFinished, GradingStarted
from charter.records.run import RunFinished, RunStarted

_OF_JUDGES = {
    "judge_options": "--judge-option",
    "budget_tokens": "--budget-tokens",
    "budget": "--budget",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """The judges of a run that has not begun."""

    order: Order
    """Of a run that has no id yet."""
    currency: str | None
    """Where all their prices are known."""


def bench_of(ledger: Ledger, plan: Plan, given: Mapping[str, Any]) -> Bench | None:
    """Open the judges that were named; None without any.

    Raises ConfigError where one is not known to be fit, unless that was accepted, and for options
    of judges without a judge.
    """
    if not given["judges"]:
        _refuse_idle(given)
        return None
    rules = SpecRules(load_effective(given["spec"]))
    strict = not given["uncalibrated"] and not given["dry_run"]
    order, currency = order_of(ledger, plan.started("", ""), rules, given, say=not strict)
    if strict:
        _refuse_unfit(ledger, order, plan.suite.spec.digest, given)
    return Bench(order, currency)


def ungraded(ledger: Ledger, bench: Bench, plan: Plan) -> str | None:
    """Return the newest run of a plan if it is whole and these judges were interrupted on it.

    Then the model need not be asked again.
    """
    of_plan = [run.run for run in ledger.read(RunStarted) if run.plan == plan.digest]
    if not of_plan or not any(ledger.read(RunFinished, run=of_plan[-1])):
        return None
    run = of_plan[-1]
    judges = tuple(judge.identity for judge in bench.order.judges)
    mine = [one.grading for one in ledger.read(GradingStarted, run=run) if one.judges == judges]
    finished = {one.grading for one in ledger.read(GradingFinished, run=run)}
    return run if mine and mine[-1] not in finished else None


def judge_run(ledger: Ledger, bench: Bench, plan: Plan, run: str) -> Graded | None:
    """Have the judges decide what checks alone could not; None where nothing is left to decide.

    Raises as `grade_run` does.
    """
    started = next(each for each in ledger.read(RunStarted, run=run))
    tasks = list(tasks_of(ledger, run, tools_of(plan.suite.spec)))
    if not tasks:
        return None
    order = replace(bench.order, run=started)
    return grade_run(ledger, order, tasks, currency=bench.currency)


def _refuse_idle(given: Mapping[str, Any]) -> None:
    """Raise ConfigError for an option that does nothing without a judge, such as a budget."""
    for name, option in _OF_JUDGES.items():
        if given[name] not in (None, ()):
            raise ConfigError(
                f"{option} is for judges, and none is named",
                hint="e.g. --judge openai:NAME; the model that is measured has no budget",
            )


def _refuse_unfit(ledger: Ledger, order: Order, spec_digest: str, given: Mapping[str, Any]) -> None:
    for judge in order.judges:
        samples = order.settings.samples
        found = calibration_for(ledger, judge.identity, spec_digest, samples=samples)
        objection = publishable(found)
        if objection is not None:
            raise ConfigError(
                f"no figure can be published: {objection}",
                hint=f"charter calibrate {given['spec']} --judge {spoken(judge.identity)} "
                f"--ledger {given['out']} measures it, with the same options; --uncalibrated "
                "publishes all the same, and every output says so",
            )
