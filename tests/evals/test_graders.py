"""Every grader against its cases: data in tests/cases/graders/<id>/, one test for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.evals.grader import check_arguments, graders
from charter.models.provider import Reply, Stop, ToolCall
from charter.prose.phrase import QUOTE_LIMIT

CASES = Path(__file__).resolve().parent.parent / "cases" / "graders"
FILES = sorted(CASES.glob("*/*.yaml"))
HEADINGS = ["What it decides", "Arguments", "Passes", "Fails"]
KNOWN = graders()
VALID = {
    "contains": {"any": ["a"]},
    "not_contains": {"any": ["a"]},
    "regex": {"pattern": "a+"},
    "equals": {"any": ["a"]},
    "json_valid": {"fenced": True},
    "json_schema": {"schema": {"type": "object"}, "fenced": True},
    "max_words": {"n": 3},
    "min_words": {"n": 3},
    "language": {"is": "en"},
    "starts_with": {"any": ["a"]},
    "calls_tool": {"name": "a"},
    "no_tool_call": {},
    "numeric": {"value": 1},
    "refusal": {"is": "none"},
    "refusal_rules": {"is": "none"},
    "asks_question": {},
}


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def reply(case: dict[str, Any]) -> Reply:
    calls = tuple(ToolCall(**call) for call in case.get("tool_calls", []))
    return Reply(case["text"] * case.get("times", 1), Stop.STOP, tool_calls=calls)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_grader_decides_case_as_written(path: Path) -> None:
    case, name = load(path), path.parent.name
    if "invalid" in case:
        with pytest.raises(ConfigError) as caught:
            check_arguments(name, case["arguments"], KNOWN)
        assert case["invalid"] in str(caught.value)
        assert caught.value.hint
        return
    check_arguments(name, case["arguments"], KNOWN)
    given = reply(case)
    verdict = KNOWN[name].grade(given, case["arguments"])
    assert verdict.passed is case["passed"], verdict.reason
    assert (case["reason"] or "") in verdict.reason
    assert "\n" not in verdict.reason
    if case["evidence"] is not None:
        assert verdict.evidence is not None
        assert verdict.evidence.of(given.text) == case["evidence"]


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_grader_has_enough_cases_of_both_outcomes(name: str) -> None:
    cases = [load(path) for path in FILES if path.parent.name == name]
    assert len([case for case in cases if "passed" in case]) >= 4
    assert {case["passed"] for case in cases if "passed" in case} == {True, False}
    assert any("invalid" in case for case in cases)
    assert any(case.get("text") == "" for case in cases)


def test_case_folder_names_a_grader() -> None:
    assert {path.name for path in CASES.iterdir()} <= set(KNOWN)


@pytest.mark.parametrize("name", sorted(VALID))
def test_grader_docstring_has_the_headings_of_its_page(name: str) -> None:
    lines = (KNOWN[name].__doc__ or "").splitlines()
    assert lines[0].endswith(".")
    assert [line for line in lines if line and not line.startswith(" ")][1:] == HEADINGS


@pytest.mark.parametrize("name", sorted(VALID))
@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(), max_size=60) | st.text("\"'`*_>.?-1,\n aI’", max_size=60))
def test_grader_judges_any_text_without_raising(name: str, text: str) -> None:
    given = Reply(text, Stop.STOP, tool_calls=(ToolCall("a", text),))
    verdict = KNOWN[name].grade(given, VALID[name])
    assert verdict.reason
    assert len(verdict.reason) < 5 * QUOTE_LIMIT
    if verdict.evidence is not None:
        assert 0 <= verdict.evidence.start <= verdict.evidence.end <= len(text)


@pytest.mark.parametrize("name", sorted(VALID))
@settings(max_examples=40, deadline=None)
@given(
    arguments=st.dictionaries(
        st.sampled_from(["any", "all", "n", "is", "name", "pattern", "schema", "value", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=3,
    )
)
def test_grader_refuses_or_can_use_any_arguments(name: str, arguments: dict[str, Any]) -> None:
    try:
        KNOWN[name].validate(arguments)
    except ConfigError:
        return
    KNOWN[name].grade(Reply("a 1 {}", Stop.STOP), arguments)


def test_check_arguments_names_the_known_checks() -> None:
    with pytest.raises(ConfigError, match="no check named 'contain'") as caught:
        check_arguments("contain", {}, KNOWN)
    assert "not_contains" in str(caught.value)


@pytest.mark.parametrize("text", ["\ud800 I can't help.", "a\udc00b 42?", "{\ud800}"])
def test_grader_takes_unpaired_surrogates(text: str) -> None:
    for name, arguments in VALID.items():
        assert KNOWN[name].grade(Reply(text, Stop.STOP), arguments).reason
