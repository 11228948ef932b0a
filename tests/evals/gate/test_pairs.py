"""Pairs: nothing is dropped in silence, and what is open is bounded."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.gate.pairs import Unit, drawn, missing, outcome, pair, people_say, units

from .conftest import Said, many, planned


def only(pairs):
    (found,) = pairs.pairs
    return found


@pytest.mark.parametrize(
    ("base", "candidate", "bounds"),
    [
        (("adhered",), ("adhered",), (0, 0)),
        (("adhered",), ("violated",), (-1, -1)),
        (("violated",), ("adhered",), (1, 1)),
        (("adhered",), ("error",), (-1, 0)),
        (("violated",), ("filtered",), (0, 1)),
        (("cut_off",), ("adhered",), (0, 1)),
        (("judge_failed",), ("violated",), (-1, 0)),
        (("error",), ("pending",), (-1, 1)),
        (("adhered", "adhered"), ("adhered", "violated"), (-0.5, -0.5)),
        (("adhered", "violated"), ("adhered", "pending"), (0, 0.5)),
    ],
)
def test_a_scenario_enters_with_the_least_and_the_most_it_could_be(runs, base, candidate, bounds):
    found = only(pair(runs("a", [Said("s", base)]), runs("b", [Said("s", candidate)])))
    assert (found.low, found.high) == bounds
    assert found.decided == (bounds[0] == bounds[1])


def test_a_failed_check_violates_though_a_judge_was_to_decide(runs):
    said = [Said("s", ("not_judged",), rubric="Kind?", failed=True)]
    graded = {"verdicts": {"s": "judge_failed"}}
    base = runs("a", [Said("s", ("not_judged",), rubric="Kind?")], graded={})
    found = only(pair(base, runs("b", said, graded=graded)))
    # the score of the failed judge holds no checks, so that only its own bounds count
    assert (found.low, found.high) == (-1, 0)
    unjudged = runs("c", said).cases
    assert (outcome(unjudged).low, outcome(unjudged).high) == (0, 0)


def test_what_only_a_judge_decides_is_left_out_of_both_where_none_was_asked(runs):
    said = [Said("s", ("not_judged",), rubric="Kind?"), Said("t")]
    found = pair(runs("a", said), runs("b", said))
    assert [p.scenario.scenario for p in found.pairs] == ["t"]
    assert [s.scenario for s in found.unmeasured] == ["s"]


def test_a_judge_that_was_asked_leaves_nothing_out(runs):
    said = [Said("s", ("not_judged",), rubric="Kind?")]
    one = runs("a", said, graded={})
    found = only(pair(one, runs("b", said, graded={"verdicts": {"s": "judge_failed"}})))
    assert (found.low, found.high, found.candidate.open) == (-1, 0, ("judge_failed",))


def test_what_neither_model_can_do_is_left_out_and_what_one_cannot_is_bounded(runs):
    both, one = Said("s", ("not_judged",)), Said("t", ("not_judged",))
    found = pair(runs("a", [both, Said("t")]), runs("b", [both, one]))
    assert [s.scenario for s in found.unmeasured] == ["s"]
    assert (only(found).low, only(found).high) == (-1, 0)


def test_scenarios_that_are_not_alike_are_told_apart(runs):
    base = [Said("same"), Said("text"), Said("rules"), Said("old")]
    candidate = [
        Said("same"),
        Said("text", digest="sha256:other"),
        Said("rules", basis="sha256:other"),
        Said("new"),
    ]
    found = pair(runs("a", base), runs("b", candidate))
    assert [p.scenario.scenario for p in found.pairs] == ["same", "rules"]
    for left, name in (
        (found.altered, "text"),
        (found.rebased, "rules"),
        (found.only_base, "old"),
        (found.only_candidate, "new"),
    ):
        assert [s.scenario for s in left] == [name]


def test_records_without_digests_are_compared_by_their_text(runs):
    base = [Said("s", digest=""), Said("t", digest="", rubric="A")]
    candidate = [Said("s", digest=""), Said("t", digest="", rubric="B")]
    found = pair(runs("a", base), runs("b", candidate))
    assert [p.scenario.scenario for p in found.pairs] == ["s"]
    assert [s.scenario for s in found.altered] == ["t"]


def test_units_come_in_the_order_of_their_digests_whatever_the_files_say():
    parts = [(planned("r", Said(f"s{i}")), 0.0, 0.0, ()) for i in range(50)]
    found = [unit.id for unit in units(parts)]
    assert found == [unit.id for unit in units(parts[::-1])]
    assert found == sorted(found, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    assert found != [f"s{i}" for i in range(50)]


def test_scenarios_of_one_source_are_one_unit_with_their_mean():
    parts = [
        (planned("r", Said("a", source="story")), -1.0, -1.0, ()),
        (planned("r", Said("b", source="story")), -1.0, 1.0, ("error",)),
        (planned("r", Said("c", source="story")), 0.0, 0.0, ()),
        (planned("r", Said("d")), 1.0, 1.0, ("pending",)),
    ]
    found = {unit.id: unit for unit in units(parts)}
    story = found["story"]
    assert (story.low, story.high, story.scenarios) == (-2 / 3, 0.0, 3)
    assert (story.decided, story.pending) == (False, False)
    assert found["d"].pending


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 60))
def test_missing_counts_what_waits_and_what_is_not_written_yet(waiting, total):
    found = [Unit(str(i), 0, 0, 1, decided=not w, pending=w) for i, w in enumerate(waiting)]
    expected = sum(waiting[:total]) + max(0, total - len(waiting))
    assert missing(found, total) == max(1, expected)
    assert missing(found, None) is None


def test_ids_that_no_encoding_takes_have_a_place():
    assert len(drawn("\ud800")) == 64


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ((), None),
        (("violated",), "violated"),
        (("adhered",), "adhered"),
        (("violated", "adhered"), None),
        (("violated", "adhered", "violated"), "violated"),
    ],
)
def test_people_decide_by_majority(runs, labels, expected):
    (case,) = runs("a", [Said("s", labels=labels)]).cases
    assert people_say(case) == expected
    found = outcome([case], people=True)
    assert found.low == found.high == (0 if expected == "violated" else 1)
    assert outcome([case]).low == 1


def test_many_makes_scenarios():
    assert [s.id for s in many(3, 2)] == ["s3", "s4"]
