import pytest

from charter.errors import ConfigError
from charter.evals.calibration.label_columns import mapped


def test_columns_and_values_are_renamed():
    how = mapped(["answer=completion", "id = the id"], ["2_full_refusal=full", "yes=GOOD"])
    assert how.column("answer") == "completion"
    assert how.column("id") == "the id"
    assert how.column("label") == "label"
    assert how.label(" 2_full_refusal ") == "full"
    assert how.label("BAD") == "BAD"


@pytest.mark.parametrize(
    ("columns", "values", "words"),
    [
        (["reply=x"], [], r"no field 'reply' \(known: id, answer"),
        (["answer"], [], "'answer' is not NAME=VALUE"),
        (["answer="], [], "is not NAME=VALUE"),
        (["answer=a", "answer=b"], [], "names 'answer' twice"),
        ([], ["a=maybe"], r"no label 'maybe' \(known: good, ok, bad, adhered, violated, none"),
    ],
)
def test_what_is_no_mapping(columns, values, words):
    with pytest.raises(ConfigError, match=words):
        mapped(columns, values)
