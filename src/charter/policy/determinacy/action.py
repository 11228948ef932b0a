"""What is decided on in a context: a stage, what is known of a tool's effects, what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from charter.policy.decision import ToolFacts
from charter.policy.determinacy.firing import Firing, Found, firings, plain
from charter.policy.determinacy.row import Features
from charter.policy.policy import Policy

CALL, OUTPUT = "tool_call", "output"


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


class Event(NamedTuple):
    """What is decided on: an action, and what boundaries can see of it."""

    action: Action
    firing: Firing

    @property
    def features(self) -> Features:
        """What differs from a call of which nothing is known."""
        return self.action.features + self.firing.features


class Events(NamedTuple):
    """Every event of a policy, and boundaries for which none was found."""

    events: tuple[Event, ...]
    found: Found


DEFAULT_EVENT = Event(ACTIONS[0], plain(CALL))


def events_of(policy: Policy) -> Events:
    """Return every action, each with nothing remarkable and with whatever fires boundaries."""
    found = firings(policy)
    return Events(tuple(_events(found.firings)), found)


def _events(fires: tuple[Firing, ...]) -> Iterator[Event]:
    for action in ACTIONS:
        yield Event(action, plain(action.stage))
        for firing in fires:
            if firing.stage == action.stage:
                yield Event(action, firing)
