"""Two versions of a policy, and the differences of their texts -> which sections changed.

What binds is compared part by part, without any likeness: one character of a clause is a change.
What the differences of the texts add is what no policy holds: examples, and what is expected.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from charter.policy.compiled.export import export_policy
from charter.policy.policy import Policy
from charter.spec.changes.change import Effect
from charter.spec.changes.diff import Diff
from charter.spec.gather import RENAMED
from charter.spec.ladder import Ladder
from charter.spec.spec import Spec

WHOLE = ""
"""Stands for the document where a section would stand."""
_NOT_BINDING = (Effect.WORDING, Effect.NOBODY)
_OF_ALL = ("ladder", "readings", "external", "first_party", "default_timer", "gates")


class Touched(NamedTuple):
    """A section in which something changed that binds or that is asked."""

    section: str
    """Empty for the document: its ladder, its readings, its gates."""
    authority: str
    """The higher of before and now."""


def touched(old: Policy | None, new: Policy, diffs: Iterable[Diff] = ()) -> tuple[Touched, ...]:
    """Return what changed, highest authority first. Without `old`, all of `new`.

    An authority that the ladder of `new` does not have counts as its highest.
    """
    was, now = dict(_parts(old)) if old else {}, dict(_parts(new))
    found: dict[str, str] = {}
    sides = [
        each for key in was.keys() | now.keys() for each in _differing(was.get(key), now.get(key))
    ]
    sides += [each for diff in diffs for each in _asked(diff)]
    for section, authority in sides:
        level = authority if authority in new.ladder.ranks else new.ladder.levels[0].name
        found[section] = higher(new.ladder, found.get(section), level)
    order = sorted(found.items(), key=lambda each: (-new.ladder.rank(each[1]), each[0]))
    return tuple(Touched(*each) for each in order)


def higher(ladder: Ladder, one: str | None, other: str) -> str:
    """Return the higher of two authorities; the other where there is no first."""
    return other if one is None or ladder.rank(other) > ladder.rank(one) else one


class _Part(NamedTuple):
    section: str
    authority: str
    content: str


def _differing(was: _Part | None, now: _Part | None) -> Iterator[tuple[str, str]]:
    if was is not None and now is not None and was.content == now.content:
        return
    yield from ((each.section, each.authority) for each in (was, now) if each is not None)


def _parts(policy: Policy) -> Iterator[tuple[tuple[str, ...], _Part]]:
    """Yield what binds, by what tells it from the rest; which layer wrote it does not matter."""
    exported = export_policy(policy)
    top = policy.ladder.levels[0].name
    yield ("document",), _Part(WHOLE, top, _json({key: exported[key] for key in _OF_ALL}))
    for rule in exported["rules"]:
        clauses = [clause[:3] for clause in rule["clauses"]]
        content = _without(rule, "layer", "title") | {"clauses": clauses}
        yield ("rule", rule["id"]), _Part(rule["id"], rule["authority"], _json(content))
    for each in exported["boundaries"]:
        rule_of = policy.by_id.get(each["section"])
        authority = top if rule_of is None else rule_of.authority
        content = _without(each, "layer")
        yield ("boundary", each["id"]), _Part(each["section"], authority, _json(content))
    for number, each in enumerate(exported["directives"]):
        content = _without(each, "origin", "order")
        yield (
            ("directive", each["id"], each["level"], str(number)),
            _Part(WHOLE, each["level"], _json(content)),
        )


def _asked(diff: Diff) -> Iterator[tuple[str, str]]:
    """Yield the sections in which examples, or what is expected of them, changed."""
    for change in diff.changes:
        if change.effect in _NOT_BINDING:
            continue
        places = ((diff.old, change.old_section), (diff.new, change.new_section))
        yield from (each for spec, section in places if section for each in _at(spec, section))


def _at(spec: Spec, section: str) -> Iterator[tuple[str, str]]:
    found = spec.index.get(section)
    if found is not None and found.authority is not None:
        yield section, RENAMED.get(found.authority, found.authority)


def _without(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key not in keys}


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
