"""A new plan and an earlier run -> what need not be asked again, and why the rest is stale.

A reply speaks for the new plan where the same model was asked the same scenario in the same way,
and the rules that the scenario tests still say what they said. Its checks are run anew, so that
one run never mixes versions of a grader; judges are asked again only where what they would be
shown has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from charter.evals.plan import Plan, scored
from charter.evals.scenario import Scenario
from charter.evals.suite import basis_of, digest_of_scenario
from charter.ledger.ledger import Ledger
from charter.records.run import ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned

BATCH = 500
"""Replies that are written at a time."""


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What an earlier run has for a new plan."""

    run: RunStarted
    """The earlier one."""
    fresh: frozenset[str]
    """Scenarios whose replies are taken over."""
    stale: Mapping[str, str]
    """Scenarios to ask again, each with one plain reason."""

    def into(self, ledger: Ledger, run: str) -> None:
        """Write the replies that are taken over as facts of a run, a few hundred at a time.

        Those that the run has already are left: it may have been stopped in between.
        """
        known = {(reply.scenario, reply.epoch) for reply in ledger.read(ReplyRecorded, run=run)}
        known |= scored(ledger, run)  # a scenario that cannot be asked has a score alone
        batch: list[ReplyRecorded] = []
        for reply in ledger.read(ReplyRecorded, run=self.run.run):
            if reply.scenario in self.fresh and (reply.scenario, reply.epoch) not in known:
                batch.append(replace(reply, run=run, carried=reply.carried or self.run.run))
            if len(batch) == BATCH:
                ledger.append(*batch)
                batch = []
        ledger.append(*batch)


def carry_over(ledger: Ledger, plan: Plan) -> CarryOver | None:
    """Return what the comparable run that speaks for most of `plan` has for it; None without one.

    Comparable is a finished run of the same model, settings, brief and name of the spec. Of
    those that speak for equally many scenarios, the newest is taken.
    """
    best: tuple[RunStarted, dict[str, str]] | None = None
    for run in _comparable(ledger, plan):
        stale = _stale(ledger, plan, run)
        if best is None or len(stale) < len(best[1]):
            best = run, stale
        if not stale:
            break
    if best is None:
        return None
    run, stale = best
    return CarryOver(run, frozenset(each.id for each in plan.suite.scenarios) - stale.keys(), stale)


def _comparable(ledger: Ledger, plan: Plan) -> list[RunStarted]:
    """Return the runs that may have something, the newest first."""
    finished = {record.run for record in ledger.read(RunFinished)}
    wanted = plan.started("", "")
    found = [run for run in ledger.read(RunStarted) if run.run in finished and _alike(run, wanted)]
    return found[::-1]


def _stale(ledger: Ledger, plan: Plan, run: RunStarted) -> dict[str, str]:
    """Return the scenarios of a plan for which a run does not speak, and why."""
    planned = {each.scenario: each for each in ledger.read(ScenarioPlanned, run=run.run)}
    answered = Counter(reply.scenario for reply in ledger.read(ReplyRecorded, run=run.run))
    stale: dict[str, str] = {}
    for scenario in plan.suite.scenarios:
        why = _why(plan, scenario, planned.get(scenario.id))
        if why is None and answered[scenario.id] < run.repeat:
            why = "the earlier run has no reply to it"
        if why is not None:
            stale[scenario.id] = why
    return stale


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
    if before.basis != basis_of(plan.suite.spec, scenario.section, scenario.clause):
        return f"the rule it tests changed ({scenario.clause or scenario.section})"
    if before.digest != digest_of_scenario(scenario):
        return "the scenario or its expectation changed"
    return None
