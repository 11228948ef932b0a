"""Scope of autonomy: what an agent may do by itself, until when, at what cost.

A missing field never means unlimited: no `max_cost` allows no cost, no `allowed_tools` no tool.

A `prefix` with a slash or backslash limits paths and addresses to whole names: `/home/ann` allows
itself and `/home/ann/x`, neither `/home/anna` nor `/home/ann/../bob`, percent-encoded or not. Any
other prefix, such as `INV-`, allows every text that begins so and has no `..` between slashes.
Source: Model Spec 2025-12-18, section `scope_of_autonomy` and its commentary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

_SEPARATORS = ("/", "\\", ":", "?", "#", "@", "=", "&")
_OPEN_HOST = re.compile(r"//[^/?#\\]+$")
"""An address that ends before its host does: `https://example.com:` goes on with anything."""
_PLAIN = {"%2e": ".", "%2f": "/", "%5c": "\\", "%25": "%"}
_ENCODED = re.compile("|".join(_PLAIN), re.IGNORECASE)
_MAX_ENCODED = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """One agreed scope, immutable; a change is a new scope."""

    allowed_tools: tuple[str, ...] = ()
    """Names; a trailing `*` allows every tool that begins so."""
    latest_time: float | None = None
    """Seconds since 1970-01-01T00:00Z; after it, no action. None: no shutdown timer was stated."""
    max_cost: float = 0.0
    tool_constraints: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Per tool and argument: `in` (list), `prefix`, `min`, `max`; see `broken_constraint`."""
    additional_details: str = ""
    issued_at: float | None = None
    """When it was agreed; needed for a default timer (reading `scope_without_timer`)."""
    level: str = "none"
    """The issuer's authority; a scope never exceeds it."""
    id: str = ""
    """The directive that states it; empty for the scope that the offered tools imply."""
    revoked: bool = False
    unnamed: tuple[str, ...] = ()
    """Tools of `allowed_tools` that one of the scopes joined in it allows by a pattern only."""


def narrowest(scopes: Iterable[Scope]) -> Scope | None:
    """Return what all scopes together allow; None where there is none."""
    found: Scope | None = None
    for scope in scopes:
        found = scope if found is None else narrow(found, scope)
    return found


def narrow(one: Scope, other: Scope) -> Scope:
    """Return what both scopes allow: how a sub-agent's scope follows from its parent's."""
    ends = [scope.latest_time for scope in (one, other) if scope.latest_time is not None]
    starts = [scope.issued_at for scope in (one, other) if scope.issued_at is not None]
    tools = _both(one.allowed_tools, other.allowed_tools)
    return Scope(
        allowed_tools=tools,
        latest_time=min(ends, default=None),
        max_cost=min(one.max_cost, other.max_cost),
        tool_constraints=_all_constraints(one, other),
        additional_details="\n".join(
            filter(None, (one.additional_details, other.additional_details))
        ),
        issued_at=min(starts, default=None),
        level=other.level,
        id="+".join(filter(None, (one.id, other.id))),
        revoked=one.revoked or other.revoked,
        unnamed=tuple(
            tool
            for tool in tools
            if not (tool.endswith("*") or (names_tool(one, tool) and names_tool(other, tool)))
        ),
    )


def is_within(child: Scope, parent: Scope) -> bool:
    """Whether a scope allows nothing that another does not."""
    tools = all(_covered(tool, parent.allowed_tools) for tool in child.allowed_tools)
    ends = parent.latest_time is None or (
        child.latest_time is not None and child.latest_time <= parent.latest_time
    )
    return (
        tools
        and ends
        and child.max_cost <= parent.max_cost
        and (child.revoked or not parent.revoked)
        and _limits_of(child, parent) == _limits_of(child, Scope())
    )


def _limits_of(child: Scope, parent: Scope) -> dict[str, Mapping[str, object]]:
    """Return the constraints of both on the tools that the child allows."""
    return {
        tool: limits
        for tool, limits in _all_constraints(child, parent).items()
        if any(_meet(tool, allowed) for allowed in child.allowed_tools)
    }


def names_tool(scope: Scope, tool: str) -> bool:
    """Whether a scope, and each that was joined in it, names a tool in full, not by a pattern."""
    named = tool in scope.allowed_tools and not tool.endswith("*")
    return named and tool not in scope.unnamed


def allows_tool(scope: Scope, tool: str) -> bool:
    """Whether a scope allows a tool."""
    return any(_matches(pattern, tool) for pattern in scope.allowed_tools)


def broken_constraint(scope: Scope, tool: str, args: Mapping[str, object]) -> str | None:
    """Return the first argument that a scope does not allow, with the reason; None if all fit."""
    for pattern in sorted(scope.tool_constraints):
        if not _matches(pattern, tool):
            continue
        for name, limits in sorted(scope.tool_constraints[pattern].items()):
            if name not in args:
                return f"{name} is not given"
            if not isinstance(limits, Mapping):
                return f"{name} has a limit that cannot be read"
            wrong = _broken(limits, args[name])
            if wrong:
                return f"{name} {wrong}"
    return None


def _broken(limits: Mapping[str, object], value: object) -> str | None:
    for key, limit in sorted(limits.items()):
        check = _LIMITS.get(key)
        if check is None or not check(limit, value):
            return f"is not {_SPOKEN.get(key, key)} {_shown(limit):.80}"
    return None


def _shown(limit: object) -> str:
    many = isinstance(limit, list | tuple)
    return ", ".join(map(str, limit)) if many else str(limit)  # type: ignore[call-overload]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _listed(limit: object, value: object) -> bool:
    known = limit if isinstance(limit, list | tuple) else ()
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in known)


def _begins(limit: object, value: object) -> bool:
    """Compare prefixes; a path that climbs out of its folder does not begin with it."""
    if not (isinstance(limit, str) and isinstance(value, str) and value.startswith(limit)):
        return False
    if value == limit:
        return True
    last = max(limit.rfind("/"), limit.rfind("\\")) + 1
    return _ends_whole(limit, value[len(limit)]) and not _climbs(value[last:])


def _ends_whole(limit: str, following: str) -> bool:
    """Whether a path or address does not end in the middle of a name: `/home/ann` in `/home/anna`.

    Without a slash a limit is no path: `INV-` is the beginning of any invoice number.
    """
    if "/" not in limit and "\\" not in limit:
        return True
    if limit.endswith(_SEPARATORS) and not _OPEN_HOST.search(limit):
        return True
    return following in "/?#" or (following == "\\" and "\\" in limit)


def _climbs(path: str) -> bool:
    """Whether a path has a `..`, encoded or not; one encoded too often counts as having one."""
    for _ in range(_MAX_ENCODED):
        path = _ENCODED.sub(lambda found: _PLAIN[found[0].lower()], path)
    if _ENCODED.search(path):
        return True
    return ".." in re.split(r"[/\\?#;]", re.sub(r"[\t\r\n]", "", path))


def _at_least(limit: object, value: object) -> bool:
    return _is_number(limit) and _is_number(value) and value >= limit  # type: ignore[operator]


def _at_most(limit: object, value: object) -> bool:
    return _is_number(limit) and _is_number(value) and value <= limit  # type: ignore[operator]


_LIMITS: Mapping[str, Callable[[object, object], bool]] = {
    "in": _listed,
    "prefix": _begins,
    "min": _at_least,
    "max": _at_most,
}
LIMITS = tuple(_LIMITS)
"""What a constraint on an argument may say."""
_SPOKEN = {"in": "one of", "prefix": "inside", "min": "at least", "max": "at most"}


def _matches(pattern: str, tool: str) -> bool:
    return tool.startswith(pattern[:-1]) if pattern.endswith("*") else tool == pattern


def _meet(one: str, other: str) -> bool:
    """Whether two patterns have a tool in common."""
    if one.endswith("*") and other.endswith("*"):
        return one.startswith(other[:-1]) or other.startswith(one[:-1])
    return _matches(one, other) or _matches(other, one)


def _covered(tool: str, patterns: tuple[str, ...]) -> bool:
    if not tool.endswith("*"):
        return any(_matches(pattern, tool) for pattern in patterns)
    return any(p.endswith("*") and tool[:-1].startswith(p[:-1]) for p in patterns)


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tools that both lists allow, in order and once."""
    kept = [tool for tool in one if _covered(tool, other)]
    kept += [tool for tool in other if _covered(tool, one)]
    return tuple(dict.fromkeys(kept))


def _all_constraints(one: Scope, other: Scope) -> dict[str, Mapping[str, object]]:
    """Join the constraints of two scopes: every one of both has to hold."""
    joined: dict[str, dict[str, object]] = {
        tool: dict(limits) for tool, limits in one.tool_constraints.items()
    }
    for tool, arguments in other.tool_constraints.items():
        known = joined.setdefault(tool, {})
        for name, limits in arguments.items():
            known[name] = _tighter(known[name], limits) if name in known else limits
    return {
        tool: {name: _plainest(limits) for name, limits in arguments.items()}
        for tool, arguments in joined.items()
    }


def _plainest(limits: object) -> object:
    """Return the values that are left where limits list them: the other limits say no more."""
    if not isinstance(limits, Mapping) or not isinstance(limits.get("in"), list | tuple):
        return limits
    others = {key: limit for key, limit in limits.items() if key != "in"}
    return {"in": [value for value in limits["in"] if not others or not _broken(others, value)]}


def _tighter(one: object, other: object) -> dict[str, object]:
    """Join two limits on one argument; what cannot be joined allows nothing."""
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return {"in": []}
    joined = dict(one)
    for key, limit in other.items():
        joined[key] = _tightest(key, joined[key], limit) if key in joined else limit
        if joined[key] is None:
            return {"in": []}
    return joined


def _tightest(key: str, one: object, other: object) -> object:
    if key == "in" and isinstance(one, list | tuple):
        return [value for value in one if _listed(other, value)]
    if key == "prefix" and isinstance(one, str) and isinstance(other, str):
        longer, shorter = sorted((one, other), key=len, reverse=True)
        return longer if _begins(shorter, longer) else None
    if key in ("min", "max") and _is_number(one) and _is_number(other):
        one_is_less = one <= other  # type: ignore[operator]
        return other if one_is_less == (key == "min") else one
    return one if one == other else None
