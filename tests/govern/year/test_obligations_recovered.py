"""Obligations of the year: answered as they were planted, and as evidence goes away."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from charter.govern.obligations.answer import State, answers
from charter.govern.obligations.facts import Facts, gather
from charter.govern.obligations.pack_file import load_packs
from charter.ledger.open import open_ledger
from charter.records.decision import DecisionRecorded
from charter.records.incident import IncidentAmended, Link

from .plan import stamp
from .promises import EXPECTED, OLD, E, look, write

TEN_GONE = """DELETE FROM records WHERE "index" IN (
    SELECT "index" FROM records WHERE kind = 'DecisionRecorded' AND "index" > 5000 LIMIT 10)"""


@pytest.fixture(scope="module")
def facts(year):
    return gathered(*year)


@pytest.fixture
def organisation(tmp_path):
    return write(tmp_path)


def gathered(file, truth):
    with open_ledger(file, create=False) as ledger:
        return gather(ledger, at=truth.plan.end)


def answered(organisation, at, facts):
    """Return every answer by the id of its obligation."""
    packs = answers(load_packs(()), look(organisation, at, facts))
    return {each.obligation.id: each for pack in packs for each in pack.answers}


def not_documents(answer):
    """Whether it rests on anything but files and the spec."""
    asked = {each.asked.query for each in answer.pieces}
    return not asked <= {"document-kept", "rule-stated", "chain-of-command-stated"}


def states(*given):
    return {name: each.state.value for name, each in answered(*given).items()}


def test_every_obligation_is_answered_as_planted(year, facts, organisation):
    """71 obligations of five packs, in six states."""
    found = states(organisation, year[1].plan.end, facts)
    assert found == EXPECTED
    assert len(found) == 71
    assert min(Counter(found.values()).values()) >= 1
    assert set(found.values()) == {"evidence", "partial", "none", "out of date", "undecided",
                                   "not applicable"}  # fmt: skip


def test_what_is_missing_is_said(year, facts, organisation):
    found = answered(organisation, year[1].plan.end, facts)
    for answer in found.values():
        wanting = answer.state in (State.PARTIAL, State.NONE, State.OUT_OF_DATE)
        assert bool(answer.missing) == wanting, answer.obligation.id
    assert found["aia-mark-output"].open == ("generates-content",)
    assert any("deleted: " in each for each in found["sb53-framework-reviewed"].missing)
    assert any("too old: " in each for each in found["gpai-copyright-policy"].missing)


def test_links_lead_to_records_of_the_kind_they_name(year, facts, organisation):
    """Each as the ledger has it, read by nobody but SQLite; from packs without a drill."""
    found = answered(organisation, year[1].plan.end, facts)
    records = {
        record.index: record
        for answer in found.values()
        for piece in answer.pieces
        for record in piece.evidence.records
        if record.index and record.kind != "checkpoint"
    }
    assert len(records) > 20
    with closing(sqlite3.connect(year[0])) as raw:
        for index, record in records.items():
            (row,) = raw.execute('SELECT kind, run FROM records WHERE "index" = ?', [index])
            assert row == (record.kind, record.id)
            assert record.id not in year[1].drills


def test_another_annex_is_not_in_force_yet(year, facts, tmp_path):
    found = answered(write(tmp_path, high_risk="annex-i"), year[1].plan.end, facts)
    (day,) = {found[name].since for name in ("aia-logging-possible", "aia-deployer-monitoring")}
    assert day.isoformat() == "2028-08-02"
    assert found["aia-logging-possible"].state is State.NOT_YET
    assert found["gpai-framework"].state is State.EVIDENCE


def test_without_a_ledger_nothing_that_rests_on_it_is_evidence(year, organisation):
    found = answered(organisation, year[1].plan.end, None)
    whole = [each for each in found.values() if each.state is State.EVIDENCE]
    assert len(whole) > 5
    assert not any(not_documents(each) for each in whole)


def test_records_that_were_deleted(year, tmp_path, organisation):
    """Ten decisions are taken out of the file: what rests on whole logs is out of date."""
    file = tmp_path / "copy.sqlite"
    shutil.copy(year[0], file)
    with closing(sqlite3.connect(file)) as raw:
        names = {
            name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        }
        for name in names:
            raw.execute(f'DROP TRIGGER "{name}"')
        assert raw.execute(TEN_GONE).rowcount == 10
        raw.commit()
    found = states(organisation, year[1].plan.end, gathered(file, year[1]))
    gone = {
        "aia-logging-possible",
        "aia-logging-purposes",
        "aia-provider-logs-kept",
        "aia-deployer-logs-kept",
        "aia-oversight-interpret",
        "aia-serious-incident-evidence",
        "gpai-incident-kept",
        "gpai-documentation-kept",
        "sb53-framework-internal-use",
    }
    assert {name for name, state in found.items() if state == OLD} == gone | {
        name for name, state in EXPECTED.items() if state == OLD
    }
    documents = {"gpai-framework", "rmf-map-context", "rmf-map-limits", "sb53-framework-updates",
                 "sb53-framework-standards", "sb53-internal-use-summary",
                 "raise-internal-use-summary"}  # fmt: skip
    assert {name for name, state in found.items() if state == E} == documents


def test_words_that_an_incident_rests_on_and_somebody_had_erased(year, tmp_path, organisation):
    file, truth = tmp_path / "copy.sqlite", year[1]
    shutil.copy(year[0], file)
    with open_ledger(file) as ledger:
        erased = next(
            each
            for each in ledger.read(DecisionRecorded)
            if each.payload and each.subject in truth.erased
        )
        open_ = min({due.incident for due in truth.dues} - truth.closed - truth.drills)
        number = 1 + sum(each.run == open_ for each in ledger.read(IncidentAmended))
        at = stamp(truth.plan.day(truth.plan.days - 1, hours=23.9999))
        link = Link("decision", erased.decision)
        ledger.append(IncidentAmended(open_, number, at, "cleo", "link", links=(link,)))
    found = states(organisation, truth.plan.end, gathered(file, truth))
    changed = {name for name in EXPECTED if found[name] != EXPECTED[name]}
    kept = {"aia-serious-incident-evidence", "gpai-incident-kept", "sb53-originals-kept"}
    assert changed == kept
    assert {found[name] for name in kept} == {OLD}


def test_a_ledger_that_was_changed_is_evidence_of_nothing(year, organisation):
    broken = Facts(where="ledger", size=0, broken="record 7 does not match its digest")
    found = answered(organisation, year[1].plan.end, broken).values()
    rests_on_it = [each for each in found if each.state is State.EVIDENCE and not_documents(each)]
    assert rests_on_it == []
