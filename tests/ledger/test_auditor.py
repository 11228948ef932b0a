"""The auditor on ledgers: what holds, and that whatever is changed is found and named."""

import ast
import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.ledger import recorded

from charter.ledger import auditor
from charter.ledger.auditor import FAILS, HOLDS, UNCHECKED, Trust, audit_file, key_of_text
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.tlog.checkpoint import Checkpoint
from charter.ledger.tlog.note import (
    COSIGNATURE,
    Key,
    Note,
    format_note,
    format_vkey,
    parse_note,
    sign_text,
)

RECORDS = 287
NOW = recorded.START.timestamp() + 7200


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A ledger of 287 records: a full tile, a partial one, checkpoints of 143 and 287."""
    folder = tmp_path_factory.mktemp("ledger")
    file, key = recorded.signed_ledger(folder, 280)
    return file, key


@pytest.fixture
def copy(kept, tmp_path):
    file = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], file)
    return file


def trusting(key, **changed):
    return Trust((key_of_text(key.vkey),), now=NOW, **changed)


def change(file, *statements):
    with sqlite3.connect(file) as connection:
        for statement, *values in statements:
            connection.execute(statement, values)
    connection.close()


def index_of(report):
    return report.first and report.first.index


def test_a_ledger_as_it_was_written_holds(kept):
    report = audit_file(kept[0], trusting(kept[1], max_age=7200))
    assert report.states == dict.fromkeys(auditor.ASPECTS, HOLDS)
    assert report.records == report.signed == RECORDS
    with open_ledger(kept[0], create=False) as ledger:
        assert report.root == ledger.head().root.hex()


def test_it_needs_nothing_but_the_standard_library(kept, tmp_path):
    source = Path(auditor.__file__).read_text(encoding="utf-8")
    names = {
        name
        for node in ast.walk(ast.parse(source))
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    alone = tmp_path / "auditor.py"
    alone.write_text(source, encoding="utf-8")
    command = [sys.executable, "-I", str(alone), str(kept[0]), "--key", kept[1].vkey]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "integrity    holds" in done.stdout


def test_it_writes_nothing_and_reads_from_a_folder_that_cannot_be_written(kept, tmp_path):
    folder = tmp_path / "medium"
    folder.mkdir()
    file = folder / "ledger.sqlite"
    shutil.copy(kept[0], file)
    file.chmod(0o444)
    folder.chmod(0o555)
    try:
        assert audit_file(file, trusting(kept[1])).ok
        assert [each.name for each in folder.iterdir()] == ["ledger.sqlite"]
    finally:
        folder.chmod(0o755)


def test_a_ledger_that_is_being_written_is_read_as_of_one_moment(tmp_path):
    file, key = recorded.signed_ledger(tmp_path, 20)
    with open_ledger(file) as ledger:
        ledger.append(recorded.started("s_two"), recorded.decided("s_two", 1))
        assert file.with_name("ledger.sqlite-wal").stat().st_size
        report = audit_file(file, trusting(key))
    assert report.ok
    assert report.records == 24
    assert "2 records are not signed yet" in report.notes


def test_without_a_key_it_says_what_that_leaves_open(kept):
    report = audit_file(kept[0], Trust(now=NOW))
    assert report.ok
    assert any("no key was given" in note for note in report.notes)


@pytest.mark.parametrize("name", ["other", recorded.ORIGIN])
def test_another_key_has_not_signed(kept, tmp_path, name):
    other = LogKey.create(tmp_path / "k", name)
    report = audit_file(kept[0], trusting(other))
    assert report.states["integrity"] == FAILS
    assert report.signed is None


# What is changed is found, and the first bad record named


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_of_a_body_or_digest(kept, copy, data):
    index = data.draw(st.integers(1, RECORDS))
    column = data.draw(st.sampled_from(["body", "digest", "kind", "run", "key"]))
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        query = f'SELECT {column} FROM records WHERE "index" = ?'  # noqa: S608
        text = connection.execute(query, (index,)).fetchone()[0].encode()
        at = data.draw(st.integers(0, len(text) - 1))
        byte = text[at] ^ data.draw(st.integers(1, 255))
        changed = text[:at] + bytes([byte]) + text[at + 1 :]
        update = f'UPDATE records SET {column} = CAST(? AS TEXT) WHERE "index" = ?'  # noqa: S608
        try:
            connection.execute(update, (changed, index))
            other = True
        except sqlite3.IntegrityError:  # the key of another record: the file refuses it
            other = False
    connection.close()
    assume(other)
    report = audit_file(copy, trusting(kept[1]))
    assert report.states["integrity"] == FAILS
    assert index_of(report) == index


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 8191), bits=st.integers(1, 255))
def test_any_byte_of_a_tile(kept, copy, at, bits):
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        query = "SELECT hashes FROM tiles"
        data = bytearray(connection.execute(query).fetchone()[0])
        data[at] ^= bits
        update = "UPDATE tiles SET hashes = ?"
        connection.execute(update, (bytes(data),))
    connection.close()
    report = audit_file(copy, trusting(kept[1]))
    assert index_of(report) == at // 32 + 1
    assert "its hash in tile" in report.first.what
    assert report.states["consistency"] == HOLDS


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_of_head_and_checkpoints(kept, copy, data):
    shutil.copy(kept[0], copy)
    table, column = data.draw(st.sampled_from([("head", "root"), ("checkpoints", "note")]))
    with sqlite3.connect(copy) as connection:
        row, value = connection.execute(
            f"SELECT rowid, {column} FROM {table} ORDER BY rowid DESC LIMIT 1"  # noqa: S608
        ).fetchone()
        at = data.draw(st.integers(0, len(value) - 1))
        changed = bytearray(value)
        changed[at] ^= data.draw(st.integers(1, 255))
        update = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608
        connection.execute(update, (bytes(changed), row))
    connection.close()
    report = audit_file(copy, trusting(kept[1]))
    assert report.states["integrity"] == FAILS
    assert "head" in report.findings[0].what or "checkpoint" in report.findings[0].what


@pytest.mark.parametrize("size", [0, 5, RECORDS - 1, RECORDS + 1, 10**15, -1, "x", None])
def test_another_size_of_the_head(kept, copy, size):
    change(copy, ("PRAGMA ignore_check_constraints = ON",))
    with sqlite3.connect(copy) as connection:
        connection.execute("CREATE TABLE other (id INTEGER, size, root)")
        connection.execute("INSERT INTO other SELECT id, ?, root FROM head", (size,))
        connection.execute("DROP TABLE head")
        connection.execute("ALTER TABLE other RENAME TO head")
    connection.close()
    assert audit_file(copy, trusting(kept[1])).states["integrity"] == FAILS


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.integers(1, RECORDS), count=st.integers(1, 20))
def test_records_taken_out(kept, copy, first, count):
    shutil.copy(kept[0], copy)
    change(
        copy,
        (
            'DELETE FROM records WHERE "index" >= ? AND "index" < ?',
            first,
            first + count,
        ),
    )
    report = audit_file(copy, trusting(kept[1]))
    assert index_of(report) == first
    assert "is missing" in report.first.what
    assert report.states["consistency"] == FAILS


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=st.integers(1, RECORDS - 1), data=st.data())
def test_records_that_changed_places(kept, copy, one, data):
    two = data.draw(st.integers(one + 1, RECORDS))
    shutil.copy(kept[0], copy)
    move = 'UPDATE records SET "index" = ? WHERE "index" = ?'
    change(copy, (move, 10**6, one), (move, one, two), (move, two, 10**6))
    report = audit_file(copy, trusting(kept[1]))
    assert report.states["integrity"] == FAILS
    first = report.first
    assert first.index <= one <= (first.last or first.index)


def test_a_record_put_in_at_the_end(kept, copy):
    change(
        copy,
        (
            """INSERT INTO records SELECT "index" + 1, kind, run, NULL, body, digest, thread
            FROM records ORDER BY "index" DESC LIMIT 1""",
        ),
    )
    report = audit_file(copy, trusting(kept[1]))
    assert index_of(report) == RECORDS + 1


def rebuilt(kept, tmp_path, alter, upto=None):
    """Write the ledger anew with other records, its tree and tiles right, without the key."""
    file = tmp_path / "anew.sqlite"
    with open_ledger(kept[0], create=False) as old, open_ledger(file) as new:
        entries = [entry for _, entry in old.read_any()]
        new.append(*alter(entries)[:upto])
        for size, note in old.store.checkpoint(143), old.store.checkpoint():
            new.store.save_checkpoint(size, note)
    return file


def softened(records):
    return [replace(r, effect="flag") if n == 200 else r for n, r in enumerate(records, 1)]


def test_a_tree_built_anew_without_the_key_contradicts_what_was_signed(kept, tmp_path):
    report = audit_file(rebuilt(kept, tmp_path, softened), trusting(kept[1]))
    assert report.states["integrity"] == report.states["consistency"] == FAILS
    assert (report.first.index, report.first.last) == (144, RECORDS)  # between the checkpoints


def test_a_tree_built_anew_is_right_in_itself_where_nobody_has_the_key(kept, tmp_path):
    """What docs/ledger.md says a ledger alone cannot prove."""
    file = rebuilt(kept, tmp_path, softened)
    change(file, ("DELETE FROM checkpoints",))
    assert audit_file(file, Trust(now=NOW)).ok
    assert not audit_file(file, trusting(kept[1])).ok


def test_a_tail_cut_off_with_everything_that_tells_of_it(kept, tmp_path):
    """Only what others keep shows it: an earlier checkpoint, the age, a witness."""
    file = rebuilt(kept, tmp_path, lambda records: records, 200)
    change(file, ("DELETE FROM checkpoints WHERE size > 200",))
    with open_ledger(kept[0], create=False) as ledger:
        newest = ledger.store.checkpoint()[1]
    assert audit_file(file, trusting(kept[1])).ok
    earlier = audit_file(file, trusting(kept[1], earlier=(("kept.note", newest),)))
    assert earlier.states["consistency"] == FAILS
    assert index_of(earlier) == 201
    assert audit_file(file, trusting(kept[1], max_age=60)).states["freshness"] == FAILS


def test_an_earlier_checkpoint_must_be_signed(kept, tmp_path):
    other = LogKey.create(tmp_path / "k", recorded.ORIGIN)
    note = other.note(auditor_head(kept[0]))
    with pytest.raises(auditor.Unreadable, match="proves nothing"):
        audit_file(kept[0], trusting(kept[1], earlier=(("f", note),)))
    with pytest.raises(auditor.Unreadable, match="f: "):
        audit_file(kept[0], trusting(kept[1], earlier=(("f", b"x"),)))


def auditor_head(file):
    with open_ledger(file, create=False) as ledger:
        return Checkpoint(recorded.ORIGIN, *ledger.head())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 10**9), bits=st.integers(1, 255))
def test_any_byte_of_the_file_ends_in_a_verdict_or_one_line(kept, copy, at, bits):
    """Free room and statistics of the file may change; nothing else may, and nothing crashes."""
    data = bytearray(kept[0].read_bytes())
    data[at % len(data)] ^= bits
    copy.write_bytes(data)
    try:
        report = audit_file(copy, trusting(kept[1]))
    except auditor.Unreadable:
        return
    if report.ok:
        with sqlite3.connect(copy) as changed, sqlite3.connect(kept[0]) as old:
            query = 'SELECT * FROM records NOT INDEXED ORDER BY "index"'
            assert list(changed.execute(query)) == list(old.execute(query))


# Completeness


def audited(tmp_path, *records):
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.append(*records)
    return audit_file(tmp_path / "l.sqlite", Trust(now=NOW))


def test_a_decision_that_was_never_recorded_shows(tmp_path):
    records = recorded.service("s", 10)
    report = audited(tmp_path, *records[:4], *records[5:])
    assert report.states["integrity"] == HOLDS
    assert report.states["completeness"] == FAILS
    assert "sequence 5 where 4 is due" in str(report.findings[0])


def test_decisions_missing_at_the_end_show_in_the_counters(tmp_path):
    records = recorded.service("s", 10)
    report = audited(tmp_path, *records[:-2], records[-1])
    assert report.states["completeness"] == FAILS
    assert "counts 10 decisions, but 9" in str(report.findings[0])


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([recorded.decided("s", 1)], "whose start is not recorded"),
        ([recorded.started("s"), recorded.decided("s", 1, policy="p")], "has not said it serves"),
        ([recorded.started("s"), recorded.counted("s", 2, 0)], "counts are missing"),
        ([recorded.started("s"), recorded.counted("s", 1, 0, answered=1, received=1)], "answered"),
        ([recorded.started("s"), recorded.counted("s", 1, 0, refused=1)], "more ends"),
        (
            [
                recorded.started("s"),
                recorded.counted("s", 1, 0, received=2),
                recorded.counted("s", 2, 0, received=1),
            ],
            "less than the count before",
        ),
        (
            [
                recorded.started("s"),
                recorded.counted("s", 1, 0, last=True),
                recorded.decided("s", 1),
            ],
            "with which its service ended",
        ),
        ([recorded.started("s"), recorded.served("s", 2, "p")], "has number 2 where 1 is due"),
    ],
)
def test_services_must_add_up(tmp_path, records, words):
    report = audited(tmp_path, *records)
    assert report.states["completeness"] == FAILS
    assert words in str(report.findings[0])


def test_a_service_without_an_end_is_named(tmp_path):
    report = audited(tmp_path, *recorded.service("s", 4)[:-1])
    assert report.ok
    assert any("service s has no orderly end" in note for note in report.notes)


def test_several_services_at_once(tmp_path):
    one, two = recorded.service("s_1", 30, every=7), recorded.service("s_2", 30, every=11)
    mixed = [each for pair in zip(one, two, strict=False) for each in pair]
    rest = one[len(two) :] + two[len(one) :]
    assert audited(tmp_path, *mixed, *rest).states["completeness"] == HOLDS


def test_a_ledger_without_services_is_not_checked_for_them(tmp_path):
    report = audited(tmp_path)
    assert report.ok
    assert report.records == 0
    assert report.states["completeness"] == UNCHECKED


# Freshness and witnesses


@pytest.mark.parametrize(("limit", "state"), [(None, UNCHECKED), (6000, FAILS), (7000, HOLDS)])
def test_the_age_of_what_is_signed(kept, limit, state):
    assert audit_file(kept[0], trusting(kept[1], max_age=limit)).states["freshness"] == state


def witnessed(kept, tmp_path, time, *names):
    """Return the ledger with a newest checkpoint that witnesses cosigned, and their keys."""
    file = tmp_path / "witnessed.sqlite"
    shutil.copy(kept[0], file)
    keys = []
    with open_ledger(file) as ledger:
        size, data = ledger.store.checkpoint()
        note = parse_note(data)
        lines = list(note.signatures)
        for name in names:
            made = LogKey.create(tmp_path / name, name)
            key = Key(name, COSIGNATURE, made.key.public)
            lines.append(sign_text(note.text, key, made.sign, time=time))
            keys.append(key_of_text(format_vkey(key)))
        ledger.store.save_checkpoint(size, format_note(Note(note.text, tuple(lines))))
    return file, keys


def test_witnesses_vouch_for_consistency_and_time(kept, tmp_path):
    file, keys = witnessed(kept, tmp_path, int(NOW) - 5, "w1", "w2")
    report = audit_file(file, trusting(kept[1], witnesses=tuple(keys), max_age=10))
    assert report.states == dict.fromkeys(auditor.ASPECTS, HOLDS)


def test_a_witness_that_is_missing_or_wrong(kept, tmp_path):
    file, keys = witnessed(kept, tmp_path, int(NOW), "w1")
    other = keys[0]._replace(name="w9")
    missing = trusting(kept[1], witnesses=(*keys, other))
    assert audit_file(file, missing).states["consistency"] == FAILS
    assert audit_file(file, missing._replace(quorum=1)).ok
    with open_ledger(file) as ledger:
        size, data = ledger.store.checkpoint()
        note = parse_note(data)
        bad = note.signatures[-1]
        value = bad.value[:-1] + bytes([bad.value[-1] ^ 1])
        lines = (*note.signatures[:-1], type(bad)(bad.name, bad.key_id, value))
        ledger.store.save_checkpoint(size, format_note(Note(note.text, lines)))
    report = audit_file(file, trusting(kept[1], witnesses=tuple(keys)))
    assert "does not hold" in str(report.findings[0])


# Files that are none, and the command line


@pytest.mark.parametrize(
    "content", [b"", b"x" * 100, b"{}", b"[" * 10**6, b"SQLite format 3\0junk"]
)
def test_files_that_are_no_ledger(tmp_path, content):
    file = tmp_path / "f"
    file.write_bytes(content)
    with pytest.raises(auditor.Unreadable):
        audit_file(file, Trust())


def test_another_database_is_no_ledger(tmp_path):
    change(tmp_path / "f", ("CREATE TABLE t (a)",))
    with pytest.raises(auditor.Unreadable, match="no ledger that this auditor reads"):
        audit_file(tmp_path / "f", Trust())


def test_exit_codes(kept, copy, capsys, tmp_path):
    key = kept[1].vkey
    assert auditor.main([str(kept[0]), "--key", key]) == 0
    (tmp_path / "vkey").write_text(key + "\n")
    assert auditor.main([str(kept[0]), "--key", str(tmp_path / "vkey"), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out.partition("{")[2].join(["{", ""]))
    assert shown["integrity"] == "holds"
    change(copy, ('DELETE FROM records WHERE "index" = 3',))
    assert auditor.main([str(copy), "--key", key]) == 1
    assert "first bad record: record 3 is missing" in capsys.readouterr().out
    assert auditor.main([str(tmp_path / "none")]) == 3
    for bad in (["--key", "a+b+c"], ["--max-age", "1y"], ["--key", "nowhere"]):
        with pytest.raises(SystemExit) as end:
            auditor.main([str(kept[0]), *bad])
        assert end.value.code == 2


def test_a_ledger_of_the_first_version_is_read(tmp_path):
    file = tmp_path / "old.sqlite"
    change(
        file,
        (
            """CREATE TABLE records ("index" INTEGER PRIMARY KEY, kind TEXT, run TEXT,
            key TEXT UNIQUE, body TEXT, digest TEXT)""",
        ),
        ("PRAGMA user_version = 1",),
        (
            "INSERT INTO records VALUES (1, 'RunFinished', 'r', 'RunFinished/r', ?, ?)",
            '{"run":"r"}',
            "0" * 64,
        ),
    )
    report = audit_file(file, Trust())
    assert report.first.what == "does not match its digest"
    assert any("without a tree" in note for note in report.notes)


def test_one_checkpoint_shows_nothing_about_before(tmp_path):
    key = LogKey.create(tmp_path / "k", recorded.ORIGIN)
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.append(recorded.started("s"))
        checkpoint(ledger, key)
    report = audit_file(tmp_path / "l.sqlite", trusting(key))
    assert (report.ok, report.states["consistency"]) == (True, UNCHECKED)


def page_of(file, table):
    """Return where the first page of a table begins, and how large pages are."""
    with sqlite3.connect(file) as connection:
        find = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (root,) = connection.execute(find, (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    return (root - 1) * size, size


@pytest.mark.parametrize("table", ["checkpoints", "head", "tiles", "records"])
def test_a_damaged_page_is_a_finding_and_no_end(kept, copy, table):
    start, size = page_of(copy, table)
    with copy.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * size)
    report = audit_file(copy, trusting(kept[1]))
    assert not report.ok
    assert any("damaged" in line or "malformed" in line for line in report.lines())


def test_a_reader_that_goes_away_is_no_error(kept):
    command = f"{sys.executable} {auditor.__file__} {kept[0]} --key {kept[1].vkey} | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""
