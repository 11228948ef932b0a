"""Enumeration and solver answer the same questions alike."""

from __future__ import annotations

import sys

import pytest
from tests.policy.determinacy.small import small_world

from charter.errors import CharterError
from charter.policy.determinacy import solver
from charter.policy.determinacy.counted import Counted
from charter.policy.determinacy.determine import determine
from charter.policy.determinacy.proved import Proved
from charter.policy.determinacy.tally import Tally

KEPT = (
    *("untrusted_lift", "scope_without_timer", "scope_preauthorises", "root_conflict"),
    *("bounds_before_provenance", "denied_premise", "setting_authority", "possibly_quoted"),
)
COUNTS = ("contexts", "open", "undecided", "hangs", "alone", "decides", "fires", "needed", "undone")


def moves(tally):
    return {
        what: (known.total, known.stricter, known.ever, known.example and known.example.weight)
        for what, known in tally.moves.items()
    }


def weights(tally):
    return {
        reading: {sort: pick.weight for sort, pick in picks.items()}
        for reading, picks in tally.examples.items()
    }


@pytest.mark.slow
def test_enumeration_and_solver_agree():
    pytest.importorskip("z3")
    world = small_world(*KEPT)
    counted, proved = Counted(Tally()), Proved(Tally(), world.evaluator.axes)
    for cell in world.cells():
        counted.count(cell)
        proved.count(cell)
    one, other = counted.finish(), proved.tally
    for name in COUNTS:
        assert getattr(one, name) == getattr(other, name), name
    assert 0 < one.undecided < one.open < one.contexts
    assert any(known.ever for known in one.moves.values())
    assert moves(one) == moves(other)
    assert weights(one) == weights(other)
    covered = [{k: p.weight for k, p in tally.covered.items()} for tally in (one, other)]
    assert covered[0] == covered[1]


def test_they_agree_on_one_event():
    pytest.importorskip("z3")
    world = small_world("scope_without_timer", "untrusted_lift")
    cell = next(cell for cell in world.cells() if cell.event.firing.features)
    counted, proved = Counted(Tally()), Proved(Tally(), world.evaluator.axes)
    counted.count(cell)
    proved.count(cell)
    one, other = counted.finish(), proved.tally
    assert all(getattr(one, name) == getattr(other, name) for name in COUNTS)
    assert moves(one) == moves(other)


def test_what_the_solver_leaves_open_is_said(monkeypatch):
    pytest.importorskip("z3")
    monkeypatch.setattr(solver, "MAX_BOXES", 0)
    world = small_world("scope_without_timer")
    proved = Proved(Tally(), world.evaluator.axes)
    proved.count(next(world.cells()))
    assert proved.tally.undone > 0


def test_without_the_solver_the_failure_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "z3", None)
    world = small_world("scope_without_timer")
    with pytest.raises(CharterError, match=r"z3 is not installed.*charter\[proofs\]"):
        determine(world.policy, {}, limit=0)
