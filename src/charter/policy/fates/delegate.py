"""Delegation: which instructions without authority are lifted, how far, and by whom.

An explicit delegation lifts what it names, to at most the delegator's own level, and only the part
that it names. What was lifted may delegate on, never higher and never back to where it came from.
A task can imply a delegation too, under a reading.
Source: Model Spec 2025-12-18, `ignore_untrusted_data`; readings `untrusted_lift`, `cue_source`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from charter.policy.directive import Act, Directive, Relation, Risk
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.policy import Policy

_FILES = ("tool:", "attachment:")
"""Sources that a task can imply to follow: what tools return, and files."""


_ANY = "any_context"


def lifts_by_itself(policy: Policy) -> bool:
    """Whether a reading gives authority to what has none, without a word of delegation."""
    readings = policy.readings
    return readings["untrusted_lift"] != "explicit_only" or readings["cue_source"] == _ANY


class Lifts:
    """What is still without authority, and what has been lifted so far."""

    def __init__(
        self, policy: Policy, directives: Sequence[Directive], unlifted: Sequence[int]
    ) -> None:
        self._ladder = policy.ladder
        self._directives = directives
        self._reading = policy.readings["untrusted_lift"]
        self._queue: dict[int, list[int]] = {}
        self._partly: set[int] = set()
        self._origin: dict[str, frozenset[str]] = {}
        """For a lifted source: the sources it owes that to."""
        self.waiting: dict[str, list[int]] = {}
        """By source: directives without authority so far."""
        self.lifted: dict[str, str] = {}
        self.by: dict[int, str] = {}
        """For a directive: who or what lifted it."""
        self._asked: list[int] = []
        self._guessed: list[str] = []
        for index in unlifted:
            self.waiting.setdefault(directives[index].source, []).append(index)
        if unlifted and lifts_by_itself(policy):
            self._imply(policy)

    @property
    def disclose(self) -> tuple[str, ...]:
        """Directives followed as a best guess."""
        return tuple(sorted(self._guessed))

    def pending(self, rank: int) -> bool:
        """Whether something was lifted to a rank and is not decided yet."""
        return bool(self._queue.get(rank))

    def take(self, rank: int) -> list[int]:
        """Return what was lifted to a rank since the last time."""
        return self._queue.pop(rank, [])

    def delegate(self, directive: Directive, rank: int) -> Fate | None:
        """Carry out a delegation that is in force; return its fate where that is not plain."""
        delegation = directive.delegation
        if delegation is None:
            return None
        reach = min(rank, self._ladder.rank(delegation.level)) if delegation.level else rank
        history = self._origin.get(directive.source, frozenset()) | {directive.source}
        named = [s for s in (*self.waiting, *history) if _names(delegation.to, s)]
        if any(source in history for source in named):
            step = (Step(Ground.CYCLIC, directive.id, directive.place),)
            level = self._ladder.name(rank)
            return Fate(directive.id, State.SET_ASIDE, Ground.CYCLIC, level, directive.id, step)
        for source in named:
            self._lift(source, directive, reach, history)
        return None

    def _lift(self, source: str, directive: Directive, rank: int, history: frozenset[str]) -> None:
        only = directive.delegation.only if directive.delegation else ()
        left: list[int] = []
        for index in self.waiting[source]:
            if rank and (not only or _is_about(self._directives[index], only)):
                self._queue.setdefault(rank, []).append(index)
                self.by[index] = directive.id
            else:
                left.append(index)
                self._partly.add(index)
        if rank:
            self.lifted.setdefault(source, self._ladder.name(rank))
            self._origin[source] = self._origin.get(source, frozenset()) | history
        if left:
            self.waiting[source] = left
        else:
            del self.waiting[source]

    def _imply(self, policy: Policy) -> None:
        """Lift what the task implies, and context that may soften guidelines, under readings."""
        user = self._ladder.rank("user") or 1
        cues = policy.readings["cue_source"] == _ANY
        for source, indices in [*self.waiting.items()]:
            left = []
            for index in indices:
                directive = self._directives[index]
                if cues and directive.act is Act.SOFTEN:
                    self.by[index] = "cue_source"
                elif not self._implied(directive, index):
                    left.append(index)
                    continue
                self._queue.setdefault(user, []).append(index)
            self.waiting[source] = left
            if not left:
                del self.waiting[source]

    def _implied(self, directive: Directive, index: int) -> bool:
        """Whether the task implies to follow an instruction found in a file or tool result."""
        if self._reading == "explicit_only" or not directive.source.startswith(_FILES):
            return False
        if directive.relation is Relation.UNRELATED:
            return False
        if self._reading == "implied_by_task":
            if directive.relation is Relation.MAYBE and directive.risk is Risk.SERIOUS:
                self._asked.append(index)
                return False
            if not (directive.relation is Relation.INTENDED and directive.risk is Risk.LOW):
                self._guessed.append(directive.id)
        self.by[index] = "untrusted_lift"
        return True

    def rest(self) -> Iterator[tuple[int, Fate]]:
        """Yield the fates of what nothing lifted."""
        for indices in self.waiting.values():
            for index in indices:
                yield index, self._unlifted(index)

    def _unlifted(self, index: int) -> Fate:
        directive = self._directives[index]
        if index in self._asked:
            step = Step(Ground.ASK_FIRST, None, None, "untrusted_lift")
            return Fate(
                directive.id, State.SUSPENDED, Ground.ASK_FIRST, directive.level, None, (step,)
            )
        if index not in self._partly:
            return directive.unheard
        ground = Ground.NOT_DELEGATED
        trace = (Step(ground),)
        return Fate(directive.id, State.SET_ASIDE, ground, directive.level, None, trace)


def _is_about(directive: Directive, subjects: Sequence[str]) -> bool:
    """Whether a directive speaks of subjects and of nothing else.

    What acts on sections, directives or the scope reaches further than any subject it claims.
    """
    return (
        directive.act is Act.INSTRUCT and directive.subject in subjects and not directive.conflicts
    )


def _names(patterns: Sequence[str], source: str) -> bool:
    return any(
        source.startswith(pattern[:-1]) if pattern.endswith("*") else source == pattern
        for pattern in patterns
    )
