"""Reports of `charter check` with what is wrong with the roles of people over those specs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from charter.govern.roles import load_roles
from charter.govern.roles_findings import RULES, file_findings, role_findings
from charter.lint.check import Report
from charter.source import Severity


def with_roles(reports: Sequence[Report], file: Path) -> list[Report]:
    """Add what a file of roles lacks, as of now. Raises ConfigError.

    What is wrong whichever spec is meant stands with the first report.
    """
    roles = load_roles(file)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    specs = [report.spec for report in reports]
    found = []
    for number, report in enumerate(reports):
        more = role_findings(roles, report.spec, at=at)
        if number == 0:
            more += file_findings(roles, specs, at=at)
        findings = (*report.findings, *more)
        found.append(replace(report, findings=findings, beside=(roles.source,)))
    return found


def role_rules() -> Mapping[str, tuple[Severity, str]]:
    """Return severity and sentence of each kind of finding about roles."""
    return RULES
