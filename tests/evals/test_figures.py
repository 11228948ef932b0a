"""Which correction is taken, what is undecided, and what it means for a target."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.estimate import Corrected
from charter.estimates.interval import wilson
from charter.estimates.prediction_powered import LEAST
from charter.estimates.state import State
from charter.evals.figures import (
    CHECKS,
    Basis,
    JudgeErrors,
    Outcome,
    errors_of,
    figures,
    rows,
)

KNOWN = {"judge": JudgeErrors(sensitivity=(95, 100), specificity=(55, 60))}


def outcome(i, value, decider=CHECKS, **more):
    return Outcome(f"s{i}", f"s{i}", value, decider, **more)


def made(n, *, judged=0, labelled=0, undecided=0, seed=1):
    """Return outcomes of n scenarios: the first ones judged, some of these labelled."""
    chance = random.Random(seed)
    found = []
    for i in range(n):
        truth = float(chance.random() < 0.85)
        if i >= judged:
            found.append(outcome(i, truth))
        elif i < undecided:
            found.append(outcome(i, None, "judge"))
        else:
            said = truth if chance.random() < 0.92 else 1 - truth
            label = truth if i - undecided < labelled else None
            found.append(outcome(i, said, "judge", label=label))
    return found


def test_checks_alone_need_no_correction():
    found = figures(made(40))
    assert found.basis is Basis.CHECKS
    assert found.corrected is None
    assert found.headline is found.raw
    assert found.raw.interval == wilson(found.raw.value * 40, 40)
    assert found.note == ""
    assert found.worst == found.best == found.raw


def test_a_judge_of_whom_nothing_is_known_is_not_corrected_for():
    found = figures(made(60, judged=30))
    assert found.basis is Basis.RAW
    assert found.note == "nothing is known about the errors of judge"


def test_a_calibration_corrects_what_the_judge_decided():
    found = figures(made(200, judged=100), calibrations=KNOWN)
    assert found.basis is Basis.CALIBRATION
    assert found.corrected.raw == pytest.approx(found.raw.value)
    assert found.corrected.labelled == 160
    assert found.corrected.interval.high - found.corrected.interval.low > (
        found.raw.interval.high - found.raw.interval.low
    )


def test_labels_of_the_run_come_before_a_calibration():
    many = made(300, judged=300, labelled=120)
    assert figures(many, calibrations=KNOWN).basis is Basis.LABELS
    section = made(40, judged=20)
    found = figures(section, run_errors=errors_of(many), calibrations=KNOWN)
    assert found.basis is Basis.RUN_LABELS
    assert found.corrected.labelled <= 120


def test_too_few_labels_fall_back_and_say_why():
    few = made(100, judged=100, labelled=LEAST - 1)
    assert figures(few, calibrations=KNOWN).basis is Basis.CALIBRATION
    found = figures(few)
    assert found.basis is Basis.RAW
    assert f"only {LEAST - 1} answers drawn at random are labelled" in found.note


def test_an_unusable_calibration_says_why():
    poor = {"judge": JudgeErrors(sensitivity=(12, 20), specificity=(11, 20))}
    found = figures(made(60, judged=60), calibrations=poor)
    assert found.basis is Basis.RAW
    assert "no better than chance" in found.note


def test_people_who_labelled_everything_need_no_judge():
    found = figures(made(60, judged=60, labelled=60))
    assert found.basis is Basis.LABELS
    assert found.corrected.method == "people, Wilson"


def test_one_reply_without_a_label_does_not_cost_the_labels():
    found = figures(made(60, judged=60, labelled=59), calibrations=KNOWN)
    assert found.basis is Basis.LABELS
    assert (found.corrected.labelled, found.corrected.n) == (59, 60)


def test_labels_of_what_checks_decided_correct_the_checks():
    outcomes = [outcome(i, 1.0, label=float(i % 5 > 0) if i < 50 else None) for i in range(200)]
    found = figures(outcomes)
    assert found.basis is Basis.LABELS
    assert found.corrected.value < 0.9
    assert found.raw.value == 1


def test_labels_drawn_from_the_whole_row_are_used_as_such():
    chance = random.Random(3)
    outcomes = [
        outcome(i, 1.0, CHECKS if i % 4 else "judge", label=1.0 if drawn else None)
        for i, drawn in enumerate(chance.random() < 0.3 for _ in range(200))
    ]
    assert figures(outcomes).basis is Basis.LABELS
    # twenty labels, all but one of what a judge decided in a tenth of the row: not one draw
    lopsided = [outcome(i, 1.0, "judge", label=1.0) for i in range(29)]
    lopsided += [outcome(i, 1.0, label=1.0 if i == 50 else None) for i in range(29, 400)]
    assert figures(lopsided).basis is Basis.RAW


def test_undecided_replies_bound_the_figure_from_both_sides():
    outcomes = made(100, judged=50, undecided=10)
    for known in ({}, KNOWN):
        found = figures(outcomes, calibrations=known)
        assert found.planned == 100
        assert found.undecided == pytest.approx(0.1)
        assert found.worst.value < found.headline.value < found.best.value
        assert found.worst.value == pytest.approx(0.9 * found.headline.value, abs=1e-9)
        assert found.best.value == pytest.approx(0.9 * found.headline.value + 0.1, abs=1e-9)


def test_an_undecided_reply_with_a_failed_check_cannot_adhere():
    outcomes = made(40) + [outcome(100 + i, None, "judge", at_best=0.0) for i in range(10)]
    found = figures(outcomes)
    assert found.best.value == found.worst.value < found.raw.value


def test_nothing_decided_is_no_figure():
    found = figures([outcome(i, None, "judge") for i in range(5)])
    assert (found.basis, found.raw, found.headline) == (Basis.NOTHING, None, None)
    assert (found.worst.value, found.best.value) == (0, 1)
    empty = figures([])
    assert (empty.planned, empty.undecided, empty.worst) == (0, 0, None)
    assert empty.tails(0.8).met == 1


def test_repeats_count_by_scenario():
    outcomes = [Outcome(f"s{i // 3}", f"s{i // 3}", float(i % 3 > 0 or i < 60)) for i in range(90)]
    found = figures(outcomes)
    assert found.planned == found.raw.n == 30
    assert found.raw.value == pytest.approx((20 + 10 * 2 / 3) / 30)
    assert found.these.population == "these scenarios"
    assert found.raw.population == "scenarios like these"
    width = [e.interval.high - e.interval.low for e in (found.these, found.raw)]
    assert width[0] < width[1]


def test_errors_of_labelled_replies():
    outcomes = [
        outcome(0, 1.0, "judge", label=1.0),
        outcome(1, 0.0, "judge", label=1.0),
        outcome(2, 0.0, "judge", label=0.0),
        outcome(3, None, "judge", label=0.0),
        outcome(4, 1.0, label=0.0),
        outcome(5, 1.0, "judge"),
    ]
    assert errors_of(outcomes) == {"judge": JudgeErrors(sensitivity=(1, 2), specificity=(1, 1))}


def test_rows_have_states_corrected_over_all_of_them():
    groups = {f"c{i}": [outcome(f"{i}-{j}", 1.0) for j in range(20)] for i in range(10)}
    groups["bad"] = [outcome(f"b{j}", 0.0) for j in range(20)]
    groups["none"] = [outcome("x", 1.0)]
    targets = dict.fromkeys([name for name in groups if name != "none"], 0.8)
    found = rows(groups, targets=targets)
    assert found["c0"].state is State.NOT_ENOUGH
    assert found["bad"].state is State.NOT_MET
    assert (found["none"].state, found["none"].tails) == (None, None)
    assert rows(groups, targets=targets, correct="bh")["c0"].state is State.MET
    alone = rows({"c0": groups["c0"]}, targets={"c0": 0.8})
    assert alone["c0"].state is State.MET


def test_undecided_replies_keep_a_target_open():
    good = [outcome(i, 1.0) for i in range(30)]
    assert rows({"a": good}, targets={"a": 0.8})["a"].state is State.MET
    open_ = good + [outcome(100 + i, None, "judge") for i in range(10)]
    assert rows({"a": open_}, targets={"a": 0.8})["a"].state is State.NOT_ENOUGH


def test_sections_are_corrected_by_the_labels_of_the_run():
    run = made(400, judged=400, labelled=150)
    found = rows({"a": run[:200], "b": run[300:]}, run=run)
    assert found["a"].figures.basis is Basis.LABELS
    assert found["b"].figures.basis is Basis.RUN_LABELS


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, None]),
            st.sampled_from([CHECKS, "judge", "other"]),
            st.integers(0, 20),
            st.sampled_from([0.0, 1.0, None]),
        ),
        max_size=80,
    )
)
def test_any_outcomes_give_figures_within_their_bounds(found):
    outcomes = [
        Outcome(f"s{i // 2}", f"c{cluster}", value, decider, label=label)
        for i, (value, decider, cluster, label) in enumerate(found)
    ]
    for known in ({}, KNOWN):
        one = figures(outcomes, run_errors=errors_of(outcomes), calibrations=known)
        for estimate in (one.raw, one.corrected, one.these, one.worst, one.best):
            if estimate is not None:
                interval = estimate.interval
                assert 0 <= interval.low <= estimate.value + 1e-9
                assert estimate.value - 1e-9 <= interval.high <= 1
        if one.headline is not None:
            assert one.worst.value <= one.headline.value + 1e-9
            assert one.headline.value <= one.best.value + 1e-9
        assert (one.corrected is None) == (one.basis in (Basis.CHECKS, Basis.RAW, Basis.NOTHING))
        assert one.corrected is None or isinstance(one.corrected, Corrected)
        assert 0 <= one.tails(0.8).met <= 1
