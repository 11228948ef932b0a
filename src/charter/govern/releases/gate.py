"""What was found of a version -> every reason against a release. What is missing counts against it.

Facts come in as values: from evaluations, thresholds, objectives, incidents and roles. Nothing here
is weighed against anything else: one reason is enough, and all of them are given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from charter.govern.counted import counted
from charter.records.release import Refusal

GATE, EVALUATION, THRESHOLD = "gate", "evaluation", "threshold"
BUDGET, BREACH, ROLES, SPEC = "budget", "breach", "roles", "spec"
PASS, PASSED = "pass", "passed"
SPENT, LEFT, BREACHED = "spent", "left", "breached"
MOST = 200
"""Reasons that are kept one by one."""
MOST_WORDS = 500
_NAMED = 5


class GateState(NamedTuple):
    """The decision of `charter gate` on a candidate."""

    name: str
    verdict: str
    """pass, fail or need_more."""
    text: str
    """Digest of the spec that the candidate was measured on."""
    what: str


class RunState(NamedTuple):
    """An evaluation that is put forward."""

    name: str
    text: str
    """Digest of the spec that was measured."""
    finished: bool
    scenarios: frozenset[str]


class ThresholdState(NamedTuple):
    """A threshold."""

    name: str
    state: str
    """passed, or anything else."""
    why: str


class ObjectiveState(NamedTuple):
    """An objective, or an incident of a confirmed breach."""

    name: str
    state: str
    """left, spent, breached; anything else is not known."""
    what: str


class Found(NamedTuple):
    """An error of the spec or of the roles."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was found of a version."""

    texts: frozenset[str]
    """Digests by which the version may have been measured: of its base, and of the stack."""
    level: str
    """The highest authority changed; empty where no rule is."""
    first: bool
    """Whether it is the first release of its line."""
    spec_errors: tuple[Found, ...] = ()
    role_errors: tuple[Found, ...] = ()
    runs: tuple[RunState, ...] = ()
    stale: frozenset[str] = frozenset()
    """Scenarios whose past scores do not speak for it."""
    gates: tuple[GateState, ...] = ()
    thresholds: tuple[ThresholdState, ...] = ()
    objectives: tuple[ObjectiveState, ...] = ()


def refusals(evidence: Evidence) -> tuple[Refusal, ...]:
    """Return every reason against a release, of at most MOST kept one by one."""
    found = [
        *(Refusal(SPEC, each.name, each.what) for each in evidence.spec_errors),
        *(Refusal(ROLES, each.name, each.what) for each in evidence.role_errors),
        *_evaluations(evidence),
        *_gates(evidence),
        *standing(evidence.thresholds, evidence.objectives, first=evidence.first),
    ]
    kept = [_cut(each) for each in found[:MOST]]
    if len(found) > MOST:
        kept.append(Refusal(found[MOST].kind, "more", f"and {len(found) - MOST} more reasons"))
    return tuple(kept)


def standing(
    thresholds: Iterable[ThresholdState], objectives: Iterable[ObjectiveState], *, first: bool
) -> tuple[Refusal, ...]:
    """Return the reasons that may come up at any time, also after a release was asked for.

    What is not known of an objective counts against all releases but the first: before that,
    nothing is served of which anything could be known.
    """
    found = [Refusal(THRESHOLD, each.name, each.why) for each in thresholds if each.state != PASSED]
    for each in objectives:
        if each.state == BREACHED:
            found.append(Refusal(BREACH, each.name, each.what))
        elif each.state == SPENT:
            found.append(Refusal(BUDGET, each.name, each.what or "its error budget is spent"))
        elif each.state != LEFT and not first:
            what = f"it is not known what is left of its error budget: {each.what or each.state}"
            found.append(Refusal(BUDGET, each.name, what))
    return tuple(found)


def named(refusal: Refusal) -> str:
    """Return kind and name of a reason, as an override names it."""
    return f"{refusal.kind} {refusal.name}"


def _evaluations(evidence: Evidence) -> Iterator[Refusal]:
    if not evidence.level:
        return
    if not evidence.runs:
        yield Refusal(EVALUATION, "none", "no evaluation of this text is put forward")
        return
    asked: set[str] = set()
    for run in evidence.runs:
        if run.text not in evidence.texts:
            yield Refusal(EVALUATION, run.name, f"it measured another text, {run.text[:19]}")
        elif not run.finished:
            yield Refusal(EVALUATION, run.name, "it is not finished")
        elif not run.scenarios:
            yield Refusal(EVALUATION, run.name, "it asked no scenario")
        else:
            asked |= run.scenarios
    left = evidence.stale - asked
    if left:
        what = f"{counted(len(left), 'scenario')} resting on what changed, not asked again: "
        yield Refusal(EVALUATION, "stale", what + _some(left))


def _gates(evidence: Evidence) -> Iterator[Refusal]:
    if not evidence.gates and evidence.level and not evidence.first:
        yield Refusal(GATE, "none", "no result of `charter gate` is put forward")
    for gate in evidence.gates:
        if gate.text not in evidence.texts:
            what = f"its candidate was measured on another text, {gate.text[:19]}"
            yield Refusal(GATE, gate.name, what)
        elif gate.verdict != PASS:
            yield Refusal(GATE, gate.name, gate.what or gate.verdict)


def _some(names: Collection[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(sorted(names)[:_NAMED]) + more


def _cut(refusal: Refusal) -> Refusal:
    return Refusal(refusal.kind, _line(refusal.name), _line(refusal.what))


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_WORDS else f"{flat[: MOST_WORDS - 2]} …"
