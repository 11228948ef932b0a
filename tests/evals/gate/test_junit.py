"""JUnit XML that CI systems read: the common schema, whatever the ledger holds."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from charter.evals.gate.claim import GateVerdict
from charter.evals.gate.junit import junit
from charter.evals.gate.target import Kind, Limit, Target
from charter.syntax.visible import reveal

from .conftest import HOSTILE, Said, many

ROOT = Limit(Target(Kind.AUTHORITY, "root"), 0.05)

# What the schemas of Jenkins, GitLab and Ant have in common.
ALLOWED = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {
        "name", "tests", "failures", "errors", "skipped", "time", "timestamp", "id", "hostname",
    },
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}  # fmt: skip
REQUIRED = {
    "testsuite": {"name", "tests"},
    "testcase": {"name", "classname"},
    "property": {"name", "value"},
}
INSIDE = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase", "system-out"],
    "properties": ["property"],
    "testcase": ["skipped", "failure", "system-out"],
}


def valid(text):
    """Parse, and check names, attributes, order and counts."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    root = ET.fromstring(text)  # noqa: S314 - our own
    for element in root.iter():
        assert set(element.attrib) <= ALLOWED[element.tag], element.tag
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib)
        order = INSIDE.get(element.tag, [])
        places = [order.index(child.tag) for child in element]
        assert places == sorted(places)
    (suite,) = root
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases) == int(root.get("tests"))
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
    return suite


def case(suite, name):
    (found,) = [c for c in suite.findall("testcase") if c.get("name") == name]
    return found


def test_a_pass_has_no_failure_and_the_rest_is_skipped(gate):
    result = gate(many(0, 98), many(0, 98), limits=(ROOT,))
    suite = valid(junit(result))
    assert [c.get("name") for c in suite.findall("testcase")] == [
        "whole", "root < 5 %", "honesty",
    ]  # fmt: skip
    assert suite.get("failures") == "0"
    assert case(suite, "honesty").find("skipped") is not None
    assert "after 98 of 98 scenarios" in case(suite, "whole").find("system-out").text


def test_a_fail_and_a_need_for_more_are_failures_of_their_types(gate):
    base = many(0, 120) + many(200, 10, section="style")
    candidate = many(0, 60) + many(60, 60, "violated") + many(200, 10, section="style")
    groups = (Target(Kind.SECTION, "honesty"), Target(Kind.SECTION, "style"))
    result = gate(base, candidate, targets=groups)
    assert result.verdict is GateVerdict.FAIL
    suite = valid(junit(result))
    assert case(suite, "honesty").find("failure").get("type") == "fail"
    more = case(suite, "style").find("failure")
    assert more.get("type") == "need-more"
    assert "more scenarios like these let it pass" in more.get("message")


def test_nothing_hostile_breaks_out(gate):
    said = [Said(f"s{i}", section=HOSTILE, title=HOSTILE) for i in range(5)]
    result = gate(said, said, targets=(Target(Kind.SECTION, HOSTILE),))
    text = junit(result)
    suite = valid(text)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert case(suite, reveal(HOSTILE)).get("classname") == "charter.gate.section"


@given(st.text(st.characters(codec=None), max_size=50))
def test_any_text_comes_out_as_xml(text):
    element = ET.Element("testcase", {"name": reveal(text)})
    element.text = reveal(text)
    ET.fromstring(ET.tostring(element, encoding="unicode"))  # noqa: S314 - our own
