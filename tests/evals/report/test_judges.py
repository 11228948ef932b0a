"""What is known of judges is taken from calibration, judgements and nowhere else."""

import pytest

from charter.config import Price
from charter.evals.report.export import export, schema
from charter.evals.report.judges import grader, judging, spent_on_replies
from charter.evals.report.page import page
from charter.evals.report.trust_wording import (
    agreement_sentences,
    calibration_text,
    grader_text,
    spent_text,
)
from charter.evals.result import result_of

from .judged import JUDGE, OTHER, calibrate

VALIDATOR = pytest.importorskip("jsonschema").Draft202012Validator


def test_fitness_comes_from_the_calibration(judged):
    (view,) = judging(judged()).judges
    assert (view.name, view.fitness, view.calibration) == ("openai:a-judge", "fit", "c-1")
    assert calibration_text(view) == "Fit by calibration c-1 of 2026-11-20: kappa is what it is."
    assert (view.figures.sensitivity.count, view.figures.sensitivity.decided) == (56, 60)


def test_failures_are_counted_by_kind(judged):
    found = judging(judged())
    assert (found.replies, found.failed) == (20, 1)
    assert found.judges[0].failures == (("unparsable", 1),)
    assert "Failures of openai:a-judge by kind: unparsable 1." in agreement_sentences(found)


def test_several_judges_and_samples_are_compared(judged, ledger):
    judged(judges=(JUDGE, OTHER), samples=2, uncalibrated=True)
    calibrate(ledger, OTHER, run="c-2")
    found = judging(result_of(ledger, "run-1"))
    text = " ".join(agreement_sentences(found))
    assert "20 replies judged by 2 judges, 2 samples each, by median; 1 without a verdict." in text
    assert "100.0 % (83.2–100.0 %) are unanimous" in text
    assert "openai:a-judge and openai:b-judge agree on 19 of 19" in text
    assert "openai:a-judge says the same in its first two samples on 19 of 19 replies." in text


def test_cost_counts_what_was_asked_and_what_was_known(judged):
    result = judged(samples=2)
    spent = judging(result).judges[0].spent
    assert (spent.judgements, spent.asked, spent.told, spent.said) == (40, 20, 18_000, 1_000)
    assert (spent.money, spent.currency) == (None, None)
    priced = judging(result, {"a-judge": Price(2.0, 10.0, "EUR")})
    assert priced.spent.money == pytest.approx(0.046)
    assert spent_text(priced.spent) == (
        "20 requests, 18,000 tokens told, 1,000 said, 50.0 % of 40 known before, 0.05 EUR"
    )
    assert spent_on_replies(result).told == 40 * 9


def test_judges_of_a_result_without_any_are_none(mixed):
    assert judging(mixed) is None


def test_an_unknown_classifier_has_unknown_errors(mixed):
    found = grader(mixed)
    assert found.sensitivity is None
    assert "How often that errs is not known" in grader_text(found)


def test_the_document_follows_its_schema(judged):
    result = judged(judges=(JUDGE, OTHER), samples=3, uncalibrated=True)
    document = export(result)
    VALIDATOR(schema()).validate(document)
    first, second = document["judging"]["judges"]
    assert first["calibration"]["fitness"] == "fit"
    assert second["calibration"] is None
    judgement = next(c for c in document["cases"] if c["judgements"])["judgements"][0]
    assert judgement["outcome"] == "unparsable"


def test_the_page_shows_what_judges_said(judged):
    text = page(judged())
    for words in (
        "What judges said",
        "It reads well.",
        "Sensitivity: violations found",
        "✓",
        "fit",
    ):
        assert words in text


def test_judges_can_be_left_out(judged, ledger):
    judged()
    assert judging(result_of(ledger, "run-1", grading="none")) is None
