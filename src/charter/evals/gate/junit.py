"""GateResult -> JUnit XML, as test reports of CI systems read it.

One test case for each group and limit that the verdict rests on; the whole and the other sections
are skipped ones, so that their figures are at hand. A case that needs more evidence is a failure
of type `need-more`: a gate that is not passed must not look green, and an *error* would say that
something broke.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from charter.evals.gate.claim import GateVerdict
from charter.evals.gate.gate import GateResult
from charter.evals.gate.group import GroupRow
from charter.evals.gate.limits import LimitRow
from charter.evals.gate.wording import (
    evidence,
    headline,
    identity,
    interval_text,
    limit_reason,
    open_text,
    reason,
    remarks,
    units_of,
)
from charter.syntax.visible import reveal

SUITE = "charter gate"
_TYPE = {GateVerdict.FAIL: "fail", GateVerdict.NEED_MORE: "need-more"}


def junit(result: GateResult) -> str:
    """Return the XML document."""
    cases = [
        *[_case(row, result) for row in result.rows],
        *[_skipped(row, result) for row in result.others],
    ]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(row.verdict is not GateVerdict.PASS for row in result.rows)),
        "errors": "0",
        "time": "0",
    }
    about = {"skipped": str(len(result.others)), "timestamp": _when(result), "id": "0"}
    root = ET.Element("testsuites", {"name": SUITE, **counts})
    suite = ET.SubElement(root, "testsuite", {"name": SUITE, **counts, **about})
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(result):
        ET.SubElement(properties, "property", {"name": name, "value": reveal(value)})
    suite.extend(cases)
    said = ET.SubElement(suite, "system-out")
    said.text = reveal("\n".join([headline(result), *remarks(result)]))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(row: GroupRow | LimitRow, result: GateResult) -> ET.Element:
    case = _element(row)
    why = _why(row, result)
    if row.verdict is not GateVerdict.PASS:
        given = {"type": _TYPE[row.verdict], "message": reveal(why)}
        ET.SubElement(case, "failure", given).text = reveal(f"{why}\n{_details(row)}")
    else:
        ET.SubElement(case, "system-out").text = reveal(f"{why}\n{_details(row)}")
    return case


def _skipped(row: GroupRow, result: GateResult) -> ET.Element:
    case = _element(row)
    why = f"not part of the gate: {row.verdict.value.replace('_', ' ')} by itself"
    ET.SubElement(case, "skipped", {"message": reveal(why)})
    said = ET.SubElement(case, "system-out")
    said.text = reveal(f"{_why(row, result)}\n{_details(row)}")
    return case


def _element(row: GroupRow | LimitRow) -> ET.Element:
    target = row.target if isinstance(row, GroupRow) else row.limit.target
    name = target.id
    if isinstance(row, LimitRow):
        name = f"{name} < {100 * row.limit.share:.10g} %"
    kind = target.kind.value if isinstance(row, GroupRow) else "limit"
    given = {"classname": f"charter.gate.{kind}", "name": reveal(name), "time": "0"}
    return ET.Element("testcase", given)


def _why(row: GroupRow | LimitRow, result: GateResult) -> str:
    if isinstance(row, GroupRow):
        return reason(row, result.question.margin)
    return limit_reason(row)


def _details(row: GroupRow | LimitRow) -> str:
    if isinstance(row, LimitRow):
        return f"for keeping it {evidence(row.passing)}, for breaking it {evidence(row.failing)}"
    lines = [
        f"difference in percentage points {interval_text(row)} on {units_of(row)}",
        f"{row.better} better, {row.worse} worse",
        f"for passing {evidence(row.passing)}, for failing {evidence(row.failing)}",
    ]
    for which, counts in (("base", row.open_base), ("candidate", row.open_candidate)):
        if counts:
            lines.append(f"open replies of the {which}: {open_text(counts)}")
    return "\n".join(lines)


def _properties(result: GateResult) -> list[tuple[str, str]]:
    return [
        ("verdict", result.verdict.value),
        ("margin", f"{result.question.margin:g}"),
        ("alpha", f"{result.question.alpha:g}"),
        ("base", identity(result.base)),
        ("candidate", identity(result.candidate)),
    ]


def _when(result: GateResult) -> str:
    """Return when the candidate's run ended or began, without the zone: readers expect none."""
    return reveal((result.candidate.finished_at or result.candidate.run.at).removesuffix("Z"))
