"""Sentences and items of prompts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.policy.directives.prose.segment import MAX_SEGMENT, segments


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Be brief. Be kind.", ["Be brief.", "Be kind."]),
        ("be brief. be kind!", ["be brief.", "be kind!"]),
        ("Be brief.Be kind", ["Be brief.", "Be kind"]),
        ("Ask, e.g. for the age. Then wait.", ["Ask, e.g. for the age.", "Then wait."]),
        ("Pens, ink, etc. are sold. Not paper.", ["Pens, ink, etc. are sold.", "Not paper."]),
        ("Pens, ink, etc. Sell them.", ["Pens, ink, etc.", "Sell them."]),
        ("Use 3.5 litres of it.", ["Use 3.5 litres of it."]),
        ("- Be brief\n* Be kind\n2. Be quick", ["Be brief", "Be kind", "Be quick"]),
        ("**Tone:** Be kind.", ["Be kind."]),
        ("REQUIRED: Tone: Be kind.", ["Be kind."]),
        ("> Be kind.", ["Be kind."]),
        ("It\u2019s \u201cgood\u201d.", ['It\'s "good".']),
        ("\n \n.\n", []),
    ],
)
def test_text_is_cut(text, words):
    assert [each.words for each in segments(text)] == words


def test_labels_are_kept_apart():
    (found,) = segments("REQUIRED: Tone: Be kind.")
    assert found.label == "REQUIRED: Tone"
    assert found.start == 0


def test_a_text_without_an_end_is_cut_all_the_same():
    found = list(segments("word " * 1_000))
    assert len(found) > 1
    assert all(each.end - each.start <= MAX_SEGMENT for each in found)


@given(st.text(alphabet="aB .,:;!?\n\r-*(\"'1\u201c\u0130", max_size=200))
def test_segments_lie_in_order_in_the_text(text):
    end = 0
    for found in segments(text):
        assert end <= found.start < found.end <= len(text)
        assert len(found.words) <= found.end - found.start
        end = found.end
