"""Reports -> JSON: what `charter check --format json` writes.

The models below are the format; `schema` gives it as JSON Schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.lint.check import Report
from charter.source import Finding, Severity

FORMAT: Literal["charter-check/1"] = "charter-check/1"

_Level = Literal["error", "warning", "info"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class FindingJson(_Model):
    """One thing found in a spec or in a file beside it."""

    rule: str
    severity: _Level
    message: str
    hint: str | None
    """What to do about it."""
    section: str | None
    path: str
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    end_line: int
    end_column: int
    start: int
    """Characters from the start of the file."""
    end: int
    allowed: str | None = None
    """The reason of the comment in the text that accepts it; such a finding does not count."""


class CheckedJson(_Model):
    """What was found in one spec."""

    path: str
    name: str
    version: str | None
    digest: str
    counts: dict[_Level, int]
    """Findings by severity, allowed ones left out."""
    findings: list[FindingJson]


class ChecksJson(_Model):
    """The whole output."""

    format: Literal["charter-check/1"] = FORMAT
    failed: bool
    """Whether any spec has an error or a warning: exit code 1."""
    specs: list[CheckedJson]


def report_json(reports: Sequence[Report]) -> dict[str, Any]:
    """Return the reports as values that JSON can write."""
    checks = ChecksJson(
        failed=any(report.failed for report in reports),
        specs=[_checked(report) for report in reports],
    )
    return checks.model_dump(mode="json")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    return ChecksJson.model_json_schema(mode="serialization")


def _checked(report: Report) -> CheckedJson:
    spec = report.spec
    return CheckedJson(
        path=spec.source.path,
        name=spec.name,
        version=spec.version,
        digest=spec.digest,
        counts={severity.value: report.count(severity) for severity in Severity},
        findings=[
            *(_finding(finding, None) for finding in report.findings),
            *(_finding(entry.finding, entry.reason) for entry in report.allowed),
        ],
    )


def _finding(finding: Finding, allowed: str | None) -> FindingJson:
    location = finding.location
    return FindingJson(
        rule=finding.rule,
        severity=finding.severity.value,
        message=finding.message,
        hint=finding.hint,
        section=finding.section,
        path=location.path,
        line=location.line,
        column=location.column,
        end_line=location.end_line,
        end_column=location.end_column,
        start=location.span.start,
        end=location.span.end,
        allowed=allowed,
    )
