"""Records -> Incident: whatever they hold."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.incidents.fold import fold, fold_all
from charter.govern.incidents.incident_json import incident_json
from charter.govern.incidents.state import CHANGES, TIMES
from charter.records.incident import IncidentAmended, IncidentOpened, Link

from .made import NOW, amended, field, incident, opened, submitted, time


def test_the_state_is_what_was_said_last():
    found = incident(
        field("harm", "none"),
        field("harm", "a cut"),
        ("field", {"name": "affected", "state": "withheld", "value": "Bob", "reason": "private"}),
        ("severity", {"value": "disaster"}),
        time("aware_at", "2026-11-20T08:00:00Z"),
        time("aware_at", "2026-11-20T07:00:00Z", "an earlier mail"),
        ("link", {"links": (Link("model", "m1"), Link("model", "m1"))}),
        ("cause", {"value": "A rule was missing."}),
        submitted("gdpr-33/notification", "2026-11-20T10:00:00Z"),
        ("resolved", {"value": "2026-11-20T11:00:00Z"}),
    )
    assert found.oddities == ()
    assert found.fields["harm"].value == "a cut"
    assert (found.fields["affected"].value, found.fields["affected"].reason) == ("", "private")
    assert found.severity == "disaster"
    assert found.times["aware_at"].at == datetime(2026, 11, 20, 7, tzinfo=UTC)
    assert (found.times["aware_at"].evidence, found.times["aware_at"].number) == (
        "an earlier mail",
        6,
    )
    assert found.links == (Link("model", "m1"),)
    assert (found.cause, found.cause_number) == ("A rule was missing.", 8)
    assert [(each.regime, each.stage) for each in found.submissions] == [
        ("gdpr-33", "notification")
    ]
    assert (found.status, found.number) == ("resolved", 10)
    assert [event.number for event in found.timeline] == list(range(11))


ODD = [
    ([amended(2, "note")], "record 1 is missing"),
    ([amended(1, "note"), amended(1, "note")], "record 1: its number was taken"),
    ([amended(0, "note")], "record 0: its number was taken"),
    ([amended(1, "sung")], "record 1: 'sung' is no change"),
    ([amended(1, "note", at="2027-01-01T00:00:00Z")], "record 1: its time lies in the future"),
    ([amended(1, "note", at="2020-01-01T00:00:00Z")], "record 1: its time lies before"),
    ([amended(1, "note", at="noon")], "record 1: 'noon' is no time"),
    ([amended(1, "severity", value="awful")], "record 1: 'awful' is no severity"),
    ([amended(1, "time", name="lunch", value=str(NOW))], "'lunch' is no time that can be set"),
    ([amended(1, "time", name="aware_at", value="2030-01-01T00:00:00Z")], "lies in the future"),
    ([amended(1, "field", name="harm", state="maybe")], "a field in state 'maybe'"),
    ([amended(1, "submitted", name="gdpr", value="2026-11-20T10:00:00Z")], "what was submitted"),
    ([amended(1, "closed")], "closed without being resolved"),
    ([amended(1, "reopened")], "reopened while it was open"),
    ([amended(1, "reviewed", value="7")], "another post-mortem"),
    ([amended(1, "resolved"), amended(2, "closed"), amended(3, "cause", value="x")], "closed; it"),
    ([opened()], "opened 2 times"),
]


@pytest.mark.parametrize(("records", "odd"), ODD, ids=[odd for _, odd in ODD])
def test_what_does_not_fit_is_an_oddity_and_stays_in_the_timeline(records, odd):
    found = fold([opened(), *records], now=NOW)
    assert any(odd in each for each in found.oddities), found.oddities
    changes = [each for each in records if isinstance(each, IncidentAmended)]
    assert len(found.timeline) == 1 + len(changes)


def test_what_is_said_after_closing_changes_nothing_but_what_may():
    closed = [amended(1, "resolved"), amended(2, "closed")]
    found = fold([opened(), *closed, amended(3, "cause", value="x"), amended(4, "note")], now=NOW)
    assert (found.cause, found.status) == ("", "closed")
    again = fold([opened(), *closed, amended(3, "reopened", reason="y")], now=NOW)
    assert (again.status, "resolved_at" in again.times) == ("open", False)


def test_amendments_without_an_opening_are_still_shown():
    found = fold([amended(1, "note", value="hello")], now=NOW)
    assert "never opened" in found.oddities[0]
    assert len(found.timeline) == 1


def test_a_review_counts_for_the_text_that_was_read_and_by_somebody_else():
    first = ("postmortem", {"value": "What happened", "by": "ada"})
    review = ("reviewed", {"state": "accepted", "value": "1", "by": "bob"})
    own = ("reviewed", {"state": "accepted", "value": "1", "by": "ada"})
    assert incident(first, review).reviewers == ("bob",)
    assert incident(first, own).reviewers == ()
    assert incident(first, review, first).reviewers == ()
    back = ("reviewed", {"state": "changes", "value": "1", "by": "bob"})
    assert incident(first, review, back).reviewers == ()


TEXT = st.one_of(
    st.sampled_from(
        ["", "value", "unknown", "accepted", "1", "x y", "a/b", *CHANGES, *TIMES, "disaster"]
    ),
    st.text(max_size=20),
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
)
RECORDS = st.one_of(
    st.builds(
        IncidentAmended,
        run=st.sampled_from(["inc_one", "inc_two"]),
        number=st.one_of(st.integers(-2, 12), st.integers()),
        at=TEXT,
        by=TEXT,
        change=st.one_of(st.sampled_from(CHANGES), TEXT),
        name=TEXT,
        state=TEXT,
        value=TEXT,
        reason=TEXT,
        links=st.lists(st.builds(Link, TEXT, TEXT), max_size=2).map(tuple),
    ),
    st.builds(
        IncidentOpened,
        run=st.sampled_from(["inc_one", "inc_two"]),
        at=TEXT,
        by=TEXT,
        source=TEXT,
        title=TEXT,
        summary=TEXT,
        severity=TEXT,
        drill=st.booleans(),
        links=st.just(()),
    ),
)


@given(st.lists(RECORDS, max_size=15))
def test_folding_never_fails_and_loses_nothing(records):
    found = fold_all(records, now=NOW)
    assert {each.id for each in found} == {record.run for record in records}
    told = sum(len(each.timeline) for each in found)
    runs = {record.run for record in records if isinstance(record, IncidentOpened)}
    amendments = sum(isinstance(record, IncidentAmended) for record in records)
    assert told == amendments + len(runs)
    for each in found:
        assert all(moment.at <= NOW for moment in each.times.values())
        assert incident_json(each)["id"] == each.id


def test_oddities_are_counted_where_they_are_many():
    found = fold([opened(), *(amended(0, "note") for _ in range(300))], now=NOW)
    assert (len(found.oddities), found.oddities[-1]) == (101, "and 200 more")
