"""What incidents of the year owe, held against due times that were worked out by hand."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from charter.govern.incidents.book import incidents
from charter.govern.incidents.clocks import COUNTING, MET, MET_LATE, OVERDUE, WARNING, clocks
from charter.govern.incidents.regime_file import load_regimes
from charter.ledger.open import open_ledger

from .generate import generate
from .plan import Plan


@pytest.fixture(scope="module")
def found(year):
    file, truth = year
    with open_ledger(file, create=False) as ledger:
        return incidents(ledger, now=truth.plan.end)


def test_every_clock_is_right(year, found):
    require_clocks(year[1], found)


def test_a_year_in_which_laws_come_into_force(tmp_path):
    """From November 2025 on: two of the laws begin in it, and one only after it."""
    plan = Plan(decisions=1000, start=datetime(2025, 11, 1, tzinfo=UTC))
    truth = generate(tmp_path / "ledger.sqlite", plan)
    with open_ledger(tmp_path / "ledger.sqlite", create=False) as ledger:
        require_clocks(truth, incidents(ledger, now=plan.end))
    regimes = Counter(due.regime for due in truth.dues)
    assert regimes["us-ny-raise"] == 0
    assert 0 < regimes["eu-ai-act-73"] < 5


def require_clocks(truth, found):
    """Assert that every report is due when, and as, it was worked out."""
    regimes = load_regimes()
    expected = {(due.incident, due.regime, due.stage): due for due in truth.dues}
    seen = {}
    for incident in found:
        for clock in clocks(incident, regimes, now=truth.plan.end):
            if clock.due_at is not None:
                state = "running" if clock.state in (COUNTING, WARNING) else clock.state
                seen[incident.id, clock.regime, clock.stage] = (clock.due_at, state)
                assert not clock.undecided
                assert clock.drill == (incident.id in truth.drills)
    assert seen == {key: (due.due, due.state) for key, due in expected.items()}


def test_the_year_holds_what_makes_clocks_hard(year):
    """Some due times lie behind a change of clocks on walls, or behind a leap day."""
    states = Counter(due.state for due in year[1].dues)
    assert min(states[MET], states[MET_LATE], states[OVERDUE]) >= 5
    new_york = ZoneInfo("America/New_York")
    changed = [
        due
        for due in year[1].dues
        if due.due.astimezone(new_york).utcoffset()
        != due.due.replace(day=1).astimezone(new_york).utcoffset()
    ]
    assert changed
    assert any((due.due.month, due.due.day) in {(2, 29), (3, 1), (3, 2)} for due in year[1].dues)


def test_nothing_about_them_is_odd(year, found):
    truth = year[1]
    assert [incident.oddities for incident in found] == [()] * truth.incidents
    assert {incident.id for incident in found if incident.status == "closed"} == truth.closed
    assert {incident.id for incident in found if incident.drill} == truth.drills
    assert all(incident.reviewers == ("dora",) for incident in found if incident.id in truth.closed)
