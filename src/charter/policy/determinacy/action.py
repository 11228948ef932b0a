"""What a context is about: the stage of the decision, and what is known of the tool's effects."""

from __future__ import annotations

from typing import NamedTuple

from charter.policy.decision import ToolFacts
from charter.policy.determinacy.row import Features

CALL, OUTPUT = "tool_call", "output"
TOOL = "book_room"
"""The tool of a call, where no boundary asks for another."""


class Action(NamedTuple):
    """One stage, with what the deployment declares of the tool."""

    features: Features
    stage: str
    effects: ToolFacts | None = None
    transforms: bool = False
    """Whether the reply is claimed to transform what the user supplied, and does."""


ACTIONS = (
    Action((), CALL),
    Action((("effects", "none"),), CALL, ToolFacts(effects=False)),
    Action((("effects", "the assistant can take back"),), CALL, ToolFacts(reversible="assistant")),
    Action((("effects", "costly"),), CALL, ToolFacts()),
    Action((("effects", "avoidable"),), CALL, ToolFacts(reversible="assistant", avoidable=True)),
    Action((("effects", "costly and avoidable"),), CALL, ToolFacts(avoidable=True)),
    Action((("effects", "of high risk"),), CALL, ToolFacts(high_risk=True)),
    Action((("stage", "request"),), "request"),
    Action((("stage", "output"),), OUTPUT),
    Action((("stage", "output"), ("transformation", "claimed")), OUTPUT, transforms=True),
    Action((("stage", "tool_result"),), "tool_result"),
)
"""A call of which nothing is declared comes first: it is what all others are compared with."""
