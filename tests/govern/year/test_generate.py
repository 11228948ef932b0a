"""The made-up year is whole, the same each time, and verifies as the ledger of a gateway would."""

import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest

from charter.govern.oversight.known import answers
from charter.ledger import auditor
from charter.ledger.board import Board
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.signing import verify
from charter.ledger.tlog.note import parse_note, verify_note
from charter.ledger.vault import Vault
from charter.records.approval import ApprovalExpired, ApprovalUsed, ApprovalVoted
from charter.records.decision import DecisionRecorded
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved, ItemQueued
from charter.records.release import Released, ReleaseOverridden
from charter.records.review import ReviewRecorded
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn
from charter.records.service import ServiceCounted, ServiceStarted

from .calibration import EACH
from .generate import SECRET, generate, log_key
from .people import SEED_BAD
from .plan import (
    BLOCKED_WRONGLY,
    DRIFT_DAY,
    DRIFT_SECTION,
    ERRORED_DAYS,
    ERRORED_RATE,
    OVERRIDDEN,
    REFUSING_APPLICATION,
    REFUSING_DAY,
    REVIEWERS,
    SENSITIVITY,
    SPECIFICITY,
    Plan,
)

SMALL = Plan(decisions=1000)


@pytest.fixture(scope="module")
def records(year):
    with open_ledger(year[0], create=False) as ledger:
        return [record for _, record in ledger.read_any()]


def of(records, kind):
    return [record for record in records if isinstance(record, kind)]


def test_the_same_seed_makes_the_same_year(tmp_path):
    heads = []
    for name in ("a", "b", "c"):
        plan = Plan(decisions=1000, seed="other") if name == "c" else SMALL
        generate(tmp_path / name, plan)
        with open_ledger(tmp_path / name, create=False) as ledger:
            heads.append(ledger.head())
    assert heads[0] == heads[1]
    assert heads[0].root != heads[2].root


def test_the_ledger_is_sound(year):
    with open_ledger(year[0], create=False) as ledger:
        assert ledger.check() == ledger.head()


def test_the_verifier_that_shares_no_code_passes_it(year, tmp_path):
    alone = tmp_path / "verify_ledger.py"
    shutil.copy(auditor.__file__, alone)
    done = subprocess.run(
        [sys.executable, alone, year[0], "--key", log_key().vkey, "--ends-only"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    for aspect in ("integrity", "consistency", "completeness"):
        assert f"{aspect:12} holds" in done.stdout
    assert "never kept" not in done.stdout
    assert "no orderly end" not in done.stdout


def test_the_counts(year, records):
    truth = year[1]
    made = Counter(type(record).__name__ for record in records)
    assert abs(made["DecisionRecorded"] - truth.plan.decisions) <= 2
    assert made["Released"] == 12 == len(truth.releases)
    assert made["IncidentOpened"] == 40 == truth.incidents
    assert made["SubjectErased"] == len(truth.erased) == 3
    assert made["CalibrationItem"] == 2 * EACH
    assert made["SampleDrawn"] == truth.plan.days // 7
    assert len({record.by for record in of(records, ReviewRecorded)}) == 15
    assert made["ReviewRecorded"] == sum(truth.reviews.values()) + sum(truth.seeds.values())
    assert {record.application for record in of(records, DecisionRecorded)} == {
        "shop",
        "helpdesk",
        "tutor",
    }


def test_everything_happens_in_the_year_and_in_order(year, records):
    plan = year[1].plan
    times = [record.at for record in records if hasattr(record, "at")]
    assert times == sorted(times)
    assert plan.start <= datetime.fromisoformat(times[0])
    assert datetime.fromisoformat(times[-1]) < plan.end
    assert "2028-02-29" in {at[:10] for at in times}, "the leap day is one of its days"


def test_what_was_planted_is_there(year):
    """Shares of what is true, each by its own definition; what chance does to them is small."""
    truth = year[1]
    before = truth.accord(until=DRIFT_DAY, section=DRIFT_SECTION)
    after = truth.accord(since=DRIFT_DAY, until=REFUSING_DAY, section=DRIFT_SECTION)
    assert before == pytest.approx(0.98, abs=0.012)
    assert after == pytest.approx(0.90, abs=0.04)
    cells = [cell for cell in truth.answers if cell.application == REFUSING_APPLICATION]
    for days, rate in (((0, REFUSING_DAY), 0.01), ((REFUSING_DAY, 400), 0.06)):
        mine = [cell for cell in cells if days[0] <= cell.day < days[1]]
        refused = sum(truth.over_refused[cell] for cell in mine)
        # the gateway's own blocks, one in fifty, are wrong as often as planned
        expected = 0.98 * rate + 0.02 * BLOCKED_WRONGLY
        assert refused / sum(truth.answers[cell] for cell in mine) == pytest.approx(
            expected, abs=0.012
        )
    errored = sum(truth.errored[day] for day in ERRORED_DAYS)
    assert errored / sum(truth.checks[day] for day in ERRORED_DAYS) == pytest.approx(
        ERRORED_RATE, abs=0.05
    )


def test_the_judge_errs_as_its_calibration_says(year, records):
    bad = year[1].bad
    verdicts = {True: Counter(), False: Counter()}
    for record in of(records, AnswerJudged):
        verdicts[record.decision in bad][record.verdict] += 1
    found = verdicts[True]["violated"] / (verdicts[True].total() - verdicts[True]["failed"])
    passed = verdicts[False]["adhered"] / (verdicts[False].total() - verdicts[False]["failed"])
    assert found == pytest.approx(SENSITIVITY, abs=0.07)
    assert passed == pytest.approx(SPECIFICITY, abs=0.01)
    failed = verdicts[True]["failed"] + verdicts[False]["failed"]
    assert failed == year[1].unjudged > 0


def test_samples_hang_together(records):
    answers = {record.decision: record for record in of(records, DecisionRecorded)}
    drawn = Counter()
    for record in of(records, AnswerDrawn):
        drawn[record.run, record.stratum] += 1
        assert answers[record.decision].payload, "nothing is drawn of which nothing is kept"
    for sample in of(records, SampleDrawn):
        for stratum in sample.strata:
            assert drawn[sample.run, stratum.name] == stratum.drawn <= stratum.population
    judged = {(record.run, record.decision) for record in of(records, AnswerJudged)}
    assert judged == {(record.run, record.decision) for record in of(records, AnswerDrawn)}
    population = sum(s.population for sample in of(records, SampleDrawn) for s in sample.strata)
    whole = sum(record.stage != "request" for record in answers.values())
    assert 0.99 * whole <= population <= whole


def test_people_judge_what_they_took(year, records):
    truth = year[1]
    items = {record.decision: record for record in of(records, ItemQueued)}
    given = Counter(record.run for record in of(records, ReviewRecorded))
    assert {name: items[name].needed for name in given} == given
    assert set(given) == set(items)
    moves = {}
    for record in of(records, ItemMoved):
        assert record.number == moves.get(record.run, 0) + 1
        moves[record.run] = record.number
    known = {record.run: record for record in of(records, AnswerKnown)}
    shown = of(records, AnswerShown)
    assert len(known) == len(shown) == sum(truth.seeds.values())
    assert all(answers(known[record.run], record) for record in shown)
    for person in REVIEWERS:
        wrong = 1 - truth.caught[person.name] / truth.seeds[person.name]
        expected = SEED_BAD * person.misses + (1 - SEED_BAD) * person.false_alarms
        assert wrong == pytest.approx(expected, abs=0.13)


def test_approvals_come_to_an_end(year, records):
    truth = year[1]
    asked = {r.approval for r in of(records, DecisionRecorded) if r.done == "held"}
    voted = {record.run: record for record in of(records, ApprovalVoted)}
    assert set(voted) == set(truth.approval_waits)
    assert asked == set(voted) | {record.run for record in of(records, ApprovalExpired)}
    for record in of(records, ApprovalUsed):
        vote = voted[record.run]
        assert (vote.verdict, vote.at < record.at) == ("approve", True)


def test_releases(year, records):
    released = of(records, Released)
    assert [record.number for record in released] == list(range(1, 13))
    assert [record.number for record in released if record.overridden] == [OVERRIDDEN]
    assert {record.run for record in of(records, ReleaseOverridden)} == year[1].overridden
    for record in released:
        note = parse_note(record.note.encode())
        assert verify_note(note, [log_key().key], verify).ok
    served = {record.policy for record in of(records, DecisionRecorded)}
    assert served == {record.policy for record in released}


def test_services_count_each_day(year, records):
    days = year[1].plan.days
    for service in of(records, ServiceStarted):
        counts = [r for r in of(records, ServiceCounted) if r.run == service.run]
        assert [record.number for record in counts] == list(range(1, days + 1))
        assert [record.last for record in counts] == [False] * (days - 1) + [True]


def test_incidents(year, records):
    truth = year[1]
    assert len(truth.drills) == 5
    closed = {r.run for r in of(records, IncidentAmended) if r.change == "closed"}
    assert closed == truth.closed
    numbers = {record.run: [] for record in of(records, IncidentOpened)}
    for record in of(records, IncidentAmended):
        numbers[record.run].append(record.number)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert {due.state for due in truth.dues} >= {"met", "met late", "overdue"}
    assert {due.regime for due in truth.dues} == {
        "eu-gpai-code",
        "eu-ai-act-73",
        "us-ca-sb53",
        "us-ny-raise",
        "gdpr-33",
    }
    assert all(due.due.tzinfo is UTC for due in truth.dues)


def test_what_was_erased_is_gone(year, records):
    file, truth = year
    with open_ledger(file, create=False) as ledger:
        vault = Vault(ledger.store, MasterKey.of(SECRET))
        seen = Counter()
        for record in of(records, DecisionRecorded)[-4000:]:
            if record.payload:
                gone = vault.open(record.payload) is None
                assert gone == (record.subject in truth.erased)
                seen[gone] += 1
        assert min(seen[True], seen[False]) > 0
        board = Board()
        board.poll(ledger)
    assert {stop.run for stop in board.stops} == truth.standing
