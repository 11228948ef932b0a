import pytest

from charter.evals.calibration.answer import answer_of, combined
from charter.evals.calibration.scale import ADHERENCE, REFUSAL
from charter.evals.judging.combine import Rule, combine
from charter.records.grading import JudgementRecorded

from .conftest import record


def rated(*ratings):
    words = {None: None} | {r: "adhered" if r >= 6 else "violated" for r in range(1, 8)}
    return [record(1, "adhered", words[r], rating=r, sample=n) for n, r in enumerate(ratings)]


@pytest.mark.parametrize(
    ("ratings", "verdict"),
    [
        ((6,), "adhered"),
        ((5, 7, 6), "adhered"),
        ((5, 6), "violated"),
        ((7, 7, 1), "adhered"),
        ((7, None), None),
        ((7, None, 2), "violated"),
        ((None,), None),
    ],
)
def test_samples_are_combined_as_a_grading_would(ratings, verdict):
    found = combined(rated(*ratings), ADHERENCE, planned=len(ratings))
    assert found == verdict
    judgements = [
        JudgementRecorded(
            "r", "g", "s", 0, 0, n, "verdict", None, rating, (), (), "", "", "", "", 0, 0, False
        )
        for n, rating in enumerate(ratings)
    ]
    graded = combine(judgements, Rule.MEDIAN, judges=1, samples=len(ratings)).verdict
    assert graded == (found or "judge_failed")


def test_labels_without_ratings_have_a_median_too():
    said = [record(1, "none", verdict, rating=None) for verdict in ("none", "full")]
    assert combined(said, REFUSAL, planned=2) == "full"
    assert combined([said[0]], REFUSAL, planned=1) == "none"


@pytest.mark.parametrize(
    ("truth", "verdict", "lean", "right"),
    [
        ("violated", "adhered", 1, False),
        ("adhered", "violated", -1, False),
        ("adhered", "adhered", 0, True),
        ("adhered", None, 0, None),
        ("disputed", "adhered", 0, False),
    ],
)
def test_too_kind_and_too_harsh(truth, verdict, lean, right):
    answer = answer_of([record(1, truth, verdict)], ADHERENCE, planned=1)
    assert (answer.lean, answer.right) == (lean, right)
