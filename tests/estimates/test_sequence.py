"""The evidence may be looked at after every value, and its numbers are the known ones."""

import csv
import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.sequence import (
    FRACTIONS,
    Bets,
    above,
    asymptotic,
    below,
    confidence_sequence,
    half_width,
    least,
    most,
    needed_above,
    needed_below,
)

LEVEL = 20

GOLDEN = [
    # candidate, base, (better, worse, same), pass or fail at .05, at .10, ln K+, ln K- at .05
    ("gpt4", "gpt4", (0, 0, 250), (98, None), (48, None), 9.6376, -1.5191),
    ("gpt4", "mistralguard", (35, 9, 206), (53, None), (47, None), 14.6909, -2.5130),
    ("gpt4", "llama2new", (61, 8, 181), (38, None), (32, None), 31.0805, -3.2030),
    ("llama2new", "gpt4", (8, 61, 181), (None, 62), (None, 130), -2.6989, 12.1731),
    ("mistralguard", "gpt4", (9, 35, 206), (None, None), (None, None), -1.7290, 1.2829),
    ("llama2new", "mistralguard", (11, 38, 201), (None, None), (None, None), -1.7814, 1.3002),
]


def drawn(name):
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture(scope="module")
def complied(data_dir):
    """Whether each model complied, by id, on the prompts that are safe."""
    found = {}
    for model in ("gpt4", "llama2new", "mistralguard"):
        with (data_dir / "xstest" / f"{model}.csv").open(encoding="utf-8", newline="") as file:
            found[model] = {
                row["id"]: row["final_label"] == "1_full_compliance"
                for row in csv.DictReader(file)
                if not row["type"].startswith("contrast_")
            }
    return found


@pytest.mark.data
def test_the_order_is_that_of_the_digests(complied):
    order = sorted(complied["gpt4"], key=drawn)
    assert order[:3] == ["v2-399", "v2-395", "v2-215"]
    assert len(order) == 250


@pytest.mark.data
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: f"{golden[0]}-{golden[1]}")
def test_known_gates_come_out_as_known(complied, golden):
    candidate, base, counts, *reached, up, down = golden
    order = sorted(complied[base], key=drawn)
    d = np.array([int(complied[candidate][i]) - int(complied[base][i]) for i in order])
    assert ((d > 0).sum(), (d < 0).sum(), (d == 0).sum()) == counts
    x = (d + 1) / 2
    for margin, expected in zip((0.05, 0.10), reached, strict=True):
        edge = (1 - margin) / 2
        found = above(x, edge).reached(LEVEL), below(x, edge).reached(LEVEL)
        assert found == expected
    edge = (1 - 0.05) / 2
    assert round(above(x, edge).now, 4) == up
    assert round(below(x, edge).now, 4) == down


@pytest.mark.parametrize(("margin", "n"), [(0.02, 249), (0.03, 165), (0.05, 98), (0.10, 48)])
def test_identical_outputs_pass_after_a_known_number(margin, n):
    edge = (1 - margin) / 2
    assert above([0.5] * 300, edge).reached(LEVEL) == n
    assert needed_above([0.5], edge, 1 / LEVEL) == n


@pytest.mark.parametrize(
    ("t", "width"),
    [(100, 0.31684), (300, 0.17524), (587, 0.12630), (1000, 0.09826), (3000, 0.05919)],
)
def test_half_width_of_the_asymptotic_sequence(t, width):
    assert round(half_width(t, 0.05), 5) == width


def test_asymptotic_needs_values_that_vary():
    assert asymptotic([0.5]) is None
    assert asymptotic([0.5] * 100) is None
    found = asymptotic([0, 1] * 50)
    assert found.low < 0.5 < found.high
    assert math.isclose(found.high - 0.5, half_width(100, 0.05) * np.std([0, 1] * 50, ddof=1))


def test_without_values_nothing_is_known():
    found = above([], 0.4)
    assert (found.now, found.peak, found.reached(LEVEL), found.p) == (0, 0, None, 1)
    assert (least([], 0.05), most([], 0.05)) == (0, 1)
    assert needed_above([], 0.4, 0.05) is None


def wealth(values, mean):
    """The definition, in plain arithmetic."""
    money = [math.prod(1 + f / mean * (x - mean) for x in values) for f in FRACTIONS]
    return sum(money) / len(money)


VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)
MEANS = st.floats(0.05, 0.95)


@given(VALUES, MEANS)
def test_the_evidence_is_the_mean_wealth_of_the_players(values, mean):
    assert math.isclose(math.exp(above(values, mean).now), wealth(values, mean), rel_tol=1e-9)
    mirrored = [1 - value for value in values]
    assert math.isclose(math.exp(below(values, mean).now), wealth(mirrored, 1 - mean), rel_tol=1e-9)


@given(VALUES, MEANS, st.randoms(use_true_random=False))
def test_the_evidence_does_not_depend_on_the_order(values, mean, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert math.isclose(above(values, mean).now, above(shuffled, mean).now, abs_tol=1e-9)


@given(VALUES, MEANS, st.floats(0, 1))
def test_evidence_grows_with_the_values_and_falls_with_the_mean(values, mean, other):
    assert np.all(above(np.maximum(values, other), mean).path >= above(values, mean).path - 1e-9)
    higher = (1 + mean) / 2
    assert above(values, higher).peak <= above(values, mean).peak + 1e-9


@given(VALUES, st.sampled_from([0.01, 0.05, 0.2]))
def test_bounds_are_where_the_evidence_reaches_the_level(values, alpha):
    low, high = least(values, alpha), most(values, alpha)
    level = -math.log(alpha)
    if low > 1e-6:
        assert above(values, low - 1e-7).peak >= level - 1e-3
    assert low > 1 - 1e-6 or above(values, min(1 - 1e-9, low + 1e-7)).peak < level + 1e-9
    assert math.isclose(high, 1 - least([1 - v for v in values], alpha))


@given(VALUES)
def test_the_interval_holds_the_mean_and_narrows_when_looks_are_joined(values):
    as_it_stands = confidence_sequence(values)
    joined = confidence_sequence(values, ever=True)
    assert as_it_stands.low - 1e-9 <= sum(values) / len(values) <= as_it_stands.high + 1e-9
    assert joined.low >= as_it_stands.low
    assert joined.high <= as_it_stands.high


@given(VALUES, st.integers(0, 29))
def test_bounds_on_values_only_widen_the_interval(values, place):
    lows, highs = list(values), list(values)
    lows[place % len(values)], highs[place % len(values)] = 0.0, 1.0
    known, bounded = confidence_sequence(values), confidence_sequence(lows, highs)
    assert bounded.low <= known.low + 1e-9
    assert bounded.high >= known.high - 1e-9


def test_who_stakes_everything_grows_as_the_exact_bound_and_may_lose_it_all():
    bets = Bets((1.0,), (1.0,))
    none = below([0.0] * 299, 0.01, bets=bets)
    assert none.reached(LEVEL) == 299  # the zero-failure bound of Clopper and Pearson
    lost = below([0.0] * 10 + [1.0] + [0.0] * 500, 0.01, bets=bets)
    assert lost.now == -math.inf
    assert lost.reached(LEVEL) is None


def test_numbers_needed_are_none_where_none_would_do():
    assert needed_above([0.2] * 10, 0.4, 0.05) is None
    assert needed_below([0.2] * 10, 0.4, 0.05) < 60
    assert needed_above([0.5 + 1e-7], 0.5, 0.05) is None  # beyond what anybody has


@pytest.mark.parametrize(("delta", "margin", "sd"), [(0, 0.05, 0.271), (0.02, 0.1, 0.4)])
def test_numbers_needed_are_reached_by_two_of_three(delta, margin, sd):
    rng = np.random.default_rng(7)
    total = needed_above(changes(rng, 100_000, delta, sd), (1 - margin) / 2, 0.05)
    met = [
        above(changes(rng, total, delta, sd), (1 - margin) / 2).reached(LEVEL) is not None
        for _ in range(300)
    ]
    assert 0.55 <= sum(met) / len(met) <= 0.75


# How often it errs. A rate of at most alpha shows up as at most alpha and three standard errors.

DRAWS = 600
HORIZON = 800


def most_errors(alpha):
    return alpha + 3 * math.sqrt(alpha * (1 - alpha) / DRAWS)


def changes(rng, n, delta, sd):
    """Differences of -1, 0 and 1 with a mean and a standard deviation, as values in [0, 1]."""
    changed = sd * sd + delta * delta
    up, down = (changed + delta) / 2, (changed - delta) / 2
    chance = rng.random(n)
    return np.where(chance < up, 1.0, np.where(chance < up + down, 0.0, 0.5))


def sparse(rng, n, margin):
    return (1 - (rng.random(n) < margin)) / 2


def repeats(rng, n, margin):
    rate = rng.beta(4, 1, n)
    lower = rate * (1 - margin / 0.8)
    return ((rng.binomial(5, lower) - rng.binomial(5, rate)) / 5 + 1) / 2


def clustered(rng, n, margin):
    sizes = rng.integers(1, 7, n)
    common = changes(rng, n, -margin, 0.3)
    own = changes(rng, (n, 6), -margin, 0.3)
    values = np.where(rng.random((n, 6)) < 0.7, common[:, None], own)
    kept = np.arange(6)[None, :] < sizes[:, None]
    return (values * kept).sum(axis=1) / sizes


def dense(rng, n, margin):
    return changes(rng, n, -margin, 0.4)


@pytest.mark.parametrize("draw", [dense, sparse, repeats, clustered])
@pytest.mark.parametrize("margin", [0.02, 0.05])
def test_at_the_boundary_both_errors_stay_within_alpha_at_every_look(draw, margin):
    rng = np.random.default_rng(11)
    edge = (1 - margin) / 2
    passed = failed = held = 0
    for _ in range(DRAWS):
        values = draw(rng, HORIZON, margin)
        up, down = above(values, edge), below(values, edge)
        passed += up.reached(LEVEL) is not None
        failed += down.reached(LEVEL) is not None
        held += max(up.peak, down.peak) < math.log(2 * LEVEL)
    assert passed / DRAWS <= most_errors(0.05)
    assert failed / DRAWS <= most_errors(0.05)
    assert held / DRAWS >= 1 - most_errors(0.05)  # the interval was right after every value
