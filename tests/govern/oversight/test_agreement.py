"""Krippendorff's alpha against published and independent values."""

from __future__ import annotations

import re
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.oversight.agreement import ENOUGH, agreement


def slowly(units):
    """Alpha by the coincidence matrix, as the book writes it out."""
    matrix = Counter()
    for unit in units:
        for one, other in permutations(range(len(unit)), 2):
            matrix[unit[one], unit[other]] += 1 / (len(unit) - 1)
    given_out = Counter()
    for (one, _), count in matrix.items():
        given_out[one] += count
    total = given_out.total()
    observed = sum(count for (one, other), count in matrix.items() if one != other)
    expected = sum(
        given_out[one] * given_out[other]
        for one in given_out
        for other in given_out
        if one != other
    )
    return None if not expected else 1 - (total - 1) * observed / expected


def test_it_is_the_value_of_the_book():
    """Krippendorff 2011, Computing Krippendorff's alpha-reliability, section C: 0.743."""
    written = "111 2232 3333 3333 2222 1234 4444 1121 2222 555 11 3"
    columns = re.split(" ", written)
    assert agreement(columns).alpha == pytest.approx(0.743, abs=0.0005)


@given(st.lists(st.text("abc", min_size=1, max_size=4), max_size=12))
def test_it_agrees_with_the_coincidence_matrix(units):
    found, wanted = agreement(units).alpha, slowly(units)
    assert (found is None) is (wanted is None)
    if found is not None:
        assert found == pytest.approx(wanted)


def test_perfect_and_opposite_opinions():
    assert agreement(["aa", "bb"] * 20).alpha == 1
    assert agreement(["ab"] * 20).alpha < 0
    assert agreement(["aa"] * 20).alpha is None
    assert agreement([]).alpha is None


def test_few_units_are_said_to_be_few():
    assert agreement(["aa"] * (ENOUGH - 1)).too_few
    assert not agreement(["aa"] * ENOUGH).too_few
    assert agreement(["a"] * 100).units == 0


def test_the_interval_holds_the_value_and_is_the_same_each_time():
    units = ["aa"] * 20 + ["bb"] * 10 + ["ab"] * 5
    one, other = agreement(units), agreement(units)
    assert one == other
    assert one.low < one.alpha < one.high
    assert one.unanimous == 30
    assert one.opinions == 70
