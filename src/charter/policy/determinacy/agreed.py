"""The scope of autonomy in a context: not stated, or stated by somebody, in every state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from charter.policy.determinacy.row import (
    Features,
    Group,
    Move,
    Row,
    index_of,
    speakers_of,
)
from charter.policy.determinacy.turn import Said, Turn
from charter.policy.instant import instant, written
from charter.policy.policy import Policy

NAME = "scope"
NOW = instant("2027-01-15T12:00:00Z")
"""When every action of a context is decided on."""

OTHER = "another_tool"
_COST, _LIMIT = 5.0, 10.0
_TOOLS: Mapping[str, tuple[str, ...]] = {
    "names the tool": (OTHER, "{tool}"),
    "has a pattern for the tool": (OTHER, "{tool}*"),
    "leaves the tool out": (OTHER,),
}
_TIMERS = (
    "is running",
    "has run out",
    "is missing, agreed on lately",
    "is missing, agreed on long ago",
    "is missing, start unknown",
)
_RUNS, _OUT, _LATELY, _LONG_AGO, _ENDLESS = _TIMERS
_OPEN = ("", _ENDLESS)
"""Timers with which a scope is a permission now."""


def agreed(policy: Policy, tool: str) -> Group:
    """Return the group of a policy, for calls of one tool."""
    unstated = (
        Row((), reads=()),
        Row((("tool", "is not offered"),), offered=False),
    )
    stated = tuple(_stated(policy, tool))
    rows = (*unstated, *stated)
    return Group(NAME, rows, tuple(_permissions(rows)))


def _stated(policy: Policy, tool: str) -> Iterator[Row]:
    speakers = speakers_of(policy)
    for (at, speaker), tools, over, timer, revoked in product(
        enumerate(speakers), _TOOLS, (False, True), _TIMERS, (False, True)
    ):
        features = [("scope", f"stated by {speaker.level}")]
        features += [("scope tools", tools)] * (tools != "names the tool")
        features += [("scope cost", "is exceeded")] * over
        features += [("scope timer", timer)] * (timer != _RUNS)
        features += [("scope revoked", "yes")] * revoked
        scope = _scope(policy, tools, timer, tool)
        turn = Turn(speaker.role, (Said({"scope": scope, "id": "scope"}, revoked=revoked),))
        cost = 2 * _LIMIT if over else _COST
        yield _row(features, (turn,), cost)
        if at and len(features) == 1:
            denial = speakers[0].says({"premise": ["scope"], "id": "scope-denial"})
            denied = [*features, ("scope premise", f"denied by {speakers[0].level}")]
            yield _row(denied, (turn, denial), cost)


def _scope(policy: Policy, tools: str, timer: str, tool: str) -> Mapping[str, object]:
    scope: dict[str, object] = {
        "allowed_tools": [pattern.replace("{tool}", tool) for pattern in _TOOLS[tools]],
        "max_cost": _LIMIT,
    }
    if timer in (_RUNS, _OUT):
        scope["latest_time"] = written(NOW + (3600 if timer == _RUNS else -3600))
    elif timer == _LATELY:
        scope["issued_at"] = written(NOW - policy.default_timer / 2)
    elif timer == _LONG_AGO:
        scope["issued_at"] = written(NOW - policy.default_timer - 3600)
    return scope


def _row(features: list[tuple[str, str]], turns: tuple[Turn, ...], cost: float) -> Row:
    reads = ("denied_premise",) if len(turns) > 1 else ()
    return Row(tuple(features), turns, reads, cost=cost)


_WIDER = (
    ("scope tools", "leaves the tool out", "has a pattern for the tool", "a wider scope"),
    ("scope tools", "leaves the tool out", "", "the scope names the tool"),
    ("scope tools", "has a pattern for the tool", "", "the scope names the tool"),
    ("scope cost", "is exceeded", "", "a larger limit"),
    ("scope timer", _OUT, "", "a later end"),
    ("scope timer", "", _ENDLESS, "no end"),
    ("scope revoked", "yes", "", "a scope that is not revoked"),
)
"""Feature, value before and after (empty: the default), and what is permitted more."""


def _permissions(rows: tuple[Row, ...]) -> Iterator[Move]:
    places = index_of(rows)
    for feature, before, after, what in _WIDER:
        for at, row in enumerate(rows):
            stated = any(name == "scope" for name, _ in row.features)
            if stated and dict(row.features).get(feature, "") == before:
                changed = _with(row.features, feature, after)
                if changed in places:
                    yield Move(at, places[changed], what)
    for at, row in enumerate(rows[2:], 2):
        names = dict(row.features)
        if names.keys() <= {"scope", "scope timer"} and names.get("scope timer", "") in _OPEN:
            for unstated in (0, 1):
                yield Move(unstated, at, "a scope that names the tool")


def _with(features: Features, feature: str, value: str) -> Features:
    """Return features with one of them changed, in their order."""
    order = ("scope", "scope tools", "scope cost", "scope timer", "scope revoked")
    known = dict(features)
    known.pop(feature, None)
    if value:
        known[feature] = value
    return tuple((name, known[name]) for name in order if name in known)
