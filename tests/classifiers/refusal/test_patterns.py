"""Many expressions at once find what each finds alone."""

import re2
from hypothesis import given
from hypothesis import strategies as st

from charter.classifiers.refusal.patterns import Patterns

EXPRESSIONS = ["a", "^b", r"c\b", "dd", "x.y", "[0-9]{2}"]


@given(st.text("abcdxy 09", max_size=20))
def test_the_same_as_one_by_one(text):
    alone = [i for i, rule in enumerate(EXPRESSIONS) if re2.compile(rule).search(text)]
    assert sorted(Patterns(EXPRESSIONS).found_in(text)) == alone


def test_one_expression_is_enough():
    assert Patterns(["a"]).found_in("cab") == [0]
    assert Patterns(["a"]).found_in("cub") == []
