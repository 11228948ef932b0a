"""Many requests, few commits: nothing that was acknowledged is lost, nothing is numbered twice."""

import asyncio
import hashlib
import signal
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.decisions import decision

from charter.errors import AlreadyRecorded, LedgerError, LedgerTampered, LedgerUnavailable
from charter.ledger import writer as writer_module
from charter.ledger.open import open_ledger
from charter.ledger.store import Sealed
from charter.ledger.writer import Writer
from charter.records.approval import ApprovalUsed
from charter.records.decision import DecisionRecorded
from charter.records.service import ServiceCounted

RUN = "s_1"


@pytest.fixture
def ledger(tmp_path, request):
    """A ledger that waits a tenth of a second for a lock, or as long as its parameter says."""
    wait_s = getattr(request, "param", 0.1)
    with open_ledger(tmp_path / "ledger.sqlite", wait_s=wait_s) as ledger:
        yield ledger


async def mended(writer):
    """Wait until a writer can write again by itself."""
    for _ in range(1000):
        if writer.health.ok:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(writer.health.reason)


def using(ledger, job, **settings):
    async def run():
        writer = Writer(ledger, RUN, **settings)
        try:
            return await asyncio.wait_for(job(writer), 30)
        finally:
            await writer.close()

    return asyncio.run(run())


def numbers(ledger):
    return [r.sequence for r in ledger.read(DecisionRecorded, run=RUN)]


def counted(number):
    return ServiceCounted(RUN, "now", number, 0, 1, 1, 0, 0)


def used(approval):
    return ApprovalUsed(approval, "now", "x_9", "x_9.1")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=30))
def test_decisions_are_numbered_without_a_gap(tmp_path_factory, sizes):
    with open_ledger(tmp_path_factory.mktemp("w")) as ledger:

        async def job(writer):
            await asyncio.gather(
                *(writer.write([decision(exchange=f"x_{n}")] * s) for n, s in enumerate(sizes))
            )
            return writer.sequence

        assert using(ledger, job) == sum(sizes)
        assert numbers(ledger) == list(range(1, sum(sizes) + 1))
        for at, size in enumerate(sizes):
            assert len(list(ledger.read(DecisionRecorded, thread=f"x_{at}"))) == size
        ledger.check()


def test_a_count_says_what_was_recorded_before_it(ledger):
    async def job(writer):
        await asyncio.gather(
            *(writer.write([decision(), counted(n), decision()]) for n in range(1, 40))
        )

    using(ledger, job)
    last = 0
    for _, record in ledger.read_any([DecisionRecorded, ServiceCounted]):
        assert record.sequence == last + isinstance(record, DecisionRecorded)
        last = record.sequence


def test_a_writer_goes_on_where_its_run_ended(ledger):
    ledger.append(*(decision(at) for at in range(1, 8)), decision(5, "other"))

    async def job(writer):
        await writer.write([decision(), decision(3, "elsewhere")])

    using(ledger, job)
    assert numbers(ledger) == list(range(1, 9))
    assert [r.sequence for r in ledger.read(DecisionRecorded, run="elsewhere")] == [3]


def test_what_gathers_during_a_commit_is_one_commit(ledger, monkeypatch):
    sizes, append = [], ledger.store.append
    entered, go = threading.Event(), threading.Event()

    def slow(entries, payloads=()):
        sizes.append(len(entries))
        entered.set()
        go.wait(10)
        return append(entries, payloads)

    monkeypatch.setattr(ledger.store, "append", slow)

    async def job(writer):
        tasks = [asyncio.ensure_future(writer.write([decision()]))]
        await asyncio.to_thread(entered.wait, 10)
        tasks += [asyncio.ensure_future(writer.write([decision()] * 2)) for _ in range(50)]
        await asyncio.sleep(0.01)
        assert writer.waiting == 101
        go.set()
        await asyncio.gather(*tasks)
        assert writer.waiting == 0

    using(ledger, job, prompt=False)
    assert sizes == [1, 100]


def test_a_fact_that_is_there_fails_alone(ledger):
    """An approval that is used twice at once: one is released, the other refused."""
    ledger.append(used("apr_0"))

    async def job(writer):
        writes = [
            writer.write([decision(exchange=f"x_{n}"), used(f"apr_{n % 4}")]) for n in range(12)
        ]
        return await asyncio.gather(*writes, return_exceptions=True)

    done = using(ledger, job)
    assert [result is None for result in done] == [False, True, True, True] + [False] * 8
    for result in done:
        if result is not None:
            assert type(result) is AlreadyRecorded
            assert "already holds ApprovalUsed/apr_" in str(result)
    assert numbers(ledger) == [1, 2, 3]
    assert len(list(ledger.read(ApprovalUsed))) == 4


def test_the_same_fact_twice_in_one_write(ledger):
    async def job(writer):
        with pytest.raises(LedgerError, match="already holds ApprovalUsed/apr_1"):
            await writer.write([decision(), used("apr_1"), used("apr_1")])
        assert writer.health.ok
        await writer.write([decision(), used("apr_1")])

    using(ledger, job)
    assert numbers(ledger) == [1]


def test_payloads_are_kept_with_their_records(ledger):
    sealed = Sealed("pl_1", "p", "now", b"x", hashlib.sha256(b"x").hexdigest())

    async def job(writer):
        await writer.write([decision()], [sealed])
        await writer.write([], [])
        assert ledger.store.payload("pl_1") == sealed

    using(ledger, job)


def test_a_locked_ledger_refuses_says_why_and_recovers(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(writer_module, "PROBE_S", 0.1)

    async def job(writer):
        await writer.write([decision()])
        with open_ledger(tmp_path / "ledger.sqlite") as other, other.store._changing():
            with pytest.raises(LedgerUnavailable, match="database is locked"):
                await writer.write([decision()])
            health = writer.health
            assert (health.ok, "locked" in health.reason) == (False, True)
            assert len(health.reason.splitlines()) == 1
            await asyncio.sleep(0.02)
            with pytest.raises(LedgerUnavailable):
                await writer.write([decision()])
            assert writer.health.since == health.since
        await mended(writer)
        await writer.write([decision()])

    using(ledger, job)
    assert numbers(ledger) == [1, 2]


def test_a_commit_of_unknown_end_is_not_numbered_twice(ledger, monkeypatch):
    """The connection may break after the commit and before its answer."""
    append, fail = ledger.store.append, iter([True, False])

    def broken(entries, payloads=()):
        last = append(entries, payloads)
        if next(fail):
            raise LedgerUnavailable("connection lost")
        return last

    monkeypatch.setattr(ledger.store, "append", broken)

    async def job(writer):
        with pytest.raises(LedgerUnavailable, match="connection lost"):
            await writer.write([decision()])
        await writer.write([decision()])

    using(ledger, job, prompt=False)
    assert numbers(ledger) == [1, 2]


def test_a_tampered_ledger_is_a_fault(ledger):
    ledger.append(decision(1), decision(2))
    with ledger.store._changing() as session:
        session.run("UPDATE head SET size = 1")

    async def job(writer):
        with pytest.raises(LedgerTampered):
            await writer.write([decision()])
        assert "record 2 was there" in writer.health.reason

    using(ledger, job)


def test_a_defect_is_told_to_those_who_wait(ledger, monkeypatch):
    monkeypatch.setattr(ledger.store, "append", lambda *_: 1 / 0)

    async def job(writer):
        with pytest.raises(LedgerUnavailable, match="ZeroDivisionError"):
            await writer.write([decision()])
        monkeypatch.undo()
        await writer.write([decision()])
        assert writer.health.ok

    using(ledger, job, prompt=False)


def test_a_full_queue_holds_up_then_refuses(ledger, monkeypatch):
    append, go = ledger.store.append, threading.Event()

    def slow(entries, payloads=()):
        go.wait(10)
        return append(entries, payloads)

    monkeypatch.setattr(ledger.store, "append", slow)

    async def job(writer):
        first = asyncio.ensure_future(writer.write([decision()] * 8))
        await asyncio.sleep(0)
        with pytest.raises(LedgerUnavailable, match="8 records are waiting"):
            await writer.write([decision()] * 3)
        writer._wait_s = 20.0  # however busy the machine is
        later = asyncio.ensure_future(writer.write([decision()] * 3))
        await asyncio.sleep(0.01)
        go.set()
        await asyncio.gather(first, later)
        await writer.write([decision()] * 30)  # more than may wait: alone

    using(ledger, job, most=10, wait_ms=100, prompt=False)
    assert numbers(ledger) == list(range(1, 42))


def test_a_commit_that_hangs_is_given_up(ledger, monkeypatch):
    append, go = ledger.store.append, threading.Event()

    def hang(entries, payloads=()):
        go.wait(10)
        return append(entries, payloads)

    monkeypatch.setattr(ledger.store, "append", hang)
    monkeypatch.setattr("charter.ledger.writer.SLOW_S", 0.05)

    async def job(writer):
        with pytest.raises(LedgerUnavailable, match="the commit takes too long"):
            await writer.write([decision()])
        assert "has been under way" in writer.health.reason
        writer._patience_s = 20.0  # however slow the disk is
        go.set()
        await writer.write([decision()])

    using(ledger, job, patience_ms=80, prompt=False)
    assert numbers(ledger) == [1, 2]


def test_who_leaves_does_not_take_the_record_away(ledger):
    async def job(writer):
        leaving = asyncio.ensure_future(writer.write([decision()]))
        await asyncio.sleep(0)
        leaving.cancel()
        await writer.write([decision()])

    using(ledger, job)
    assert numbers(ledger) == [1, 2]


def test_closing_keeps_what_waits_and_takes_no_more(ledger):
    async def job(writer):
        tasks = [asyncio.ensure_future(writer.write([decision()])) for _ in range(100)]
        await asyncio.sleep(0)
        await writer.close()
        await asyncio.gather(*tasks)
        with pytest.raises(LedgerUnavailable, match="closed"):
            await writer.write([decision()])
        assert not writer.health.ok

    using(ledger, job)
    assert numbers(ledger) == list(range(1, 101))


@pytest.fixture
def appended(ledger, monkeypatch):
    """Who committed how many records, in turn: the event loop or the thread."""
    made, append, append_now = [], ledger.store.append, ledger.store.append_now

    def by_thread(entries, payloads=()):
        last = append(entries, payloads)
        made.append(("thread", len(entries)))
        return last

    def by_loop(entries, payloads=()):
        kept = append_now(entries, payloads)
        if entries:
            made.append(("loop", len(entries) if kept else 0))
        return kept

    monkeypatch.setattr(ledger.store, "append", by_thread)
    monkeypatch.setattr(ledger.store, "append_now", by_loop)
    # However slow the disk is.
    monkeypatch.setattr("charter.ledger.pace.SLOW_S", 60.0)
    return made


def test_the_loop_commits_what_came_together(ledger, appended):
    async def job(writer):
        await asyncio.gather(*(writer.write([decision()] * 2) for _ in range(20)))
        await writer.write([decision()])

    using(ledger, job)
    assert appended == [("loop", 40), ("loop", 1)]
    assert numbers(ledger) == list(range(1, 42))


@pytest.mark.parametrize("ledger", [20.0], indirect=True)
def test_what_another_holds_up_is_left_to_the_thread(ledger, appended, tmp_path, monkeypatch):
    monkeypatch.setattr("charter.ledger.pace.FIRST_PAUSE_S", 0.05)

    async def job(writer):
        await writer.write([decision()])
        with open_ledger(tmp_path / "ledger.sqlite") as other, other.store._changing():
            write = asyncio.ensure_future(writer.write([decision()] * 3))
            await asyncio.sleep(0.02)
            assert not write.done()
        await write
        await asyncio.sleep(0.06)
        await writer.write([decision()])  # the thread hands back once it is not slow
        await writer.write([decision()])

    using(ledger, job)
    assert appended[:3] == [("loop", 1), ("loop", 0), ("thread", 3)]
    assert appended[-1] == ("loop", 1)
    assert numbers(ledger) == list(range(1, 7))


def test_now_and_then_the_thread_moves_the_log_of_changes(ledger, appended, monkeypatch):
    monkeypatch.setattr("charter.ledger.pace.TIDY", 10)

    async def job(writer):
        for _ in range(12):
            await writer.write([decision()] * 3)

    using(ledger, job)
    assert [who for who, _ in appended] == (["loop"] * 4 + ["thread"]) * 2 + ["loop"] * 2
    assert numbers(ledger) == list(range(1, 37))


def test_a_commit_of_the_loop_that_fails_is_a_fault_until_the_thread_mends_it(
    ledger, appended, monkeypatch
):
    monkeypatch.setattr(writer_module, "PROBE_S", 0.05)
    monkeypatch.setattr("charter.ledger.pace.FIRST_PAUSE_S", 0.05)
    begun, fail = ledger.store._begun_now, iter([True])

    def broken():
        if next(fail, False):
            raise LedgerUnavailable("disk full")
        return begun()

    monkeypatch.setattr(ledger.store, "_begun_now", broken)

    async def job(writer):
        with pytest.raises(LedgerUnavailable, match="disk full"):
            await writer.write([decision()])
        assert "disk full" in writer.health.reason
        await asyncio.sleep(0.2)
        await mended(writer)
        await writer.write([decision()])
        await writer.write([decision()])

    using(ledger, job)
    assert appended == [("thread", 1), ("loop", 1)]
    assert numbers(ledger) == [1, 2]


def test_a_commit_of_the_loop_that_breaks_off_keeps_nothing(ledger, appended, monkeypatch):
    """Half of a transaction is never seen, nor is the connection used again."""
    extend, fail = ledger.store._extend, iter([True])

    def broken(session, edge, entries):
        extend(session, edge, entries)
        if next(fail, False):
            raise LedgerUnavailable("broke off")

    monkeypatch.setattr(ledger.store, "_extend", broken)

    async def job(writer):
        with pytest.raises(LedgerUnavailable, match="broke off"):
            await writer.write([decision()])
        await writer.write([decision()])

    using(ledger, job)
    assert numbers(ledger) == [1]
    assert ledger.store.head().size == 1


KILLED = """
import asyncio, sys
from tests.ledger.decisions import decision
from charter.ledger.open import open_ledger
from charter.ledger.writer import Writer

async def job(ledger, run):
    writer = Writer(ledger, run)

    async def request(number):
        for at in range(100_000):
            exchange = f"{run}-{number}-{at}"
            await writer.write([decision(run=run, exchange=exchange)] * (1 + at % 3))
            print(exchange, 1 + at % 3, flush=True)

    await asyncio.gather(*(request(number) for number in range(16)))

with open_ledger(sys.argv[1]) as ledger:
    asyncio.run(job(ledger, sys.argv[2]))
"""


def killed(root, place, run, after):
    """Return what was acknowledged before a process was killed at some moment."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, place, run], cwd=root, stdout=subprocess.PIPE, text=True
    ) as writing:
        lines = [writing.stdout.readline() for _ in range(after)]
        writing.send_signal(signal.SIGKILL)
        lines += writing.stdout
    return [line.split() for line in lines if line.endswith("\n")]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_killed_service_has_kept_what_it_acknowledged(root, tmp_path, request, kind):
    place = str(tmp_path / "ledger.sqlite")
    if kind == "postgres":
        place = request.getfixturevalue("postgres_url")
    for after in (1, 60, 333):
        run = f"s_{after}"
        told = killed(root, place, run, after)
        assert len(told) >= after
        with open_ledger(place, create=False) as ledger:
            assert ledger.check() == ledger.head()
            found = [r.sequence for r in ledger.read(DecisionRecorded, run=run)]
            assert found == list(range(1, len(found) + 1))
            for exchange, count in told:
                assert len(list(ledger.read(DecisionRecorded, thread=exchange))) == int(count)


def test_two_services_on_one_postgres(postgres_url):
    with open_ledger(postgres_url) as one, open_ledger(postgres_url) as two:

        async def job():
            writers = [Writer(one, "s_1"), Writer(two, "s_2")]

            async def write(writer, run):
                for _ in range(20):
                    await writer.write([decision(run=run)] * 3)

            await asyncio.gather(
                *(write(w, run) for w, run in zip(writers, ("s_1", "s_2"), strict=True))
            )
            results = await asyncio.gather(
                *(w.write([used("apr_1")]) for w in writers), return_exceptions=True
            )
            for writer in writers:
                await writer.close()
            return results

        results = asyncio.run(job())
        assert sorted(map(type, results), key=str) == sorted([type(None), AlreadyRecorded], key=str)
        for run in ("s_1", "s_2"):
            found = [r.sequence for r in two.read(DecisionRecorded, run=run)]
            assert found == list(range(1, 61))
        assert one.check().size == 121
