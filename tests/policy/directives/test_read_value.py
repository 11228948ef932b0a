"""Values of fields; more in tests/cases/directives."""

import pytest

from charter.policy.directives import read_value
from charter.policy.directives.read_value import (
    Refused,
    listed,
    near,
    number,
    one_or_more,
    scalar,
    shown,
)


def test_a_list_keeps_its_order_and_each_item_once():
    assert listed(["b", "a", "b"], "x", read_value.name) == ("b", "a")


def test_true_is_not_one():
    assert listed([1, True, 1.0, "1"], "x", scalar) == (1, True, 1.0, "1")


def test_one_stands_for_a_list_of_one():
    assert one_or_more("a", "x", read_value.name) == ("a",)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, 2**60, True, "1", None])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(Refused):
        number(value, "max_cost")


def test_a_message_names_the_item_of_a_list():
    with pytest.raises(Refused, match=r"^only\[1\] must be"):
        listed(["a", 3], "directives.0.only", read_value.name)


def test_nothing_is_near_what_is_far():
    assert near("xyz", ["keep"]) is None
    assert near(3, ["keep"]) is None
    assert near("kepe", ["keep"]) == "did you mean 'keep'?"


def test_what_is_shown_is_short():
    assert shown({"a": "x" * 10_000}) == "a mapping"
    assert len(shown("x" * 10_000)) == 80
    assert shown(10**9_000) == "a very large number"
