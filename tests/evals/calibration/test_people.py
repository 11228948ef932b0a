import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.calibration.people import people, raters_of

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": four raters, twelve units, with
# gaps; nominal alpha 0.743
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def test_alpha_of_the_published_example():
    units = [[None if v is None else str(v) for v in unit] for unit in zip(*PUBLISHED, strict=True)]
    found = people(units, [str(n) for n in range(12)])
    assert (found.raters, found.answers) == (4, 11)
    assert found.alpha.value == pytest.approx(0.743, abs=0.0005)
    assert found.alpha.interval.low < 0.743 < found.alpha.interval.high


def test_one_rater_is_no_agreement():
    assert people([["a"], ["b"]], ["1", "2"]) is None
    assert people([["a", None], [None, "b"]], ["1", "2"]) is None


def test_unanimity_counts_answers():
    found = people([["a", "a"], ["a", "b"], ["b", None]], ["1", "2", "3"])
    assert (found.unanimous.count, found.unanimous.decided, found.answers) == (1, 2, 2)


def test_all_alike_has_no_alpha():
    assert people([["a", "a"]] * 3, ["1", "2", "3"]).alpha.value is None


def test_a_grade_holds_what_each_rater_said():
    assert raters_of("adhered||violated") == ("adhered", None, "violated")
    assert raters_of("GOOD") == ("GOOD",)


rows = st.lists(st.lists(st.sampled_from(["a", "b", None]), min_size=3, max_size=3), min_size=1)


@given(rows, st.randoms())
def test_order_and_names_are_nothing(labels, source):
    clusters = [str(n) for n in range(len(labels))]
    before = people(labels, clusters)
    pairs = list(zip(labels, clusters, strict=True))
    source.shuffle(pairs)
    renamed = [[{"a": "y", "b": "x", None: None}[v] for v in row] for row, _ in pairs]
    after = people(renamed, [cluster for _, cluster in pairs])
    assert (before is None) == (after is None)
    if before is not None and before.alpha.value is not None:
        assert after.alpha.value == pytest.approx(before.alpha.value)
        assert after.unanimous == before.unanimous


@pytest.mark.data
def test_published_annotators(data_dir):
    units, clusters = [], []
    for model in ("gpt4", "llama2new", "mistralguard"):
        with (data_dir / "xstest" / f"{model}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                units.append([row["annotation_1"], row["annotation_2"]])
                clusters.append(row["id"])
    assert people(units, clusters).alpha.value == pytest.approx(0.928607, abs=1e-6)


def test_a_few_answers_that_all_agree_on_show_little():
    found = people([["a", "a"]] * 5 + [["b", "b"]] * 5, [str(n) for n in range(10)])
    assert (found.alpha.value, found.alpha.interval.high) == (1, 1)
    low = found.unanimous.interval.low  # 0.69 of 10, exactly
    assert found.alpha.interval.low == pytest.approx(1 - (1 - low) * 19 / 10)
