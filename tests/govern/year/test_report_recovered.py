"""The report of the year: every figure again from raw records, or from what was planted."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from statsmodels.stats.proportion import proportion_confint

from .plan import APPLICATIONS, SECTIONS, SENSITIVITY, SPECIFICITY
from .promises import EXPECTED
from .recount import (
    Drawn,
    alpha,
    alpha_bounds,
    caught,
    counts,
    due_checks,
    opinions,
    raw,
    units,
    waits,
)
from .reporting import DAYS, WITHIN

MINUTE = 60_000


@pytest.fixture(scope="module")
def rows(year):
    return raw(year[0])


@pytest.fixture(scope="module")
def found(report):
    return {each.id: each for each in report.figures}


@pytest.fixture(scope="module")
def tables(report):
    return {each.id: each for each in report.tables}


@pytest.fixture(scope="module")
def window(year):
    """First and last millisecond of the objectives' period: whole minutes, that of the end too."""
    end = round(year[1].plan.end.timestamp() * 1000)
    return end + MINUTE - DAYS * 1440 * MINUTE, end


def told(figure):
    return (figure.value, figure.low, figure.high, figure.n)


def test_counts(year, rows, found):
    truth, expected = year[1], counts(rows)
    assert {name: found[name].value for name in expected} == expected
    assert expected["checks-errored"] == truth.errored.total()
    assert expected["denied"] == truth.blocked
    assert expected["opened"] == truth.incidents - len(truth.drills)
    assert expected["closed"] == len(truth.closed - truth.drills)
    assert expected["opinions"] == sum(truth.reviews.values())
    assert expected["overridden"] == len(truth.overridden)
    assert expected["expired"] == truth.approvals_expired
    assert {found[name].before for name in expected} == {0.0}, "there was nothing the year before"


def test_reports_owed(year, found, tables):
    truth = year[1]
    real = [due for due in truth.dues if due.incident not in truth.drills]
    states = Counter(due.state for due in real)
    assert min(states["met"], states["met late"], states["overdue"]) > 5
    for state in ("met", "met late", "overdue"):
        assert found[f"reports-{state.replace(' ', '-')}"].value == states[state], state
    shown = Counter((row[0], row[1], row[3]) for row in tables["clocks"].rows if row[3])
    assert shown == Counter(
        (due.incident, due.regime, f"{due.due:%Y-%m-%d %H:%M} UTC") for due in real
    )


def test_agreement(rows, found):
    wanted = [("agreement", "label", ""), ("agreement-refusals", "refusal", "")]
    wanted += [(f"agreement-of-{section}", "label", section) for section in SECTIONS]
    for name, word, section in wanted:
        said, figure = units(rows, word, section), found[name]
        assert figure.n == len(said)
        assert figure.value == pytest.approx(alpha(said), abs=1e-9), name
        low, high = alpha_bounds(said, 300)
        near = 0.15 if section else 0.05  # few units, and ends of 300 draws
        assert figure.low == pytest.approx(low, abs=near), name
        assert figure.high == pytest.approx(high, abs=near), name


def test_vigilance_and_overrides(year, rows, found):
    truth = year[1]
    right, n = caught(rows)
    assert (right, n) == (sum(truth.caught.values()), sum(truth.seeds.values()))
    live = opinions(rows)
    wrong = sum(each["decision_right"] is False for each in live)
    for name, count, whole in (("vigilance", right, n), ("override-rate", wrong, len(live))):
        low, high = proportion_confint(count, whole, method="beta")
        expected = (count / whole, low, high, whole)
        assert told(found[name]) == pytest.approx(expected, abs=1e-9), name


def test_objectives_that_are_counted(rows, found, window):
    bad, total, decisions = due_checks(rows, *window)
    late, all_waits = waits(rows, WITHIN, *window)
    assert min(bad, late) > 0
    for name, count, whole in (
        ("objective-checks", total - bad, total),
        ("objective-failures", decisions, decisions),
        ("objective-waits", all_waits - late, all_waits),
    ):
        low, high = proportion_confint(count, whole, method="wilson")
        expected = (count / whole, low, high, whole)
        assert told(found[name]) == pytest.approx(expected, abs=1e-9), name


def test_objectives_that_are_sampled(year, rows, found, window):
    """The value by the plainest formula there is; the planted truth within all but one interval."""
    truth, drawn, missed = year[1], Drawn(rows, *window), []
    days = {"since": truth.plan.days - DAYS, "until": 364}
    for section in SECTIONS:
        figure = found[f"objective-accord-{section.replace('_', '-')}"]
        expected = drawn.accord(section, SENSITIVITY, SPECIFICITY)
        assert figure.value == pytest.approx(expected, abs=0.01), section
        missed += [section] * (
            not figure.low <= truth.accord(section=section, **days) <= figure.high
        )
    for name in APPLICATIONS:
        figure = found[f"objective-refusals-{name}"]
        assert figure.value == pytest.approx(drawn.refused(name), abs=0.01), name
        cells = [c for c in truth.answers if c.application == name and c.day >= days["since"]]
        refused = sum(truth.over_refused[c] for c in cells) / sum(truth.answers[c] for c in cells)
        missed += [name] * (not figure.low <= 1 - refused <= figure.high)
    assert len(missed) <= 1, missed


def test_blocks_that_stand(rows, found, window):
    good, total = Drawn(rows, *window).blocks()
    low, high = proportion_confint(good, total, method="beta")
    figure = found["objective-blocks"]
    assert told(figure) == pytest.approx((good / total, low, high, total), abs=0.01)


def test_obligations(found, tables):
    states = Counter(EXPECTED.values())
    for name in ("evidence", "partial", "none", "out of date", "undecided", "not applicable"):
        assert found[f"obligations-{name.replace(' ', '-')}"].value == states[name]
    shown = {row[1]: row[3] for row in tables["obligations-answered"].rows}
    assert shown == {name: state for name, state in EXPECTED.items() if state != "not applicable"}


def test_no_figure_is_left_out(rows, found):
    """Each is in one of the tests here."""
    mine = set(counts(rows)) | {"agreement", "agreement-refusals", "vigilance", "override-rate"}
    mine |= {f"agreement-of-{section}" for section in SECTIONS}
    mine |= {"reports-met", "reports-met-late", "reports-overdue"}
    mine |= {f"objective-{name}" for name in ("checks", "failures", "waits", "blocks")}
    mine |= {f"objective-accord-{section.replace('_', '-')}" for section in SECTIONS}
    mine |= {f"objective-refusals-{name}" for name in APPLICATIONS}
    left = {name for name in found if not name.startswith("obligations-")} - mine
    assert left == set()


def test_tables(year, rows, tables):
    decided = rows["DecisionRecorded"]
    effects = Counter((r["application"], r["effect"], r["done"]) for r in decided)
    assert {tuple(row[:3]): int(row[3]) for row in tables["by-effect"].rows} == effects
    under = Counter(r["policy"] for r in decided)
    assert {row[0]: int(row[1]) for row in tables["decided-under"].rows} == under
    live = opinions(rows)
    sections = {
        name: (
            sum(r["section"] == name for r in live),
            sum(r["section"] == name and r["label"] == "violated" for r in live),
            sum(r["section"] == name and r["decision_right"] is False for r in live),
        )
        for name in SECTIONS
    }
    assert {row[0]: tuple(map(int, row[1:])) for row in tables["by-section"].rows} == sections
    taken = [(r["at"], r["policy"], r["run"]) for kind in ("ServiceStarted", "PolicyServed")
             for r in rows[kind]]  # fmt: skip
    assert sorted((row[0], row[2], row[3]) for row in tables["taken-up"].rows) == sorted(taken)
    assert len(tables["stops-ordered"].rows) == len(rows["StopOrdered"]) + len(rows["StopLifted"])
    assert [row[1] for row in tables["alerts"].rows] == [r["run"] for r in rows["AlertRaised"]]
    real = [r["run"] for r in rows["IncidentOpened"] if not r["drill"]]
    assert [row[1] for row in tables["incidents-opened"].rows] == real
    assert tables["pins"].rows == ()


def test_every_query_in_sql_gives_its_figure(year, report):
    """As anybody would ask it again, of the file itself."""
    asked = 0
    with closing(sqlite3.connect(year[0])) as ledger:
        for figure in report.figures:
            if figure.query.kind == "sql":
                assert ledger.execute(figure.query.text).fetchone()[0] == figure.value, figure.id
                asked += 1
        for table in report.tables:
            if table.query.kind == "sql":
                again = ledger.execute(table.query.text).fetchall()
                shown = [tuple("" if c is None else str(c) for c in row) for row in again]
                assert shown == list(table.rows), table.id
                asked += 1
    assert asked >= 30
