"""A liking for places is told from what the rules decide."""

import pytest

from charter.evals.ranking.leaning import leaning_of
from charter.records.ranking import AnswersRanked


def ranked(item, order, shown):
    groups = tuple(tuple(each) for each in order.split(">"))
    return AnswersRanked("r", item, 0, "", groups, "", (), 0, shown=tuple(shown))


def test_an_order_that_repeats_what_was_shown_leans_wholly_to_places():
    found = leaning_of([ranked(f"q{n}", "A>B>C", "ABC") for n in range(4)])
    assert found.value == 1
    assert found.interval.low < 1  # four items are not all items


def test_a_mind_of_its_own_does_not_lean():
    turned = [ranked(item, "A>B>C", each) for item in "xy" for each in ("ABC", "BCA", "CAB")]
    found = leaning_of(turned)
    assert found.value == pytest.approx((1 + 1 / 3 + 1 / 3) / 3)
    both = leaning_of([*turned, *(ranked("z", "C>B>A", s) for s in ("ABC", "BCA", "CAB"))])
    assert both.interval.low < 0.5 < both.interval.high


def test_level_pairs_failures_and_what_was_shown_to_nobody_do_not_count():
    nothing = [ranked("x", "ABC", "ABC"), ranked("y", "A>B", ""), ranked("z", "A>B", "BA")]
    assert leaning_of(nothing) is None
    assert leaning_of([*nothing, ranked("w", "BC>A", "BAC")]).value == pytest.approx(0.25)
