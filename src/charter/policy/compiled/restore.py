"""JSON of a policy -> Policy, as `charter.policy.compiled.export` writes it.

Nothing in the text is believed: types are checked, conditions compiled, and the digest computed
from what was read has to be the one it states.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar

from charter.errors import DigestMismatch, SpecError
from charter.policy.boundaries.boundary import Boundary, tools_of
from charter.policy.boundaries.condition import EFFECTS, STAGES, Condition, compile_condition
from charter.policy.boundaries.deferred import Deferred
from charter.policy.boundaries.program import Rejected
from charter.policy.compiled.export import FORMAT, digest_of_policy
from charter.policy.directive import Act, Delegation, Directive, Origin, Relation, Risk
from charter.policy.fate import Place
from charter.policy.policy import RESERVED, Layer, Policy, Rule, RuleClause
from charter.policy.scope import Scope
from charter.spec.ladder import Ladder, Level, Yields
from charter.spec.reading import DEFAULTS, choose

_Value = TypeVar("_Value", str, int, float, bool)
_TEXTS = frozenset({str})
_LISTS = frozenset({list})
_NUMBERS = frozenset({int})


def load_policy_json(text: str | bytes, *, deferred: bool = False) -> Policy:
    """Read a policy from its JSON text. Raises SpecError, DigestMismatch where it was changed.

    With `deferred`, conditions are compiled when they are first asked for: for texts that
    Charter wrote itself.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise _damaged(str(cause)) from cause
    return import_policy(value, deferred=deferred)


def import_policy(value: object, *, deferred: bool = False) -> Policy:
    """Make a policy of its JSON form; as `load_policy_json`."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _damaged(f"its `format` is not {FORMAT}")
    try:
        policy = _policy(value, deferred=deferred)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, IndexError) as cause:
        raise _damaged(f"{type(cause).__name__}: {cause}") from cause
    found = digest_of_policy(policy)
    if found != policy.digest:
        raise DigestMismatch(
            f"policy states digest {policy.digest:.80}, but its content has {found}",
            hint="compile it anew from its texts",
        )
    return policy


def _damaged(why: str) -> SpecError:
    return SpecError(f"not a policy in JSON: {why:.200}", hint="compile it from its texts")


def _policy(value: Mapping[str, Any], *, deferred: bool) -> Policy:
    ladder = Ladder(tuple(_level(entry) for entry in _list(value["ladder"])))
    readings = _dict(value["readings"])
    if readings.keys() != DEFAULTS.keys():
        raise ValueError("readings are missing or unknown")
    rules = tuple(_rule(entry, ladder) for entry in _list(value["rules"]))
    by_id = {rule.id: rule for rule in rules}
    if len(by_id) != len(rules):
        raise ValueError("two rules have one id")
    layers = tuple(_layer(entry) for entry in _list(value["layers"]))
    if not layers:
        raise ValueError("it has no layer")
    written_by = {rule.layer for rule in rules}
    written_by.update(clause.layer for rule in rules for clause in rule.clauses)
    if not written_by.issubset(range(len(layers))):
        raise ValueError("a rule or clause is of a layer that is not there")
    return Policy(
        name=_a(str, value["name"]),
        title=_a(str, value["title"]),
        layers=layers,
        ladder=ladder,
        readings=choose(readings),
        rules=rules,
        boundaries=tuple(
            _boundary(entry, by_id, deferred=deferred) for entry in _list(value["boundaries"])
        ),
        directives=tuple(_directive(entry) for entry in _list(value["directives"])),
        digest=_a(str, value["digest"]),
        external=_names(value["external"]),
        first_party=_a(bool, value["first_party"]),
        default_timer=_a(float, value["default_timer"]),
        gates={gate: _a(str, section) for gate, section in _dict(value["gates"]).items()},
    )


def _layer(entry: Mapping[str, Any]) -> Layer:
    return Layer(
        _a(str, entry["name"]),
        _maybe(str, entry["version"]),
        _a(str, entry["digest"]),
        _maybe(str, entry["level"]),
    )


def _level(entry: Mapping[str, Any]) -> Level:
    to = _maybe(str, entry["to"])
    return Level(_a(str, entry["level"]), _names(entry["roles"]), Yields(entry["yields"]), to)


def _rule(entry: Mapping[str, Any], ladder: Ladder) -> Rule:
    authority = _a(str, entry["authority"])
    return Rule(
        id=_a(str, entry["id"]),
        title=_a(str, entry["title"]),
        authority=authority,
        rank=ladder.ranks[authority],
        clauses=_clauses(entry["clauses"]),
        depth=_a(int, entry["depth"]),
        parents=_names(entry["parents"]),
        conditions=_names(entry["conditions"]),
        content=_maybe(str, entry["content"]),
        prohibits=_a(bool, entry["prohibits"]),
        layer=_a(int, entry["layer"]),
    )


def _boundary(entry: Mapping[str, Any], rules: Mapping[str, Rule], *, deferred: bool) -> Boundary:
    rule = rules[entry["section"]]
    stage, when, effect = (_a(str, entry[key]) for key in ("on", "when", "effect"))
    if effect not in EFFECTS or stage not in STAGES:
        raise ValueError("a boundary has an unknown effect or stage")
    if entry["id"] in RESERVED:
        raise ValueError("a boundary has the name of a gate")
    tools = None if entry["tools"] is None else frozenset(_names(entry["tools"]))
    condition: Condition = Deferred(stage, when)
    if not deferred:
        made = compile_condition(when, stage)
        if isinstance(made, Rejected):
            raise ValueError(f"a condition does not compile: {made.message}")
        condition, tools = made, tools_of(made.root)
    return Boundary(
        id=_a(str, entry["id"]),
        section=rule.id,
        on=stage,
        when=when,
        effect=effect,
        say=_maybe(str, entry["say"]),
        rank=rule.rank,
        content=rule.content,
        layer=_a(int, entry["layer"]),
        tools=tools,
        condition=condition,
    )


def _directive(entry: Mapping[str, Any]) -> Directive:
    origin = entry["origin"]
    return Directive(
        id=_a(str, entry["id"]),
        act=Act(entry["act"]),
        level=_a(str, entry["level"]),
        order=_a(int, entry["order"]),
        targets=_names(entry["targets"]),
        conflicts=_names(entry["conflicts"]),
        subject=_maybe(str, entry["subject"]),
        value=entry["value"],
        text=_a(str, entry["text"]),
        explicit=_a(bool, entry["explicit"]),
        needs=_names(entry["needs"]),
        mistaken=_maybe(str, entry["mistaken"]),
        delegation=_delegation(entry["delegation"]),
        scope=restore_scope(entry["scope"]) if entry["scope"] else None,
        source=_a(str, entry["source"]),
        place=Place(*entry["place"]) if entry["place"] is not None else None,
        origin=Origin(
            _a(str, origin["channel"]), _a(str, origin["identity"]), _a(int, origin["confidence"])
        ),
        relation=Relation(entry["relation"]),
        risk=Risk(entry["risk"]),
    )


def _delegation(entry: Mapping[str, Any] | None) -> Delegation | None:
    if entry is None:
        return None
    return Delegation(_names(entry["to"]), _maybe(str, entry["level"]), _names(entry["only"]))


def restore_scope(entry: Mapping[str, Any]) -> Scope:
    """Return one scope of autonomy, from what `export_scope` makes of it."""
    return Scope(
        allowed_tools=_names(entry["allowed_tools"]),
        latest_time=_maybe(float, entry["latest_time"]),
        max_cost=_a(float, entry["max_cost"]),
        tool_constraints=MappingProxyType(_dict(entry["tool_constraints"])),
        additional_details=_a(str, entry["additional_details"]),
        issued_at=_maybe(float, entry["issued_at"]),
        level=_a(str, entry["level"]),
        id=_a(str, entry["id"]),
        revoked=_a(bool, entry["revoked"]),
        unnamed=_names(entry["unnamed"]),
    )


def _a(kind: type[_Value], value: object) -> _Value:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, not {type(value).__name__}")
    return value


def _maybe(kind: type[_Value], value: object) -> _Value | None:
    return None if value is None else _a(kind, value)


def _list(value: object) -> list[Any]:
    if type(value) is not list:
        raise TypeError("expected a list")
    return value


def _dict(value: object) -> dict[str, Any]:
    if type(value) is not dict:
        raise TypeError("expected an object")
    return value


def _names(value: object) -> tuple[str, ...]:
    found = tuple(_list(value))
    if found and set(map(type, found)) != _TEXTS:
        raise TypeError("expected a list of texts")
    return found


def _clauses(value: object) -> tuple[RuleClause, ...]:
    """Return clauses: three texts and a layer; types are checked for all at once: it is quicker."""
    listed = _list(value)
    if not _LISTS.issuperset(map(type, listed)):
        raise TypeError("expected a list of lists")
    found = tuple(RuleClause(*each) for each in listed)
    if not _TEXTS.issuperset(map(type, chain.from_iterable(each[:3] for each in found))):
        raise TypeError("expected texts")
    if not _NUMBERS.issuperset(type(each.layer) for each in found):
        raise TypeError("expected the number of a layer")
    return found
