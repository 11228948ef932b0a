from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from charter.policy.determinacy.varying import (
    Axes,
    axes_of,
    combinations,
    constant,
    reduced,
    together,
    vary,
)
from charter.spec.reading import DEFAULTS

SIZES = (2, 3, 2)
AXES = Axes(("a", "b", "c"), (("a0", "a1"), ("b0", "b1", "b2"), ("c0", "c1")))
TABLES = st.lists(st.integers(0, 2), min_size=12, max_size=12)


def of(table):
    places = {key: at for at, key in enumerate(product(*map(range, SIZES)))}
    return vary(
        AXES, (0, 1, 2), lambda c: table[places[tuple(c.get(axis, 0) for axis in range(3))]]
    )


def everywhere():
    return combinations(enumerate(SIZES))


@given(TABLES)
def test_a_function_keeps_its_values_and_no_reading_without_effect(table):
    function = of(table)
    for at, choices in enumerate(everywhere()):
        assert function.at(choices) == table[at]
    for axis, size in function.sizes:
        assert any(
            function.at({**choices, axis: other}) != function.at(choices)
            for choices in everywhere()
            for other in range(size)
        )


@given(TABLES)
def test_masks_say_which_readings_change_something(table):
    function = of(table)
    masks = function.masks()
    for axis, size in enumerate(SIZES):
        hangs = any(
            function.at({**choices, axis: other}) != function.at(choices)
            for choices in everywhere()
            for other in range(size)
        )
        alone = any(function.at({axis: other}) != function.base for other in range(size))
        assert (bool(masks.hangs >> axis & 1), bool(masks.alone >> axis & 1)) == (hangs, alone)


@given(TABLES, TABLES)
def test_joined_functions_join_their_values(one, other):
    joined = together(of(one), of(other), max)
    for at, choices in enumerate(everywhere()):
        assert joined.at(choices) == max(one[at], other[at])
    assert joined == of([max(pair) for pair in zip(one, other, strict=True)])


@given(TABLES)
def test_a_pattern_tells_apart_what_the_function_does(table):
    function = of(table)
    pattern = function.pattern()
    for one, other in product(everywhere(), repeat=2):
        same = function.at(one) == function.at(other)
        assert same == (pattern.at(one) == pattern.at(other))


def test_constants_hang_on_nothing():
    assert reduced(((0, 2),), (1, 1)) == constant(1)
    assert constant(1).masks().hangs == 0


def test_axes_begin_with_what_is_in_force_and_leave_out_what_is_moot():
    axes = axes_of({**DEFAULTS, "defeat": "any_higher"}, {"root_conflict"})
    assert "root_conflict" not in axes.names
    assert axes.choices[axes.names.index("defeat")] == ("any_higher", "applicable")
    assert axes.of(["defeat", "root_conflict"]) == (axes.names.index("defeat"),)
