"""Ids of directives: given by their author, or derived from what they say; never from a place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from charter.policy.directive import Directive

_DERIVED = "d-"


@dataclass(slots=True)
class Ids:
    """Ids given out so far: a second directive of one id gets `-2`, a third `-3`.

    Give them out from the highest level down: then what has less authority never changes the id
    of what has more, and cannot stand in for it.
    """

    taken: set[str]
    _next: dict[str, int]

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self._next = {}

    def claim(self, directive: Directive) -> Directive:
        """Return the directive under an id that no other has."""
        wanted = free = directive.id
        if free in self.taken:
            number = self._next.get(wanted, 2)
            while (free := f"{wanted}-{number}") in self.taken:
                number += 1
            self._next[wanted] = number + 1
        self.taken.add(free)
        return directive if free == wanted else renamed(directive, free)


def renamed(directive: Directive, new: str) -> Directive:
    """Return a directive under another id; its scope names it too."""
    scope = replace(directive.scope, id=new) if directive.scope else None
    return replace(directive, id=new, scope=scope)


def derived_id(directive: Directive) -> str:
    """Return `d-` and eight hexadecimal digits of what a directive says, not of where."""
    said = (
        directive.act,
        directive.targets,
        directive.subject,
        directive.value,
        directive.text,
        directive.conflicts,
        directive.needs,
        directive.explicit,
        directive.delegation,
        _scope_said(directive),
    )
    canonical = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return _DERIVED + hashlib.sha256(canonical.encode("ascii")).hexdigest()[:8]


def unknown_targets(directives: Sequence[Directive], known: Collection[str]) -> list[str]:
    """Return the ids that directives act on or conflict with and that name nothing, in order.

    `known` are sections and clauses; the directives' own ids count as known.
    """
    own = {directive.id for directive in directives}
    wanted = (
        target for directive in directives for target in (*directive.targets, *directive.conflicts)
    )
    return [w for w in dict.fromkeys(wanted) if w not in known and w not in own]


def _scope_said(directive: Directive) -> object:
    """Return what a scope says, without whose it is."""
    scope = directive.scope
    if scope is None:
        return None
    return (
        scope.allowed_tools,
        scope.latest_time,
        scope.max_cost,
        scope.tool_constraints,
        scope.additional_details,
        scope.issued_at,
    )
