"""Every reason against a release is given, and what is missing is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.govern.releases.gate import (
    MOST,
    MOST_WORDS,
    Evidence,
    Found,
    GateState,
    ObjectiveState,
    RunState,
    ThresholdState,
    named,
    refusals,
    standing,
)

TEXT, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
RUN = RunState("run1", TEXT, finished=True, scenarios=frozenset({"s1", "s2"}))
GATE = GateState("gate.json", "pass", TEXT, "")
GOOD = Evidence(frozenset({TEXT}), "root", first=False, runs=(RUN,), gates=(GATE,))


def test_nothing_speaks_against_what_is_in_order():
    assert refusals(GOOD) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"runs": ()}, ["evaluation none"]),
        ({"runs": (RUN._replace(text=OTHER),)}, ["evaluation run1"]),
        ({"runs": (RUN._replace(finished=False),)}, ["evaluation run1"]),
        ({"runs": (RUN._replace(scenarios=frozenset()),)}, ["evaluation run1"]),
        ({"stale": frozenset({"s1"})}, []),
        ({"stale": frozenset({"s1", "s3"})}, ["evaluation stale"]),
        ({"gates": ()}, ["gate none"]),
        ({"gates": (), "first": True}, []),
        ({"gates": (), "runs": (), "level": ""}, []),  # no rule changed
        ({"gates": (GATE._replace(verdict="fail"),)}, ["gate gate.json"]),
        ({"gates": (GATE._replace(verdict="need_more"), GATE)}, ["gate gate.json"]),
        ({"gates": (GATE._replace(text=OTHER),)}, ["gate gate.json"]),
        ({"thresholds": (ThresholdState("t", "passed", ""),)}, []),
        ({"thresholds": (ThresholdState("t", "crossed", "no evidence"),)}, ["threshold t"]),
        ({"thresholds": (ThresholdState("t", "", ""),)}, ["threshold t"]),
        ({"objectives": (ObjectiveState("o", "left", ""),)}, []),
        ({"objectives": (ObjectiveState("o", "spent", ""),)}, ["budget o"]),
        ({"objectives": (ObjectiveState("o", "breached", ""),)}, ["breach o"]),
        ({"objectives": (ObjectiveState("o", "unknown", ""),)}, ["budget o"]),
        ({"objectives": (ObjectiveState("o", "unknown", ""),), "first": True}, []),
        ({"objectives": (ObjectiveState("o", "spent", ""),), "first": True}, ["budget o"]),
        ({"spec_errors": (Found("bad-link", "x"),)}, ["spec bad-link"]),
        ({"role_errors": (Found("section-without-owner", "x"),)}, ["roles section-without-owner"]),
    ],
)
def test_each_reason_is_named(change, expected):
    assert [named(each) for each in refusals(replace(GOOD, **change))] == expected


def test_all_reasons_are_given_at_once():
    bad = replace(
        GOOD,
        runs=(),
        gates=(),
        spec_errors=(Found("a", "x"),),
        thresholds=(ThresholdState("t", "crossed", "y"),),
    )
    kinds = [each.kind for each in refusals(bad)]
    assert kinds == ["spec", "evaluation", "gate", "threshold"]


def test_their_number_and_length_are_bounded():
    errors = tuple(Found("r" * 9000, "x\ny " * 5000) for _ in range(1000))
    found = refusals(replace(GOOD, spec_errors=errors))
    assert len(found) == MOST + 1
    assert found[-1].what == f"and {1000 - MOST} more reasons"
    assert all(len(each.what) <= MOST_WORDS and "\n" not in each.what for each in found)


def test_what_may_come_up_later_is_looked_at_by_itself():
    found = standing(
        [ThresholdState("t", "crossed", "w")], [ObjectiveState("o", "spent", "")], first=False
    )
    assert [named(each) for each in found] == ["threshold t", "budget o"]
