"""Reports -> SARIF 2.1.0, as code hosts and editors show it.

Offsets and columns count Unicode code points, addresses are relative to one folder, and a
fingerprint follows a finding when lines above it come or go. Findings that a comment in the
text accepts are kept as suppressed, with the comment's reason.
Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from charter.lint.check import Report
from charter.lint.places import Places
from charter.lint.rule import Rule, rules, summary_of
from charter.source import Finding, Severity, digest_of
from charter.version import VERSION

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "charterFinding/v1"
_FINGERPRINTED = 160
"""Characters of the line, from the finding on, that a fingerprint rests on."""
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(
    reports: Sequence[Report],
    *,
    root: Path,
    also: Mapping[str, tuple[Severity, str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return one SARIF log with one run over all reports.

    Addresses are relative to `root`; where a file lies outside of it, to the nearest folder
    above all files, so that none contains `..` or names the machine's own folders. `also` has
    severity and sentence of kinds of findings that are no lint rules.
    """
    known = rules()
    order = {rule_id: number for number, rule_id in enumerate((*known, *also))}
    address = _Addresses(reports, root)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "charter",
                        "semanticVersion": VERSION,
                        "rules": [
                            *(_rule(rule_id, rule) for rule_id, rule in known.items()),
                            *(_described(each, *what) for each, what in also.items()),
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": list(_artifacts(reports, address)),
                "results": [
                    result for report in reports for result in _results(report, order, address)
                ],
            }
        ],
    }


class _Addresses:
    """Relative addresses of files."""

    def __init__(self, reports: Iterable[Report], root: Path) -> None:
        paths = [Path(path).absolute() for report in reports for path in report.sources()]
        self._root = root.absolute()
        if not all(path.is_relative_to(self._root) for path in paths):
            self._root = Path(os.path.commonpath([path.parent for path in paths]))
        self._known: dict[str, str] = {}

    def of(self, path: str) -> str:
        """Return a path as a relative URI reference."""
        if path not in self._known:
            relative = Path(path).absolute().relative_to(self._root).as_posix()
            self._known[path] = quote(relative.encode("utf-8", "surrogateescape"), safe="/")
        return self._known[path]


def _rule(rule_id: str, rule: Rule) -> dict[str, Any]:
    page = (rule.__doc__ or "").strip()
    found = _described(rule_id, rule.SEVERITY, summary_of(rule))
    return found | {"help": {"text": page}, "properties": {"tags": [rule.GROUP]}}


def _described(rule_id: str, severity: Severity, summary: str) -> dict[str, Any]:
    return {
        "id": rule_id,
        "name": "".join(word.capitalize() for word in rule_id.split("-")),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": summary},
        "defaultConfiguration": {"level": LEVELS[severity]},
    }


def _artifacts(reports: Iterable[Report], address: _Addresses) -> Iterator[dict[str, Any]]:
    named: set[str] = set()
    for report in reports:
        found = [*report.findings, *(entry.finding for entry in report.allowed)]
        touched = {report.spec.source.path, *(finding.location.path for finding in found)}
        for path, source in report.sources().items():
            if path in touched and path not in named:
                named.add(path)
                yield {
                    "location": {"uri": address.of(path)},
                    "encoding": "UTF-8",
                    "hashes": {"sha-256": source.digest.removeprefix("sha256:")},
                }


def _results(
    report: Report, order: Mapping[str, int], address: _Addresses
) -> Iterator[dict[str, Any]]:
    places = {path: Places(source) for path, source in report.sources().items()}
    seen: Counter[str] = Counter()
    entries: list[tuple[Finding, str | None]] = [(found, None) for found in report.findings]
    entries += [(entry.finding, entry.reason) for entry in report.allowed]
    for finding, reason in entries:
        uri = address.of(finding.location.path)
        location = finding.location
        near = places[location.path]
        end = min(near.line(location.line).end, location.span.start + _FINGERPRINTED)
        words = " ".join(near.text(location.span.start, end).split())
        key = digest_of(f"{finding.rule}\n{uri}\n{finding.message}\n{words}")
        seen[key] += 1
        result = _result(finding, order[finding.rule], uri)
        result["partialFingerprints"] = {
            FINGERPRINT: f"{key.removeprefix('sha256:')[:32]}:{seen[key]}"
        }
        if reason is not None:
            result["suppressions"] = [{"kind": "inSource", "justification": reason}]
        yield result


def _result(finding: Finding, index: int, uri: str) -> dict[str, Any]:
    location = finding.location
    message = finding.message + (f"\n\n{finding.hint}" if finding.hint else "")
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {
                "startLine": location.line,
                "startColumn": location.column,
                "endLine": location.end_line,
                "endColumn": location.end_column,
                "charOffset": location.span.start,
                "charLength": location.span.end - location.span.start,
            },
        }
    }
    if finding.section is not None:
        place["logicalLocations"] = [{"name": finding.section, "kind": "section"}]
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [place],
    }
