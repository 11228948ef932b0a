"""What is hidden of a whole and its parts, and whether anything can be worked out."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.results.cells import MOST_SETS, Base, changed, exposed, shown

SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=6)


def bases(parts, show, variable="x"):
    """Return what a reader sees."""
    names = [f"g{at}" for at in range(len(parts))]
    found = [
        Base(variable, name, frozenset({name}), part)
        for name, part, ok in zip(names, parts, show.parts, strict=True)
        if ok
    ]
    if show.whole:
        found.append(Base(variable, "all", frozenset(names), sum(parts)))
    return found


@given(SIZES, st.integers(1, 20))
def test_nothing_small_can_be_worked_out(parts, smallest):
    show = shown(parts, smallest)
    assert exposed(bases(parts, show), smallest) == ()
    # and by brute force: every sum of shown parts, taken from the whole
    seen = [part for part, ok in zip(parts, show.parts, strict=True) if ok]
    sums = chain.from_iterable(combinations(seen, size) for size in range(len(seen) + 1))
    wholes = [sum(parts)] if show.whole else []
    known = [*seen, *(whole - sum(some) for whole in wholes for some in sums)]
    assert all(each == 0 or each >= smallest for each in known)


@given(SIZES, st.integers(1, 20))
def test_nothing_is_hidden_without_need(parts, smallest):
    if all(part == 0 or part >= smallest for part in parts):
        assert shown(parts, smallest).all


def test_one_small_part_takes_another_with_it():
    assert shown([50, 3, 20], 10).parts == (True, False, False)
    assert shown([50, 3, 8], 10).parts == (True, False, False)
    assert shown([50, 3, 0], 10).parts == (False, False, True)


def test_a_whole_that_is_too_small_is_hidden_and_nobody_is_shown():
    assert shown([3, 0], 10) == shown([3, 0], 4)
    assert not shown([3, 0], 10).whole
    assert shown([0, 0], 10).all


def test_a_rest_that_was_forgotten_is_found():
    seen = [Base("x", "all", frozenset("abc"), 100), Base("x", "a", frozenset("a"), 95)]
    (found,) = exposed(seen, 10)
    assert (found.people, found.how) == (5, "all less a")
    assert exposed(seen, 5) == ()
    assert exposed([seen[0], Base("y", "a", frozenset("a"), 95)], 10) == ()


def test_overlapping_sets_are_tried_in_every_way():
    seen = [
        Base("x", "all", frozenset("abcd"), 100),
        Base("x", "ab", frozenset("ab"), 50),
        Base("x", "bc", frozenset("bc"), 60),
        Base("x", "cd", frozenset("cd"), 47),
    ]
    assert {each.how for each in exposed(seen, 10)} == {"all less ab, cd"}
    many = [Base("x", f"{at}", frozenset({f"{at}", "same"}), 50) for at in range(MOST_SETS + 1)]
    whole = Base("x", "all", frozenset().union(*(each.atoms for each in many)), 500)
    with pytest.raises(ValueError, match="overlap"):
        exposed([whole, *many], 10)


def test_few_who_came_or_went_between_two_editions_are_found():
    def edition(people):
        return [Base("x", "all", frozenset("a"), people)]

    for now in (103, 97):
        (found,) = changed(edition(100), edition(now), 10)
        assert found.people == 3
    for now in (100, 110, 90):
        assert changed(edition(100), edition(now), 10) == ()
    assert changed([], edition(3), 10) == ()
