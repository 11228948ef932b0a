"""Whether a policy decides: every context it tells apart, under every combination of readings.

See docs/determinacy.md for what a context is. All answers come from `resolve` and `decide`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from charter.policy.determinacy.counted import Counted
from charter.policy.determinacy.example import Example, added, by_reading, covered
from charter.policy.determinacy.proved import Proved
from charter.policy.determinacy.spot import Spots
from charter.policy.determinacy.tally import Moves, Tally
from charter.policy.determinacy.world import World
from charter.policy.policy import Policy
from charter.spec.reading import BY_NAME

LIMIT = 200_000
"""Combinations of types of one event that are enumerated; where there are more, z3 is asked."""
UNASKED: Mapping[str, str] = {
    "hidden_policies": "changes no decision, only whether it is marked as closed",
    "grade_target": "changes what grades count against, in evaluations only",
    "unlabelled_text": "the spec cannot be compiled otherwise",
}
"""Readings without an axis of their own, and why."""


class ReadingShare(NamedTuple):
    """How much hangs on one reading."""

    name: str
    number: int
    alternatives: tuple[str, ...]
    """The one in force first."""
    hangs: int
    """Contexts whose outcome it changes, for some combination of the others."""
    alone: int
    """Of these, how many it changes with the others as they are in force."""
    decides: int
    """Contexts whose decision it changes, for some combination of the others."""
    example: Example | None


class Dead(NamedTuple):
    """A boundary that makes no difference."""

    boundary: str
    section: str
    kind: str
    """`never_fires` or `never_decides`."""
    example: Example | None
    """For one that never decides: where it fires, with what is as strict."""


class Permission(NamedTuple):
    """What one permission does where it is added."""

    what: str
    total: int
    """Pairs of contexts that differ by it alone."""
    stricter: int
    """Of these, how many in which the decision is stricter with it, as the policy is read."""
    ever: int
    """The same under some combination of readings."""
    example: tuple[Example, Example] | None


@dataclass(frozen=True, slots=True)
class Determinacy:
    """What was found out about one policy."""

    policy: Policy
    contexts: int
    one_outcome: int
    """Contexts with the same decision, and the same in force, under every reading."""
    one_decision: int
    """Contexts with the same decision under every reading."""
    combinations: int
    """Of readings."""
    readings: tuple[ReadingShare, ...]
    """Those that matter most first."""
    moot: Mapping[str, str]
    """Readings that were not varied, and why."""
    dead: tuple[Dead, ...]
    permissions: tuple[Permission, ...]
    """Those that ever remove options."""
    groups: Mapping[str, int]
    """How many possibilities each part of a context has."""
    enumerated: int
    """Events whose contexts were enumerated."""
    solved: int
    """Events about which the solver was asked."""
    undone: int
    """Questions it did not answer: counts are lower bounds then."""
    spots: int
    """Contexts that were resolved and decided on as a whole, and found to agree."""
    left_out: tuple[str, ...]
    """What was beyond a limit, in words."""

    @property
    def share(self) -> float:
        """Share of contexts with one outcome."""
        return self.one_outcome / self.contexts

    @property
    def decided(self) -> float:
        """Share of contexts with one decision."""
        return self.one_decision / self.contexts


def determine(
    policy: Policy,
    moot: Mapping[str, str],
    variants: Mapping[str, Policy] | None = None,
    *,
    limit: int = LIMIT,
    progress: Callable[[int, int], None] | None = None,
) -> Determinacy:
    """Look at every context of a policy.

    `moot` are the readings that cannot matter, from `compiled.moot`; `variants` the policy compiled
    under the other alternatives of `unlabelled_text`, where that is not moot. `progress` is called
    with the events done and all. Raises CharterError where the solver is needed and not there, and
    RuntimeError where a spot check finds the counts to be wrong.
    """
    unasked = {
        name: why
        for name, why in UNASKED.items()
        if name not in moot and not (name == "unlabelled_text" and variants)
    }
    world = World(policy, {**moot, **unasked}, variants)
    tally = Tally()
    counted = Counted(tally)
    spots = Spots(world.evaluator)
    enumerated = solved = 0
    for done, cell in enumerate(world.cells()):
        if progress is not None:
            progress(done, world.count)
        spots.take(cell)
        if cell.size <= limit:
            counted.count(cell)
            enumerated += 1
        else:
            Proved(tally, world.evaluator.axes).count(cell)
            solved += 1
    counted.finish()
    return Determinacy(
        policy=policy,
        contexts=tally.contexts,
        one_outcome=tally.contexts - tally.open,
        one_decision=tally.contexts - tally.undecided,
        combinations=_combinations(world),
        readings=_readings(world, tally),
        moot={**moot, **unasked},
        dead=_dead(world, tally),
        permissions=_permissions(world, tally),
        groups=_groups(world),
        enumerated=enumerated,
        solved=solved,
        undone=tally.undone,
        spots=spots.taken,
        left_out=_left_out(world),
    )


def _combinations(world: World) -> int:
    found = 1
    for choices in world.evaluator.axes.choices:
        found *= len(choices)
    return found


def _readings(world: World, tally: Tally) -> tuple[ReadingShare, ...]:
    ask, found = world.evaluator, []
    for axis, name in enumerate(ask.axes.names):
        picks = tally.examples.get(axis, {})
        best = picks[min(picks)] if picks else None
        found.append(
            ReadingShare(
                name,
                BY_NAME[name].number,
                ask.axes.choices[axis],
                tally.hangs[axis],
                tally.alone[axis],
                tally.decides[axis],
                by_reading(ask, best.context, axis, decides=min(picks) < 2) if best else None,
            )
        )
    return tuple(sorted(found, key=lambda share: (-share.hangs, share.number)))


def _dead(world: World, tally: Tally) -> tuple[Dead, ...]:
    found = []
    skipped = set(world.events.found.left_out)
    for boundary in world.policy.boundaries:
        name = boundary.id
        if name in tally.needed or (name in skipped and name not in tally.fires):
            continue
        if name not in tally.fires:
            found.append(Dead(name, boundary.section, "never_fires", None))
        else:
            example = covered(world.evaluator, tally.covered[name].context, name)
            found.append(Dead(name, boundary.section, "never_decides", example))
    return tuple(found)


def _permissions(world: World, tally: Tally) -> tuple[Permission, ...]:
    def of(what: str, moves: Moves) -> Permission:
        pair = added(world.evaluator, moves.example) if moves.example else None
        return Permission(what, moves.total, moves.stricter, moves.ever, pair)

    found = [of(what, moves) for what, moves in tally.moves.items() if moves.ever]
    return tuple(sorted(found, key=lambda one: (-one.ever, one.what)))


def _groups(world: World) -> dict[str, int]:
    return {
        "what is said of the rules": len(world.matter.rows),
        "the scope of autonomy": len(world.scope("").rows),
        "who asked for the action": len(world.asked.rows),
        "what is decided on": len(world.events.events),
        "whether a developer is there": len(world.developers),
    }


def _left_out(world: World) -> tuple[str, ...]:
    found = []
    if world.matter.left_out:
        found.append(f"{world.matter.left_out} kinds of sections")
    if world.events.found.left_out:
        found.append(f"{len(world.events.found.left_out)} boundaries")
    return tuple(found)
