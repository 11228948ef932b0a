"""A context: one row of every group, an action, and whether a developer is there at all.

It is abstract until `realise` makes a conversation, directives and facts of it; what becomes of
those is for `resolve` and `decide` alone to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from charter.policy.conversation import Conversation
from charter.policy.decision import Call, Decision, Facts, Transformation
from charter.policy.decisions.decide import decide
from charter.policy.determinacy.action import CALL, OUTPUT, Action
from charter.policy.determinacy.agreed import NOW
from charter.policy.determinacy.firing import Firing
from charter.policy.determinacy.row import Features, Row, Speaker, speakers_of
from charter.policy.determinacy.turn import Said, Turn, speak
from charter.policy.directive import Directive
from charter.policy.fate import State
from charter.policy.fates.resolve import resolve
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.spec.ladder import NONE

DEVELOPER = "developer"
"""The level whose absence a reading speaks of."""
ABSENT: Features = (("developer", "absent"),)

_IN_FORCE = State.IN_FORCE


class Context(NamedTuple):
    """One situation that a policy tells apart from others."""

    rows: tuple[Row, ...]
    """One of each group; groups that are silent may be left out."""
    action: Action
    firing: Firing
    developer: bool = True
    """Whether anybody speaks as developer."""
    given: tuple[tuple[str, object], ...] = ()
    """Settings as the caller has them: only where a group is looked at by itself."""

    @property
    def features(self) -> Features:
        """What differs from the default context."""
        own = (() if self.developer else ABSENT) + self.action.features + self.firing.features
        return own + tuple(pair for row in self.rows for pair in row.features)

    @property
    def weight(self) -> int:
        """How many features differ from the default."""
        return len(self.features)


class Situation(NamedTuple):
    """A context, ready to be resolved and decided on."""

    conversation: Conversation
    directives: tuple[Directive, ...]
    facts: Facts
    asker: str = ""
    """The directive that led to the call: its level, once resolved, is who asked."""


class Part(NamedTuple):
    """What is in force."""

    gone: frozenset[str]
    """Sections, clauses and directives of overlays that are not."""
    alive: frozenset[str]
    """Directives of the conversation that are."""
    settings: tuple[tuple[str, object], ...]
    """Those that sections depend on."""

    def join(self, other: Part) -> Part:
        """Return what is in force where two groups speak of different things."""
        settings = tuple(sorted({*self.settings, *other.settings}, key=str))
        return Part(self.gone | other.gone, self.alive | other.alive, settings)


class Outcome(NamedTuple):
    """What comes out of a context under one combination of readings."""

    effect: str
    """Of the decision: the strictest of all its reasons."""
    part: Part


def has_developer(policy: Policy) -> bool:
    """Whether contexts with and without a developer have to be told apart."""
    if not any(speaker.level == DEVELOPER for speaker in speakers_of(policy)):
        return False
    above = [layer.level for layer in policy.layers] + [d.level for d in policy.directives]
    return DEVELOPER not in above


def turns_of(policy: Policy, context: Context) -> tuple[Turn, ...]:
    """Return all messages of a context, the last one the user's."""
    turns: list[Turn] = []
    speakers = speakers_of(policy)
    if context.developer:
        turns += (s.says(words="Help with orders.") for s in speakers if s.level == DEVELOPER)
    if speakers and (context.firing.secret or context.firing.settings):
        turns.append(_background(speakers[-1], context.firing))
    turns += (turn for row in context.rows for turn in row.turns)
    words = context.firing.text if context.action.transforms else context.firing.request
    turns.append(Turn("user", words=words))
    return tuple(turns)


def _background(speaker: Speaker, firing: Firing) -> Turn:
    """Return what the highest level says before anything else."""
    said = tuple(
        Said({"setting": {name: value}, "id": f"background{at}"})
        for at, (name, value) in enumerate(firing.settings)
    )
    return Turn(speaker.role, said, firing.secret)


def realise(policy: Policy, context: Context) -> Situation:
    """Return the conversation, directives and facts of a context."""
    turns = turns_of(policy, context)
    tools = offered(context)
    spoken = speak(policy, turns, tools=tools, settings=dict(context.given))
    asker = next((row.asker for row in context.rows if row.asker), "")
    facts = facts_of(context, message=len(turns) - 1)
    return Situation(spoken.conversation, spoken.directives, facts, asker)


def offered(context: Context) -> tuple[str, ...]:
    """Return the tools offered with the request."""
    return (context.firing.tool,) if all(row.offered for row in context.rows) else ()


def facts_of(context: Context, message: int) -> Facts:
    """Return what is decided on. `message` is the last one, the user's."""
    action, firing = context.action, context.firing
    if action.stage == CALL:
        cost = max((row.cost for row in context.rows), default=0.0)
        asked_by = next((row.asked_by for row in context.rows if row.asked_by), None)
        labels = dict(firing.labels) if firing.labels is not None else None
        args = dict(firing.args)
        call = Call(firing.tool, args, action.effects, cost, labels, asked_by)
        return Facts(CALL, call=call, now=NOW)
    if action.stage == "tool_result":
        return Facts(action.stage, firing.text, Call(firing.tool), NOW)
    if action.stage == OUTPUT:
        claim = Transformation("format", message) if action.transforms else None
        return Facts(OUTPUT, firing.text, None, NOW, 0.0, claim)
    return Facts(action.stage, now=NOW)


class Answer(NamedTuple):
    """A resolution and the decision on it."""

    resolution: Resolution
    decision: Decision


def answer(policy: Policy, situation: Situation) -> Answer:
    """Resolve and decide."""
    conversation = situation.conversation
    found = resolve(policy, conversation, situation.directives)
    facts = situation.facts
    if situation.asker and facts.call is not None:
        fate = found.fate(situation.asker)
        level = fate.level if fate.state is _IN_FORCE else NONE
        facts = _asked(facts, level)
    return Answer(found, decide(policy, found, facts, conversation))


def _asked(facts: Facts, level: str) -> Facts:
    call = facts.call
    if call is None:
        return facts
    asked = Call(call.tool, call.args, call.facts, call.cost, call.labels, level)
    return Facts(facts.stage, call=asked, now=facts.now, spent=facts.spent)


def part_of(policy: Policy, found: Resolution, given: Mapping[str, object] | None = None) -> Part:
    """Return what is in force. Settings the caller has given are not told again."""
    own = len(found.fates) - len(found.directives) + len(policy.directives)
    gone = frozenset(fate.id for fate in found.fates[:own] if fate.state is not _IN_FORCE)
    alive = frozenset(fate.id for fate in found.fates[own:] if fate.state is _IN_FORCE)
    names = policy.conditional - (given or {}).keys()
    settings = ((name, found.settings[name]) for name in names if name in found.settings)
    return Part(gone, alive, tuple(sorted(settings, key=str)))


def outcome(policy: Policy, context: Context) -> Outcome:
    """Return what comes out of a context, by `resolve` and `decide`."""
    found, decision = answer(policy, realise(policy, context))
    return Outcome(decision.effect, part_of(policy, found))
