"""Which answers can flow, and which must be whole before anything of them leaves.

A boundary on output can be decided while a text grows where its condition says only that bounded
patterns are found in the reply; a check where it names its patterns. Everything else that
restricts needs the whole text. What asks for approval does too: a person is shown an answer, not
the beginning of one. Patterns hold for every channel of an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from charter.gateway.check import Configured
from charter.gateway.judging.reduce import reduced
from charter.gateway.served import Streaming
from charter.gateway.stream.patterns import MOST_PATTERNS, Patterns, measure
from charter.policy.boundaries.boundary import Boundary
from charter.policy.boundaries.expression import Call, Const, Ident, Node, walk
from charter.policy.decision import Effect
from charter.policy.policy import Policy

_REPLY = frozenset({"text", "output.text"})
_SPECIAL = frozenset(r"\.+*?()|[]{}^$")


class Origin(NamedTuple):
    """What a pattern belongs to."""

    id: str
    section: str
    effect: Effect
    say: str = ""


class Planned(NamedTuple):
    """How answers are streamed, and what each pattern belongs to."""

    streaming: Streaming
    origins: Mapping[str, Origin]
    """By pattern id."""
    removing: Mapping[str, Patterns]
    """By id of boundary or check, the patterns whose matches `redact` replaces in a stream."""


def plan(policy: Policy, checks: Iterable[Configured]) -> Streaming:
    """Return how answers may be streamed under a policy and its checks."""
    return planned(policy, tuple(checks)).streaming


def planned(
    policy: Policy, checks: tuple[Configured, ...], out: frozenset[str] = frozenset()
) -> Planned:
    """Plan without the sections in `out`, which are not in force."""
    patterns: dict[str, dict[str, str]] = {}
    origins: dict[str, Origin] = {}
    whole: list[str] = []
    for boundary in policy.boundaries:
        if boundary.on == "output" and boundary.section not in out:
            effect = Effect(boundary.effect)
            origin = Origin(boundary.id, boundary.section, effect, boundary.say or "")
            _take(origin, f"boundary:{boundary.id}", bounded(boundary), patterns, origins, whole)
    for check in checks:
        if "output" in check.stages:
            origin = Origin(check.id, check.section, check.effect)
            known = _measured(check.ready.patterns)
            _take(origin, f"check:{check.id}", known, patterns, origins, whole)
    every = {name: text for own in patterns.values() for name, text in own.items()}
    try:
        together = Patterns(every)
    except ValueError:  # each is fine, but together they are too large
        whole += sorted({origin.id for origin in origins.values()})
        patterns, origins, together = {}, {}, Patterns({})
    effects = {name: origin.effect for name, origin in origins.items()}
    removing = {
        name: Patterns(own)
        for name, own in patterns.items()
        if effects[next(iter(own))] is Effect.REDACT
    }
    streaming = Streaming(together, effects, tuple(dict.fromkeys(whole)))
    return Planned(streaming, origins, removing)


def _take(  # noqa: PLR0913, PLR0917 - what is filled in
    origin: Origin,
    prefix: str,
    found: Mapping[str, str] | None,
    patterns: dict[str, dict[str, str]],
    origins: dict[str, Origin],
    whole: list[str],
) -> None:
    if origin.effect in (Effect.ALLOW, Effect.FLAG):
        return
    room = len(origins) + len(found or ()) <= MOST_PATTERNS
    if not found or origin.effect is Effect.REQUIRE_APPROVAL or not room:
        whole.append(origin.id)
        return
    named = {f"{prefix}:{name}": text for name, text in found.items()}
    patterns.setdefault(prefix, {}).update(named)
    origins.update(dict.fromkeys(named, origin))


def _measured(patterns: Mapping[str, str]) -> Mapping[str, str] | None:
    """Return patterns of which each can be streamed; None where one cannot."""
    try:
        for text in patterns.values():
            measure(text)
    except ValueError:
        return None
    return patterns


def bounded(boundary: Boundary) -> Mapping[str, str] | None:
    """Return the patterns of which one is found exactly where a boundary on output fires.

    None where there are no such patterns, or where they are not bounded.
    """
    redacts = boundary.effect == "redact"
    found = _patterns(boundary.condition.root, exact=redacts)
    if not found:
        return None
    try:
        known = [text if redacts else _bounded(text) for text in found]
        return _measured({str(at): text for at, text in enumerate(known)})
    except ValueError:
        return None


def _bounded(pattern: str) -> str:
    """Return a pattern itself where it is bounded, else one that is found in the same texts."""
    try:
        measure(pattern)
    except ValueError:
        return reduced(pattern)
    return pattern


def _patterns(root: Node, *, exact: bool) -> list[str] | None:
    """Return the patterns of which one is found exactly where a condition holds.

    With `exact` only those that say themselves what is to be removed.
    """
    match root:
        case Call(function="_||_", operands=(left, right)):
            one, other = _patterns(left, exact=exact), _patterns(right, exact=exact)
            return None if one is None or other is None else one + other
        case Call(function=function, operands=(Ident(name=name), Const(value=str(text)))):
            if name not in _REPLY:
                return None
            if function == "matches":
                return [text]
            if not exact and text:
                return _literal(function, text)
    return None


def _literal(function: str, text: str) -> list[str] | None:
    plain = "".join(f"\\{char}" if char in _SPECIAL else char for char in text)
    match function:
        case "contains":
            return [plain]
        case "startsWith":
            return [rf"\A{plain}"]
        case "endsWith":
            return [rf"{plain}\z"]
    return None


def literals(root: Node, stage: str) -> tuple[str, ...]:
    """Return the patterns that a condition looks for in the text its stage is about, in order."""
    about = {"text", _TEXTS.get(stage, "text")}
    found = [
        node.operands[1].value
        for node in walk(root)
        if isinstance(node, Call)
        and node.function == "matches"
        and len(node.operands) == 2
        and isinstance(node.operands[0], Ident)
        and node.operands[0].name in about
        and isinstance(node.operands[1], Const)
    ]
    return tuple(text for text in found if isinstance(text, str))


_TEXTS = {"request": "request.text", "output": "output.text", "tool_result": "result.text"}
"""The other name of the text that a stage is about."""
