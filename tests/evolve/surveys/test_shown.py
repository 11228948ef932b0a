"""Orders of items and candidates."""

from __future__ import annotations

from collections import Counter

from charter.evolve.surveys.shown import candidates_for, items_for, progress_of

from .people import large, small


def ids(survey, who):
    return [item.id for item in items_for(survey, who)]


def test_everybody_has_an_order_of_their_own_and_keeps_it():
    survey = large()
    orders = {tuple(ids(survey, f"pa_{n}")) for n in range(50)}
    assert len(orders) == 50
    assert all(sorted(order) == sorted(item.id for item in survey.items) for order in orders)
    assert ids(survey, "pa_1") == ids(survey, "pa_1")


def test_the_order_in_the_file_tells_nothing():
    survey = large()
    turned = large()
    object.__setattr__(turned, "items", tuple(reversed(survey.items)))
    assert ids(survey, "pa_1") == ids(turned, "pa_1")


def test_what_is_asked_again_comes_in_the_other_half():
    survey = large()
    half = (len(survey.items) + 1) // 2
    for n in range(200):
        order = ids(survey, f"pa_{n}")
        assert {"s0", "s5", "s10"} <= set(order[:half])
        assert {"x0", "x1", "x2"} <= set(order[half:])


def test_every_item_comes_first_for_somebody_and_every_candidate_as_often():
    survey = large(statements=4, again=0, comparisons=2)
    firsts = Counter(ids(survey, f"pa_{n}")[0] for n in range(600))
    assert all(50 < firsts[item.id] < 150 for item in survey.items)
    item = survey.item("c0")
    seen = Counter(candidates_for(item, f"pa_{n}") for n in range(2400))
    assert len(seen) == 24
    assert max(seen.values()) < 150
    other = Counter(candidates_for(survey.item("c1"), f"pa_{n}") for n in range(20))
    assert other != Counter(candidates_for(item, f"pa_{n}") for n in range(20))


def test_progress_counts_items_and_puts_what_was_left_to_the_end():
    survey = small()
    order = ids(survey, "pa_1")
    start = progress_of(survey, "pa_1", ())
    assert (start.answered, start.total, start.next.id) == (0, 4, order[0])
    left = progress_of(survey, "pa_1", {"trait:age"}, left={order[0]})
    assert (left.answered, left.next.id) == (0, order[1])
    back = progress_of(survey, "pa_1", set(order[1:]), left={order[0]})
    assert (back.answered, back.next.id) == (3, order[0])
    done = progress_of(survey, "pa_1", set(order))
    assert (done.answered, done.next) == (4, None)
