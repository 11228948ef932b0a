"""JSON pointers against RFC 6901, section 5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.gateway.wire.pointer import under, value_at

# The document and its values: RFC 6901, section 5.
DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_examples_of_the_rfc(pointer, value):
    assert value_at(DOCUMENT, pointer) == value


@pytest.mark.parametrize("pointer", ["foo", "/foo/2", "/foo/-", "/foo/00", "/nobody", "/foo/0/1"])
def test_what_is_not_there_is_a_value_error(pointer):
    with pytest.raises(ValueError):
        value_at(DOCUMENT, pointer)


@given(st.text(), st.text())
def test_any_key_is_found_again(first, second):
    assert value_at({first: [{second: 1}]}, under("", first, 0, second)) == 1
