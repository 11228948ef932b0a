from dataclasses import replace

import pytest

from charter.evals.calibration.classifiers import classifier
from charter.models.provider import ToolCall

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


@pytest.mark.parametrize("name", ["refusal", "refusal_rules"])
def test_a_call_without_words_is_no_refusal(name):
    """As where replies are scored: what is measured is what is used."""
    silent = labelled(1, answer="").item
    assert classifier(name).label(replace(silent, calls=(ToolCall("search", "{}"),))) == "none"
    assert classifier(name).label(silent) is None
