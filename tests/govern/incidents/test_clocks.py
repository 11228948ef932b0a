"""Reports that are owed, and by when; every expected time is worked out by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.incidents.clocks import clocks, keep_until
from charter.govern.incidents.regime_file import load_regimes

from .made import GPAI, NOW, field, incident, submitted, time

REGIMES = {regime.id: regime for regime in load_regimes()}
AWARE = datetime(2026, 11, 20, 9, tzinfo=UTC)


def clock(found, name, *, now=NOW):
    regime, stage = name.split("/")
    (one,) = [each for each in clocks(found, [REGIMES[regime]], now=now) if each.stage == stage]
    return one


def gpai(*changes, kinds="property", now=NOW):
    return incident(*GPAI, field("harm_kinds", kinds), *changes, now=now)


@pytest.mark.parametrize(
    ("kinds", "days"),
    [
        ("critical_infrastructure", 2),
        ("cybersecurity", 5),
        ("death", 10),
        ("property", 15),
        ("health, death", 10),
        ("environment, cybersecurity, death", 5),
    ],
)
def test_the_shortest_period_that_applies_counts(kinds, days):
    found = clock(gpai(time("aware_at", AWARE), kinds=kinds), "eu-gpai-code/initial")
    assert found.due_at == AWARE + timedelta(days=days)
    assert found.undecided == ()
    assert (found.starts_at, found.record) == (AWARE, 4)
    assert "a mail" in found.evidence


def test_the_earliest_of_the_times_starts_the_clock():
    found = gpai(
        time("aware_at", AWARE),
        time("causal_link_suspected_at", AWARE - timedelta(days=1)),
        time("discovered_at", AWARE - timedelta(days=9)),
    )
    one = clock(found, "eu-gpai-code/initial")
    assert (one.starts_at, one.record) == (AWARE - timedelta(days=1), 5)


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(0), "counting"),
        (timedelta(days=11, hours=6), "counting"),
        (timedelta(days=11, hours=6, seconds=1), "warning"),
        (timedelta(days=15), "warning"),
        (timedelta(days=15, seconds=1), "overdue"),
    ],
)
def test_a_clock_warns_in_its_last_quarter_and_marks_what_is_over(after, state):
    found = clock(gpai(time("aware_at", AWARE)), "eu-gpai-code/initial", now=AWARE + after)
    assert (found.state, found.left) == (state, timedelta(days=15) - after)


@pytest.mark.parametrize(
    ("at", "state"),
    [(timedelta(days=15), "met"), (timedelta(days=15, seconds=1), "met late")],
)
def test_a_report_meets_its_clock_or_comes_late(at, state):
    now = AWARE + timedelta(days=30)
    handed = submitted("eu-gpai-code/initial", AWARE + at)
    found = clock(gpai(time("aware_at", AWARE), handed, now=now), "eu-gpai-code/initial", now=now)
    assert (found.state, found.left, found.met_at) == (state, None, AWARE + at)


def test_an_open_question_counts_as_if_it_applied():
    nothing = clock(incident(time("aware_at", AWARE)), "eu-gpai-code/initial")
    assert nothing.due_at == AWARE + timedelta(days=2)
    assert nothing.undecided == ("jurisdictions", "roles", "harm_kinds")
    half = clock(gpai(time("aware_at", AWARE), kinds="property, death?"), "eu-gpai-code/initial")
    assert (half.due_at, half.undecided) == (AWARE + timedelta(days=10), ("harm_kinds",))
    settled = clock(gpai(time("aware_at", AWARE), kinds="none"), "eu-gpai-code/initial")
    assert (settled.state, settled.due_at) == ("not applicable", None)


def test_a_clock_that_has_not_started_says_what_is_missing():
    found = gpai()
    assert "no causal_link_suspected_at or" in clock(found, "eu-gpai-code/initial").why
    assert clock(found, "eu-gpai-code/intermediate").state == "not started"
    assert clock(gpai(time("aware_at", AWARE)), "eu-gpai-code/final").why == "it is not resolved"


def test_a_report_before_any_start_is_recorded_counts_as_handed_in():
    found = clock(gpai(submitted("eu-gpai-code/initial", AWARE)), "eu-gpai-code/initial")
    assert (found.state, found.met_at, found.due_at) == ("met", AWARE, None)


def test_intermediate_reports_are_due_every_four_weeks_until_it_is_resolved():
    def at(days):
        return AWARE + timedelta(days=days)

    start = (time("aware_at", at(0)), submitted("eu-gpai-code/initial", at(1)))
    now = at(100)
    one = clock(gpai(*start, now=now), "eu-gpai-code/intermediate", now=at(20))
    assert (one.state, one.due_at) == ("counting", at(29))
    first = (*start, submitted("eu-gpai-code/intermediate", at(20)))
    two = clock(gpai(*first, now=now), "eu-gpai-code/intermediate", now=at(47))
    assert (two.state, two.due_at) == ("warning", at(48))
    resolved = ("resolved", {"value": at(40).isoformat()})
    done = clock(gpai(*first, resolved, now=now), "eu-gpai-code/intermediate", now=now)
    assert (done.state, done.due_at) == ("met", None)
    late = (*first, submitted("eu-gpai-code/intermediate", at(60)))
    ended = ("resolved", {"value": at(61).isoformat()})
    assert clock(gpai(*late, ended, now=now), "eu-gpai-code/intermediate", now=now).state == (
        "met late"
    )
    missed = ("resolved", {"value": at(70).isoformat()})
    over = clock(gpai(*first, missed, now=now), "eu-gpai-code/intermediate", now=now)
    assert (over.state, over.due_at) == ("overdue", at(48))


def test_the_final_report_is_due_after_resolution_and_again_after_reopening():
    resolved = ("resolved", {"value": "2026-11-21T09:00:00Z"})
    final = submitted("eu-gpai-code/final", "2026-11-21T10:00:00Z")
    base = (time("aware_at", AWARE), resolved)
    one = clock(gpai(*base), "eu-gpai-code/final")
    assert one.due_at == datetime(2027, 1, 20, 9, tzinfo=UTC)
    assert clock(gpai(*base, final), "eu-gpai-code/final").state == "met"
    again = gpai(*base, final, ("reopened", {"reason": "again"}), resolved)
    assert clock(again, "eu-gpai-code/final").state == "counting"


HOURS = [
    ("gdpr-33/notification", "data_controller", {"personal_data_breach": "yes"}, 72),
    ("eu-nis2/early-warning", "nis2_entity", {"significant_incident": "yes"}, 24),
    ("eu-nis2/notification", "nis2_entity", {"significant_incident": "yes"}, 72),
    ("eu-dora/initial", "financial_entity", {"major_ict_incident": "yes"}, 24),
    ("eu-dora/intermediate", "financial_entity", {"major_ict_incident": "yes"}, 72),
    ("eu-ai-act-73/initial", "high_risk_provider", {"harm_kinds": "death"}, 48),
    (
        "eu-ai-act-73/initial",
        "high_risk_provider",
        {"harm_kinds": "death", "widespread_infringement": "no"},
        240,
    ),
    (
        "eu-ai-act-73/initial",
        "high_risk_provider",
        {"harm_kinds": "property", "widespread_infringement": "no"},
        360,
    ),
    ("us-ca-sb53/imminent", "frontier_developer", {"weights_injury": "yes"}, 24),
    ("us-ca-sb53/report", "frontier_developer", {"weights_injury": "yes"}, 360),
]


@pytest.mark.parametrize(("name", "role", "answers", "hours"), HOURS)
def test_regimes_count_as_their_laws_say(name, role, answers, hours):
    place = "california" if "sb53" in name else "eu"
    found = incident(
        field("jurisdictions", place),
        field("roles", role),
        *(field(*each) for each in answers.items()),
        time("aware_at", AWARE),
    )
    assert clock(found, name).due_at == AWARE + timedelta(hours=hours)


def test_a_law_counts_from_the_day_it_is_in_force():
    answers = (
        field("jurisdictions", "new_york"),
        field("roles", "frontier_developer"),
        field("ny_safety_incident", "yes"),
    )
    old = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    new = datetime(2027, 1, 1, tzinfo=UTC)
    now = datetime(2027, 1, 2, tzinfo=UTC)
    before = clock(
        incident(*answers, time("aware_at", old), now=now), "us-ny-raise/report", now=now
    )
    after = clock(incident(*answers, time("aware_at", new), now=now), "us-ny-raise/report", now=now)
    assert (before.state, before.why) == ("not applicable", "in force from 2027-01-01")
    assert after.due_at == datetime(2027, 1, 4, tzinfo=UTC)


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]


@given(
    st.datetimes(datetime(2025, 9, 1), datetime(2032, 12, 31)),  # noqa: DTZ001 - a strategy takes naive bounds
    st.sampled_from(ZONES),
    st.integers(0, 40 * 86400),
)
def test_clocks_are_the_same_in_every_zone_and_over_every_change_of_clocks(wall, zone, later):
    start = wall.replace(microsecond=0, tzinfo=ZoneInfo(zone))
    now = (start.astimezone(UTC) + timedelta(seconds=later)).astimezone(ZoneInfo(zone))
    found = gpai(time("aware_at", start.isoformat()), now=now)
    one = clock(found, "eu-gpai-code/initial", now=now)
    seconds = start.timestamp() + 15 * 86400
    assert one.due_at.timestamp() == seconds
    assert one.left.total_seconds() == seconds - now.timestamp()
    assert (one.state == "overdue") == (now.timestamp() > seconds)


def test_papers_are_kept_five_years_from_the_newest_of_them():
    now = datetime(2028, 3, 1, tzinfo=UTC)
    found = incident(
        *GPAI,
        field("harm_kinds", "property"),
        ("note", {"value": "late", "at": "2028-02-29T12:00:00.000Z"}),
        now=now,
    )
    assert keep_until(found, REGIMES["eu-gpai-code"]) == datetime(2033, 3, 1, 12, tzinfo=UTC)
    assert keep_until(found, REGIMES["gdpr-33"]) is None


def test_drills_are_marked_on_every_clock():
    assert all(each.drill for each in clocks(incident(drill=True), REGIMES.values(), now=NOW))
