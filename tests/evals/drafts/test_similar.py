"""How alike two conversations are."""

import pytest

from charter.errors import ModelUnavailable
from charter.evals.drafts.draft import conversation_text
from charter.evals.drafts.similar import (
    CONTRAST,
    COSINE,
    Meaning,
    Wording,
    jaccard,
    shingles,
    similarity,
)
from charter.evals.suite import compile_suite
from charter.load import load
from charter.models import embedding
from charter.models.embedding import embedder


def test_the_nearest_come_first():
    measure = Wording()
    assert list(measure.nearest("anything at all")) == []
    measure.add(["the cat sat on the mat", "a dog ran over the hill"])
    measure.add(["the cat sat on a mat today"])
    found = measure.nearest("user: The CAT sat on the mat!")
    assert [match.place for match in found][:2] == [0, 2]
    assert found[0].similarity > found[1].similarity > 0


def test_the_same_text_is_alike_by_both_methods():
    for measure in (Wording(), Meaning(embedder())):
        measure.add(["user: Which river runs through Vienna?"])
        (match,) = measure.nearest("user: Which river runs through Vienna?")
        assert match.similarity == pytest.approx(1.0, abs=1e-5)
        assert 0 <= match.similarity <= 1


def test_meaning_sees_what_words_do_not():
    one, other = "user: How do I cook rice?", "user: What is the way to boil rice?"
    meaning, wording = Meaning(embedder()), Wording()
    for measure in (meaning, wording):
        measure.add([one])
    assert meaning.nearest(other)[0].similarity > 0.7
    assert wording.nearest(other)[0].similarity < 0.1


def test_short_and_empty_texts_are_no_error():
    assert shingles("") == frozenset()
    assert shingles("one two") == {"one two"}
    assert jaccard(frozenset(), frozenset()) == 0


def test_without_the_encoder_words_are_compared(monkeypatch):
    def missing():
        raise ModelUnavailable("the sentence encoder is not installed")

    monkeypatch.setattr(embedding, "embedder", missing)
    assert isinstance(similarity(), Wording)


@pytest.mark.slow
def test_no_two_scenarios_of_the_starter_that_expect_the_same_count_as_one():
    scenarios = compile_suite(load("starter")).scenarios
    told = [conversation_text(scenario.messages) for scenario in scenarios]
    vectors = embedder().embed(told)
    cosines = vectors @ vectors.T
    outcomes = [scenario.outcome for scenario in scenarios]
    pairs = [
        (float(cosines[one, other]), outcomes[one] == outcomes[other])
        for one in range(len(told))
        for other in range(one)
    ]
    assert max(cosine for cosine, same in pairs if same) < COSINE
    assert max(cosine for cosine, _ in pairs) < CONTRAST
