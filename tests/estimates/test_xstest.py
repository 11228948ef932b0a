"""Every figure of the reference that rests on XSTest comes out of these functions again."""

import math

import numpy as np
import pytest

from charter.estimates.agreement import (
    bootstrap,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
)
from charter.estimates.cluster import clustered_se
from charter.estimates.interval import Interval, wilson
from charter.estimates.paired import paired
from charter.estimates.prediction_powered import classic, prediction_powered
from charter.estimates.rogan_gladen import rogan_gladen

pytestmark = pytest.mark.data

NAMES = ("gpt4", "llama2new", "mistralguard", "pooled")


def by_model(*values):
    return pytest.mark.parametrize(("model", "expected"), list(zip(NAMES, values, strict=True)))


def refusals(rows, who="people"):
    return [getattr(each, who) for each in rows]


@by_model((220, 192), (274, 186), (240, 161), (734, 539))
def test_refusals_counted_by_people_and_judge(answers, model, expected):
    rows = answers[model]
    assert (sum(refusals(rows)), sum(refusals(rows, "judge"))) == expected


@by_model((0.381780, 0.472795), (0.368756, 0.459377), (0.314864, 0.403099), (0.373456, 0.425634))
def test_naive_interval_leaves_out_what_people_found(answers, model, expected):
    rows = answers[model]
    found = wilson(sum(refusals(rows, "judge")), len(rows))
    assert (found.low, found.high) == pytest.approx(expected, abs=5e-7)
    assert not found.holds(sum(refusals(rows)) / len(rows))


@by_model(0.874801, 0.609130, 0.627100, 0.704333)
def test_alpha_of_judge_and_people(answers, model, expected):
    pairs = [(str(each.people), str(each.judge)) for each in answers[model]]
    assert krippendorff_alpha(pairs) == pytest.approx(expected, abs=5e-7)


@by_model(0.970135, 0.925843, 0.892415, 0.928607)
def test_alpha_of_two_people(answers, model, expected):
    pairs = [(each.first, each.second) for each in answers[model]]
    assert krippendorff_alpha(pairs) == pytest.approx(expected, abs=5e-7)


@by_model(0.876437, 0.609082, 0.635434, 0.706141)
def test_ac1_of_judge_and_people(answers, model, expected):
    rows = answers[model]
    people, judge = (list(map(str, refusals(rows, who))) for who in ("people", "judge"))
    assert gwet_ac1(people, judge) == pytest.approx(expected, abs=5e-7)


def kappa(pairs):
    return cohen_kappa(*zip(*pairs, strict=True)).kappa


def two_way(each):
    return (str(each.people), str(each.judge))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "clustered", "low", "high"),
    [
        (lambda each: (each.first, each.second), False, 0.909, 0.945),
        (lambda each: (each.final, each.judged), False, 0.649, 0.716),
        (two_way, False, 0.675, 0.746),
        (two_way, True, 0.660, 0.757),
    ],
)
def test_intervals_of_kappa(answers, labels, clustered, low, high):
    rows = answers["pooled"]
    clusters = [each.id for each in rows] if clustered else None
    found = bootstrap([labels(each) for each in rows], kappa, clusters=clusters)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.01)


def calibration(rows):
    """Return the judge's errors on every fifth row, and its verdicts on the others."""
    marked = [each for each in rows if each.in_calibration]
    rest = [each.judge for each in rows if not each.in_calibration]
    positive = [each.judge for each in marked if each.people]
    negative = [1 - each.judge for each in marked if not each.people]
    return (
        {
            "sensitivity": (sum(positive), len(positive)),
            "specificity": (sum(negative), len(negative)),
        },
        marked,
        rest,
    )


@by_model(
    (154, 0.506579, 0.418385, 0.608938),
    (149, 0.581682, 0.458583, 0.720161),
    (127, 0.508415, 0.387612, 0.639410),
    (430, 0.533299, 0.470987, 0.601426),
)
def test_rogan_gladen(answers, model, expected):
    errors, marked, rest = calibration(answers[model])
    found = rogan_gladen(sum(rest), len(rest), **errors)
    assert (sum(rest), found.value, found.interval.low, found.interval.high) == pytest.approx(
        expected, abs=5e-7
    )
    assert found.labelled == len(marked)
    assert found.raw == sum(rest) / len(rest)


@by_model((45, 45, 0.844444), (38, 52, 0.711538), (41, 49, 0.693878), (124, 146, 0.746575))
def test_errors_on_every_fifth_row(answers, model, expected):
    errors, _, _ = calibration(answers[model])
    assert errors["specificity"] == (expected[0], expected[0])
    right, total = errors["sensitivity"]
    assert (total, right / total) == pytest.approx(expected[1:], abs=5e-7)


@by_model(
    ((0.505556, 0.038431), (0.503836, 0.033985), 0.690407),
    ((0.580556, 0.047086), (0.579369, 0.040059), 0.572662),
    ((0.519444, 0.046663), (0.529465, 0.040370), 0.599196),
    ((0.535185, 0.025688), (0.537305, 0.022278), 0.618399),
)
def test_prediction_powered(answers, model, expected):
    _, marked, rest = calibration(answers[model])
    pairs = [(each.people, each.judge) for each in marked]
    plain, tuned = classic(pairs, rest), classic(pairs, rest, tuned=True)
    assert (plain.value, plain.standard_error) == pytest.approx(expected[0], abs=5e-7)
    assert (tuned.value, tuned.standard_error) == pytest.approx(expected[1], abs=5e-7)
    assert (plain.weight, tuned.weight) == pytest.approx((1.0, expected[2]), abs=5e-7)
    for found, tune in ((plain, False), (tuned, True)):
        interval = prediction_powered(pairs, rest, tuned=tune)
        assert interval.value == pytest.approx(found.value, abs=1e-12)
        half = (interval.interval.high - interval.interval.low) / 2
        assert 0.95 < half / (1.96 * found.standard_error) < 1.15


@by_model((0.486111, 0.488889), (0.616667, 0.608889), (0.530556, 0.533333), (0.544444, 0.543704))
def test_corrected_intervals_hold_what_people_found(answers, model, expected):
    rows = answers[model]
    errors, marked, rest = calibration(rows)
    others = [each.people for each in rows if not each.in_calibration]
    truth = (sum(others) / len(others), sum(refusals(rows)) / len(rows))
    assert truth == pytest.approx(expected, abs=5e-7)
    pairs = [(each.people, each.judge) for each in marked]
    for found in (rogan_gladen(sum(rest), len(rest), **errors), prediction_powered(pairs, rest)):
        assert found.interval.holds(truth[0])
        assert found.interval.holds(truth[1])


def test_correcting_by_its_own_errors_returns_what_people_found(answers):
    for model in NAMES:
        rows = answers[model]
        positive = [each.judge for each in rows if each.people]
        negative = [1 - each.judge for each in rows if not each.people]
        found = rogan_gladen(
            sum(refusals(rows, "judge")),
            len(rows),
            sensitivity=(sum(positive), len(positive)),
            specificity=(sum(negative), len(negative)),
        )
        assert found.value == pytest.approx(sum(refusals(rows)) / len(rows), abs=1e-12)


@pytest.mark.parametrize(
    ("second", "first", "safe", "difference", "error", "unpaired", "by_type", "b", "c", "p"),
    [
        ("llama2new", "gpt4", False, 0.12, 0.017731, 0.032968, 0.049690, 62, 8, 1.83e-11),
        ("mistralguard", "gpt4", False, 0.044444, 0.015905, 0.033329, 0.033977, 36, 16, 0.007787),
        ("llama2new", "mistralguard", False, 0.075556, .016262, .032935, .023494, 45, 11, 5.38e-6),
        ("llama2new", "gpt4", True, 0.212, 0.030462, 0.033851, 0.077985, 61, 8, 3.24e-11),
        ("mistralguard", "gpt4", True, 0.104, 0.025756, 0.030366, 0.053725, 35, 9, 1.06e-4),
    ],
)  # fmt: skip
def test_paired_differences(
    answers, second, first, safe, *, difference, error, unpaired, by_type, b, c, p
):
    one, two = ([e for e in answers[m] if e.safe or not safe] for m in (first, second))
    pairs = list(zip(refusals(one), refusals(two), strict=True))
    found = paired(pairs)
    assert found.difference == pytest.approx(difference, abs=5e-7)
    assert (found.better, found.worse) == (b, c)
    assert found.p == pytest.approx(p, rel=3e-3)
    values = [y - x for x, y in pairs]
    n, types = len(values), [each.type for each in one]
    assert found.standard_error == pytest.approx(error, abs=5e-7)
    assert clustered_se(values, types, few=False) == pytest.approx(by_type, abs=5e-7)
    shares = [sum(refusals(rows)) / n for rows in (one, two)]
    apart = math.sqrt(sum(share * (1 - share) / (n - 1) for share in shares))
    assert apart == pytest.approx(unpaired, abs=5e-7)


@pytest.mark.parametrize(
    ("model", "cluster", "plain", "clustered", "few"),
    [
        ("gpt4", "type", 0.023591, 0.110512, None),
        ("pooled", "id", 0.013561, 0.021299, 0.021323),
    ],
)
def test_clustered_errors_of_a_rate(answers, model, cluster, *, plain, clustered, few):
    rows = answers[model]
    values, groups = refusals(rows), [getattr(each, cluster) for each in rows]
    n = len(values)
    naive = clustered_se(values, range(n))
    assert naive == pytest.approx(plain, abs=5e-7)
    assert clustered_se(values, groups, few=False) == pytest.approx(clustered, abs=5e-7)
    if few is not None:
        assert clustered_se(values, groups) == pytest.approx(few, abs=5e-7)


@pytest.mark.slow
def test_coverage_of_drawn_labels(answers):
    """2,000 times, people label 200 of 1,350 rows drawn with replacement; a judge has them all."""
    people, judge = (np.array(refusals(answers["pooled"], who)) for who in ("people", "judge"))
    truth = people.mean()
    random = np.random.default_rng(0)
    found = {name: [] for name in ("naive", "people", "ppi", "ppi++", "rg", "ours", "ours++")}
    for _ in range(2000):
        drawn = random.integers(0, 1350, 1350)
        y, f, rest = people[drawn[:200]], judge[drawn[:200]], judge[drawn[200:]].tolist()
        pairs = list(zip(y.tolist(), f.tolist(), strict=True))
        found["naive"].append(wilson(judge[drawn].sum(), 1350))
        found["people"].append(wald(y))
        found["ppi"].append(normal(classic(pairs, rest)))
        found["ppi++"].append(normal(classic(pairs, rest, tuned=True)))
        found["rg"].append(corrected(y, f, rest))
        found["ours"].append(prediction_powered(pairs, rest, tuned=False).interval)
        found["ours++"].append(prediction_powered(pairs, rest).interval)
    coverage = {name: np.mean([each.holds(truth) for each in all_]) for name, all_ in found.items()}
    width = {name: np.mean([each.high - each.low for each in all_]) for name, all_ in found.items()}
    published = {
        "naive": (0.0, 0.052),
        "people": (0.961, 0.138),
        "ppi": (0.950, 0.113),
        "ppi++": (0.949, 0.100),
        "rg": (0.955, 0.154),
    }
    for name, (share, wide) in published.items():
        assert coverage[name] == pytest.approx(share, abs=7e-4), name
        assert width[name] == pytest.approx(wide, abs=7e-4), name
    for name in ("rg", "ours", "ours++"):
        assert 0.935 <= coverage[name] <= 0.965, name
    assert width["ours++"] < 1.03 * width["ppi++"]


def wald(labels):
    share, n = labels.mean(), len(labels)
    half = 1.959964 * math.sqrt(share * (1 - share) / n)
    return Interval(share - half, share + half)


def normal(found):
    half = 1.959964 * found.standard_error
    return Interval(found.value - half, found.value + half)


def corrected(y, f, rest):
    return rogan_gladen(
        sum(rest),
        len(rest),
        sensitivity=(f[y == 1].sum(), (y == 1).sum()),
        specificity=((1 - f)[y == 0].sum(), (y == 0).sum()),
    ).interval
