"""Figures of live traffic and of people: each again from the records, by another way."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.decisions import decision

from charter.govern.reports.decided import decided
from charter.govern.reports.period import period
from charter.govern.reports.question import Questions
from charter.govern.reports.report import Head, live_sections, report
from charter.govern.reports.traffic import in_force
from charter.ledger.open import open_ledger
from charter.records.approval import ApprovalAsked, ApprovalExpired, ApprovalVoted
from charter.records.decision import CheckRan, DecisionRecorded
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.release import (
    PolicyPinned,
    Refusal,
    ReleaseAsked,
    Released,
    ReleaseOverridden,
    ReleaseWithdrawn,
)
from charter.records.review import ReviewRecorded
from charter.records.service import ServiceStarted
from charter.records.stop import StopOrdered

JANUARY = period("2026-01-01", "2026-01-31", today=date(2026, 11, 22))
NOW = datetime(2026, 2, 1, tzinfo=UTC)
EDGES = (
    "2025-11-30T23:59:59.999Z",
    "2025-12-01T00:00:00.000Z",
    "2025-12-31T23:59:59.999Z",
    "2026-01-01T00:00:00.000Z",
    "2026-01-31T23:59:59.999Z",
    "2026-02-01T00:00:00.000Z",
)
EFFECTS = ("allow", "flag", "deny", "require_approval")
ERRORED = CheckRan("secrets", "errored", "deny", "text", 0, 1)


def asked(number, at):
    """Return an approval that waits."""
    words = dict.fromkeys(("binding", "conversation", "stage", "tool", "arguments"), "x")
    words |= dict.fromkeys(("policy", "caller", "application", "subject", "principal"), "x")
    words |= dict.fromkeys(("boundary", "section", "say", "exchange", "payload"), "x")
    return ApprovalAsked(run=f"apr_{number}", at=at, expires=at, attempt=1, needed=1, **words)


def reviewed(number, at, right, label):
    """Return an opinion."""
    return ReviewRecorded(
        f"x_{number}.1", at, "ann", label, None, right, "greet", True, "random", 5
    )


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(EDGES),
        st.sampled_from(EFFECTS),
        st.integers(0, 3),
        st.sampled_from([True, False, None]),
        st.sampled_from(["approve", "deny", "edit"]),
    ),
    max_size=14,
)


def facts(drawn):
    """Return records of every kind that is counted."""
    for number, (at, effect, errors, right, verdict) in enumerate(drawn):
        yield decision(
            number, exchange=f"x_{number // 2}", at=at, effect=effect, checks=(ERRORED,) * errors
        )
        yield asked(number, at)
        yield ApprovalVoted(f"apr_{number}", at, "ann", verdict, "x")
        if errors:
            yield ApprovalExpired(f"apr_{number}", at)
            yield StopOrdered(f"stp_{number}", at, "all", "", "ann", "it's a reason")
            yield ReleaseOverridden(f"rel_{number}", at, "ann", "override", "why", ("gate whole",))
        yield reviewed(number, at, right, "violated" if errors else "adhered")
        yield from accounted(number, at, drill=errors == 2, closed=right is True)


def accounted(number, at, *, drill, closed):
    """Return an incident and a release; one of the incidents is closed."""
    incident = f"inc_{number}"
    yield IncidentOpened(incident, at, "ann", "cli", "t", "s", "hazard", drill, ())
    if closed:
        yield IncidentAmended(incident, 1, at, "ann", "closed")
        yield IncidentAmended(incident, 2, at, "ann", "note", value="closed")
    line = ("shop", "2", "p" * 64, ("d" * 64,))
    refusal = Refusal("gate", "whole", "it fails")
    yield ReleaseAsked(
        f"rel_{number}", at, "ann", *line, "", "root", "{}", (refusal,), 2, ("approver",)
    )
    if closed:
        yield Released("shop", number, at, "ann", f"rel_{number}", *line[1:], drill, "note")
    else:
        yield ReleaseWithdrawn(f"rel_{number}", at, "ann", "owner", "why")


def again(records, within):
    """Count what the report counts, from records alone."""
    drills = {each.run for each in records if isinstance(each, IncidentOpened) and each.drill}
    held = [each for each in records if within.since <= each.at < within.until]
    of = {kind: [each for each in held if isinstance(each, kind)] for kind in map(type, held)}
    decided = of.get(DecisionRecorded, [])
    votes = Counter(each.verdict for each in of.get(ApprovalVoted, []))
    said = of.get(ReviewRecorded, [])
    return {
        "exchanges": len({each.exchange for each in decided}),
        "decided": len(decided),
        "denied": sum(each.effect == "deny" for each in decided),
        "held": sum(each.effect == "require_approval" for each in decided),
        "checks-errored": sum(c.status == "errored" for each in decided for c in each.checks),
        "asked": len(of.get(ApprovalAsked, [])),
        "approved": votes["approve"],
        "denied-by-people": votes["deny"],
        "edited": votes["edit"],
        "expired": len(of.get(ApprovalExpired, [])),
        "stops": len(of.get(StopOrdered, [])),
        "overridden": len(of.get(ReleaseOverridden, [])),
        "opened": sum(not each.drill for each in of.get(IncidentOpened, [])),
        "drills": sum(each.drill for each in of.get(IncidentOpened, [])),
        "closed": sum(
            each.change == "closed" and each.run not in drills
            for each in of.get(IncidentAmended, [])
        ),
        "released": len(of.get(Released, [])),
        "releases-asked": len(of.get(ReleaseAsked, [])),
        "withdrawn": len(of.get(ReleaseWithdrawn, [])),
        "opinions": len(said),
        "violated": sum(each.label == "violated" for each in said),
        "overturned": sum(each.decision_right is False for each in said),
    }


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(RECORDS)
def test_every_figure_is_found_again_from_the_records(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("ledger")
    records = list(facts(drawn))
    with open_ledger(str(folder)) as ledger:
        ledger.append(*records)
        ledger.append(decision(99, "s_2", at=EDGES[3]))  # after the report's size
        sections = live_sections(Questions(ledger, JANUARY, len(records)), now=NOW)
    every = [figure for section in sections for figure in section.figures]
    found = {figure.id: figure for figure in every if figure.query.kind == "sql"}
    assert {name: each.value for name, each in found.items()} == again(records, JANUARY)
    assert {name: each.before for name, each in found.items()} == again(records, JANUARY.before)
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as copy:
        for figure in found.values():  # what is printed can be pasted
            assert copy.execute(figure.query.text).fetchone()[0] == figure.value
        tables = (each for section in sections for each in section.tables)
        for table in (each for each in tables if each.query.kind == "sql"):
            rows = copy.execute(table.query.text).fetchall()
            assert [tuple("" if c is None else str(c) for c in row) for row in rows] == list(
                table.rows
            )


def test_a_database_says_the_same_as_a_file(tmp_path, postgres_url):
    drawn = [
        (at, effect, at_ % 4, None, "edit") for at_, at in enumerate(EDGES) for effect in EFFECTS
    ]
    found = []
    for place in (str(tmp_path), postgres_url):
        with open_ledger(place) as ledger:
            ledger.append(*facts(drawn))
            found.append(live_sections(Questions(ledger, JANUARY, ledger.size()), now=NOW))
    assert found[0] == found[1]


def test_headlines_of_one_are_no_plurals(tmp_path):
    with open_ledger(str(tmp_path)) as ledger:
        ledger.append(
            decision(1, exchange="x_1", at=EDGES[3], effect="deny", checks=(ERRORED,)),
            IncidentOpened("inc_one", EDGES[3], "ann", "cli", "t", "s", "hazard", False, ()),
        )
        sections = live_sections(Questions(ledger, JANUARY, ledger.size()), now=NOW)
    said = {each.id: each.headline for each in sections}
    assert said["decisions"] == (
        "1 decision on 1 exchange: 1 denied, 0 held for a person; 1 check errored."
    )
    assert said["incidents"].startswith("1 incident opened, 0 closed; reports that are owed: 0 ")
    assert said["releases"].startswith("0 versions released; 0 requests or releases withdrawn; ")


def test_the_public_is_told_of_policies_but_not_of_who_pinned_them(tmp_path):
    served = ("a" * 64, "shop", "1.0", ("b" * 64,), "")
    with open_ledger(str(tmp_path)) as ledger:
        ledger.append(
            *(ServiceStarted(f"s_{n}", EDGES[3], "0", "one", *served) for n in (1, 2)),
            PolicyPinned("pin_1", EDGES[3], "oper", "a" * 64, "hush-hush"),
        )
        ask = Questions(ledger, JANUARY, ledger.size())
        whole, public = (in_force(ask, decided(ask), public=each) for each in (False, True))
    assert "hush-hush" in repr(whole)
    assert not [each for each in ("hush-hush", "oper", "s_1") if each in repr(public.tables)]
    assert public.tables[0].rows == ((EDGES[3], "1.0", "a" * 64),)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as copy:
        assert copy.execute(public.tables[0].query.text).fetchall() == [*public.tables[0].rows]


def test_ids_are_used_once(tmp_path):
    with open_ledger(str(tmp_path)) as ledger:
        sections = live_sections(Questions(ledger, JANUARY, ledger.size()), now=NOW)
    head = Head("t", "", JANUARY, "2026-02-01T00:00:00.000Z", "x", 0, "", "0")
    assert report(head, sections).head.is_over
    with pytest.raises(ValueError, match="used twice: "):
        report(head, (*sections, sections[0]))
