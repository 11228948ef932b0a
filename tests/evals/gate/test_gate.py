"""The verdict: for one group, for several together, with bounds, and its error rates."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from charter.estimates.sequence import above, below
from charter.evals.case import Case
from charter.evals.gate.claim import GateVerdict, levels
from charter.evals.gate.gate import Question, decide
from charter.evals.gate.group import weigh
from charter.evals.gate.pairs import drawn, pair
from charter.evals.gate.target import WHOLE, Kind, Limit, Target

from .conftest import Said, many

PASS, FAIL, MORE = GateVerdict
HONESTY, STYLE = Target(Kind.SECTION, "honesty"), Target(Kind.SECTION, "style")


def style(start, count, verdict="adhered"):
    return many(start, count, verdict, section="style", title="Write well", authority="guideline")


def test_identical_replies_pass_after_the_known_number(gate):
    found = gate(many(0, 98), many(0, 98))
    (row,) = found.tested
    assert (found.verdict, row.passing.reached, row.units) == (PASS, 98, 98)
    assert (row.difference, row.better, row.worse) == (0, 0, 0)
    assert -0.05 < row.at_least < 0 < row.interval.high
    assert row.more is None


def test_one_scenario_less_needs_more_and_says_how_many(gate):
    found = gate(many(0, 97), many(0, 97))
    (row,) = found.tested
    assert found.verdict is MORE
    assert row.more.to_pass > 1  # a change each way is allowed for
    assert row.more.to_fail is None
    assert row.more.if_equal == row.more.to_pass


def test_a_worse_candidate_fails(gate):
    base = many(0, 120)
    found = gate(base, many(0, 80) + many(80, 40, "violated"))
    (row,) = found.tested
    assert found.verdict is FAIL
    assert row.difference == pytest.approx(-1 / 3)
    assert row.at_most < -0.05
    assert (row.better, row.worse) == (0, 40)
    assert row.failing.reached < 120


def test_the_order_of_the_file_does_not_matter(runs):
    said = many(0, 60) + many(60, 20, "violated")
    base, candidate = runs("a", many(0, 80)), runs("b", said)
    mixed = runs("c", said[::-1])
    one, other = (decide(base, each, Question(0.05)).tested[0] for each in (candidate, mixed))
    assert (one.failing.reached, one.interval) == (other.failing.reached, other.interval)


def test_nothing_measured_needs_more(gate):
    said = [Said("s", ("not_judged",), rubric="Kind?")]
    found = gate(said, said)
    (row,) = found.tested
    assert (found.verdict, row.units, row.unmeasured, row.difference) == (MORE, 0, 1, None)
    assert row.more.if_equal == 98


def test_open_replies_count_as_the_worst_for_passing_and_the_best_for_failing(gate):
    good = gate(many(0, 150), many(0, 150)).tested[0]
    assert good.verdict is PASS
    base = many(200, 150)
    candidate = many(200, 135) + many(335, 15, "error")
    found = gate(base, candidate, given={"finished": False}).tested[0]
    assert (found.verdict, found.decided, found.open_candidate) == (MORE, 135, {"error": 15})
    assert (found.worse, found.difference) == (0, 0)  # they are no losses either
    assert found.passing.peak < good.passing.peak
    lost = many(400, 90) + many(490, 60, "filtered")
    all_lost = gate(many(400, 150), lost).tested[0]
    assert all_lost.verdict is MORE  # nothing that is open can fail a candidate
    assert all_lost.failing.peak == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_look_at_an_unfinished_run_never_claims_more_than_the_finished_one(runs, seed):
    rng = np.random.default_rng(seed)
    base = runs("base", many(0, 150))
    verdicts = ["violated" if rng.random() < 0.15 else "adhered" for _ in range(150)]
    order = rng.permutation(150)
    looks = []
    for look, answered in enumerate((30, 75, 120, 150)):
        known = set(order[:answered].tolist())
        said = [Said(f"s{i}", (verdicts[i] if i in known else "pending",)) for i in range(150)]
        result = runs(f"look{look}", said, finished=answered == 150)
        looks.append(decide(base, result, Question(0.10)).tested[0])
    for earlier, later in itertools.pairwise(looks):
        assert earlier.passing.peak <= later.passing.peak + 1e-9
        assert earlier.failing.peak <= later.failing.peak + 1e-9
        assert earlier.at_least <= later.at_least + 1e-9
        assert earlier.at_most >= later.at_most - 1e-9


def test_replies_still_to_come_are_counted_before_scenarios_still_to_be_written(gate):
    said = many(0, 60) + many(60, 60, "pending")
    row = gate(many(0, 120), said, given={"finished": False}).tested[0]
    assert (row.verdict, row.pending) == (MORE, 60)
    assert row.more.to_pass >= 60  # all of them, and some more
    assert row.more.to_pass < 200


def test_repeats_count_once_with_their_mean(gate):
    base = [Said(f"s{i}", ("adhered", "adhered")) for i in range(40)]
    candidate = [Said(f"s{i}", ("adhered", "violated")) for i in range(40)]
    row = gate(base, candidate).tested[0]
    assert (row.units, row.difference, row.worse) == (40, -0.5, 40)


def test_scenarios_of_one_source_count_once(gate):
    base = many(0, 100, source="one") + many(100, 20)
    row = gate(base, base).tested[0]
    assert (row.scenarios, row.units, row.verdict) == (120, 21, MORE)


def test_every_section_must_pass(gate):
    base = many(0, 120) + style(200, 40)
    found = gate(base, base, targets=(HONESTY, STYLE))
    assert [row.verdict for row in found.tested] == [PASS, MORE]
    assert found.verdict is MORE
    assert [row.target for row in found.others] == [WHOLE]
    both = base + style(300, 80)
    assert gate(both, both, targets=(HONESTY, STYLE)).verdict is PASS


def test_one_section_is_enough_to_fail_and_takes_more_evidence_then(gate):
    base = many(0, 120) + style(200, 120)
    candidate = many(0, 120) + style(200, 80) + style(280, 40, "violated")
    found = gate(base, candidate, targets=(HONESTY, STYLE))
    assert found.verdict is FAIL
    assert [row.verdict for row in found.tested] == [PASS, FAIL]
    assert found.tested[1].failing.level == 40
    assert found.tested[0].failing.level == 20  # after the first rejection one claim is left


def test_a_limit_is_part_of_the_whole_verdict(gate):
    root = Limit(Target(Kind.AUTHORITY, "root"), 0.05)
    said = many(0, 120)
    assert gate(said, said, limits=(root,)).verdict is PASS


def test_rows_for_information_change_nothing(gate):
    base = many(0, 400) + style(500, 30)
    candidate = many(0, 400) + style(500, 18) + style(518, 12, "violated")
    found = gate(base, candidate, margin=0.10)
    assert found.verdict is PASS
    by_id = {row.target.id: row for row in found.others}
    assert by_id["style"].verdict is FAIL
    assert not by_id["style"].tested


def test_evidence_both_ways_is_a_fail(gate):
    # the first units drawn are all alike, the later ones are all lost
    base = many(0, 400)
    late = set(sorted((s.id for s in base), key=drawn)[150:])
    said = [Said(s.id, ("violated",)) if s.id in late else s for s in base]
    row = gate(base, said).tested[0]
    assert row.passing.established
    assert row.verdict is FAIL


def test_levels_are_those_of_holm():
    strong, weak = below([0.1] * 60, 0.4), below([0.35] * 60, 0.4)
    assert strong.peak > math.log(60) > weak.peak
    assert levels([weak, strong, weak], 0.05) == [40, 60, 40]
    assert levels([weak, weak], 0.05) == [40, 40]
    assert levels([strong] * 3, 0.05) == [60, 40, 20]
    assert levels([], 0.05) == []


# Both overall exits, simulated: independent groups, looked at after every scenario.

DRAWS, N, MARGIN, ALPHA = 400, 500, 0.05, 0.05


def overall(rng, deltas):
    edge = (1 - MARGIN) / 2
    groups = []
    for delta in deltas:
        chance = rng.random(N)
        up = (0.08 + delta) / 2
        groups.append(np.where(chance < up, 1.0, np.where(chance < 0.08, 0.0, 0.5)))
    failing = [below(values, edge) for values in groups]
    fails = any(e.reached(level) for e, level in zip(failing, levels(failing, ALPHA), strict=True))
    passes = all(above(values, edge).reached(1 / ALPHA) for values in groups)
    return passes and not fails, fails


@pytest.mark.parametrize(
    "deltas",
    [[-0.05] * 5, [-0.05, 0.05, 0.05], [-0.05] * 2],
    ids=["all at the boundary", "one at the boundary", "two at the boundary"],
)
def test_neither_overall_exit_errs_more_often_than_alpha(deltas):
    rng = np.random.default_rng(3)
    found = [overall(rng, deltas) for _ in range(DRAWS)]
    allowed = ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / DRAWS)
    assert sum(passed for passed, _ in found) / DRAWS <= allowed
    assert sum(failed for _, failed in found) / DRAWS <= allowed


def made_of(result, verdicts):
    """Return a result with other verdicts, without writing a ledger."""
    cases = tuple(
        Case(case.scenario, case.epoch, verdict, "", None, None)
        for case, verdict in zip(result.cases, verdicts, strict=True)
    )
    return replace(result, cases=cases)


@pytest.mark.slow
def test_losses_that_go_missing_do_not_let_a_bad_candidate_pass(runs):
    """At the boundary, while half of the lost scenarios come without a reply."""
    rng = np.random.default_rng(5)
    names = many(0, 300)
    base, other = runs("a", names), runs("b", names)
    passed = 0
    draws = 300
    for _ in range(draws):
        lost, gained = rng.random(300) < 0.08, rng.random(300) < 0.03
        ours = ["violated" if g and not x else "adhered" for g, x in zip(gained, lost, strict=True)]
        theirs = [("error" if rng.random() < 0.5 else "violated") if x else "adhered" for x in lost]
        pairs = pair(made_of(base, ours), made_of(other, theirs))
        passed += weigh(WHOLE, pairs, MARGIN).passing.reached(1 / ALPHA) is not None
    assert passed / draws <= ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / draws)
