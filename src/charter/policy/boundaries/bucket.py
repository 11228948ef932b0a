"""The boundaries that could fire for one stage and tool, and what asking them gives.

Those with a shortcut (`boundaries.shortcut`) are answered by it where it is sure. The others are
evaluated together, in one program that gives the list of their answers. Only where that gives an
error are they evaluated one by one, to find the one responsible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from charter.policy.boundaries.boundary import Boundary
from charter.policy.boundaries.condition import environment
from charter.policy.boundaries.pattern import PatternSet
from charter.policy.boundaries.plain import plain, size_as_given
from charter.policy.boundaries.program import answer
from charter.policy.boundaries.shortcut import Shortcut
from charter.policy.decision import Check, Effect, Ran

MAX_REASON = 200
"""Characters of the runtime's own words; they may quote what was asked about."""
_NOT_IN_FORCE = "its section is not in force"


class Asked(NamedTuple):
    """What a question to the boundaries gave."""

    fired: tuple[int, ...]
    """Positions in the policy's boundaries, ascending."""
    errored: tuple[int, ...]
    """Those whose condition gave an error, or could take too long; they count as deny."""
    checks: tuple[Check, ...]
    """One for each boundary of the policy, in its order."""


class Short(NamedTuple):
    """A boundary that a shortcut can answer."""

    member: int
    answer: Shortcut
    limit: int
    """Size of values up to which it may be asked."""


class Keyed(NamedTuple):
    """Boundaries that can fire only where a variable has a key; any of them, where both are empty.

    Most calls have few of the arguments that boundaries look for.
    """

    variable: str
    key: str
    shorts: tuple[Short, ...]


class Patterned(NamedTuple):
    """Boundaries that can fire only where a text has a match of their pattern.

    Few texts have any: one pass over the text answers nearly all of them.
    """

    variable: str
    patterns: PatternSet
    shorts: tuple[Short, ...]
    """In the order of the patterns."""
    least: int
    """The size of values that all of them can take."""


class Group(NamedTuple):
    """Boundaries that are evaluated together."""

    members: tuple[int, ...]
    together: Any | None
    limit: int
    """Size of values up to which all of them may be asked."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Some of a policy's boundaries."""

    boundaries: tuple[Boundary, ...]
    """All of the policy."""
    fires: tuple[Check, ...]
    """What each of them becomes when it fires."""
    members: tuple[int, ...]
    """Positions of those that are asked."""
    keyed: tuple[Keyed, ...]
    patterned: tuple[Patterned, ...]
    groups: tuple[Group, ...]
    """Of those without a shortcut."""
    needs: frozenset[str]
    """Names of the variables that a question needs; no others are read."""
    sections: tuple[str, ...]
    """Ids of their sections, sorted."""
    quiet: Asked
    """What a question gives when none of them fires."""
    stage: str
    cited: list[Any] = field(default_factory=list, compare=False, repr=False)
    """The citations of its sections, once they were needed."""

    def ask(self, values: Mapping[str, object], out: frozenset[str] = frozenset()) -> Asked:
        """Ask every boundary, except those of the sections in `out`.

        `values` has a value, as JSON has them, for each of `needs`.
        """
        if not self.members:
            return self.quiet
        fired: list[int] = []
        errors: dict[int, str] = {}
        self._answer(values, fired, errors)
        left_out: tuple[int, ...] = ()
        if out and not out.isdisjoint(self.sections):
            left_out = tuple(at for at in self.members if self.boundaries[at].section in out)
            fired = [at for at in fired if at not in left_out]
        if not (fired or errors or left_out):
            return self.quiet
        checks = list(self.quiet.checks)
        for at in fired:
            checks[at] = self.fires[at]
        for at, reason in errors.items():
            checks[at] = Check(self.boundaries[at].id, Ran.ERRORED, Effect.DENY, reason)
        for at in left_out:
            errors.pop(at, None)
            checks[at] = Check(self.boundaries[at].id, Ran.NOT_APPLICABLE, reason=_NOT_IN_FORCE)
        return Asked(tuple(fired), tuple(sorted(errors)), tuple(checks))

    def _answer(
        self, values: Mapping[str, object], fired: list[int], errors: dict[int, str]
    ) -> None:
        """Find out which boundaries fire, and why others give an error."""
        size = size_as_given(values)
        unsure = self._short(values, size, fired)
        if not (unsure or self.groups):
            fired.sort()
            return
        try:
            known, size = plain(values) if size is None else (dict(values), size)
            activation = environment(self.stage).activation(known)
        except ValueError as cause:
            errors.update(dict.fromkeys(self.members, _error(cause)))
            return
        self._one_by_one([short.member for short in unsure], activation, size, fired, errors)
        for group in self.groups:
            flags = None
            if group.together is not None and size <= group.limit:
                flags = _flags(group.together, activation)
            if flags is None:
                self._one_by_one(group.members, activation, size, fired, errors)
            elif True in flags:
                fired.extend(at for at, flag in zip(group.members, flags, strict=True) if flag)
        fired.sort()

    def _short(
        self, values: Mapping[str, object], size: int | None, fired: list[int]
    ) -> list[Short]:
        """Add boundaries that fire to `fired`; return those that the runtime has to answer."""
        if size is None:
            given = [short for keyed in self.keyed for short in keyed.shorts]
            return given + [short for some in self.patterned for short in some.shorts]
        unsure: list[Short] = []
        for patterned in self.patterned:
            _by_pattern(patterned, values, size, fired, unsure)
        for variable, key, shorts in self.keyed:
            if variable:
                keys = values.get(variable)
                if type(keys) is dict and key not in keys:
                    continue
            for short in shorts:
                if size > short.limit:
                    unsure.append(short)
                else:
                    _take(short, values, fired, unsure)
        return unsure

    def _one_by_one(
        self,
        members: list[int] | tuple[int, ...],
        activation: Any,
        size: int,
        fired: list[int],
        errors: dict[int, str],
    ) -> None:
        for at in members:
            try:
                if self.boundaries[at].condition.holds_in(activation, size):
                    fired.append(at)
            except ValueError as cause:
                errors[at] = _error(cause)


def _by_pattern(
    patterned: Patterned,
    values: Mapping[str, object],
    size: int,
    fired: list[int],
    unsure: list[Short],
) -> None:
    variable, patterns, shorts, least = patterned
    text = values.get(variable)
    known = patterns.found(text) if type(text) is str else None
    if known is not None and size <= least:
        for at in sorted(known):
            if at < len(shorts):  # the last is the pass's own
                _take(shorts[at], values, fired, unsure)
        return
    for at, short in enumerate(shorts):
        if size > short.limit:
            unsure.append(short)
        elif known is None or at in known:
            _take(short, values, fired, unsure)


def _take(
    short: Short, values: Mapping[str, object], fired: list[int], unsure: list[Short]
) -> None:
    """Ask a shortcut, and put its boundary where the answer says."""
    found = short.answer(values)
    if found:
        fired.append(short.member)
    elif found is None:
        unsure.append(short)


def _flags(program: Any, activation: Any) -> list[bool] | None:
    """Return the answers of a group, or None where one of them is an error."""
    try:
        found = answer(program, activation)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def _error(cause: ValueError) -> str:
    return f"its condition could not be evaluated: {str(cause)[:MAX_REASON]}"
