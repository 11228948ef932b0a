"""A ledger that is locked, moved, full or stopped: nothing is served, health says why, it ends."""

import resource
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from tests.postgres import Server, programs
from tests.survival.crowd import Crowd
from tests.survival.process import CHAT, ask, asking_to_pay, until

from charter.records.decision import DecisionRecorded

BODIES = (ask(), ask(stream=True), asking_to_pay("Pay."), asking_to_pay("Pay.", stream=True))


def refused(gateway, upstream, why):
    """Everything that needs a record is refused, before the model is asked, and health says why."""
    with gateway.client() as client:
        until(lambda: client.post(CHAT, json=ask()).status_code == 503)
        until(lambda: not gateway.ready())
        upstream.asked.clear()
        for body in BODIES:
            response = client.post(CHAT, json=body)
            assert response.status_code == 503
            assert response.json()["error"]["code"] == "not_ready"
            assert "fine" not in response.text
        assert upstream.asked == []
        health = client.get("/health").json()
        assert health["status"] == "degraded"
        assert why in health["why"], health
        assert not health["ledger"]["ok"]


def recovered(gateway):
    """It serves again by itself, and what it answers is in its ledger."""
    until(gateway.ready)
    with gateway.client() as client:
        response = client.post(CHAT, json=ask())
        assert response.status_code == 200
        streamed = client.post(CHAT, json=ask(stream=True))
        assert streamed.text.endswith("data: [DONE]\n\n")
    assert gateway.health()["status"] == "ok"
    with gateway.ledger() as ledger:
        for one in (response, streamed):
            found = list(ledger.read(DecisionRecorded, thread=one.headers["x-request-id"]))
            assert any(record.done == "forwarded" for record in found)


def verified(gateway):
    found = gateway.verified()
    assert (found["integrity"], found["completeness"]) == ("holds", "holds"), found


def during(gateway, fault):
    """Let a crowd ask while a fault comes and goes; all that it was given is recorded."""
    with gateway.ledger() as ledger:
        crowd = Crowd([gateway.url], ledger)

        def come_and_go():
            with fault():
                time.sleep(1.0)
            until(gateway.ready)
            before = len(crowd.answers)
            until(lambda: any(answer.status == 200 for answer in crowd.answers[before:]))

        crowd.run(0.3, come_and_go, payers=2)
        assert crowd.check() > 10


@contextmanager
def no_room(gateway):
    """Let no file of the gateway's grow, as on a full disk."""
    kept = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (0, kept[1]))
    yield
    resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, kept)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of other processes are Linux's")
def test_files_that_cannot_grow(serve, upstream):
    gateway = serve()
    with no_room(gateway):
        refused(gateway, upstream, "ledger")
    recovered(gateway)
    during(gateway, lambda: no_room(gateway))
    recovered(gateway)
    gateway.stop()
    verified(gateway)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def filled(folder):
    """Fill a file system to its last byte."""
    file = folder / "filler"
    with file.open("wb", buffering=0) as filler:
        size = 65536
        while size:
            try:
                filler.write(b"x" * size)
            except OSError:
                size //= 2
    yield
    file.unlink()


def test_a_full_disk(serve, upstream, small_disk):
    gateway = serve(place=small_disk / "ledger.sqlite")
    with filled(small_disk):
        until_full(gateway)
        refused(gateway, upstream, "full")
    recovered(gateway)
    gateway.stop()
    verified(gateway)


def until_full(gateway):
    """Ask until the last page is used up: a log of changes that was emptied has room in it."""
    with gateway.client() as client:
        until(lambda: client.post(CHAT, json=ask("x" * 5000)).status_code == 503, every=0)


def test_a_ledger_that_is_moved_and_put_back(serve, upstream, tmp_path):
    gateway = serve()
    kept = tmp_path / "kept"
    kept.mkdir()
    with no_file(gateway, kept):
        refused(gateway, upstream, "moved, deleted or replaced")
    recovered(gateway)
    during(gateway, lambda: no_file(gateway, kept))
    gateway.stop()
    verified(gateway)


@contextmanager
def no_file(gateway, kept):
    """Move the file elsewhere, with what belongs to it, and put another in its place."""
    names = [path.name for path in gateway.folder.glob("ledger.sqlite*")]
    for name in names:
        (gateway.folder / name).rename(kept / name)
    (gateway.folder / "ledger.sqlite").write_bytes(b"")
    yield
    for name in names:
        (kept / name).rename(gateway.folder / name)


@contextmanager
def locked(gateway):
    """Hold the ledger's lock, as a process that hangs in a transaction."""
    other = sqlite3.connect(gateway.place, isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.slow
def test_a_ledger_that_another_process_locks(serve, upstream):
    gateway = serve()
    first = []

    def wait():
        with gateway.client() as client:
            first.append(client.post(CHAT, json=ask()))

    with locked(gateway):
        waiting = threading.Thread(target=wait)
        waiting.start()
        until(lambda: not gateway.ready(), every=0.2)
        assert not first, "an answer was given before its record"
        refused(gateway, upstream, "commit has been under way")
    waiting.join(60)
    assert first[0].status_code == 200
    recovered(gateway)
    gateway.stop()
    verified(gateway)


@pytest.fixture(scope="module")
def database():
    """A PostgreSQL server that this module stops."""
    folder = programs()
    if folder is None:
        pytest.skip("the server programs of PostgreSQL are not installed")
    server = Server(folder)
    yield server
    server.remove()


@contextmanager
def stopped(database):
    database.stop()
    yield
    database.start()


@pytest.mark.slow
def test_a_database_that_is_stopped_and_started(serve, upstream, database):
    gateway = serve(place=database.database())
    recovered(gateway)
    with stopped(database):
        refused(gateway, upstream, "ledger")
    recovered(gateway)
    during(gateway, lambda: stopped(database))
    recovered(gateway)
    gateway.stop()
    verified(gateway)


def test_a_gateway_does_not_start_without_its_ledger(tmp_path, serve, upstream):
    gateway = serve()
    gateway.kill()
    (gateway.folder / "ledger.sqlite").write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(AssertionError) as raised:
        gateway.start()
    assert "Traceback" not in str(raised.value)
    assert "damaged" in str(raised.value) or "not a database" in str(raised.value)


def test_health_answers_while_the_ledger_does_not(serve, upstream):
    gateway = serve()
    with locked(gateway):
        threads = [threading.Thread(target=_ask_quietly, args=(gateway,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for _ in range(10):
            assert gateway.health()["run"]
        with gateway.client() as client:
            assert client.get("/metrics", timeout=20).status_code == 200
    for thread in threads:
        thread.join(60)
    recovered(gateway)


def _ask_quietly(gateway):
    with gateway.client() as client:
        assert client.post(CHAT, json=ask()).status_code == 200
