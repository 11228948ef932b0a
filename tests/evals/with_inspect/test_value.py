"""Values of scores: which numbers they are, and which are none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.inspect.value import (
    MAX_LEAVES,
    Higher,
    Reading,
    is_plain,
    leaves,
    number,
)
from charter.evals.score import Verdict

inspect_scorer = pytest.importorskip("inspect_ai.scorer", reason="needs the extra `inspect`")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("C", 1.0),
        ("P", 0.5),
        ("I", 0.0),
        ("N", None),
        (True, 1.0),
        (0, 0.0),
        (0.25, 0.25),
        ("yes", 1.0),
        ("False", 0.0),
        ("0.75", 0.75),
        ("", None),
        ("c", None),
        ("something", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        ("nan", None),
        (10**400, None),
        ({"a": 1}, None),
        ([], None),
    ],
)
def test_number(value, expected):
    assert number(value) == expected


@given(
    st.one_of(
        st.sampled_from(["C", "P", "I", "yes", "no", "true", "false", "True", "YES"]),
        st.booleans(),
        st.integers(-(10**6), 10**6),
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(allow_nan=False, allow_infinity=False).map(str),
    )
)
def test_numbers_are_those_of_inspect(value):
    assert number(value) == inspect_scorer.value_to_float()(value)


def test_leaves_have_paths():
    found = dict(leaves({"a": {"b": 1, "c": [2, "x"]}, "d.e": True}, "s"))
    assert found == {"s.a.b": 1, "s.a.c.0": 2, "s.a.c.1": "x", "s.d.e": True}
    assert dict(leaves("C", "s")) == {"s": "C"}


def test_leaves_are_bounded():
    assert len(list(leaves(list(range(10**5)), "s"))) == MAX_LEAVES
    deep = 1
    for _ in range(50):
        deep = {"k": deep}
    ((path, value),) = leaves(deep, "s")
    assert number(value) is None
    assert path.count(".") == 8


def test_what_says_which_way_it_goes():
    assert all(map(is_plain, ["C", "I", "N", "P", True, False, "yes"]))
    assert not any(map(is_plain, [1, 0.5, "0.5", "1"]))


def test_readings():
    up, down = Reading("s", Higher.COMPLIANT, 6), Reading("s.x", Higher.VIOLATING, 0.5)
    assert [up.verdict(v) for v in (5.9, 6, 7)] == [
        Verdict.VIOLATED,
        Verdict.ADHERED,
        Verdict.ADHERED,
    ]
    assert [down.verdict(v) for v in (0.4, 0.5)] == [Verdict.ADHERED, Verdict.VIOLATED]
    assert down.words == "inspect:s.x, 0.5 or more is violating"
    assert not math.isnan(up.threshold)
