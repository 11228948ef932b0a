from __future__ import annotations

from itertools import product
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from charter.policy.determinacy.boxes import counted_in, lightest

SIZES = (3, 2, 4)
WEIGHTS = st.tuples(*(st.lists(st.integers(0, 5), min_size=n, max_size=n) for n in SIZES))
BOXES = st.lists(st.tuples(*(st.integers(1, (1 << n) - 1) for n in SIZES)), max_size=6)


def inside(box, context):
    return all(allowed >> at & 1 for allowed, at in zip(box, context, strict=True))


@given(BOXES, WEIGHTS)
def test_boxes_hold_what_counting_one_by_one_finds(boxes, weights):
    contexts = product(*map(range, SIZES))
    found = sum(
        prod(own[at] for own, at in zip(weights, context, strict=True))
        for context in contexts
        if any(inside(box, context) for box in boxes)
    )
    assert counted_in(boxes, weights) == found


@given(BOXES.filter(bool), WEIGHTS)
def test_the_lightest_is_in_the_box(boxes, weights):
    weight, context = lightest(boxes[0], weights)
    assert inside(boxes[0], context)
    assert weight == min(
        sum(own[at] for own, at in zip(weights, other, strict=True))
        for other in product(*map(range, SIZES))
        if inside(boxes[0], other)
    )
