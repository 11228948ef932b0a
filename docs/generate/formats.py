"""reference/formats.md: the fields of the JSON that Charter writes, from the models that are it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from charter.cli.comments_json import CommentsJson
from charter.cli.determinacy_json import FORMAT as DETERMINACY
from charter.cli.determinacy_json import DeterminacyJson
from charter.cli.plan_json import PLAN, PlanJson
from charter.cli.schema import NAMES
from charter.compare.export import FORMAT as SPECS_COMPARED
from charter.compare.export import SpecsComparedJson
from charter.evals.coverage_json import FORMAT as COVERAGE
from charter.evals.coverage_json import CoverageJson
from charter.evals.gate.format import GATE, GateJson
from charter.evals.history.format import HISTORY, HistoryJson
from charter.evals.report.format import COMPARISON, REPORT, ReportJson
from charter.evals.report.format_comparison import ComparisonJson
from charter.govern.obligations.answers_json import FORMAT as ANSWERS
from charter.govern.obligations.answers_json import AnswersJson
from charter.govern.obligations.pack_file import FORMAT as PACK
from charter.govern.obligations.pack_file import PackFile
from charter.govern.reports.export import FORMAT as GOVERNANCE
from charter.govern.reports.export import GovernanceJson
from charter.lint.report_json import FORMAT as CHECK
from charter.lint.report_json import ChecksJson
from charter.policy.briefs.brief_json import FORMAT as BRIEF
from charter.policy.briefs.brief_json import BriefJson
from charter.policy.explanations.answer_form import (
    DECISION,
    RESOLUTION,
    DecisionJson,
    ResolutionJson,
)
from charter.publish.adherence_json import FORMAT as ADHERENCE
from charter.publish.adherence_json import AdherenceJson
from charter.publish.remarks import FORMAT as COMMENTS
from charter.spec.changes.diff_export import FORMAT as DIFF
from charter.spec.changes.diff_export import DiffJson
from charter.spec.export import FORMAT, SpecJson

_LEAD = f"""\
# JSON formats

The JSON that Charter writes has named formats. The first field of each, `format`, is the name with
a version: a change that could break a reader gets a new number. Every field below is always
present, unless it is said to be one command's only. Offsets count characters (Unicode code points)
from 0, half-open. Shares are fractions from 0 to 1, not per cent. `charter schema NAME` prints a
JSON Schema (draft 2020-12). NAME is one of:

{", ".join(f"`{name}`" for name in NAMES)}.
"""

_FORMATS: tuple[tuple[str, type[BaseModel], str], ...] = (
    (FORMAT, SpecJson, "Written by `charter show SPEC --json`."),
    (CHECK, ChecksJson, "Written by `charter check --format json`."),
    (DETERMINACY, DeterminacyJson, "Written by `charter check --determinacy --json`."),
    (RESOLUTION, ResolutionJson, "Written by `charter resolve --format json`."),
    (DECISION, DecisionJson, "Written by `charter decide --format json`."),
    (BRIEF, BriefJson, "Written by `charter brief --json`."),
    (DIFF, DiffJson, "Written by `charter diff OLD NEW --format json`."),
    (COVERAGE, CoverageJson, "Written by `charter suite coverage --json`."),
    (REPORT, ReportJson, "Written by `charter report --format json`."),
    (COMPARISON, ComparisonJson, "Written by `charter report RUN RUN --format json`."),
    (HISTORY, HistoryJson, "Written by `charter history --format json`."),
    (GATE, GateJson, "Written by `charter gate --format json`."),
    (PLAN, PlanJson, "Written by `charter plan --json`."),
    (
        SPECS_COMPARED,
        SpecsComparedJson,
        "Written by `charter compare --json`, and as `comparison.json` among its pages.",
    ),
    (
        COMMENTS,
        CommentsJson,
        "Written by `charter comments export --out FILE.json` and `charter comments list --json`.",
    ),
    (ADHERENCE, AdherenceJson, "Written by `charter publish --ledger`, as `adherence.json`."),
    (
        GOVERNANCE,
        GovernanceJson,
        "Written by `charter report governance --json` and `charter report transparency --json`.",
    ),
    (ANSWERS, AnswersJson, "Written by `charter govern obligations --json`."),
    (PACK, PackFile, "Read by `charter govern obligations --pack FILE.yaml`."),
)


def pages() -> dict[str, str]:
    """Return the page."""
    return {"reference/formats.md": "\n".join([_LEAD, *map(_format, _FORMATS)])}


def _format(entry: tuple[str, type[BaseModel], str]) -> str:
    name, model, source = entry
    schema = model.model_json_schema()
    lines = [f"## {name}", "", source, "", *_table(schema)]
    for title, part in _in_order(schema):
        lines += [f"**{_spoken(title)}.** {part.get('description', '')}", "", *_table(part)]
    return "\n".join(lines)


def _in_order(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the parts in the order in which a reader meets them."""
    definitions: dict[str, dict[str, Any]] = schema.get("$defs", {})
    found: dict[str, dict[str, Any]] = {}

    def visit(part: Any) -> None:
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name in definitions and name not in found:
                found[name] = definitions[name]
                visit(definitions[name].get("properties", {}))
            for key, value in part.items():
                if key != "$defs":
                    visit(value)
        elif isinstance(part, list):
            for value in part:
                visit(value)

    visit(schema.get("properties", {}))
    return list(found.items())


def _table(schema: dict[str, Any]) -> list[str]:
    rows = ["| field | type | meaning |", "|---|---|---|"]
    for name, field in schema.get("properties", {}).items():
        meaning = field.get("description", "").replace("\n", " ").replace("|", "\\|")
        rows.append(f"| `{name}` | {_type(field)} | {meaning} |")
    return [*rows, ""]


def _type(field: dict[str, Any]) -> str:
    """Return a JSON type in words."""
    if "$ref" in field:
        return _spoken(field["$ref"].rpartition("/")[2]).lower()
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(_type(part) for part in field["anyOf"])
    kind = field.get("type", "any")
    if kind == "array":
        return f"list of {_type(field.get('items', {}))}"
    if kind == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"object of {_type(field['additionalProperties'])}"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(kind, kind)


def _spoken(name: str) -> str:
    return name.removesuffix("Json")
