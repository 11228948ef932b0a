"""Faults in any order: everybody is answered, nothing is lost or kept twice, and it mends."""

import asyncio
import hashlib
import random
import sqlite3
import threading
import time

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.ledger.decisions import decision

from charter.errors import LedgerError, LedgerUnavailable
from charter.ledger import writer as writer_module
from charter.ledger.open import open_ledger
from charter.ledger.store import Sealed
from charter.ledger.stores import sqlite as sqlite_module
from charter.ledger.writer import Writer
from charter.records.approval import ApprovalUsed
from charter.records.decision import DecisionRecorded

RUN = "s_1"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(writer_module, "PROBE_S", 0.02)
    monkeypatch.setattr("charter.ledger.pace.FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr("charter.ledger.pace.LONGEST_PAUSE_S", 0.02)
    monkeypatch.setattr("charter.ledger.pace.SLOW_S", 0.01)
    monkeypatch.setattr("charter.ledger.pace.TIDY", 40)


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path / "ledger.sqlite", wait_s=0.1) as ledger:
        yield ledger


def used(approval):
    return ApprovalUsed(approval, "now", "x_9", "x_9.1")


def sealed(name, size=10):
    blob = b"x" * size
    return Sealed(name, "p", "now", blob, hashlib.sha256(blob).hexdigest())


class Faults:
    """Breaks transactions of a store: before, within or after their commit."""

    def __init__(self, store, dice):
        self.on, self._dice = True, dice
        for name in ("append", "append_now"):
            setattr(store, name, self._around(getattr(store, name)))
        extend = store._extend

        def half(session, edge, entries):
            extend(session, edge, entries)
            self._fail(0.05)

        store._extend = half

    def _fail(self, chance):
        if self.on and self._dice.random() < chance:
            raise self._dice.choice(
                (LedgerUnavailable("broke"), MemoryError(), sqlite3.OperationalError("I/O"))
            )

    def _around(self, do):
        def broken(entries, payloads=()):
            self._fail(0.05)
            if self.on and self._dice.random() < 0.1:
                time.sleep(0.02)
            done = do(entries, payloads)
            self._fail(0.05)  # the end of the commit is not known then
            return done

        return broken


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(st.integers(0, 2**32), st.booleans())
def test_whatever_fails_all_are_answered_and_nothing_is_lost(tmp_path_factory, seed, gone):
    folder = tmp_path_factory.mktemp("w")
    dice = random.Random(seed)
    path = folder / "ledger.sqlite"
    with open_ledger(path, wait_s=0.1) as ledger, open_ledger(path) as other:
        faults = Faults(ledger.store, random.Random(seed + 1))
        told = asyncio.run(_traffic(ledger, other, faults, dice, gone=gone))
        _agree(ledger, told)


async def _traffic(ledger, other, faults, dice, *, gone):
    writer = Writer(ledger, RUN, most=60, wait_ms=2000)
    told = {}

    async def one(number):
        await asyncio.sleep(dice.random() * 0.3)
        exchange, count = f"x_{number}", dice.randrange(4)
        key = f"apr_{dice.randrange(12)}" if dice.random() < 0.4 else ""
        records = [decision(exchange=exchange)] * count + ([used(key)] if key else [])
        payloads = [sealed(f"pl_{number}")] if dice.random() < 0.3 else []
        try:
            await writer.write(records, payloads)
            answer = "kept"
        except LedgerUnavailable:
            answer = "unknown"
        except LedgerError:
            answer = "refused"
        told[exchange] = (answer, count, key, bool(payloads))

    async def locking():
        for _ in range(3):
            await asyncio.sleep(dice.random() * 0.1)
            await asyncio.to_thread(hold, other, dice.random() * 0.15)

    tasks = [asyncio.create_task(one(number)) for number in range(60)]
    lock = asyncio.create_task(locking())
    if gone:
        await asyncio.sleep(0.1)
        for task in dice.sample(tasks, 10):
            task.cancel()
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
    await lock
    faults.on = False
    await _mends(writer)
    await asyncio.wait_for(writer.close(), 60)
    return told


def hold(other, seconds):
    with other.store._changing():
        time.sleep(seconds)


async def _mends(writer):
    for _ in range(1000):
        await asyncio.sleep(0.03)
        if writer.health.ok:
            await writer.write([decision(exchange="x_last")])
            if not writer._by_thread:
                break
    assert writer.health.ok
    assert not writer._by_thread, "back with the event loop"
    assert (writer.waiting, len(writer._queue)) == (0, 0)


def _agree(ledger, told):
    ledger.check()
    numbers = [one.sequence for one in ledger.read(DecisionRecorded, run=RUN)]
    assert numbers == list(range(1, len(numbers) + 1))
    keys = [one.run for one in ledger.read(ApprovalUsed)]
    assert len(keys) == len(set(keys))
    for exchange, (answer, count, key, payload) in told.items():
        found = len(list(ledger.read(DecisionRecorded, thread=exchange)))
        there = ledger.store.payload(f"pl_{exchange[2:]}") is not None
        if answer == "kept":
            assert (found, there) == (count, payload)
            assert not key or key in keys
        elif answer == "refused":
            assert (found, there) == (0, False)
        else:
            assert found in (0, count)
            assert there in (False, payload)


def running(ledger, job, **settings):
    async def run():
        writer = Writer(ledger, RUN, **settings)
        try:
            return await asyncio.wait_for(job(writer), 60)
        finally:
            await writer.close()

    return asyncio.run(run())


def test_an_interrupt_ends_the_loop_and_leaves_no_transaction_open(ledger, monkeypatch):
    begun, fail = ledger.store._begun_now, iter([True])

    def interrupted():
        session = begun()
        if next(fail, False):
            raise KeyboardInterrupt
        return session

    monkeypatch.setattr(ledger.store, "_begun_now", interrupted)

    async def first(writer):
        await writer.write([decision()])

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(first(Writer(ledger, RUN)))
    running(ledger, first)
    assert ledger.size() == 1


def test_a_record_that_cannot_be_written_is_refused_alone(ledger):
    """Such as one that holds what is no JSON: a defect, but not of those beside it."""

    async def job(writer):
        writes = [writer.write([decision(exchange=f"x_{n}")]) for n in range(3)]
        writes.insert(1, writer.write([decision(tool=object())]))
        done = await asyncio.gather(*writes, return_exceptions=True)
        assert [type(one) for one in done] == [type(None), LedgerError, type(None), type(None)]
        with pytest.raises(LedgerError, match="cannot hold a record: TypeError"):
            await writer.write([decision(tool=object())])
        assert writer.health.ok

    running(ledger, job)
    assert [one.sequence for one in ledger.read(DecisionRecorded)] == [1, 2, 3]


def test_a_server_is_never_asked_by_the_event_loop(ledger, monkeypatch):
    """Neither for a commit nor for the last number: it may be far, or gone."""
    asked, read = [], ledger.read
    monkeypatch.setattr(ledger.store, "append_now", lambda *_: False)

    def reading(*given, **named):
        asked.append(threading.current_thread().name)
        return read(*given, **named)

    monkeypatch.setattr(ledger, "read", reading)

    async def job(writer):
        await writer.write([decision()])
        await writer.write([decision()])

    running(ledger, job)
    assert asked
    assert set(asked) == {"ledger-writer"}


def test_a_loop_that_ended_in_between_does_not_stop_the_next(ledger):
    writers = []

    async def left():
        writers.append(Writer(ledger, RUN))
        asyncio.create_task(writers[0].write([decision()]))  # noqa: RUF006 - nobody waits
        await asyncio.sleep(0)

    async def following():
        await asyncio.wait_for(writers[0].write([decision()]), 60)
        await writers[0].close()

    asyncio.run(left())
    asyncio.run(following())
    assert [one.sequence for one in ledger.read(DecisionRecorded)] == [1, 2]


def test_closing_does_not_wait_for_a_commit_that_hangs(ledger, monkeypatch):
    go, append = threading.Event(), ledger.store.append

    def hang(entries, payloads=()):
        go.wait(20)
        return append(entries, payloads)

    monkeypatch.setattr(ledger.store, "append", hang)

    async def job():
        writer = Writer(ledger, RUN, prompt=False, patience_ms=50)
        with pytest.raises(LedgerUnavailable, match="too long"):
            await writer.write([decision()])
        await asyncio.wait_for(writer.close(), 10)
        assert not go.is_set()
        go.set()
        await asyncio.to_thread(writer._thread.join)

    asyncio.run(job())


def test_payloads_count_for_the_log_of_changes(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr("charter.ledger.pace.TIDY", 2_000)
    monkeypatch.setattr("charter.ledger.pace.SLOW_S", 60.0)
    log = tmp_path / "ledger.sqlite-wal"

    async def job(writer):
        for at in range(80):
            await writer.write([decision()], [sealed(f"pl_{at}", 1_000_000)])

    running(ledger, job)
    pages = sqlite_module.LOG_PAGES * 4096
    assert log.stat().st_size < 3 * pages


def test_a_file_that_is_gone_is_noticed_beside_a_commit(ledger, tmp_path, monkeypatch):
    """Who reads meanwhile must not close the connection that commits: that ends the process."""
    store = ledger.store
    ledger.append(decision(1))
    assert store.append_now([])
    within, extend = store._prompt, store._extend

    def reading(session, edge, entries):
        (tmp_path / "ledger.sqlite").rename(tmp_path / "away")
        with pytest.raises(LedgerUnavailable, match="moved"):
            ledger.size()
        (tmp_path / "away").rename(tmp_path / "ledger.sqlite")
        within.execute("SELECT 1")
        extend(session, edge, entries)

    monkeypatch.setattr(store, "_extend", reading)

    async def job(writer):
        await writer.write([decision()])

    running(ledger, job)
    assert ledger.size() == 2


def test_nobody_who_writes_waits_for_one_who_reads_while_payloads_are_deleted(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with open_ledger(path, wait_s=5) as ledger, open_ledger(path) as other:
        ledger.append(decision(1), payloads=[sealed("pl_1")])
        with other.store._reading() as session:
            assert session.all("SELECT count(*) FROM records")
            ledger.append(decision(2))  # so that the reader is behind
            deleting = threading.Thread(target=ledger.store.destroy, args=("p",))
            deleting.start()
            while ledger.store.payload("pl_1") is not None:
                time.sleep(0.01)
            for number in range(3, 9):
                ledger.append(decision(number))
            assert deleting.is_alive(), "it waits for the reader, nobody for it"
        deleting.join(60)
        assert not deleting.is_alive()
        assert (tmp_path / "ledger.sqlite-wal").stat().st_size == 0
