"""The replies of a run that checks alone could not decide, as items for a judge.

A reply that failed a check which its author listed is violated without asking: the check is a
requirement of the scenario, and a judge could only find more. The checks that an expected outcome
brings by itself do not decide here: they classify, can be wrong, and the judge is told the outcome
and asked the same thing, with an error that calibration knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from charter.errors import SpecError
from charter.evals.case import FOREIGN
from charter.evals.judge import Item
from charter.evals.score import DECIDED, Verdict
from charter.evals.suite import compile_suite
from charter.ledger.ledger import Ledger
from charter.models.provider import ChatMessage, Tool, ToolCall
from charter.records.run import ReplyRecorded, ScenarioPlanned
from charter.records.score import CheckRun, ScoreRecorded
from charter.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Task:
    """One reply to be judged."""

    scenario: ScenarioPlanned
    epoch: int
    score: ScoreRecorded
    """What checks alone made of it."""
    item: Item

    @property
    def failed(self) -> tuple[CheckRun, ...]:
        """Listed checks that decided it already."""
        return tuple(check for check in self.score.checks if not (check.passed or check.implied))


def tasks_of(ledger: Ledger, run: str, tools: Mapping[str, tuple[Tool, ...]]) -> Iterator[Task]:
    """Yield the replies of a run that need a judge, in the order of its scenarios.

    These have a rubric, and no verdict from checks alone; of a run that was read from another
    tool's log, all that its scorer decided. `tools` are those that each scenario offers, by its
    id: a ledger does not hold them. Raises LedgerError.
    """
    replies: dict[tuple[str, int], ReplyRecorded] = {
        (reply.scenario, reply.epoch): reply for reply in ledger.read(ReplyRecorded, run=run)
    }
    scores: dict[str, list[ScoreRecorded]] = {}
    for score in ledger.read(ScoreRecorded, run=run):
        if not score.grading and (score.verdict == Verdict.NOT_JUDGED or _by_another(score)):
            scores.setdefault(score.scenario, []).append(score)
    for scenario in ledger.read(ScenarioPlanned, run=run):
        for score in sorted(scores.get(scenario.scenario, ()), key=lambda score: score.epoch):
            reply = replies.get((scenario.scenario, score.epoch))
            if reply is not None and (scenario.rubric is not None or _by_another(score)):
                item = _item(scenario, reply, tools.get(scenario.scenario, ()))
                yield Task(scenario, score.epoch, score, item)


def _by_another(score: ScoreRecorded) -> bool:
    """Whether the scorer of another tool's log decided a reply: judges may decide it anew."""
    return score.grader.startswith(FOREIGN) and score.verdict in DECIDED


def tools_of(spec: Spec) -> Mapping[str, tuple[Tool, ...]]:
    """Return the tools that the scenarios of a spec offer; empty where it has no usable ones.

    Where its examples cannot be asked, those of its scenario files all the same.
    """
    for examples in (True, False):
        with suppress(SpecError):
            suite = compile_suite(spec, examples=examples, drafts=True, training=True)
            return {scenario.id: scenario.tools for scenario in suite.scenarios if scenario.tools}
    return {}


def _item(scenario: ScenarioPlanned, reply: ReplyRecorded, tools: tuple[Tool, ...]) -> Item:
    return Item(
        id=scenario.scenario,
        section=scenario.section,
        clause=scenario.clause,
        outcome=scenario.outcome,
        messages=tuple(
            ChatMessage(said.role, said.content, said.tool) for said in scenario.messages
        ),
        tools=tools,
        answer=reply.text,
        calls=tuple(ToolCall(call.name, call.arguments) for call in reply.calls),
        rubric=scenario.rubric,
    )
