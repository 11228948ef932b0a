"""What passes though no check reads it is bounded: pictures, and numbers of documents."""

import pytest

from charter.gateway.answers.items import is_picture, returned
from charter.gateway.answers.parts import refers


@pytest.mark.parametrize(
    ("result", "is_one"), [("iVBORw0KGgoAAAA", True), ("/9j/4AAQ", True), ("secret.word", False)]
)
def test_a_picture_begins_as_one(result, is_one):
    item = {"type": "image_generation_call", "result": result}
    assert is_picture(item) is is_one
    assert bool(returned(item)) is not is_one
    assert not is_picture(item | {"type": "function_call"})


@pytest.mark.parametrize(
    ("ids", "few"),
    [
        ([], True),
        ([0, 255], True),
        ([256], False),
        ([-1], False),
        ([True], False),
        ([1] * 17, False),
    ],
)
def test_a_reference_names_few_documents(ids, few):
    assert refers({"type": "reference", "reference_ids": ids}) is few
    assert not refers({"type": "reference", "reference_ids": ids, "text": ""})
