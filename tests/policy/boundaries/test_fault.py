"""A condition that does not compile is told what was expected, in one line."""

import pytest

from charter.policy.boundaries.condition import compile_condition
from charter.policy.boundaries.program import Rejected


@pytest.mark.parametrize(
    ("text", "offset", "said"),
    [
        ("text == 1", 5, "applied to '(string, int)': both sides must be of one type"),
        ("words > '3'", 6, "'(int, string)': both sides must be numbers of one type, or both text"),
        ("text && true", 5, "each side must be true or false (bool)"),
        ("!words", 0, "it must be true or false (bool)"),
        ("words ? true : false", 6, "the test must be true or false (bool)"),
        ("text.contains(1)", 13, "it takes text (string) and text"),
        ("words in 'abc'", 6, "must be a list of such values, or a map with such keys"),
        ("words % 1.0 == 1.0", 6, "both sides must be whole numbers (int)"),
        ("tool == 'a'", 0, "'tool': it is a variable of tool_call, tool_result only"),
        ("txt == 'a'", 0, "did you mean 'text'?"),
        ("text.startswith('a')", 15, "did you mean 'startsWith'?"),
        ("contains(text, 'a')", 8, "as in text.contains(…)"),
        ("unheard_of(text)", 10, "undeclared reference to 'unheard_of'"),
        ("text.size() > 1 and words > 1", 16, "write && for and, || for or"),
        ("text = 'a'", 5, "write == to compare"),
        ("text ==", 7, "the condition ends too early"),
        ("words", 0, "condition is int, but must be true or false (bool)"),
        (
            "text.matches('(a{1000}){1000}')",
            13,
            "pattern does not compile: invalid repetition size",
        ),
        ("text.matches('\\\\pL{900}')", 13, "pattern too large"),
        ("text == 'a\\x00'", 8, "a zero character is read as U+FFFD"),
    ],
)
def test_fault_says_where_and_what_was_expected(text: str, offset: int, said: str) -> None:
    found = compile_condition(text, "request")
    assert isinstance(found, Rejected)
    assert said in found.message
    assert found.offset == pytest.approx(offset, abs=1)
    assert len(found.message) < 200
    assert "\n" not in found.message
    assert "expecting" not in found.message
