"""Adjusted p-values are the published ones, and keep the order of the rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.multiplicity import benjamini_hochberg, holm

# Benjamini and Hochberg 1995, section 4.2
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
    0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_published_vector():
    found = benjamini_hochberg(PUBLISHED)
    assert found[:5] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603])
    assert sum(p <= 0.05 for p in found) == 4
    assert holm(PUBLISHED)[:4] == pytest.approx([0.0015, 0.0056, 0.0247, 0.114])
    assert sum(p <= 0.05 for p in holm(PUBLISHED)) == 3


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@given(st.lists(st.floats(0, 1), max_size=20), st.randoms())
def test_order_of_rows_does_not_matter(adjust, ps, random):
    order = list(range(len(ps)))
    random.shuffle(order)
    shuffled = adjust([ps[place] for place in order])
    found = adjust(ps)
    assert [found[place] for place in order] == shuffled
    assert all(p <= q <= 1 for p, q in zip(ps, found, strict=True))


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_what_is_no_p_value_is_refused(adjust):
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="between 0 and 1"):
            adjust([0.5, wrong])
    assert adjust([]) == []
