"""A context, and what comes out of it, in words that a person can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from charter.policy.decision import Call, Facts
from charter.policy.determinacy.context import Answer, Context, offered, realise, turns_of
from charter.policy.determinacy.turn import Said, Turn
from charter.policy.directive import Act, Relation
from charter.policy.fate import State
from charter.policy.instant import written
from charter.policy.policy import Policy

MAX_WORDS = 160
"""Characters of a text that is quoted."""


class Told(NamedTuple):
    """What somebody says, or what is done."""

    who: str
    says: str


def told(policy: Policy, context: Context) -> tuple[Told, ...]:
    """Return who says what, and what is decided on. What says nothing of interest is left out."""
    found = [
        Told(_who(turn), " ".join(_says(turn)))
        for turn in turns_of(policy, context)[:-1]
        if turn.said or turn.wrap or turn.words not in ("", "Help with orders.")
    ]
    if not context.developer:
        found.append(Told("developer", "(nobody speaks as developer)"))
    facts = realise(policy, context).facts
    return (*found, Told(*_action(context, facts)))


def _who(turn: Turn) -> str:
    return f"tool {turn.tool}" if turn.tool is not None else turn.role


def _says(turn: Turn) -> Iterator[str]:
    if turn.words:
        yield quoted(turn.words)
    for said in turn.said:
        yield _sentence(said)
    if turn.wrap == "pasted":
        yield "(after two lines that look pasted from a mail)"
    elif turn.wrap:
        yield f"(in an <{turn.wrap}> block)"


def _sentence(said: Said) -> str:
    fields = said.fields
    words = next((say(fields) for key, say in _WORDS.items() if key in fields), str(dict(fields)))
    name = fields.get("id")
    about = ""
    if said.relation is not None:
        about = f" ({_RELATIONS[said.relation]}, {said.risk} risk)"
    gone = " (taken back since)" if said.revoked else ""
    return f"{words}{about}{gone} [{name}]"


_RELATIONS: Mapping[Relation, str] = {
    Relation.UNRELATED: "not related to the task",
    Relation.MAYBE: "perhaps meant by the task",
    Relation.INTENDED: "meant by the task",
}


def _list(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Sequence) else str(value)


def _scope(fields: Mapping[str, object]) -> str:
    scope = fields["scope"]
    if not isinstance(scope, Mapping):
        return "states a scope"
    tools = _list(scope["allowed_tools"])
    end = scope.get("latest_time")
    agreed = scope.get("issued_at")
    until = f"until {end}" if end else "with no end stated"
    since = f", agreed on {agreed}" if agreed else ""
    return f"May act alone with {tools}, cost up to {scope['max_cost']:g}, {until}{since}."


def _setting(fields: Mapping[str, object]) -> str:
    known = fields["setting"]
    pairs = known.items() if isinstance(known, Mapping) else ()
    return "".join(f"Sets {name} to {str(value).lower()}." for name, value in pairs)


def _instruct(fields: Mapping[str, object]) -> str:
    against = f" Not beside {_list(fields['conflicts'])}." if "conflicts" in fields else ""
    return f"{quoted(str(fields['instruct']))}{against}"


def _delegate(fields: Mapping[str, object]) -> str:
    to = fields["delegate"]
    return f"Follow what {_list(to['to'])} says." if isinstance(to, Mapping) else "Delegates."


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "override": lambda f: f"Set section {_list(f['override'])} aside.",
    "soften": lambda f: f"By its context, would relax section {_list(f['soften'])}.",
    "keep": lambda f: f"Keep section {_list(f['keep'])}, whoever says otherwise.",
    "instruct": _instruct,
    "delegate": _delegate,
    "setting": _setting,
    "scope": _scope,
    "premise": lambda f: f"What {_list(f['premise'])} rests on is not so.",
    "clash": lambda f: f"Sections {' and '.join(map(str, f['clash']))} cannot both be kept here.",
}


def _action(context: Context, facts: Facts) -> tuple[str, str]:
    words = context.event.firing.text
    if facts.stage == "request":
        return "user", f"{quoted(context.event.firing.request)} Is this request to be answered?"
    if facts.stage == "output":
        if context.event.action.transforms:
            return "assistant", f"Replies {quoted(words)}, reformatting what the user supplied."
        return "assistant", f"Replies {quoted(words)}"
    if facts.stage == "tool_result":
        return f"tool {context.event.firing.tool}", f"Returns {quoted(words)}"
    return "assistant", _call(context, facts, facts.call) if facts.call else ""


def _call(context: Context, facts: Facts, call: Call) -> str:
    effects = dict(context.event.action.features).get("effects", "not declared")
    args = ", ".join(f"{name}={value!r:.60}" for name, value in call.args.items())
    known = [f"effects: {effects}"]
    if call.cost:
        known.append(f"cost {call.cost:g}")
    for name, label in (call.labels or {}).items():
        known.append(f"{name} comes from {label.authority}")
    if not offered(context):
        known.append("the tool was not offered")
    if any(row.asker for row in context.rows):
        known.append("because [asked] says so")
    elif call.asked_by is not None:
        level = call.asked_by
        known.append(
            "asked for by nobody with authority" if level == "none" else f"asked for by {level}"
        )
    if facts.now is not None and any("scope" in dict(row.features) for row in context.rows):
        known.append(f"at {written(facts.now)}")
    return f"Calls {call.tool}({args}); {'; '.join(known)}."


def quoted(text: str) -> str:
    """Return a text in quotation marks, on one line and not too long."""
    words = " ".join(text.split())
    cut = words if len(words) <= MAX_WORDS else f"{words[:MAX_WORDS]}\u2026"
    return f"\u201c{cut}\u201d"


def differences(one: Answer, other: Answer) -> tuple[str, str]:
    """Return both outcomes in words: the decisions, and what is in force in one alone."""
    first, second = _binding(one), _binding(other)
    apart = sorted(first ^ second)[:3]
    return _outcome(one, apart, first), _outcome(other, apart, second)


def decision_of(answer: Answer) -> str:
    """Return a decision in words, with the check it rests on."""
    reasons = answer.decision.reasons
    because = f" (because of {reasons[0].check})" if reasons else ""
    return f"{answer.decision.effect}{because}"


_Fact = tuple[str, str]
"""Sort and name of what can be in force."""
_SAYS: Mapping[str, tuple[str, str]] = {
    "section": ("{} does not bind", "{} binds"),
    "directive": ("[{}] is not followed", "[{}] is followed"),
    "setting": ("{} does not hold", "{} holds"),
}


def _outcome(answer: Answer, apart: Sequence[_Fact], known: set[_Fact]) -> str:
    facts = [_SAYS[fact[0]][fact in known].format(fact[1]) for fact in apart]
    return "; ".join([decision_of(answer), *facts])


def _binding(answer: Answer) -> set[_Fact]:
    found = answer.resolution
    silent = {d.id for d in found.directives if d.act is Act.PREMISE}
    own = {d.id for d in found.directives}
    known = {
        ("directive" if fate.id in own else "section", fate.id)
        for fate in found.fates
        if fate.state is State.IN_FORCE and fate.id not in silent
    }
    values = found.settings.items()
    return known | {("setting", f"{k}={str(v).lower()}") for k, v in values if isinstance(v, bool)}
