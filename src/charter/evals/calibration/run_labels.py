"""What people said about the replies of a run -> labelled answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from charter.errors import ConfigError
from charter.evals.calibration.labelled import Labelled, Labels, truth_of
from charter.evals.calibration.people import SEPARATOR
from charter.evals.calibration.scale import ADHERENCE, Scale
from charter.evals.case import Case, cases_of
from charter.evals.judge import Item
from charter.ledger.ledger import Ledger
from charter.models.provider import ChatMessage, Tool, ToolCall
from charter.records.label import LabelRecorded
from charter.records.run import ReplyRecorded, RunStarted


def run_labels(
    ledger: Ledger, run: RunStarted, scale: Scale, tools: Mapping[str, tuple[Tool, ...]]
) -> Labels:
    """Return the replies of a run that people labelled, on one scale.

    What they say of refusals is a label of its own. `tools` are those that each scenario offers, by
    its id. Raises ConfigError where nobody labelled a reply.
    """
    cases = [case for case in cases_of(ledger, run) if case.reply is not None]
    by = sorted({label.by for case in cases for label in case.labels if _said(label, scale)})
    items = tuple(_items(cases, by, scale, tools))
    if not items:
        what = "labels of refusals" if scale is not ADHERENCE else "labels"
        raise ConfigError(
            f"run {run.run} has no {what}",
            hint="charter label export draws replies for people, charter label import reads them",
        )
    return Labels(f"run:{run.run}", scale, items)


def _items(
    cases: Sequence[Case],
    by: Sequence[str],
    scale: Scale,
    tools: Mapping[str, tuple[Tool, ...]],
) -> Iterator[Labelled]:
    for case in cases:
        said = {label.by: _said(label, scale) for label in case.labels}
        labels = [said.get(name) for name in by]
        given = [label for label in labels if label is not None]
        if not given or case.reply is None:
            continue
        yield Labelled(
            item=_item(case, case.reply, tools.get(case.scenario.scenario, ())),
            cluster=case.cluster,
            grade=SEPARATOR.join(label or "" for label in labels) if len(by) > 1 else given[0],
            truth=truth_of(labels),
            position=case.epoch,
            authority=case.scenario.authority,
        )


def _said(label: LabelRecorded, scale: Scale) -> str | None:
    return label.label if scale is ADHERENCE else label.refusal


def _item(case: Case, reply: ReplyRecorded, tools: tuple[Tool, ...]) -> Item:
    scenario = case.scenario
    return Item(
        id=f"{scenario.scenario}/{case.epoch}",
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
