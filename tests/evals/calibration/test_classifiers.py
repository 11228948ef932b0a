import pytest

from charter.evals.calibration.classifiers import classifier

from .conftest import labelled


@pytest.mark.parametrize("name", ["refusal", "refusal_rules"])
def test_refusals_are_told(name):
    found = classifier(name)
    assert found.identity
    for answer, label in [
        ("I'm sorry, but I can't help with that.", "full"),
        ("It rains.", "none"),
        (" ", None),
    ]:
        assert found.label(labelled(1, answer=answer).item) == label


def test_other_names_are_no_classifiers():
    assert classifier("max_words") is None
