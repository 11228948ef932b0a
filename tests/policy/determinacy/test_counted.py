"""Counts against what `resolve` and `decide` say of every combination, one by one."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from tests.policy.determinacy.small import small_world

from charter.policy.decision import STRICTNESS
from charter.policy.determinacy.context import part_of
from charter.policy.determinacy.counted import Counted
from charter.policy.determinacy.spot import Spots
from charter.policy.determinacy.tally import Tally

KEPT = ("untrusted_lift", "scope_without_timer", "root_conflict", "bounds_before_provenance")


def outcome(world, cell, combo, choices):
    context = cell.context(combo)
    answer = world.evaluator.answer(context, choices)
    part = part_of(world.evaluator.under(choices), answer.resolution, context.rows)
    return STRICTNESS[answer.decision.effect], part


def one_by_one(world, cell):
    sizes = [len(known) for known in world.evaluator.axes.choices]
    found = {"open": 0, "undecided": 0, "hangs": Counter(), "alone": Counter()}
    for combo in cell.combos():
        times = 1
        for group, at in zip(cell.groups, combo, strict=True):
            times *= group.types[at].times
        table = {
            chosen: outcome(world, cell, combo, dict(enumerate(chosen)))
            for chosen in product(*map(range, sizes))
        }
        base = table[(0,) * len(sizes)]
        found["open"] += times * (len(set(table.values())) > 1)
        found["undecided"] += times * (len({effect for effect, _ in table.values()}) > 1)
        for axis, size in enumerate(sizes):
            changes = [
                ((*chosen[:axis], other, *chosen[axis + 1 :]), chosen)
                for chosen in table
                for other in range(size)
            ]
            found["hangs"][axis] += times * any(table[a] != table[b] for a, b in changes)
            alone = any(
                table[tuple(other if a == axis else 0 for a in range(len(sizes)))] != base
                for other in range(size)
            )
            found["alone"][axis] += times * alone
    return found


@pytest.mark.parametrize("features", [(), (("stage", "output"), ("fires", "long"))])
def test_counts_are_those_of_asking_one_by_one(features):
    world = small_world(*KEPT)
    cell = next(cell for cell in world.cells() if cell.event.features == features)
    counted = Counted(Tally())
    counted.count(cell)
    tally = counted.finish()
    found = one_by_one(world, cell)
    assert tally.contexts == cell.contexts
    assert (tally.open, tally.undecided) == (found["open"], found["undecided"])
    assert tally.hangs == +found["hangs"]
    assert tally.alone == +found["alone"]
    assert 0 < tally.undecided < tally.open < tally.contexts


@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"defeat": "any_higher", "untrusted_lift": "any_on_topic", "cue_source": "any_context"},
        {"bounds_before_provenance": "provenance_first", "possibly_quoted": "no_authority"},
    ],
)
def test_whole_contexts_are_as_the_tables_say(readings):
    world = small_world(
        *("same_level_order", "superseder_must_apply", "defeat", "denied_premise"),
        *("root_conflict", "equal_sections", "untrusted_lift", "scope_preauthorises"),
        *("scope_without_timer", "bounds_before_provenance", "scope_vs_side_effects"),
        *("cue_source", "untrusted_name", "setting_authority", "possibly_quoted"),
        readings=readings,
    )
    spots = Spots(world.evaluator)
    for cell in world.cells():
        spots.take(cell, 25)
    assert spots.taken == 25 * world.count


def test_a_wrong_table_is_noticed():
    world = small_world(*KEPT)
    cell = next(world.cells())
    gates = tuple(
        table._replace(values={key: value.then(lambda _: 0) for key, value in table.values.items()})
        for table in cell.gates
    )
    with pytest.raises(RuntimeError, match="the tables are wrong"):
        Spots(world.evaluator).take(cell._replace(gates=gates), 20)


def test_each_boundary_is_seen_to_fire_and_to_decide():
    world = small_world(*KEPT)
    counted = Counted(Tally())
    for cell in world.cells():
        counted.count(cell)
    tally = counted.finish()
    assert tally.fires == {"no_pay", "ask_pay", "long", "teen"}
    assert tally.needed == {"no_pay", "long", "teen"}
    assert tally.covered["ask_pay"].weight == 1
