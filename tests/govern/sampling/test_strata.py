"""Where decisions belong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.sampling.strata import (
    PRIORITY,
    RISKS,
    UNKEPT,
    Place,
    place_of,
    risk_of,
    section_of,
)
from charter.records.decision import Ground

from .test_draw import PLAIN

CASES = [
    ({}, Place("honesty", "plain")),
    ({"stage": "tool_call"}, Place("honesty", "call")),
    ({"stage": "request"}, None),
    ({"stage": "offer"}, None),
    ({"stage": "tool_result", "effect": "deny"}, None),
    ({"effect": "flag"}, Place("honesty", "flagged")),
    ({"effect": "redact"}, Place("honesty", "flagged")),
    ({"effect": "require_approval", "stage": "tool_call"}, Place("honesty", "held")),
    ({"effect": "deny"}, Place("honesty", "refused")),
    ({"effect": "of a later version"}, Place("honesty", "refused")),
    ({"failure": "upstream_timeout"}, Place("honesty", "failed")),
    ({"citations": ("honesty/no_lies",)}, Place("honesty", "plain")),
    ({"citations": ()}, Place("", "plain")),
    (
        {"effect": "deny", "grounds": (Ground("deny", "b", "privacy/names"),)},
        Place("privacy", "refused"),
    ),
    ({"effect": "deny", "grounds": (Ground("deny", "b", ""),)}, Place("honesty", "refused")),
]


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_a_decision_belongs_to_one_stratum(changes, expected):
    assert place_of(replace(PLAIN, **changes)) == expected


def test_of_several_sections_chance_takes_one_and_keeps_to_it():
    cited = ("a", "b", "c", "a/x")
    found = Counter()
    for number in range(900):
        record = replace(PLAIN, decision=f"x_{number}.1", citations=cited)
        assert place_of(record) == place_of(replace(record, citations=cited[::-1]))
        found[place_of(record).section] += 1
    # 300 each, with a standard deviation of 14
    assert set(found) == {"a", "b", "c"}
    assert all(abs(number - 300) < 75 for number in found.values())


_SECTIONS = st.sampled_from(["", *RISKS, "failed-unkept", "unkept", "-unkept", "a.b"]) | st.text(
    "abc-_.", max_size=6
)


@given(
    st.lists(st.tuples(_SECTIONS, st.sampled_from(RISKS), st.booleans()), min_size=2, unique=True)
)
def test_no_section_can_take_the_name_of_a_risk(parts):
    """Whatever sections are called, each stratum has a name of its own, and is read from it."""
    names = [Place(section, risk).stratum + UNKEPT * silent for section, risk, silent in parts]
    assert len(set(names)) == len(parts)
    assert [(section_of(name), risk_of(name)) for name in names] == [each[:2] for each in parts]


def test_names_are_read_as_they_are_written():
    assert Place("privacy", "held").stratum == "privacy/held"
    assert section_of("privacy/held" + UNKEPT) == "privacy"
    assert risk_of("privacy/held" + UNKEPT) == "held"
    assert set(PRIORITY) == set(RISKS)
    assert all(0 <= each <= 9 for each in PRIORITY.values())
