"""A new plan and an earlier run -> what need not be asked again, and why the rest is stale.

A reply speaks for the new plan where the same model was asked the same scenario in the same way,
and the rules that the scenario tests still say what they said. Its checks are run anew, so that
one run never mixes versions of a grader; judges are asked again only where what they would be
shown has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from charter.evals.plan import Plan
from charter.evals.scenario import Scenario
from charter.evals.suite import basis_of, digest_of_scenario
from charter.ledger.ledger import Ledger
from charter.records import ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What an earlier run has for a new plan."""

    run: RunStarted
    """The earlier one."""
    fresh: frozenset[str]
    """Scenarios whose replies are taken over."""
    stale: Mapping[str, str]
    """Scenarios to ask again, each with one plain reason."""

    def replies(self, ledger: Ledger, run: str) -> Iterator[ReplyRecorded]:
        """Yield the replies that are taken over, as facts of the new run."""
        for reply in ledger.read(ReplyRecorded, run=self.run.run):
            if reply.scenario in self.fresh:
                yield replace(reply, run=run, carried=reply.carried or self.run.run)


def carry_over(ledger: Ledger, plan: Plan) -> CarryOver | None:
    """Return what the newest comparable run has for `plan`; None where there is none.

    Comparable is a finished run of the same model, settings, brief and name of the spec.
    """
    earlier = _comparable(ledger, plan)
    if earlier is None:
        return None
    planned = {each.scenario: each for each in ledger.read(ScenarioPlanned, run=earlier.run)}
    answered: dict[str, int] = {}
    for reply in ledger.read(ReplyRecorded, run=earlier.run):
        answered[reply.scenario] = answered.get(reply.scenario, 0) + 1
    stale = {}
    for scenario in plan.suite.scenarios:
        why = _why(plan, scenario, planned.get(scenario.id))
        if why is None and answered.get(scenario.id, 0) < earlier.repeat:
            why = "the earlier run has no reply to it"
        if why is not None:
            stale[scenario.id] = why
    fresh = frozenset(each.id for each in plan.suite.scenarios) - stale.keys()
    return CarryOver(earlier, fresh, stale)


def _comparable(ledger: Ledger, plan: Plan) -> RunStarted | None:
    finished = {record.run for record in ledger.read(RunFinished)}
    wanted = plan.started("", "")
    found = [run for run in ledger.read(RunStarted) if run.run in finished and _alike(run, wanted)]
    return found[-1] if found else None


def _alike(run: RunStarted, wanted: RunStarted) -> bool:
    return all(
        getattr(run, name) == getattr(wanted, name)
        for name in ("spec_name", "model", "repeat", "max_tokens", "temperature", "seed", "brief")
    )


def _why(plan: Plan, scenario: Scenario, before: ScenarioPlanned | None) -> str | None:
    """Return why a scenario has to be asked again, or None."""
    if before is None:
        return "it is new"
    if not before.digest or not before.basis:
        return "the earlier run did not record what it rested on"
    if before.digest != digest_of_scenario(scenario):
        return "the scenario or its expectation changed"
    if before.basis != basis_of(plan.suite.spec, scenario):
        return f"the rule it tests changed ({scenario.clause or scenario.section})"
    return None
