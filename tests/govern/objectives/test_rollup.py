"""Counts that are kept as a ledger grows, against counting the records themselves."""

import random
import threading
from dataclasses import replace
from fractions import Fraction

import pytest
from tests.govern.objectives.kept import (
    END,
    END_MS,
    ago,
    asked,
    calibrated,
    decision,
    queued,
    review,
    voted,
)

from charter.errors import LedgerUnavailable
from charter.govern.objectives.judge_errors import errors_of
from charter.govern.objectives.objective import STANDARD, Objective, Scope
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_open import FILE, open_rollups
from charter.govern.objectives.rollup_sums import MOST_NAMES
from charter.ledger.open import open_ledger
from charter.records.approval import ApprovalExpired
from charter.records.oversight import AnswerKnown, ItemMoved
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn, Stratum


def objective(indicator, **changed):
    found = Objective("o", "O", indicator, Scope(), Fraction("0.99"), 30, STANDARD)
    scope = {name: changed.pop(name) for name in Scope.__dataclass_fields__ if name in changed}
    return replace(found, scope=Scope(**scope), **changed)


@pytest.fixture
def kept(tmp_path):
    """Return a function that appends records and says what an indicator came to."""
    with open_ledger(tmp_path) as ledger:
        store, _ = open_rollups(tmp_path)
        rollup = Rollup(store)

        def found(*records, want=None, minutes=43200, at=END_MS):
            if records:
                ledger.append(*records)
            Rollup(store, errors=errors_of(ledger)).update(ledger)
            measure = Rollup(store, errors=errors_of(ledger)).measure(want, minutes, at)
            return measure.bad, measure.total

        found.ledger, found.rollup = ledger, rollup
        yield found
        rollup.close()


def random_decisions(dice, count):
    for number in range(1, count + 1):
        yield decision(
            number,
            ago(dice.choice([dice.uniform(-90, 200), dice.uniform(0, 6000)])),
            application=dice.choice(["shop", "help"]),
            model=dice.choice(["m", "n"]),
            citations=tuple(dice.sample(["a/x", "a/y", "b", "c/z"], dice.randint(1, 3))),
            failure=dice.choice(["", "", "timeout"]),
            statuses=tuple(dice.choices(["ran", "skipped", "errored", "not_applicable"], k=3)),
        )


def counted_again(records, want, minutes):
    """Count by going through the records: another way to the same numbers."""
    bad = total = 0
    last = END_MS // 60000
    for each in records:
        stamp = (float(each.at[17:23]), int(each.at[14:16]), int(each.at[11:13]))
        day = int(each.at[8:10]), int(each.at[5:7])
        start = {1: -59, 2: -28, 3: 0}[day[1]] + day[0] - 1  # days from 1 March 2026
        minute = last + start * 1440 + stamp[2] * 60 + stamp[1]
        scope = want.scope
        cited = {*each.citations, *(c.split("/")[0] for c in each.citations)}
        if not last - minutes < minute <= last:
            continue
        if (scope.application or each.application) != each.application:
            continue
        if (scope.model or each.model) != each.model or (scope.place and scope.place not in cited):
            continue
        if want.indicator == "failures":
            bad, total = bad + bool(each.failure), total + 1
        else:
            due = [c.status for c in each.checks if c.status != "not_applicable"]
            total += len(due)
            bad += due.count(want.indicator.split("-")[1])
    return bad, total


WANTED = [
    objective("failures"),
    objective("failures", application="shop", model="n"),
    objective("failures", section="a"),
    objective("failures", clause="a/x", model="m"),
    objective("checks-errored", application="help"),
    objective("checks-skipped"),
]
WINDOWS = (1, 5, 30, 59, 60, 61, 120, 125, 360, 1440, 4320, 43200)


@pytest.mark.parametrize("batches", [1, 4])
def test_windows_hold_what_the_records_say(kept, batches):
    records = list(random_decisions(random.Random(1), 400))
    step = len(records) // batches
    for start in range(0, len(records), step):
        kept(*records[start : start + step], want=WANTED[0])
    for want in WANTED:
        for minutes in WINDOWS:
            assert kept(want=want, minutes=minutes) == counted_again(records, want, minutes)


def test_the_same_in_postgresql(postgres_url):
    records = list(random_decisions(random.Random(2), 200))
    with open_ledger(postgres_url) as ledger:
        store, is_kept = open_rollups(postgres_url)
        assert is_kept
        rollup = Rollup(store)
        try:
            for start in range(0, 200, 50):
                ledger.append(*records[start : start + 50])
                rollup.update(ledger)
            ledger.append(asked("a1", ago(30)), voted("a1", ago(20)))
            ledger.append(review("x_s_1_1.1", ago(1), label="violated", section="b"))
            ledger.append(queued("i1", "x_s_1_2.1", ago(9)))
            assert rollup.update(ledger) == 4
            for want in WANTED:
                for minutes in (5, 61, 4320):
                    found = rollup.measure(want, minutes, END_MS)
                    assert (found.bad, found.total) == counted_again(records, want, minutes)
            waits = rollup.measure(objective("approval-wait", within=300), 60, END_MS)
            assert (waits.bad, waits.total) == (1, 1)
            assert rollup.measure(objective("queue-load", most=0), 60, END_MS).bad == 10
            assert rollup.measure(objective("accord", section="b"), 43200, END_MS).bad == 1
        finally:
            rollup.close()


@pytest.mark.parametrize("kind", ["file", "postgresql"])
def test_names_that_no_database_holds_stop_nothing(tmp_path, request, kind):
    place = tmp_path if kind == "file" else request.getfixturevalue("postgres_url")
    with open_ledger(place) as ledger:
        ledger.append(
            decision(1, ago(5), model="m\x00'; DROP TABLE counts; --", application="x" * 5000),
            review("x_s_1_1.1", ago(4), section="a\x00b"),
            SampleDrawn("s", ago(3), "c", "o", ago(9), ago(3), (Stratum("n\x00", 1, 1),), "", ""),
            AnswerDrawn("s", "x_s_1_1.1", "x_s_1_1", "n\x00", "shop", "m\x00", "greet"),
            queued("i", "x_s_1_1.1", ago(2), section="\x00"),
        )
        rollup = Rollup(open_rollups(place)[0])
        rollup.update(ledger)
        assert rollup.measure(WANTED[0], 60, END_MS).total == 1
        other = rollup.measure(objective("failures", application="(other)"), 60, END_MS)
        assert other.total == 1
        rollup.close()


def test_one_rollup_serves_many_threads(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.append(*[decision(n, ago(n)) for n in range(1, 30)])
        rollup = Rollup(open_rollups(tmp_path)[0])
        found = []

        def ask():
            rollup.update(ledger)
            found.append(rollup.measure(WANTED[0], 60, END_MS).total)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rollup.close()
    assert found == [29] * 8


def test_nothing_is_counted_twice_by_two_at_once(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.append(*[decision(n, ago(n)) for n in range(1, 20)])
        one, other = (Rollup(open_rollups(tmp_path)[0]) for _ in range(2))
        assert (one.update(ledger), other.update(ledger), one.update(ledger)) == (19, 0, 0)
        ledger.append(decision(20, ago(1)))
        assert (other.update(ledger), one.update(ledger)) == (1, 0)
        assert one.measure(WANTED[0], 60, END_MS).total == 20
        one.close()
        other.close()


@pytest.mark.parametrize("again", [3, 8])
def test_a_ledger_that_was_replaced_is_counted_anew(tmp_path, again):
    for name, count in (("one", 5), ("other", again)):
        with open_ledger(tmp_path / f"{name}.sqlite") as ledger:
            ledger.append(*[decision(n, ago(n), run=name) for n in range(1, count + 1)])
    rollup = Rollup(open_rollups(tmp_path)[0])
    for name, count in (("one", 5), ("other", again)):
        with open_ledger(tmp_path / f"{name}.sqlite") as ledger:
            rollup.update(ledger)
            assert rollup.measure(WANTED[0], 60, END_MS).total == count
    rollup.close()


def test_counts_that_were_deleted_or_damaged(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.append(decision(1, ago(1)))
        rollup = Rollup(open_rollups(tmp_path)[0])
        rollup.update(ledger)
        rollup.close()
        for file in tmp_path.glob(f"{FILE}*"):
            file.unlink()
        rollup = Rollup(open_rollups(tmp_path)[0])
        assert rollup.update(ledger) == 1
        rollup.close()
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(LedgerUnavailable, match="delete the file"):
        open_rollups(tmp_path)


def test_models_that_clients_invent_make_nothing_grow(kept):
    most = MOST_NAMES["model"]
    records = [decision(n, ago(1), model=f"m{n}") for n in range(1, most + 51)]
    assert kept(*records, want=objective("failures")) == (0, most + 50)
    assert kept(want=objective("failures", model="(other)")) == (0, 50)


def test_times_that_are_none_are_left_out(kept):
    for number, at in enumerate(["yesterday", "", "2026-02-30T00:00:00Z", ago(-5)], start=1):
        assert kept(decision(number, at), want=objective("failures")) == (0, 0)


WAIT = objective("approval-wait", within=600)


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ([asked("a", ago(30)), voted("a", ago(21))], (0, 1)),
        ([asked("a", ago(30)), voted("a", ago(20))], (0, 1)),  # exactly in time
        ([asked("a", ago(30)), voted("a", ago(19.9))], (1, 1)),
        ([asked("a", ago(30))], (1, 1)),
        ([asked("a", ago(9))], (0, 0)),  # still in time
        ([asked("a", ago(30), expires=ago(28)), ApprovalExpired("a", ago(28))], (1, 1)),
        ([asked("a", ago(30), needed=2), voted("a", ago(29))], (1, 1)),
        ([asked("a", ago(30), needed=2), voted("a", ago(29)), voted("a", ago(28), "bob")], (0, 1)),
        ([asked("a", ago(30), needed=2), voted("a", ago(29), "bob", "deny")], (0, 1)),
        ([asked("a", ago(30)), voted("a", ago(29), "team")], (1, 1)),  # whoever asks has no vote
        ([voted("a", ago(29))], (0, 0)),
    ],
)
def test_an_approval_is_good_when_people_decide_in_time(kept, records, found):
    assert kept(*records, want=WAIT) == found


def test_a_wait_counts_when_it_became_good_or_bad(kept):
    kept(asked("a", ago(30)), voted("a", ago(25)), asked("b", ago(30)), want=WAIT)
    assert kept(want=WAIT, minutes=20) == (0, 0)  # b became bad 20 minutes ago, at its edge
    assert kept(want=WAIT, minutes=22) == (1, 1)
    assert kept(want=WAIT, minutes=27) == (1, 2)


def test_the_queue_is_measured_by_first_reviews(kept):
    want = objective("queue-wait", within=600)
    kept(*[queued(f"i{n}", f"d{n}.1", ago(60)) for n in range(4)], want=want)
    found = kept(
        review("d0.1", ago(55)),
        review("d0.1", ago(1), by="bob"),
        review("d1.1", ago(40)),
        ItemMoved("i2", 1, ago(58), "ada", "withdrawn"),
        want=want,
    )
    assert found == (2, 3)  # d1 late, d3 never, i2 withdrawn
    assert kept(AnswerKnown("i3", ago(60), "ada", "c", "p", "s"), want=want) == (1, 2)


def test_the_load_of_the_queue_is_counted_by_minutes(kept):
    kept(*[queued(f"i{n}", f"d{n}.1", ago(10 + n)) for n in range(3)], want=WAIT)
    kept(*[review(f"d{n}.1", ago(5)) for n in range(3)], want=WAIT)
    # two wait from minute -11 on, three from -10 on, none from -5 on
    assert kept(want=objective("queue-load", most=2), minutes=60) == (5, 60)
    assert kept(want=objective("queue-load", most=1), minutes=60) == (6, 60)
    assert kept(want=objective("queue-load", most=3), minutes=60) == (0, 60)
    assert kept(want=objective("queue-load", most=0, section="none"), minutes=60) == (0, 0)


def sample_of(numbers, *, population, at, stratum="greet/rest"):
    return [
        SampleDrawn("s", at, "charter", "o", ago(99), ago(0),
                    (Stratum(stratum, population, len(numbers)),), "seed", "0.1"),
        *(AnswerDrawn("s", f"x_s_1_{n}.1", f"x_s_1_{n}", stratum, "shop", "m", "greet")
          for n in numbers),
    ]  # fmt: skip


def test_a_sample_is_judged_by_a_calibrated_judge(kept):
    want = objective("accord", section="greet")
    kept(*[decision(n, ago(50)) for n in range(1, 101)], want=want)
    kept(*sample_of(range(1, 101), population=5000, at=ago(5)), want=want)
    judged = [
        AnswerJudged("s", f"x_s_1_{n}.1", ago(4), "j", "k", "violated" if n <= 20 else "adhered",
                     "greet") for n in range(1, 101)
    ]  # fmt: skip
    assert kept(*judged, want=want) == (20, 100)
    assert not kept.rollup.measure(want, 43200, END_MS).fit
    kept(*calibrated("k", hits=90, violated=100, right=95, adhered=100), want=want)
    rollup = Rollup(kept.rollup._store, errors=errors_of(kept.ledger))
    found = rollup.measure(want, 43200, END_MS)
    assert found.fit
    assert found.good.value == pytest.approx(1 - 0.15 / 0.85)
    assert rollup.measure(want, 49, END_MS).is_empty  # decided on before
    assert rollup.measure(want, 43200, END_MS - 5 * 60_000).is_empty  # not judged yet then


def test_opinions_that_were_sought_out_are_no_sample(kept):
    want = objective("accord", section="greet")
    kept(*[decision(n, ago(50)) for n in range(1, 5)], want=want)
    kept(review("x_s_1_1.1", ago(2), label="violated", drawn="chosen"),
         review("x_s_1_2.1", ago(2), label="violated", drawn="flagged"),
         review("x_s_1_4.1", ago(2), label="violated", blind=False),
         review("x_s_1_3.1", ago(2), drawn="random"), want=want)  # fmt: skip
    assert kept(want=want) == (0, 1)


def test_answers_with_a_known_answer_are_in_no_figure(kept):
    want = objective("accord", section="greet")
    kept(*[decision(n, ago(50)) for n in (1, 2)], want=want)
    kept(AnswerKnown("i1", ago(40), "ada", "c", "p", "s"), queued("i1", "x_s_1_1.1", ago(39)),
         want=want)  # fmt: skip
    found = kept(review("x_s_1_1.1", ago(2), label="violated"), review("x_s_1_2.1", ago(2)),
                 want=want)  # fmt: skip
    assert found == (0, 1)


def test_blocks_that_reviewers_overturn(kept):
    want = objective("blocked-overturned", application="shop")
    kept(*[decision(n, ago(50), effect="deny") for n in (1, 2)], decision(3, ago(50)), want=want)
    found = kept(review("x_s_1_1.1", ago(2), decision_right=False, drawn="flagged"),
                 review("x_s_1_2.1", ago(2), decision_right=True, drawn="flagged"),
                 review("x_s_1_3.1", ago(2), decision_right=False, drawn="flagged"),
                 want=want)  # fmt: skip
    assert found == (1, 2)


def test_the_moment_is_that_of_the_test():
    assert END.isoformat() == "2026-03-01T00:00:00+00:00"
