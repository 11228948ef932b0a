"""A context: what is said, the scope agreed on, who asked, what is decided on, who is there.

It is abstract until `realise` makes a conversation, directives and facts of it; what becomes of
those is for `resolve` and `decide` alone to say.
"""

from __future__ import annotations

from typing import NamedTuple

from charter.policy.conversation import Conversation
from charter.policy.decision import Call, Decision, Facts, Transformation
from charter.policy.decisions.decide import decide
from charter.policy.determinacy.action import CALL, OUTPUT, Event
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
_ABSENT: Features = (("developer", "absent"),)
_IN_FORCE = State.IN_FORCE


class Context(NamedTuple):
    """One situation that a policy tells apart from others."""

    rows: tuple[Row, ...]
    """One of each group; groups that are silent may be left out."""
    event: Event
    developer: bool = True
    """Whether anybody speaks as developer."""

    @property
    def features(self) -> Features:
        """What differs from the default context."""
        own = (() if self.developer else _ABSENT) + self.event.features
        return own + tuple(pair for row in self.rows for pair in row.features)


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


class Answer(NamedTuple):
    """A resolution and the decision on it."""

    resolution: Resolution
    decision: Decision


def has_developer(policy: Policy) -> bool:
    """Whether contexts with and without a developer have to be told apart."""
    if not any(speaker.level == DEVELOPER for speaker in speakers_of(policy)):
        return False
    above = [layer.level for layer in policy.layers] + [d.level for d in policy.directives]
    return DEVELOPER not in above


def needs_developer(policy: Policy, row: Row) -> bool:
    """Whether a row cannot be where nobody speaks as developer."""
    return row.asked_by == DEVELOPER or any(turn.level(policy) == DEVELOPER for turn in row.turns)


def turns_of(policy: Policy, context: Context) -> tuple[Turn, ...]:
    """Return all messages of a context, the last one the user's."""
    turns: list[Turn] = []
    firing = context.event.firing
    speakers = speakers_of(policy)
    if context.developer:
        turns += (s.says(words="Help with orders.") for s in speakers if s.level == DEVELOPER)
    if speakers and (firing.secret or firing.settings):
        turns.append(_background(speakers[-1], firing))
    turns += (turn for row in context.rows for turn in row.turns)
    words = firing.text if context.event.action.transforms else firing.request
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
    spoken = speak(policy, turns, tools=offered(context))
    asker = next((row.asker for row in context.rows if row.asker), "")
    facts = facts_of(context, message=len(turns) - 1)
    return Situation(spoken.conversation, spoken.directives, facts, asker)


def offered(context: Context) -> tuple[str, ...]:
    """Return the tools offered with the request."""
    return (context.event.firing.tool,) if all(row.offered for row in context.rows) else ()


def facts_of(context: Context, message: int) -> Facts:
    """Return what is decided on. `message` is the last one, the user's."""
    action, firing = context.event
    if action.stage == CALL:
        cost = max((row.cost for row in context.rows), default=0.0)
        asked_by = next((row.asked_by for row in context.rows if row.asked_by), None)
        labels, args = dict(firing.labels), dict(firing.args)
        call = Call(firing.tool, args, action.effects, cost, labels, asked_by)
        return Facts(CALL, call=call, now=NOW)
    if action.stage == "tool_result":
        return Facts(action.stage, firing.text, Call(firing.tool), NOW)
    if action.stage == OUTPUT:
        claim = Transformation("format", message) if action.transforms else None
        return Facts(OUTPUT, firing.text, None, NOW, 0.0, claim)
    return Facts(action.stage, now=NOW)


def answer(policy: Policy, situation: Situation) -> Answer:
    """Resolve and decide."""
    conversation = situation.conversation
    found = resolve(policy, conversation, situation.directives)
    facts = situation.facts
    if situation.asker and facts.stage == CALL and facts.call is not None:
        facts = _asked(facts, facts.call, asker_level(found, situation.asker))
    return Answer(found, decide(policy, found, facts, conversation))


def asker_level(found: Resolution, asker: str) -> str:
    """Return the authority with which a directive asked: none where it is not followed."""
    fate = found.fate(asker)
    return fate.level if fate.state is _IN_FORCE else NONE


def _asked(facts: Facts, call: Call, level: str) -> Facts:
    asked = Call(call.tool, call.args, call.facts, call.cost, call.labels, level)
    return Facts(facts.stage, call=asked, now=facts.now, spent=facts.spent)


def part_of(policy: Policy, found: Resolution, rows: tuple[Row, ...]) -> Part:
    """Return what is in force in the resolution of some rows."""
    own = len(found.fates) - len(found.directives) + len(policy.directives)
    gone = frozenset(fate.id for fate in found.fates[:own] if fate.state is not _IN_FORCE)
    alive = {fate.id for fate in found.fates[own:] if fate.state is _IN_FORCE}
    for row in rows:
        if row.binding in policy.by_id and row.binding not in found.out:
            alive.add(row.binding)
    settings = ((name, found.settings[name]) for name in policy.conditional & found.settings.keys())
    return Part(gone, frozenset(alive), tuple(sorted(settings, key=str)))
