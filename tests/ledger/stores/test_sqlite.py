"""The ledger file: killed processes, older files, a file that is moved, a full disk."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from tests.ledger.decisions import decision

from charter.errors import LedgerTampered, LedgerUnavailable
from charter.ledger.body import body_of, digest_of_body
from charter.ledger.open import open_ledger
from charter.ledger.stores.sqlite import open_store
from charter.ledger.stores.sqlite_schema import SCHEMA_VERSION, create, version_of
from charter.records.decision import DecisionRecorded
from charter.records.record import key_of
from charter.records.run import RunFinished

WRITING = """
import sys
from tests.ledger.decisions import decision
from charter.ledger.open import open_ledger
with open_ledger(sys.argv[1]) as ledger:
    last = ledger.size()
    while True:
        last = ledger.append(*(decision(last + at, sys.argv[2]) for at in range(1, 38)))
        print(last, flush=True)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.sqlite"


def test_a_killed_process_loses_nothing_that_it_was_told(root, path):
    for round_ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITING, path, f"s_{round_}"],
            cwd=root,
            stdout=subprocess.PIPE,
            text=True,
        ) as writing:
            told = [writing.stdout.readline() for _ in range(5 + 7 * round_)]
            writing.send_signal(signal.SIGKILL)
            told += writing.stdout
        last = max(int(line) for line in told if line.endswith("\n"))
        with open_ledger(path) as ledger:
            assert ledger.size() in (last, last + 37)
            assert ledger.check() == ledger.head()


def first_version(path, count):
    """Make a file as version 1 did."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            'CREATE TABLE records ("index" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,'
            " kind TEXT NOT NULL, run TEXT NOT NULL, key TEXT, body TEXT NOT NULL,"
            " digest TEXT NOT NULL, UNIQUE (key))"
        )
        connection.execute("CREATE INDEX records_by_run ON records (run, kind)")
        connection.execute("PRAGMA user_version = 1")
        for at in range(count):
            record = RunFinished(f"r{at}", "2026-11-21T08:00:00Z")
            body = body_of(record)
            connection.execute(
                "INSERT INTO records (kind, run, key, body, digest) VALUES (?, ?, ?, ?, ?)",
                ("RunFinished", record.run, key_of(record), body, digest_of_body(body)),
            )
    connection.close()


def version(path):
    connection = sqlite3.connect(path)
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return found


def test_a_file_of_the_first_version_is_read_as_it_is(path):
    first_version(path, 3)
    with open_ledger(path, create=False) as ledger:
        assert [r.run for r in ledger.read(RunFinished)] == ["r0", "r1", "r2"]
        assert [index for index, _ in ledger.read_any(newest=True)] == [3, 2, 1]
        assert not list(ledger.read(DecisionRecorded, thread="x"))
        store = ledger.store
        assert (store.checkpoint(), store.payload("a"), store.key("p")) == (None, None, None)
        assert (store.size(), store.payload_ids("p"), len(store.digests(0, 3))) == (3, [], 3)
    assert version(path) == 1


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("count", [0, 3, 600])
def test_a_file_of_the_first_version_gets_its_tree(path, create, count):
    first_version(path, count)
    with open_ledger(path, create=create) as ledger:
        assert ledger.append(decision(1)) == count + 1
        assert version(path) == SCHEMA_VERSION
        assert ledger.check().size == count + 1
        assert len(list(ledger.read(RunFinished))) == count
        assert [r.sequence for r in ledger.read(DecisionRecorded, thread="x_1")] == [1]


def test_looking_at_the_tree_of_a_first_version_builds_it(path):
    first_version(path, 300)
    with open_ledger(path, create=False) as ledger, open_ledger(path, create=False) as other:
        assert len(ledger.inclusion(7)) == 9
        assert ledger.check().size == 300
        assert other.append(decision(1)) == 301
        assert ledger.check().size == 301


def test_who_reads_a_first_version_follows_when_another_brings_it_up_to_date(path):
    first_version(path, 3)
    with open_ledger(path, create=False) as reader:
        assert reader.size() == 3
        with open_ledger(path) as writer:
            writer.append(decision(1))
        assert [r.sequence for r in reader.read(DecisionRecorded, thread="x_1")] == [1]
        assert reader.check().size == 4
        assert reader.append(decision(2)) == 5


def test_a_first_version_with_a_record_less_is_left_as_it_is(path):
    first_version(path, 5)
    with sqlite3.connect(path) as connection:
        connection.execute('DELETE FROM records WHERE "index" = 3')
    connection.close()
    with pytest.raises(LedgerTampered, match="record 3 is missing"):
        open_ledger(path)
    assert version(path) == 1


def test_a_file_that_is_moved_takes_nothing_until_it_is_back(path, tmp_path):
    with open_ledger(path) as ledger:
        ledger.append(decision(1))
        for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
            (tmp_path / name).rename(tmp_path / f"away-{name}")
        for job in (lambda: ledger.append(decision(2)), ledger.size, ledger.store.probe):
            with pytest.raises(LedgerUnavailable, match="moved, deleted or replaced"):
                job()
        assert not path.exists(), "a running ledger makes no new file"
        for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
            if (tmp_path / f"away-{name}").exists():
                (tmp_path / f"away-{name}").rename(tmp_path / name)
        assert ledger.append(decision(2)) == 2
        assert ledger.check().size == 2


def test_a_locked_file_is_waited_for(path):
    with open_ledger(path, wait_s=0.1) as ledger, open_ledger(path) as other:
        with (
            other.store._changing(),
            pytest.raises(LedgerUnavailable, match=r"database is locked \(another process"),
        ):
            ledger.append(decision(1))
        ledger.append(decision(1))


def test_a_full_disk(root, tmp_path):
    """The limit on the size of files stands for the disk: SQLite meets it at any write."""
    script = """
import resource, sys
from tests.ledger.decisions import decision
from charter.errors import LedgerUnavailable
from charter.ledger.open import open_ledger
with open_ledger(sys.argv[1]) as ledger:
    ledger.append(decision(1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    last = 1
    try:
        while True:
            last = ledger.append(*(decision(last + at) for at in range(1, 20)))
    except LedgerUnavailable as cause:
        print(last, cause)
    try:
        ledger.append(*(decision(last + at) for at in range(1, 200)))
    except LedgerUnavailable as cause:
        print(last, cause)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    print(ledger.append(decision(last + 1)), ledger.check().size)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "l.sqlite"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
    )
    assert done.returncode == 0, done.stderr
    first, second, last = done.stdout.splitlines()
    assert int(first.split()[0]) > 1
    for line in (first, second):
        assert "ledger" in line
        assert "disk" in line
        assert "(" in line
    assert last.split() == [str(int(first.split()[0]) + 1)] * 2
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_file_that_cannot_be_written(path):
    open_ledger(path).close()
    path.chmod(0o400)
    with open_ledger(path) as ledger, pytest.raises(LedgerUnavailable, match="readonly"):
        ledger.append(decision(1))


def test_what_is_destroyed_leaves_no_byte_in_the_files(path, tmp_path):
    wrapped, blob = os.urandom(48), os.urandom(9000)
    from charter.ledger.store import Sealed  # noqa: PLC0415

    with open_ledger(path) as ledger:
        ledger.store.put_key("p", wrapped)
        ledger.append(decision(1), payloads=[Sealed("a", "p", "2026", blob, "0" * 64)])
        assert contained(tmp_path, wrapped)
        assert contained(tmp_path, blob[3000:3040])
        ledger.store.destroy("p")
        assert not contained(tmp_path, wrapped)
        assert not contained(tmp_path, blob[3000:3040])
        assert not contained(tmp_path, blob[-40:])


def contained(folder: Path, data: bytes):
    return any(data in file.read_bytes() for file in folder.iterdir())


def test_every_byte_of_the_records_counts(path, tmp_path):
    """Whichever byte of a body, digest, tile or head is changed: it is found."""
    with open_ledger(path) as ledger:
        ledger.append(*(decision(at) for at in range(1, 301)))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    body, digest = connection.execute("SELECT body, digest FROM records").fetchone()
    ((tile,),) = connection.execute("SELECT hashes FROM tiles").fetchall()
    ((head,),) = connection.execute("SELECT root FROM head").fetchall()
    connection.close()
    whole = path.read_bytes()
    other = tmp_path / "other.sqlite"
    for part in (body.encode(), digest.encode(), tile[:300], tile[6000:6300], head):
        at = whole.index(part)
        for offset in range(at, at + len(part), 23):
            changed = bytearray(whole)
            changed[offset] ^= 1
            other.write_bytes(changed)
            with pytest.raises(LedgerTampered, match="record"), open_ledger(other) as ledger:
                ledger.check()


def test_text_that_is_no_text_is_named(path):
    with open_ledger(path) as ledger:
        ledger.append(decision(1), decision(2))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE records SET body = CAST(x'ff' AS TEXT) WHERE \"index\" = 2")
    connection.close()
    with open_ledger(path) as ledger:
        assert next(ledger.read(DecisionRecorded)).sequence == 1
        with pytest.raises(LedgerTampered, match=r"record 2 \(DecisionRecorded\) does not match"):
            list(ledger.read(DecisionRecorded))


def test_a_file_that_another_process_creates_meanwhile_is_seen_as_of_one_moment(path):
    with closing(sqlite3.connect(path)) as other, closing(sqlite3.connect(path)) as own:
        other.execute("PRAGMA journal_mode = WAL")
        own.set_trace_callback(lambda text: "table_info" in text and create(other))
        assert version_of(own) == 0
        own.set_trace_callback(None)
        assert version_of(own) == SCHEMA_VERSION


def test_a_file_that_another_process_is_just_creating_is_waited_for(path):
    path.touch()
    later = threading.Timer(0.3, lambda: open_ledger(path).close())
    later.start()
    try:
        with closing(open_store(str(path), create=False)) as store:
            assert store.head().size == 0
    finally:
        later.join()


def test_a_file_that_nobody_begins_holds_nothing(path):
    path.touch()
    with pytest.raises(LedgerUnavailable, match="the file holds nothing"):
        open_store(str(path), create=False, wait_s=0.2)
    assert path.read_bytes() == b""
