"""Pairs, averages and winners of orders, against what can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.evolve.results.orders import comparison_result
from charter.evolve.voices import PERSONAL, WORLD, Asked, Barred, Order

ASKED = Asked("c", "comparison", "t", (), ("A", "B", "C"), prompt="p")


def result(orders, barred=(), weights=None, smallest=2, scope=PERSONAL):
    said = [Order(f"p{at}", "c", scope, groups) for at, groups in enumerate(orders)]
    named = [Barred(f"p{at}", "c", answers) for at, answers in enumerate(barred)]
    each = weights or dict.fromkeys([f"p{at}" for at in range(20)], 1.0)
    return comparison_result(ASKED, said, named, each, smallest)


def shares(scope):
    return {(p.better, p.worse): p.share and p.share.value for p in scope.pairs}


def test_level_counts_half_and_partial_orders_count_where_they_say_something():
    orders = [(("A",), ("B", "C")), (("B",), ("A",)), (("A", "B", "C"),), (("A",), ("C",))]
    (scope,) = result(orders * 2).scopes
    assert shares(scope) == {
        ("A", "B"): pytest.approx((1 + 0 + 0.5) / 3),
        ("A", "C"): pytest.approx((1 + 0.5 + 1) / 3),
        ("B", "C"): pytest.approx((0.5 + 0.5) / 2),
    }
    # of each person who ranked it, the share of the others it beats
    assert scope.borda["A"].value == pytest.approx((1 + 0 + 0.5 + 1) / 4)
    assert scope.winner == ""


def test_weights_change_who_wins():
    orders = [(("A",), ("B",), ("C",)), (("B",), ("A",), ("C",)), (("B",), ("A",), ("C",))]
    assert result(orders).scopes[0].winner == "B"
    heavy = result(orders, weights={"p0": 5.0, "p1": 1.0, "p2": 1.0})
    assert heavy.scopes[0].winner == "A"
    assert heavy.scopes[0].pairs[0].share.value == pytest.approx(5 / 7)


def test_a_circle_has_no_winner():
    orders = [
        (("A",), ("B",), ("C",)),
        (("B",), ("C",), ("A",)),
        (("C",), ("A",), ("B",)),
    ]
    assert result(orders).scopes[0].winner == ""


def test_scopes_stay_apart_and_few_are_not_shown():
    found = result([(("A",), ("B",))] * 3, smallest=4, scope=WORLD)
    (scope,) = found.scopes
    assert (scope.scope, scope.people, scope.pairs) == ("world", None, ())
    orders = [*[(("A",), ("B",), ("C",))] * 3, (("A",), ("B",))]
    (scope,) = result(orders, smallest=4).scopes
    assert {pair: share is None for pair, share in shares(scope).items()} == {
        ("A", "B"): False,
        ("A", "C"): True,
        ("B", "C"): True,
    }
    assert "C" not in scope.borda


def test_averages_do_not_tell_of_few_who_left_the_same_answers_out():
    """Of the two who did not rank B, the average of A less its pairs says what they prefer to C."""
    whole = [(("A",), ("B",), ("C",))] * 6 + [(("C",), ("A",), ("B",))] * 4
    (scope,) = result([*whole, *[(("C",), ("A",))] * 2], smallest=3).scopes
    assert scope.borda == {}
    pairs = {(pair.better, pair.worse): pair for pair in scope.pairs}
    assert (pairs["A", "C"].people, pairs["A", "B"].people) == (12, 10)
    assert result([*whole, *[(("C",), ("A",))] * 3], smallest=3).scopes[0].borda
    assert result([*whole, (("C",),)], smallest=3).scopes[0].borda  # who ranked one says nothing


def test_unacceptable_is_of_those_who_said_so():
    found = result([], [("A",), (), ("A", "C"), ()])
    assert {a: f.value for a, f in found.unacceptable.items()} == {"A": 0.5, "B": 0, "C": 0.25}
    assert found.asked_unacceptable == 4
    few = result([], [("A",)], smallest=4)
    assert (few.asked_unacceptable, dict(few.unacceptable)) == (None, {})
    assert result([]).asked_unacceptable == 0


def test_the_answers_are_repeated_with_their_words_and_long_ones_begun():
    asked = replace(ASKED, candidates={"A": "Yes.", "B": "n" * 5000})
    found = comparison_result(asked, (), (), {}, 2)
    assert found.answers == {"A": "Yes.", "B": "n" * 4000 + "\u2026"}
