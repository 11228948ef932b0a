"""What is said once of every incident."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from charter.errors import ConfigError
from charter.govern.incidents import amend
from charter.govern.incidents.clocks import NOT_APPLICABLE, clocks
from charter.govern.incidents.fold import fold
from charter.govern.incidents.from_alert import opened_by
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.incidents.standing import answered, checked
from charter.govern.incidents.vocabulary import vocabulary
from charter.records.objective import AlertRaised

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
AT = "2026-11-22T08:00:00.000Z"
ALERT = AlertRaised("root:no_lies/breach", 1, AT, "root:no_lies", "breach", "d", 0, 2, 2, "", "")
REGIMES = load_regimes()
KNOWN = vocabulary(REGIMES)
SAID = {"jurisdictions": ("eu",), "roles": ("gpai_systemic_provider",)}


def test_an_alert_opens_an_incident_with_what_is_said_of_every_one():
    opening = opened_by(ALERT, (), now=NOW)
    fields = checked(SAID, KNOWN, "organisation.yaml")
    every = (*opening, *answered(opening, fields, KNOWN, source="sha256:abc", now=NOW))
    found = fold(every, now=NOW)
    assert {name: each.value for name, each in found.fields.items()} == {
        "jurisdictions": "eu",
        "roles": "gpai_systemic_provider",
    }
    assert [each.reason for each in found.fields.values()] == ["sha256:abc"] * 2
    assert found.oddities == ()
    left = {c.regime for c in clocks(found, REGIMES, now=NOW) if c.state != NOT_APPLICABLE}
    assert left == {"eu-gpai-code"}
    before = fold(opening, now=NOW)
    assert len({c.regime for c in clocks(before, REGIMES, now=NOW)}) > 1


def test_nothing_said_records_nothing():
    opening = opened_by(ALERT, (), now=NOW)
    fields = checked({"roles": ()}, KNOWN, "organisation.yaml")
    assert answered(opening, fields, KNOWN, source="", now=NOW) == ()


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"harm_kinds": ("death",)}, "harm_kinds: that is said of each incident anew"),
        ({"jurisdictions": ("atlantis",)}, "jurisdictions: no such choice: 'atlantis'"),
        ({"roles": ("none", "gpai_systemic_provider")}, "none and something else"),
    ],
)
def test_what_cannot_be_said_once_is_refused_with_file_and_key(said, word):
    with pytest.raises(ConfigError, match=f"^organisation.yaml: incidents.*{word}"):
        checked(said, KNOWN, "organisation.yaml")


def test_the_records_are_those_that_people_make():
    record = amend.opened(
        run="inc_one", at=AT, by="ada", source="cli", title="t", summary="", severity="hazard",
        drill=False, links=(),
    )  # fmt: skip
    (made,) = answered([record], {"roles": "gpai_systemic_provider"}, KNOWN, source="f", now=NOW)
    assert (made.number, made.by, made.change, made.state) == (1, "ada", "field", "value")
