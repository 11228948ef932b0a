"""Bodies as bytes: strict and bounded."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.gateway.relay.event import decode
from charter.gateway.wire.json_body import Limits, _strict, read_json

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES, st.booleans())
@settings(max_examples=100, deadline=None)
def test_json_is_read_back(value, ascii_only):
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


TEXTS = st.recursive(
    st.sampled_from(
        (
            *("1", "-0.0", "9007199254740993", "18446744073709551616", "1e16", "2.5", "null"),
            *("true", '"a"', '":"', '"\\":"', '"\\u003a"', '"\\\\"', '"é"'),
        )
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{' , '.join(parts)}]")
        | st.lists(
            st.tuples(st.sampled_from(['"a"', '"b"', '":"', '"\\u0061"', '"\\":"']), inner),
            max_size=4,
        ).map(lambda pairs: "{" + ", ".join(f"{key} : {value}" for key, value in pairs) + "}")
    ),
    max_leaves=12,
)


@given(
    TEXTS | TEXTS.map(lambda text: text.replace(" ", "")),
    st.sampled_from([Limits(), Limits(depth=2, nodes=9)]),
)
@settings(max_examples=500, deadline=None)
def test_the_quick_reader_says_what_the_strict_one_does(text, limits):
    """A key given twice above all, wherever its colon could be taken for one of a text."""

    def said(reader):
        try:
            return repr(reader(text.encode(), limits))
        except ValueError as problem:
            return str(problem)

    assert said(read_json) == said(_strict)


@given(st.binary(max_size=60) | st.text('{}[]",:\\u12dDNaE+-. ', max_size=40).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_value_or_one_line(body):
    said = ""
    try:
        read_json(body)
    except ValueError as problem:
        said = str(problem)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8: byte 7"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        (b'{"a": NaN}', "NaN"),
        (b"[-Infinity]", "-Infinity"),
        (b"[1e999]", "no double"),
        (b"1" * 310, "no double"),
        (b"1" * 5000, "no double"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "'c' twice"),
        (b'{"a": 1, "\\u0061": 2}', "'a' twice"),
        (b'["\\ud800"]', "surrogate"),
        (b'{"\\uDC00": 1}', "surrogate"),
        (b"[" * 101 + b"]" * 101, "deeper than 100"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "deeper than 100"),
        (b"[" * 1_000_000, "deeper than 100"),
        (b'{"a":' * 100_000, "deeper than 100"),
    ],
)
def test_what_is_refused_is_told_in_one_line(body, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_json(body)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_pair_of_surrogates_is_a_character():
    assert read_json(b'["\\ud83d\\udea2"]') == ["\U0001f6a2"]


@pytest.mark.parametrize("body", [b"[" * 100 + b"]" * 100, b"[1, [2, {}]]"])
def test_what_is_within_the_limits_is_read(body):
    assert read_json(body) == json.loads(body)


def test_limits_are_those_given():
    assert read_json(b"[1, 2]", Limits(size=6, depth=1, nodes=3)) == [1, 2]
    for limits, message in [
        (Limits(size=5), "5 bytes"),
        (Limits(depth=0), "deeper than 0"),
        (Limits(nodes=2), "more than 2 values"),
    ]:
        with pytest.raises(ValueError, match=message):
            read_json(b"[1, 2]", limits)


TWIN = "YNqx4ndudP83tm9cCDgyQIyXi-LLVj06Oh8tOHFNxxFmiJjaBIwbua2S1VatHF4I"
"""Has the XXH3 hash of `messages`, by which orjson keeps the keys that it has read."""


@pytest.mark.parametrize("names", [("messages", TWIN), (TWIN, "messages")])
@pytest.mark.parametrize("reader", [read_json, lambda body: decode(body.decode())])
@pytest.mark.parametrize("blank", ["", " "])
def test_a_key_is_not_taken_for_another_of_the_same_hash(names, reader, blank):
    for name in (*names, *names):
        assert reader(f'{{"{name}":{blank}1}}'.encode()) == {name: 1}


def test_what_outsiders_write_is_not_read_by_a_parser_that_keeps_keys_by_their_hash(root):
    """One of them in the process suffices: what it read wrongly once, it goes on to."""
    for path in (root / "src" / "charter").rglob("*.py"):
        assert not re.search(r"(=|return) orjson\.loads", path.read_text()), path
