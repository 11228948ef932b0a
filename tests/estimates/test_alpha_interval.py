"""The interval of alpha against the plain bootstrap, and over simulated raters."""

from __future__ import annotations

import math
import random

import pytest

from charter.estimates.agreement import bootstrap, krippendorff_alpha
from charter.estimates.alpha_interval import alpha_interval

UNITS = ["aa"] * 20 + ["bb"] * 10 + ["ab"] * 5 + ["abb"] * 4 + ["a"] * 9


def test_it_is_the_plain_bootstrap_over_units():
    rated = [unit for unit in UNITS if len(unit) > 1]
    slow = bootstrap(rated, krippendorff_alpha, draws=3000, seed=1)
    quick = alpha_interval(UNITS, draws=20000, seed=2)
    assert quick.low == pytest.approx(slow.low, abs=0.03)
    assert quick.high == pytest.approx(slow.high, abs=0.03)


def test_neither_the_order_of_units_nor_of_labels_matters():
    turned = [unit[::-1] for unit in reversed(UNITS)]
    assert alpha_interval(turned, seed=3) == alpha_interval(UNITS, seed=3)


@pytest.mark.parametrize("units", [[], ["a"], ["aa"] * 30, ["aa"] * 30 + ["ab"]])
def test_where_alpha_is_undefined_there_is_none(units):
    assert math.isnan(alpha_interval(units).low)


def test_it_holds_the_true_alpha_about_as_often_as_it_says():
    """Two raters each right with chance .9 on fair coins: they agree on .82, so alpha is .64."""
    source, held = random.Random(5), 0
    for _ in range(200):
        units = []
        for _ in range(150):
            truth = source.random() < 0.5
            units.append(["ab"[truth == (source.random() < 0.9)] for _ in range(2)])
        held += alpha_interval(units, draws=400).holds(0.64)
    assert held >= 180
