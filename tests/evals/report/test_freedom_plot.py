"""The plot has both errors as its axes, labels that do not overlap, and drops nothing silently."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.report.freedom import by_authority, freedom
from charter.evals.report.freedom_plot import GAP, _spread, freedom_plot

from .test_freedom import ALWAYS, NEVER, TELLS, suite


def rows(result):
    return [freedom(result), *by_authority(result)]


@pytest.mark.parametrize(
    ("model", "place"), [(ALWAYS, (100, 100)), (NEVER, (0, 0)), (TELLS, (20, 80))]
)
def test_over_goes_right_and_under_goes_up(result_from, model, place):
    """`y` counts from the top: refusing nothing is in the upper left corner."""
    dot = freedom_plot(rows(result_from(suite(10, 10, model)))).dots[0]
    assert (dot.spot.x, dot.spot.y) == pytest.approx(place)
    assert dot.spot.left <= dot.spot.x <= dot.spot.right
    assert dot.spot.top <= dot.spot.y <= dot.spot.bottom


def test_rows_without_an_axis_are_listed(result_from):
    answers = suite(10, 10, TELLS)
    for answer in answers[:10]:
        answer.authority = "user"
    found = freedom_plot(rows(result_from(answers)))
    assert [dot.name for dot in found.dots] == ["Whole spec"]
    assert found.lacking == (
        "user (under-refusal: no scenario tests it)",
        "root (over-refusal: no scenario tests it)",
    )


def test_two_runs_are_pairs(result_from):
    before, after = (
        rows(result_from(suite(10, 10, model), run=name))
        for name, model in (("one", NEVER), ("two", TELLS))
    )
    found = freedom_plot(after, before)
    assert found.pairs
    assert (found.dots[0].before.x, found.dots[0].spot.x) == pytest.approx((0, 20))
    assert found.dots[0].text.startswith("first run: over-refusal 0.0 %")


def test_no_evidence_is_an_empty_plot(result_from):
    found = freedom_plot(rows(result_from([])))
    assert (found.dots, found.lacking) == ((), ())


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_labels_keep_apart_in_order_and_on_the_square(heights):
    places = _spread(heights)
    ordered = sorted(places)
    assert min(places) >= -1e-9
    assert max(places) <= 100 + 1e-9
    gap = min(GAP, 100 / (len(heights) - 1)) if len(heights) > 1 else 0
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(ordered))
    by_height = [places[at] for at in sorted(range(len(heights)), key=heights.__getitem__)]
    assert by_height == ordered
