"""Every rule against its cases: tests/cases/rules/<rule-id>/{pass,fail}_*.

An overlay whose base lies in the case's folder is checked against it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from charter.lint.check import check
from charter.lint.rule import rules, summary_of
from charter.load import load, stack_beside

CASES = Path(__file__).resolve().parent.parent / "cases" / "rules"


def cases() -> list[Path]:
    return sorted(
        entry
        for folder in CASES.iterdir()
        for entry in folder.iterdir()
        if not entry.name.endswith(".expected.json")
    )


def found(case: Path) -> list[dict[str, object]]:
    spec = load(case)
    own = Path(spec.source.path)
    shown = []
    for finding in check(spec, only=[case.parent.name], below=stack_beside(spec)).findings:
        file = Path(finding.location.path)
        entry: dict[str, object] = {"line": finding.location.line, "message": finding.message}
        if file != own:
            entry["file"] = file.relative_to(own.parent).as_posix()
        shown.append(entry)
    return shown


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_rule_finds_what_its_case_says(case):
    actual = found(case)
    if case.stem.startswith("pass_"):
        assert actual == []
        return
    expected = json.loads(case.with_name(f"{case.stem}.expected.json").read_text("utf-8"))
    assert len(actual) == len(expected), actual
    for got, wanted in zip(actual, expected, strict=True):
        assert {**got, "message": None} == {**wanted, "message": None}, actual
        assert wanted["message"] in got["message"]


def test_every_rule_has_a_case_of_each_kind():
    for rule_id in rules():
        names = [entry.name for entry in (CASES / rule_id).iterdir()]
        assert any(name.startswith("pass_") for name in names), rule_id
        assert any(name.startswith("fail_") for name in names), rule_id


def test_every_case_folder_is_a_rule():
    assert {folder.name for folder in CASES.iterdir()} == set(rules())


@pytest.mark.parametrize("rule_id", rules())
def test_rule_has_a_page_with_the_fixed_headings(rule_id):
    rule = rules()[rule_id]
    assert rule.GROUP in {"structure", "writing", "coverage", "consistency"}
    assert summary_of(rule).endswith(".")
    assert rule.__doc__ is not None
    headings = [line for line in rule.__doc__.splitlines()[1:] if line and line[0] != " "]
    assert headings == ["What it finds", "Why it matters", "Bad", "Good"]
