"""Sections followed over versions, under whatever id."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.publish.history import neighbours
from charter.publish.lineage import lineage

from .texts import an_edition, three

FIRST, SECOND, THIRD = range(3)
TWO = """# Conduct {#conduct}

## Greet {#greet authority=user}

The clerk should greet each reader by name[^gree].
The clerk should nod to those who hurry[^nodd].

## Thank {#thank authority=user}

The clerk should thank readers who bring books back on time[^than].
The clerk should thank readers who mend a torn page[^mend].
"""
ONE = """# Conduct {#conduct}

## Be a good host of all {#host authority=user}

The clerk should greet each reader by name[^gree].
The clerk should nod to those who hurry[^nodd].
The clerk should thank readers who bring books back on time[^than].
The clerk should thank readers who mend a torn page[^mend].
The clerk should open the door[^door].
"""


def test_a_section_with_another_id_is_followed_both_ways():
    found = lineage(neighbours(three()))
    assert found.at("welcome", THIRD, FIRST) == "be_kind"
    assert found.at("be_kind", FIRST, THIRD) == "welcome"
    assert found.at("keep_loans", THIRD, FIRST) == "keep_loans"
    assert found.at("welcome", SECOND, SECOND) == "welcome"


def test_a_section_that_is_gone_is_followed_to_its_heir_and_a_new_one_to_nothing():
    found = lineage(neighbours(three()))
    assert found.at("be_quiet", FIRST, THIRD) == "keep_loans"
    assert found.at("keep_loans", SECOND, FIRST) == "keep_loans"
    assert found.at("mind_children", THIRD, FIRST) is None


def test_of_several_that_went_into_one_none_speaks_for_it():
    (diff,) = neighbours((an_edition(TWO, "1"), an_edition(ONE, "2")))
    found = lineage([diff])
    back = found.at("host", 1, 0)
    assert {found.at(id_, 0, 1) for id_ in ("greet", "thank")} == {"host"}
    assert back == next((old for old, new in diff.ids.items() if new == "host"), None)


@pytest.mark.parametrize(
    ("heirs", "back"),
    [({"greet": "host"}, "greet"), ({"greet": "host", "thank": "host"}, None)],
)
def test_only_a_single_heir_leads_back(heirs, back):
    (diff,) = neighbours((an_edition(TWO, "1"), an_edition(ONE, "2")))
    found = lineage([replace(diff, ids={}, heirs=heirs)])
    assert found.at("greet", 0, 1) == "host"
    assert found.at("host", 1, 0) == back
