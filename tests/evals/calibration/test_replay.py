import asyncio

import pytest

from charter.errors import ConfigError
from charter.evals.calibration.label_columns import mapped
from charter.evals.calibration.label_file import label_files
from charter.evals.calibration.replay import open_grader, open_labels

from .conftest import labelled


def rated(rater, each):
    return asyncio.run(rater.rate(each, sample=0))


@pytest.fixture
def labels(tmp_path):
    def make(text):
        (tmp_path / "l.csv").write_text(text)
        return label_files([tmp_path / "l.csv"], mapped([], ["y=GOOD", "n=BAD"]), None)

    return make


HOW = mapped([], ["y=GOOD", "n=BAD"])


def test_a_column_is_a_judge(labels):
    found = labels("answer,label,model\na,GOOD,y\nb,BAD,y\nc,BAD,\n")
    rater = open_labels("model", found, HOW)
    said = [rated(rater, each) for each in found.items]
    assert [each.verdict for each in said] == ["adhered", "adhered", None]
    assert said[2].outcome == "unavailable"
    assert (rater.identity.kind, rater.identity.name) == ("labels", "model")
    assert rater.request(found.items[0], sample=0) == ""


def test_its_digest_names_its_verdicts(labels):
    one = open_labels("model", labels("id,answer,label,model\n1,a,GOOD,y\n"), HOW).identity
    same = open_labels("model", labels("id,answer,label,model\n1,a,BAD,GOOD\n"), HOW).identity
    other = open_labels("model", labels("id,answer,label,model\n1,a,GOOD,n\n"), HOW).identity
    assert one == same != other


def test_a_column_must_be_there_and_hold_labels(labels):
    with pytest.raises(ConfigError, match=r"l.csv:2: no column 'other'"):
        open_labels("other", labels("answer,label,model\na,GOOD,y\n"), HOW)
    with pytest.raises(ConfigError, match=r"l.csv:3: column 'model': unknown label 'perhaps'"):
        open_labels("model", labels("answer,label,model\na,GOOD,y\nb,BAD,perhaps\n"), HOW)


def test_the_refusal_grader_is_a_rater():
    rater = open_grader("refusal_rules", {})
    assert rater.scale.name == "refusal"
    assert rater.identity.kind == "grader"
    no = labelled(1, answer="I'm sorry, but I can't help with that.")
    assert rated(rater, no).verdict == "full"
    assert rated(rater, labelled(2, answer="It is 4711.")).verdict == "none"
    assert rated(rater, labelled(3, answer=" \n")).outcome == "unavailable"


def test_any_check_is_a_rater_of_adherence():
    rater = open_grader("max_words", {"n": "2"})
    assert rater.scale.name == "adherence"
    assert rated(rater, labelled(1, answer="two words")).verdict == "adhered"
    assert rated(rater, labelled(2, answer="now three words")).verdict == "violated"
    assert rater.identity.settings == '{"n":"2"}'
    assert open_grader("refusal", {"is": "none"}).scale.name == "adherence"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("gone", {}, "no check named 'gone'"),
        ("max_words", {}, "needs|missing|required"),
        ("max_words", {"n": "[1"}, "--judge-option"),
    ],
)
def test_what_is_no_grader(name, options, words):
    with pytest.raises(ConfigError, match=words):
        open_grader(name, options)
