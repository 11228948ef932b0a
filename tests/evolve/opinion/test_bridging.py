"""The factorisation finds the optimum that other methods find, and what was planted."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from charter.evolve.opinion.bridging import factorise, sign_of
from charter.evolve.opinion.votes import votes_of

from .divided import divided


def objective(votes, at, penalty=0.0):
    """Return the objective of `bridging_solve` and its slope, written down a second time."""
    people, items, n = len(votes.people), len(votes.items), len(votes)
    rows, columns, ratings = votes.rows, votes.columns, (votes.values + 1) / 2
    mean, cut = at[0], np.split(at[1:], [people, 2 * people, 2 * people + items])
    x, y, i, f = cut
    e = ratings - mean - x[rows] - i[columns] - y[rows] * f[columns]
    value = (e @ e) / n + penalty * mean**2 + 0.15 * (x @ x / people + i @ i / items)
    value += 0.03 * (y @ y / people + f @ f / items)
    slope = [
        [-2 * e.sum() / n + 2 * penalty * mean],
        -2 * np.bincount(rows, e, people) / n + 0.3 * x / people,
        -2 * np.bincount(rows, e * f[columns], people) / n + 0.06 * y / people,
        -2 * np.bincount(columns, e, items) / n + 0.3 * i / items,
        -2 * np.bincount(columns, e * y[rows], items) / n + 0.06 * f / items,
    ]
    return value, np.concatenate(slope)


def by_descent(votes, penalty=0.0, starts=3):
    """Return the best of several descents by an optimiser that knows nothing of alternation."""
    size = 1 + 2 * len(votes.people) + 2 * len(votes.items)
    found = [
        minimize(
            lambda at: objective(votes, at, penalty),
            np.random.default_rng(start).normal(0, 0.3, size),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-13, "gtol": 1e-8},
        )
        for start in range(starts)
    ]
    best = min(found, key=lambda each: each.fun)
    return best.fun, best.x[0], best.x[1 + 2 * len(votes.people) :].reshape(2, -1)


@pytest.mark.parametrize(
    ("people", "items", "seed", "penalty"),
    [(60, 12, 1, 0.0), (60, 12, 1, 0.15), (120, 20, 2, 0.0)],
)
def test_the_optimum_is_that_of_another_optimiser(people, items, seed, penalty):
    votes, _, _ = divided(people, items, filled=0.5, seed=seed)
    fit = factorise(votes, mean=penalty)
    loss, mean, (intercepts, factors) = by_descent(votes, penalty)
    assert fit.converged
    assert fit.loss == pytest.approx(loss, rel=1e-8)
    assert fit.mean == pytest.approx(mean, abs=1e-3)
    np.testing.assert_allclose(fit.intercepts, intercepts, atol=1e-3)
    np.testing.assert_allclose(fit.factors, factors * sign_of(factors), atol=1e-3)


def test_the_loss_is_that_of_the_figures_returned():
    votes, _, _ = divided(80, 15, filled=0.6, seed=4)
    fit = factorise(votes)
    at = np.concatenate(
        [[fit.mean], fit.people_intercepts, fit.people_factors, fit.intercepts, fit.factors]
    )
    value, slope = objective(votes, at)
    assert value == pytest.approx(fit.loss, rel=1e-9)
    assert np.abs(slope).max() < 1e-5


def test_what_divides_and_what_is_liked_are_told_apart():
    votes, liked, dividing = divided(2000, 60, filled=0.4, seed=5)
    fit = factorise(votes)
    assert np.corrcoef(fit.intercepts, liked)[0, 1] > 0.97
    assert abs(np.corrcoef(fit.factors, dividing)[0, 1]) > 0.97
    plain = np.abs(fit.factors)[dividing == 0]
    assert plain.max() < np.abs(fit.factors)[dividing != 0].min()


def test_people_are_put_on_their_side():
    votes, _, _ = divided(500, 40, filled=0.6, seed=6)
    fit = factorise(votes)
    side = np.array([int(person[-1]) for person in votes.people]) * 2 - 1  # as `divided` names them
    assert abs(np.mean(np.sign(fit.people_factors) * side)) > 0.95


@pytest.mark.parametrize("cells", [1_000_000, 700, 90])
@pytest.mark.parametrize("threads", [1, 2])
def test_shards_and_threads_change_nothing(cells, threads):
    votes, _, _ = divided(200, 20, filled=0.5, seed=7)
    whole = factorise(votes, threads=1)
    cut = factorise(votes, cells=cells, threads=threads)
    np.testing.assert_allclose(cut.intercepts, whole.intercepts, atol=1e-6)
    np.testing.assert_allclose(cut.factors, whole.factors, atol=1e-6)
    np.testing.assert_allclose(cut.people_factors, whole.people_factors, atol=1e-6)


def test_a_weight_of_two_is_the_person_twice():
    votes, _, _ = divided(60, 12, filled=0.6, seed=8)
    twice = [
        (f"{votes.people[row]}{copy}", votes.items[column], value)
        for row, column, value in zip(
            votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True
        )
        for copy in ("", "+") * (1 if row % 3 == 0 else 0) or ("",)
    ]
    weighted = factorise(votes, weights=np.where(np.arange(60) % 3 == 0, 2.0, 1.0))
    copied = factorise(votes_of(twice))
    assert weighted.loss == pytest.approx(copied.loss, rel=1e-8)
    np.testing.assert_allclose(weighted.factors, copied.factors, atol=1e-3)
    np.testing.assert_allclose(weighted.intercepts, copied.intercepts, atol=1e-3)


def test_who_weighs_nothing_changes_nothing():
    votes, _, _ = divided(60, 12, filled=0.6, seed=9)
    there = np.arange(60) < 40
    weighted = factorise(votes, weights=there.astype(float))
    fewer = factorise(votes.restricted(there))
    np.testing.assert_allclose(weighted.factors, fewer.factors, atol=1e-3)
    assert weighted.mean == pytest.approx(fewer.mean, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_the_order_in_which_votes_came_changes_nothing(chance, flipped):
    votes, _, _ = divided(40, 10, filled=0.6, seed=10)
    cast = [
        (votes.people[row], votes.items[column], value)
        for row, column, value in zip(
            votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True
        )
    ]
    chance.shuffle(cast)
    again = factorise(votes_of(cast[::-1] if flipped else cast))
    first = factorise(votes)
    assert np.array_equal(again.factors, first.factors)
    assert np.array_equal(again.intercepts, first.intercepts)


def test_other_names_of_people_and_statements_change_no_figure_and_no_sign():
    votes, _, _ = divided(120, 14, filled=0.7, seed=11)
    names = {item: f"z{99 - at:02}" for at, item in enumerate(votes.items)}
    who = {person: f"q{999 - at}" for at, person in enumerate(votes.people)}
    renamed = votes_of(
        (who[votes.people[row]], names[votes.items[column]], value)
        for row, column, value in zip(
            votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True
        )
    )
    first, other = factorise(votes), factorise(renamed)
    back = [renamed.items.index(names[item]) for item in votes.items]
    np.testing.assert_allclose(other.factors[back], first.factors, atol=1e-3)
    np.testing.assert_allclose(other.intercepts[back], first.intercepts, atol=1e-3)
    assert first.factors[np.argmax(np.abs(first.factors))] > 0


def test_a_statement_nobody_saw_has_no_figure_and_moves_no_other():
    votes, _, _ = divided(60, 10, filled=0.6, seed=12)
    cast = [
        (votes.people[row], votes.items[column], value)
        for row, column, value in zip(
            votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True
        )
    ]
    fit, more = factorise(votes), factorise(votes_of(cast, ["zz unseen"]))
    assert np.isnan(more.intercepts[-1])
    assert np.isnan(more.factors[-1])
    assert more.votes[-1] == 0
    np.testing.assert_allclose(more.factors[:-1], fit.factors, atol=1e-3)


def test_passing_is_not_the_same_as_never_seeing():
    votes, _, _ = divided(100, 10, filled=0.5, seed=13)
    seen = set(zip(votes.rows.tolist(), votes.columns.tolist(), strict=True))
    cast = [
        (votes.people[row], votes.items[column], value)
        for row, column, value in zip(
            votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True
        )
    ]
    filled = cast + [
        (votes.people[row], votes.items[column], 0)
        for row in range(100)
        for column in range(10)
        if (row, column) not in seen
    ]
    told, zeroed = factorise(votes_of(cast)), factorise(votes_of(filled))
    assert np.abs(zeroed.across - 0.5).max() < 0.7 * np.abs(told.across - 0.5).max()
    assert zeroed.votes.sum() == 1000 > told.votes.sum()


def test_votes_all_alike_have_no_factor():
    votes = votes_of((f"p{n}", f"s{m}", 1) for n in range(8) for m in range(4))
    fit = factorise(votes)
    assert fit.converged
    assert np.abs(fit.factors).max() < 1e-6
    assert np.allclose(fit.across, 1)
    assert fit.gain == pytest.approx(0, abs=1e-9)


def test_consensus_does_not_look_like_division_as_it_does_where_the_mean_is_penalised():
    dice = np.random.default_rng(16)
    votes = votes_of(
        (f"p{n:03}", f"s{m:02}", 1 if dice.random() < 0.9 else -1)
        for n in range(300)
        for m in range(16)
    )
    usual, published = factorise(votes), factorise(votes, mean=0.15)
    one_sided = np.abs(published.people_factors.mean()) / published.people_factors.std()
    assert one_sided > 1  # all on one side of nothing: the trap
    assert np.abs(usual.people_factors.mean()) / usual.people_factors.std() < 0.5
    assert np.median(np.abs(usual.factors)) < np.median(np.abs(published.factors)) / 2
    assert np.all(np.abs(usual.across - 0.9) < 0.06)


def test_one_vote_is_enough_to_come_to_rest():
    fit = factorise(votes_of([("p", "s", 1)]))
    assert fit.converged
    assert np.isfinite(fit.intercepts).all()


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (np.ones(3), "3 weights for 8 people"),
        (np.full(8, -1.0), "never below 0"),
        (np.full(8, np.nan), "finite"),
        (np.zeros(8), "no votes"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weights, said):
    votes = votes_of((f"p{n}", "s", 1) for n in range(8))
    with pytest.raises(ValueError, match=said):
        factorise(votes, weights=weights)


def test_no_votes_and_no_penalty_are_refused():
    with pytest.raises(ValueError, match="no votes"):
        factorise(votes_of([], ["s"]))
    with pytest.raises(ValueError, match="penalties"):
        factorise(votes_of([("p", "s", 1)]), factors=0.0)


def test_a_run_that_is_cut_short_says_so():
    votes, _, _ = divided(60, 12, filled=0.6, seed=14)
    assert not factorise(votes, most=3).converged


def test_swapping_agree_and_disagree_mirrors_everything():
    votes, _, _ = divided(200, 20, filled=0.7, seed=15)
    fit, other = factorise(votes), factorise(replace(votes, values=-votes.values))
    np.testing.assert_allclose(other.intercepts, -fit.intercepts, atol=1e-3)
    np.testing.assert_allclose(other.across, 1 - fit.across, atol=1e-3)
    np.testing.assert_allclose(np.abs(other.factors), np.abs(fit.factors), atol=1e-3)
