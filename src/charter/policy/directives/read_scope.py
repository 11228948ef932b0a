"""The `scope` and `delegate` parts of a directive: what may be done, and whose words count.

Source of the fields of a scope: Model Spec 2025-12-18, commentary of `scope_of_autonomy`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from charter.policy.conversation import Kind
from charter.policy.directive import Delegation
from charter.policy.directives.read_value import (
    Refused,
    known_keys,
    listed,
    mapping,
    moment,
    name,
    near,
    number,
    one_of,
    one_or_more,
    scalar,
    shown,
    subject,
    text,
)
from charter.policy.scope import LIMITS, Scope
from charter.spec.ladder import Ladder
from charter.syntax.conversation import ROLES

SCOPE_KEYS = (
    "allowed_tools",
    "latest_time",
    "max_cost",
    "tool_constraints",
    "additional_details",
    "issued_at",
)
DELEGATE_KEYS = ("to", "level", "only")

SOURCES = tuple(sorted({*map(str, Kind), *ROLES} - {Kind.OWN, Kind.DIRECTIVE}))
"""What the source of a passage can begin with."""

_SOURCE = re.compile(r"([a-z_]+)(\*|:[^\x00-\x1f\x7f]{1,200})?")


def read_scope(value: object, path: str, *, level: str) -> Scope:
    """Return a scope. Raises Refused; an unknown key is refused, never read as no limit."""
    fields = mapping(value, path)
    known_keys(fields, SCOPE_KEYS, path, "scope")

    def at(key: str) -> str:
        return f"{path}.{key}"

    times = {
        key: moment(fields[key], at(key)) for key in ("latest_time", "issued_at") if key in fields
    }
    if times.get("latest_time", 0.0) < times.get("issued_at", 0.0) and len(times) == 2:
        raise Refused("latest_time lies before issued_at", at("latest_time"))
    return Scope(
        allowed_tools=_tools(fields.get("allowed_tools", ()), at("allowed_tools")),
        latest_time=times.get("latest_time"),
        max_cost=number(fields.get("max_cost", 0.0), at("max_cost")),
        tool_constraints=_constraints(fields.get("tool_constraints", {}), at("tool_constraints")),
        additional_details=(
            text(fields["additional_details"], at("additional_details"))
            if "additional_details" in fields
            else ""
        ),
        issued_at=times.get("issued_at"),
        level=level,
    )


def read_delegation(value: object, path: str, *, ladder: Ladder) -> Delegation:
    """Return whose words are lifted, how far, and which part of them. Raises Refused."""
    fields = mapping(value, path)
    known_keys(fields, DELEGATE_KEYS, path, "delegate")
    if "to" not in fields:
        raise Refused("delegate needs `to`: the sources that are lifted", path)
    level = None
    if "level" in fields:
        level = one_of(fields["level"], tuple(ladder.ranks), f"{path}.level")
    only = one_or_more(fields["only"], f"{path}.only", subject) if "only" in fields else ()
    return Delegation(one_or_more(fields["to"], f"{path}.to", source), level, only)


def source(value: object, path: str) -> str:
    """Return the name of a source, such as `tool:read_file` or `attachment:*`."""
    found = _SOURCE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        what = "a source is written like tool:read_file or attachment:*"
        raise Refused(f"{what}, not {shown(value)}", path)
    if found[1] not in SOURCES:
        what = f"no source begins with {found[1]!r:.40}; they are {', '.join(SOURCES)}"
        raise Refused(what, path, near(found[1], SOURCES))
    return found[0]


def _tools(value: object, path: str) -> tuple[str, ...]:
    return listed(value, path, _tool)


def _tool(value: object, path: str) -> str:
    tool = name(value, path)
    if "*" in tool[:-1]:
        raise Refused("a `*` stands at the end of a tool's name only", path)
    return tool


def _constraints(value: object, path: str) -> Mapping[str, Mapping[str, object]]:
    """Return limits by tool and argument."""
    return {
        _tool(tool, f"{path}.{tool}"): {
            name(argument, f"{path}.{tool}.{argument}"): _limits(
                limits, f"{path}.{tool}.{argument}"
            )
            for argument, limits in mapping(arguments, f"{path}.{tool}").items()
        }
        for tool, arguments in mapping(value, path).items()
    }


def _limits(value: object, path: str) -> Mapping[str, object]:
    """Return the limits on one argument; at least one, each of its type."""
    fields = mapping(value, path)
    known_keys(fields, LIMITS, path, "a limit on an argument")
    if not fields:
        raise Refused(f"a limit is one of {', '.join(LIMITS)}", path)
    found: dict[str, object] = {}
    for key, limit in fields.items():
        where = f"{path}.{key}"
        if key == "in":
            found[key] = list(listed(limit, where, scalar))
        elif key == "prefix":
            found[key] = text(limit, where)
        else:
            found[key] = _bound(limit, where)
    return found


def _bound(value: object, path: str) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(f"{path.rpartition('.')[2]} must be a number", path)
    return scalar(value, path)
