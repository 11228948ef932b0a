"""Raking meets the margins, by another algorithm too; what it cannot do it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from charter.evolve.opinion.raking import Unrakeable, Weights, rake

FREE = 1e6
"""A bound that no weight meets."""


def people(n=300, seed=0, silent=0.0):
    dice = np.random.default_rng(seed)

    def stated(options, chances):
        said = dice.choice(options, n, p=chances).tolist()
        return [
            None if quiet else each
            for each, quiet in zip(said, dice.random(n) < silent, strict=True)
        ]

    return {
        "age": stated(["young", "middle", "old"], [0.5, 0.3, 0.2]),
        "place": stated(["town", "land"], [0.8, 0.2]),
    }


TARGETS = {
    "age": {"young": 0.3, "middle": 0.35, "old": 0.35},
    "place": {"town": 0.6, "land": 0.4},
}


def share(weights, stated, option):
    """Return the weighted share of an option among those who stated the trait."""
    told = np.array([each is not None for each in stated])
    chosen = np.array([each == option for each in stated])
    return weights[chosen].sum() / weights[told].sum()


@pytest.mark.parametrize("silent", [0.0, 0.2])
def test_margins_are_met_among_those_who_stated(silent):
    traits = people(silent=silent)
    found = rake(traits, TARGETS, trim=FREE)
    assert isinstance(found, Weights)
    assert found.converged
    for trait, options in TARGETS.items():
        for option, target in options.items():
            assert share(found.values, traits[trait], option) == pytest.approx(target, abs=1e-5)


def test_who_states_nothing_keeps_together_the_share_they_have():
    traits = people(silent=0.2)
    found = rake(traits, TARGETS, trim=FREE)
    for stated in traits.values():
        quiet = np.array([each is None for each in stated])
        assert found.values[quiet].sum() / found.values.sum() == pytest.approx(quiet.mean(), 1e-5)
    assert found.unstated == {trait: stated.count(None) for trait, stated in traits.items()}


@pytest.mark.parametrize("silent", [0.0, 0.2])
def test_the_same_weights_as_newton_calibration(silent):
    """Raking minimises the Kullback-Leibler divergence: its dual, solved by a general optimiser."""
    traits = people(silent=silent)
    n = 300
    marks, wanted = [], []
    for trait, options in TARGETS.items():
        told = np.array([each is not None for each in traits[trait]])
        for option, target in options.items():
            marks.append([each == option for each in traits[trait]])
            wanted.append(target * told.sum())
        marks.append((~told).tolist())
        wanted.append((~told).sum())
    table, totals = np.array(marks, dtype=float), np.array(wanted)

    def dual(at):
        weights = np.exp(table.T @ at)
        return weights.sum() - totals @ at, table @ weights - totals

    solved = minimize(dual, np.zeros(len(totals)), jac=True, method="BFGS", options={"gtol": 1e-9})
    expected = np.exp(table.T @ solved.x)
    found = rake(traits, TARGETS, trim=FREE)
    assert found.values == pytest.approx(expected * n / expected.sum(), rel=1e-4)


def test_what_weights_cost():
    found = rake(people(), TARGETS, trim=FREE)
    weights = found.values
    assert found.effect == pytest.approx(1 + weights.var() / weights.mean() ** 2)
    assert found.effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert found.effect > 1


def test_weights_are_trimmed_and_the_error_is_told():
    traits = people()
    hard = {"age": {"young": 0.02, "middle": 0.08, "old": 0.9}, "place": {"town": 0.1, "land": 0.9}}
    free, held = rake(traits, hard, trim=FREE), rake(traits, hard, trim=3)
    assert free.values.max() > 3
    assert held.values.max() <= 3 + 1e-9
    assert held.values.min() >= 1 / 3 - 1e-9
    assert held.values.mean() == pytest.approx(1, abs=0.2)
    assert not held.converged
    assert held.error > 0.05
    assert held.trimmed > 0
    assert held.effect < free.effect


def test_bounds_that_can_be_kept_cost_no_margin():
    free = rake(people(), TARGETS, trim=FREE)
    trim = float(free.values.max()) * 0.97
    held = rake(people(), TARGETS, trim=trim)
    assert held.converged
    assert held.values.max() <= trim + 1e-9


def test_nobody_can_stand_for_those_who_are_not_there():
    traits = {"age": ["young", "old"], "place": ["town", "sea"]}
    found = rake(traits, TARGETS, trim=5)
    assert isinstance(found, Unrakeable)
    assert found.reasons == (
        "'sea' was said for 'place' and has no share",
        "nobody said 'land' for 'place'",
        "nobody said 'middle' for 'age'",
    )


def test_an_option_without_a_share_is_told_and_gets_no_weight_of_0():
    found = rake({"age": ["young", "old"]}, {"age": {"young": 1.0, "old": 0.0}}, trim=5)
    assert isinstance(found, Unrakeable)


@pytest.mark.parametrize(
    ("traits", "targets", "trim"),
    [
        ({"age": ["young"]}, {"age": {"young": 0.9}}, 5),
        ({"age": ["young"]}, {"age": {"young": 1.5, "old": -0.5}}, 5),
        ({"age": ["young"]}, {"age": {"young": 1.0}}, 0.5),
        ({"age": []}, {"age": {"young": 1.0}}, 5),
        ({"age": ["young"]}, {"place": {"town": 1.0}}, 5),
        ({"age": ["young"], "place": []}, {"age": {"young": 1.0}, "place": {"town": 1.0}}, 5),
        ({"age": ["young"]}, {}, 5),
    ],
)
def test_what_makes_no_sense_is_refused(traits, targets, trim):
    with pytest.raises(ValueError, match=r"trait|shares|trimmed"):
        rake(traits, targets, trim=trim)


@settings(max_examples=25)
@given(st.permutations(range(60)), st.sampled_from([2.0, 5.0]))
def test_the_order_of_people_and_traits_changes_nothing(order, trim):
    traits = people(60, seed=4, silent=0.1)
    usual = rake(traits, TARGETS, trim=trim)
    mixed = {trait: [traits[trait][at] for at in order] for trait in reversed(traits)}
    other = rake(mixed, dict(reversed(TARGETS.items())), trim=trim)
    assert other.values == pytest.approx(usual.values[list(order)], rel=1e-6)
    assert other.effect == pytest.approx(usual.effect)
    assert other.unstated == usual.unstated
