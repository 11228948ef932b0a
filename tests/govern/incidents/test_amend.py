"""What people say of an incident, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from charter.errors import CharterError, ConfigError
from charter.govern.incidents import amend
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.incidents.vocabulary import vocabulary
from charter.records.incident import Link

from .made import NOW, incident, submitted, time

REGIMES = {regime.id: regime for regime in load_regimes()}
KNOWN = vocabulary(REGIMES.values())
SAID = {"at": "2026-11-22T12:00:00.000Z", "by": "bob"}
BEGAN = time("occurred_from", "2026-11-19T09:00:00Z")
CLOSED = (("resolved", {}), ("closed", {}))


def set_time(found, name, when, evidence="a mail"):
    return amend.time(found, **SAID, name=name, when=when, evidence=evidence, now=NOW)


def set_field(found, name, value="", state="value", reason=""):
    return amend.field(
        found, **SAID, name=name, state=state, value=value, reason=reason, known=KNOWN
    )


def test_the_next_number_is_taken():
    assert amend.note(incident(BEGAN), **SAID, text=" hello ").number == 2
    made = set_time(incident(BEGAN), "aware_at", datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert (made.name, made.value, made.reason) == (
        "aware_at",
        "2026-11-20T10:00:00.000Z",
        "a mail",
    )


@pytest.mark.parametrize(
    ("name", "when", "said"),
    [
        ("aware_at", NOW + timedelta(seconds=1), "future"),
        ("aware_at", datetime(2026, 11, 19, 8, 59, tzinfo=UTC), "before it began"),
        ("occurred_to", datetime(2026, 11, 19, 8, 59, tzinfo=UTC), "before it began"),
        ("resolved_at", NOW, "no time of its own"),
        ("lunch_at", NOW, "no time"),
    ],
)
def test_times_that_cannot_be_are_refused(name, when, said):
    with pytest.raises(CharterError, match=said):
        set_time(incident(BEGAN), name, when)


def test_the_beginning_cannot_be_moved_behind_what_followed():
    found = incident(time("discovered_at", "2026-11-20T09:00:00Z"))
    with pytest.raises(Refused, match="later than discovered_at"):
        set_time(found, "occurred_from", datetime(2026, 11, 20, 10, tzinfo=UTC))
    with pytest.raises(Refused, match="before it began"):
        amend.resolved(
            incident(BEGAN),
            **SAID,
            when=datetime(2026, 11, 18, tzinfo=UTC),
            reason="over",
            now=NOW,
        )
    with pytest.raises(ConfigError, match="evidence"):
        set_time(found, "aware_at", NOW, evidence=" ")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("harm_kinds", "death, property?", "death, property?"),
        ("harm_kinds", "Property , death, death?", "death, property"),
        ("harm_kinds", "none", "none"),
        ("imminent_risk", " YES ", "yes"),
        ("internal_use", "no", "no"),
        ("harm", " a cut ", "a cut"),
        ("jurisdictions", "other", "other"),
    ],
)
def test_answers_are_kept_in_one_form(name, value, kept):
    assert set_field(incident(), name, value).value == kept


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("harm_kind", "death", "harm_kinds"),
        ("harm_kinds", "deaths", "no such choice"),
        ("harm_kinds", "none, death", "something else"),
        ("imminent_risk", "maybe", "no answer"),
        ("harm", "", "1 to"),
        ("harm", "x" * 20_001, "1 to"),
    ],
)
def test_answers_that_are_none_are_refused(name, value, said):
    with pytest.raises(ConfigError, match=said):
        set_field(incident(), name, value)


def test_what_is_unknown_or_withheld_has_no_value():
    assert set_field(incident(), "harm", "secret", state="unknown").value == ""
    made = set_field(incident(), "harm", "secret", state="withheld", reason="a trial")
    assert (made.value, made.reason) == ("", "a trial")
    with pytest.raises(ConfigError, match="why"):
        set_field(incident(), "harm", state="withheld")
    with pytest.raises(ConfigError, match="no field"):
        set_field(incident(), "harmm", state="unknown")


def test_a_closed_incident_takes_only_what_may_come_later():
    found = incident(*CLOSED)
    assert amend.note(found, **SAID, text="later").number == 3
    with pytest.raises(Refused, match="closed"):
        amend.cause(found, **SAID, text="x")
    with pytest.raises(Refused, match="closed"):
        set_field(found, "harm", "x")
    assert amend.reopened(found, **SAID, reason="again").change == "reopened"
    with pytest.raises(Refused, match="open"):
        amend.reopened(incident(), **SAID, reason="again")


def hand_in(found, regime="gdpr-33", stage="notification", when=NOW, evidence="receipt 1"):
    return amend.submitted(
        found, **SAID, regime=REGIMES[regime], stage=stage, when=when, evidence=evidence, now=NOW
    )


def test_reports_are_recorded_once():
    assert hand_in(incident()).name == "gdpr-33/notification"
    assert hand_in(incident(drill=True)).reason == "drill: receipt 1"
    with pytest.raises(Refused, match="already"):
        hand_in(incident(submitted("gdpr-33/notification", NOW)))
    with pytest.raises(ConfigError, match="no stage"):
        hand_in(incident(), stage="final")
    with pytest.raises(Refused, match="future"):
        hand_in(incident(), when=NOW + timedelta(1))
    with pytest.raises(Refused, match="before it began"):
        hand_in(incident(BEGAN), when=NOW - timedelta(30))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"run": "x"}, "no id"),
        ({"run": "inc_" + "a" * 100}, "no id"),
        ({"run": "inc_../../x"}, "no id"),
        ({"title": " "}, "title"),
        ({"title": "a\nb"}, "one line"),
        ({"title": "a\x1b[2Jb"}, "one line"),
        ({"title": "x" * 201}, "at most 200"),
        ({"summary": "x" * 4001}, "at most 4000"),
        ({"severity": "awful"}, "severity"),
        ({"source": "dream"}, "source"),
        ({"links": (Link("dream", "x"),)}, "link to 'dream'"),
        ({"links": (Link("model", ""),)}, "1 to 300"),
        ({"links": (Link("model", "x"),) * 101}, "more than 100"),
    ],
)
def test_openings_that_cannot_be_are_refused(changed, said):
    good = {
        "run": "inc_one",
        "at": SAID["at"],
        "by": "bob",
        "source": "cli",
        "title": "Code told",
        "summary": "",
        "severity": "incident",
        "drill": False,
        "links": (),
    }
    assert amend.opened(**good).title == "Code told"
    with pytest.raises(ConfigError, match=said):
        amend.opened(**{**good, **changed})


def test_links_are_written_with_their_kind():
    assert amend.parse_link("decision:d:1") == Link("decision", "d:1")
    for text in ("model", "dream:x", ""):
        with pytest.raises(ConfigError, match="not a link"):
            amend.parse_link(text)
