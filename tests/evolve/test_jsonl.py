"""One object a line, whatever is in it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.jsonl import line, lines


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=30)), max_size=5))
def test_every_text_comes_back_on_a_line_of_its_own(records):
    text = lines(records)
    assert [json.loads(each) for each in text.splitlines()] == records
    assert text.encode() == text.encode("utf-8")


def test_half_a_surrogate_pair_is_replaced():
    assert json.loads(line({"a": "x\ud800"})) == {"a": "x?"}
