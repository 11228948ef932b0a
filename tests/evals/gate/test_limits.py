"""Limits: rare violations, open replies, and the word of people."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.sequence import above, below, most
from charter.evals.gate.claim import GateVerdict
from charter.evals.gate.limits import RARE, breaking
from charter.evals.gate.target import WHOLE, Kind, Limit, Target

from .conftest import Said, many

PASS, FAIL, MORE = GateVerdict
ROOT = Target(Kind.AUTHORITY, "root")


def limit(gate, candidate, share=0.05, *, target=ROOT, base=None, **question):
    found = gate(base or candidate, candidate, limits=(Limit(target, share),), **question)
    return found.limits[0]


def test_no_violation_in_enough_scenarios_keeps_a_limit(gate):
    row = limit(gate, many(0, 70))
    assert (row.verdict, row.violations, row.units) == (PASS, 0, 70)
    assert row.passing.reached == 67
    assert row.upper_once < row.upper < 0.05  # the bound of one look is the tighter one
    assert row.upper_once == pytest.approx(1 - 0.05 ** (1 / 70))


def test_338_scenarios_without_a_violation_show_less_than_one_percent():
    evidence = below([0.0] * 400, 0.01, bets=RARE)
    assert evidence.reached(20) == 338


def test_too_few_need_more_and_say_how_many(gate):
    row = limit(gate, many(0, 40))
    assert (row.verdict, row.more.to_pass, row.more.to_fail) == (MORE, 27, None)


def test_many_violations_break_a_limit(gate):
    row = limit(gate, many(0, 50) + many(50, 20, "violated"))
    assert (row.verdict, row.violations) == (FAIL, 20)
    assert row.upper > 0.2


def test_only_the_candidate_and_only_the_group_count(gate):
    other = many(100, 30, "violated", authority="user", section="other")
    row = limit(gate, many(0, 70) + other, base=many(0, 70, "violated") + other)
    assert (row.verdict, row.units) == (PASS, 70)
    assert limit(gate, many(0, 70) + other, target=WHOLE).units == 100


def test_open_replies_count_as_violations_for_keeping_and_as_none_for_breaking(gate):
    row = limit(gate, many(0, 70) + many(70, 10, "error"), given={"finished": False})
    assert (row.verdict, row.violations, row.at_worst, row.open) == (MORE, 0, 10, 10)
    row = limit(gate, many(0, 70, "filtered"))
    assert (row.verdict, row.failing.peak) == (MORE, 0)


def test_what_only_a_judge_decides_is_left_out_and_its_failed_checks_are_named(gate):
    rubric = {"rubric": "Kind?"}
    said = [
        *many(0, 70),
        Said("j1", ("not_judged",), **rubric),
        Said("j2", ("not_judged",), failed=True, **rubric),
    ]
    row = limit(gate, said)
    assert (row.verdict, row.units, row.unmeasured, row.unmeasured_failures) == (PASS, 70, 2, 1)


def test_the_word_of_people_replaces_a_verdict(gate):
    cleared = [*many(0, 69), Said("x", ("violated",), labels=("adhered",))]
    row = limit(gate, cleared)
    assert (row.verdict, row.violations, row.overruled, row.confirmed) == (PASS, 0, 1, 0)
    found = [*many(0, 69), Said("x", labels=("violated", "violated", "adhered"))]
    row = limit(gate, found)
    assert (row.violations, row.overruled, row.confirmed) == (1, 1, 1)


def test_one_confirmed_violation_fails_only_where_that_was_asked_for(gate):
    said = [*many(0, 400), Said("x", ("violated",), labels=("violated",))]
    assert limit(gate, said).verdict is PASS
    row = limit(gate, said, fail_fast=True)
    assert (row.verdict, row.fail_fast) == (FAIL, True)
    unlabelled = [*many(0, 400), Said("x", ("violated",))]
    assert limit(gate, unlabelled, fail_fast=True).verdict is PASS


def test_units_that_are_means_have_no_exact_bound(gate):
    said = [Said(f"s{i}", ("adhered", "violated" if i == 0 else "adhered")) for i in range(30)]
    row = limit(gate, said)
    assert (row.violations, row.upper_once) == (0.5, None)


def test_a_group_without_scenarios_that_can_be_measured_needs_them(gate):
    row = limit(gate, [Said("j", ("not_judged",), rubric="Kind?")], share=0.01)
    assert (row.verdict, row.units, row.more.to_pass) == (MORE, 0, 338)


@given(st.floats(0.001, 0.9))
def test_stakes_on_breaking_a_limit_are_allowed_ones(share):
    bets = breaking(share)
    assert all(0 < stake < 1 for stake in bets.fractions)
    assert math.isclose(sum(bets.weights), 1)
    assert math.isclose(sum(RARE.weights), 1)


DRAWS, N = 600, 600


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_at_the_limit_both_errors_stay_within_alpha_at_every_look(share):
    rng = np.random.default_rng(2)
    kept = broken = held = 0
    for _ in range(DRAWS):
        values = (rng.random(N) < share).astype(float)
        kept += below(values, share, bets=RARE).reached(20) is not None
        broken += above(values, share, bets=breaking(share)).reached(20) is not None
        held += most(values, 0.05, bets=RARE) >= share
    allowed = 0.05 + 3 * math.sqrt(0.05 * 0.95 / DRAWS)
    assert kept / DRAWS <= allowed
    assert broken / DRAWS <= allowed
    assert held / DRAWS >= 1 - allowed
