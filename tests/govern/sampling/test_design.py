"""Sizes of strata: Cochran's formulas, floors, what cannot be reached."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.interval import Z95
from charter.govern.sampling.design import (
    MOST_DRAWN,
    Design,
    Part,
    Unreachable,
    cautious_rate,
    design,
    variance,
)


def test_one_stratum_needs_what_the_textbook_says():
    # n0 = z^2 / 4 d^2 = 1067.07; with N = 20,000 n = n0 / (1 + n0 / N) = 1013.02
    found = design([Part("a/plain", 20_000, 20_000)], 0.03)
    assert found.sizes == {"a/plain": 1014}
    assert found.half_width <= 0.03
    assert found.unknown == 0


def test_neyman_draws_in_proportion_to_size_and_spread():
    # W S = 0.8 * 0.3 and 0.2 * 0.5: of the sample 0.24 and 0.10 in 0.34
    parts = [Part("a/plain", 800_000, 800_000, 0.9), Part("b/plain", 200_000, 200_000)]
    sizes = design(parts, 0.02).sizes
    assert sizes["a/plain"] / sizes["b/plain"] == pytest.approx(2.4, rel=0.01)
    wanted = (0.34 * Z95 / 0.02) ** 2
    finite = 1 + (Z95 / 0.02) ** 2 * (0.8 * 0.09 + 0.2 * 0.25) / 1_000_000
    assert sum(sizes.values()) == pytest.approx(wanted / finite, abs=2)


def test_a_small_stratum_is_taken_whole_and_the_others_make_up_for_it():
    parts = [Part("a/plain", 10_000, 10_000), Part("b/held", 4, 4)]
    found = design(parts, 0.05)
    assert found.sizes["b/held"] == 4
    assert found.half_width <= 0.05


def test_no_stratum_falls_below_the_floor():
    parts = [Part("a/plain", 1_000_000, 1_000_000), Part("b/held", 500, 500)]
    assert design(parts, 0.05, floor=25).sizes["b/held"] == 25


def test_what_nothing_is_kept_of_takes_half_its_share_off_the_width():
    parts = [Part("a/plain", 9_800, 9_800), Part("a/plain-unkept", 200, 0)]
    found = design(parts, 0.05)
    assert found.unknown == pytest.approx(0.02)
    assert found.half_width <= 0.05
    # z sqrt(V) has to stay within 0.05 - 0.01
    assert found.drawn > design([Part("a/plain", 9_800, 9_800)], 0.05).drawn


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([Part("a/plain", 800, 800), Part("b/plain", 200, 0)], "20.0% of the answers"),
        ([Part("a/plain", 100_000, 30)], "30 answers that can be drawn"),
        ([Part("a/plain", 10**9, 10**9)], f"at most {MOST_DRAWN:,}"),
        ([Part("a/plain", 10, 0)], "nothing is kept of any answer"),
    ],
)
def test_what_cannot_be_reached_is_refused_with_the_best_there_is(parts, words):
    width = 0.002 if parts[0].population == 10**9 else 0.03
    found = design(parts, width)
    assert isinstance(found, Unreachable)
    assert words in found.reason
    assert found.best.drawn <= MOST_DRAWN
    assert found.best.half_width > width


@pytest.mark.parametrize("width", [0, 0.5, -1])
def test_a_width_out_of_range_is_an_error(width):
    with pytest.raises(ValueError, match="half width"):
        design([Part("a/plain", 10, 10)], width)


def test_no_answers_are_an_error():
    with pytest.raises(ValueError, match="no answer"):
        design([], 0.03)


@pytest.mark.parametrize(
    ("adhered", "judged", "expected"),
    [(0, 0, 0.5), (50, 100, 0.5), (8, 10, 0.5), (100, 100, 0.9630065), (0, 100, 0.0369935)],
)
def test_an_earlier_share_is_taken_with_caution(adhered, judged, expected):
    # Wilson: 8 of 10 reaches from 0.4902, and 100 of 100 from 100 / (100 + z^2)
    assert cautious_rate(adhered, judged) == pytest.approx(expected, abs=1e-6)


@given(
    st.lists(
        st.tuples(st.integers(1, 100_000), st.floats(0, 1), st.floats(0, 1)),
        min_size=1,
        max_size=12,
    ),
    st.floats(0.005, 0.4),
)
def test_whatever_is_said_to_be_reached_is(rows, width):
    parts = [
        Part(f"s{at}/plain", number, max(0, round(number * kept)), rate)
        for at, (number, kept, rate) in enumerate(rows)
    ]
    found = design(parts, width)
    best = found if isinstance(found, Design) else found.best
    known = [part for part in parts if part.available]
    total = sum(part.population for part in parts)
    for part in known:
        assert 1 <= best.sizes[part.name] <= part.available
    if known:
        half = best.unknown / 2 + Z95 * math.sqrt(variance(known, best.sizes, total))
        assert best.half_width == pytest.approx(half)
    if isinstance(found, Design):
        assert best.half_width <= width * (1 + 1e-6)
    else:
        assert best.half_width > width or best.drawn <= MOST_DRAWN
