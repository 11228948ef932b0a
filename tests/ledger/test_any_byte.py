"""Whatever is changed in a ledger's file is found, or named here with the reason why it is not.

Tables and columns come from the schema, so that a new one is asked about too.
"""

import hashlib
import random
import re
import shutil
import sqlite3
from collections import Counter

import pytest
from tests.ledger import recorded
from tests.ledger.test_evidence import approval
from tests.ledger.test_vault import MASTER

from charter.cli.verify import _opener, _quick
from charter.ledger.auditor import APART, TABLES, Trust, Unreadable, audit_file, key_of_text
from charter.ledger.erasure import erase, expire, lift, place
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.vault import Vault
from charter.records.stop import StopLifted, StopOrdered

WHO = {"by": "Ada", "reason": "asked for it"}
EVERY = 40
"""Records between two checkpoints."""

FOUND, NOTED, UNSEEN = "found", "noted", "unseen"

ALLOWED = {
    ("checkpoints", "row"): (NOTED, UNSEEN),  # what it signed, every later one signs too
    ("payloads", "row"): (NOTED,),  # a gateway may have ended before it kept one
    ("payloads", "at"): (NOTED, UNSEEN),  # a day apart from its record it is noted
}
"""What may be anything else than found: docs/ledger.md says why."""
OF_NOBODY = ("subject_keys", "sub_without_payload")
"""The key of a subject without payloads opens nothing: no proof is about it."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A ledger with everything that one may hold: its file, key and master key."""
    folder = tmp_path_factory.mktemp("ledger")
    file = folder / "ledger.sqlite"
    key = LogKey.create(folder / "log.key", recorded.ORIGIN)
    with open_ledger(file) as ledger:
        vault = Vault(ledger.store, MASTER)
        records = recorded.service("s_one", 280)
        for at, record in enumerate(records):
            if at % EVERY == 0:
                checkpoint(ledger, key)
            if at % 20 != 3:
                ledger.append(record)
                continue
            subject = f"sub_{at % 3}"
            sealed = vault.seal(subject, {"text": f"said {at}"}, record.at)
            named = recorded.decided(
                "s_one", record.sequence, payload=sealed.id, subject=subject, at=record.at
            )
            ledger.append(named, payloads=[sealed])
        ledger.append(*approval())
        ledger.append(StopOrdered("stop_1", recorded.at(300), "all", "", "Ada", "why"))
        ledger.append(StopLifted("stop_1", recorded.at(301), "Ada", "over"))
        place(ledger, "sub_1", **WHO, at=recorded.at(302))
        expire(ledger, vault, recorded.at(60), at=recorded.at(303))
        lift(ledger, "sub_1", **WHO, at=recorded.at(304))
        erase(ledger, vault, "sub_2", **WHO, basis="GDPR Art. 17", at=recorded.at(305))
        vault.seal("sub_without_payload", {}, recorded.at(306))
        checkpoint(ledger, key)
    return file, key


@pytest.fixture
def master(tmp_path):
    file = tmp_path / "master.key"
    file.write_text(MASTER_TEXT)
    file.chmod(0o600)
    return file


MASTER_TEXT = "charter-master-key/v1\nbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=\n"


@pytest.fixture
def trust(kept, master):
    now = recorded.START.timestamp() + 7200
    key = key_of_text(kept[1].vkey)
    return Trust((key,), now=now, verify=_quick, opens=_opener(master))


def verdict(file, trust, before=()):
    try:
        report = audit_file(file, trust)
    except Unreadable:
        return FOUND
    if not report.ok:
        return FOUND
    return NOTED if list(report.notes) != list(before) else UNSEEN


def tables_of(file):
    """Return the columns of every table, and which of them tell its rows apart."""
    with sqlite3.connect(file) as connection:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        found = {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            for name in names
        }
    connection.close()
    return found


def loosened(file):
    """Open a file whose schema forbids nothing; `tightened` puts it back as it was."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    for name, sql in kept:
        free = re.sub(r" NOT NULL(?! PRIMARY)| CHECK \(id = 1\)", "", sql)
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (free, name))
    connection.close()
    return sqlite3.connect(file, isolation_level=None), kept


def tightened(connection, kept):
    connection.execute("PRAGMA writable_schema = ON")
    for name, sql in kept:
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))
    connection.close()


def values_for(value, draw):
    """Yield other values than the one that is there, of every type."""
    raw = value if isinstance(value, bytes) else str(value).encode()
    if isinstance(value, (bytes, str)) and raw:
        for at in {0, len(raw) - 1, draw.randrange(len(raw))}:
            flipped = bytearray(raw)
            flipped[at] ^= 1 << draw.randrange(7)
            yield bytes(flipped) if isinstance(value, bytes) else flipped.decode()
        yield value[:-1]
        yield value * 2
        yield raw.decode("latin-1") if isinstance(value, bytes) else raw
    if isinstance(value, int):
        yield from (value + 1, value - 1, -value - 1, value + 10**9, str(value) + "x")
    yield from (None, b"", "", "other", 7.5)


def changed(file, copy, table, rowid, change, values=()):  # noqa: PLR0917 - one change
    """Make one change to a copy; return whether the file took it as a change."""
    shutil.copy(file, copy)
    connection, schema = loosened(copy)
    before = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608
    try:
        connection.execute(change, (*values, rowid))
    except sqlite3.IntegrityError:  # a key that is there already, or no whole number
        connection.close()
        return False
    after = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608
    tightened(connection, schema)
    return before != after


def changes_of(file, table, columns, draw):
    """Yield (column or what, row, statement, values) for what may be done to a table."""
    with sqlite3.connect(file) as connection:
        rows = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608
        info = connection.execute(f"PRAGMA table_info({table})").fetchall()
    connection.close()
    keys = {row[1] for row in info if row[5]}
    picked = {rows[0], rows[-1], *draw.sample(rows, min(len(rows), 2))}
    for rowid, *row in sorted(picked):
        for column, value in zip(columns, row, strict=True):
            for other in values_for(value, draw):
                update = f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?'  # noqa: S608
                yield column, rowid, update, (other,)
            if column not in keys:
                continue
            for other in (None, -1, 10**6, "other"):
                copied = ", ".join(
                    "?" if name == column else "NULL" if name == "key" else f'"{name}"'
                    for name in columns
                )
                insert = f"INSERT INTO {table} SELECT {copied} FROM {table} WHERE rowid = ?"  # noqa: S608
                yield "copy", rowid, insert, (other,)
        yield "row", rowid, f"DELETE FROM {table} WHERE rowid = ?", ()  # noqa: S608


def is_excused(file, table, what, rowid, found):
    if table == OF_NOBODY[0]:
        with sqlite3.connect(file) as connection:
            find = "SELECT subject FROM subject_keys WHERE rowid = ?"
            subject = connection.execute(find, (rowid,)).fetchone()[0]
        connection.close()
        return what == "copy" or subject == OF_NOBODY[1]
    return found in ALLOWED.get((table, what), ())


@pytest.mark.slow
@pytest.mark.parametrize(
    "table", ["records", "head", "tiles", "checkpoints", "payloads", "subject_keys"]
)
def test_any_value_of_any_column(kept, trust, tmp_path, table):
    draw = random.Random(table)  # the same changes every time
    before = audit_file(kept[0], trust).notes
    missed, seen = Counter(), Counter()
    columns = tables_of(kept[0])[table]
    for what, rowid, statement, values in changes_of(kept[0], table, columns, draw):
        if not changed(kept[0], tmp_path / "copy.sqlite", table, rowid, statement, values):
            continue
        found = verdict(tmp_path / "copy.sqlite", trust, before)
        if found == FOUND:
            seen[what] += 1
        elif not is_excused(kept[0], table, what, rowid, found):
            missed[what, rowid, repr(values)[:60], found] += 1
    assert not missed
    assert set(seen) >= set(columns)


def test_no_table_is_forgotten(kept):
    tables = tables_of(kept[0])
    (asked,) = (mark.args[1] for mark in test_any_value_of_any_column.pytestmark if mark.args)
    assert sorted(tables) == sorted(asked)
    assert {table: " ".join(columns) for table, columns in tables.items()} == TABLES


def test_the_ledger_itself_holds(kept, trust, tmp_path):
    report = audit_file(kept[0], trust)
    assert report.ok, list(report.lines())
    assert not [note for note in report.notes if "payload" in note], report.notes
    same = "UPDATE head SET size = size WHERE rowid = ?"
    assert not changed(kept[0], tmp_path / "copy.sqlite", "head", 1, same)
    assert verdict(tmp_path / "copy.sqlite", trust, report.notes) == UNSEEN


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["DROP TABLE {}", "DELETE FROM {}"])
def test_a_table_that_is_gone(kept, trust, tmp_path, table, statement):
    copy = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        connection.execute(statement.format(table))
    connection.close()
    found = verdict(copy, trust, audit_file(kept[0], trust).notes)
    assert found == (NOTED if table in APART else FOUND)


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 1",
        "CREATE TRIGGER t AFTER INSERT ON payloads BEGIN DELETE FROM payloads; END",
        "CREATE VIEW v AS SELECT * FROM records",
        "CREATE TABLE other (a)",
        "CREATE VIRTUAL TABLE words USING fts5(a)",
        "ALTER TABLE records ADD COLUMN other",
        "ALTER TABLE payloads RENAME COLUMN at TO kept",
    ],
)
def test_a_schema_of_others(kept, trust, tmp_path, statement):
    copy = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        connection.execute(statement)
    connection.close()
    assert verdict(copy, trust) == FOUND


def test_a_version_without_a_tree_is_signed_by_nobody(kept, trust, tmp_path):
    """Who takes out the tree and says that there was none has taken out what is signed."""
    copy = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        for table in set(TABLES) - {"records"}:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP INDEX records_by_thread")
        connection.execute("ALTER TABLE records DROP COLUMN thread")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    report = audit_file(copy, trust)
    assert not report.ok
    assert any("holds nothing that is signed" in str(each) for each in report.findings)


def test_a_payload_changed_with_its_digest(kept, trust, tmp_path):
    """Without the master key nobody can tell; with it, it does not open."""
    copy = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        id_, blob = connection.execute("SELECT id, blob FROM payloads").fetchone()
        blob = blob[:-1] + bytes([blob[-1] ^ 1])
        values = (blob, hashlib.sha256(blob).hexdigest(), id_)
        connection.execute("UPDATE payloads SET blob = ?, digest = ? WHERE id = ?", values)
    connection.close()
    report = audit_file(copy, trust)
    assert f"payload {id_} cannot be opened" in str(report.findings[0])
    assert audit_file(copy, trust._replace(opens=None)).ok


@pytest.mark.parametrize(("days", "words"), [(0, None), (3, "dated a day or more apart")])
def test_a_payload_that_is_dated_anew(kept, trust, tmp_path, days, words):
    copy = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        at = recorded.at(days * 86_400 + 70)
        connection.execute("UPDATE payloads SET at = ?", (at,))
    connection.close()
    notes = " ".join(audit_file(copy, trust).notes)
    assert words in notes if words else "dated" not in notes


@pytest.mark.parametrize("at", ["9999-99-99T99:99:99.999Z", "2026-02-30T00:00:00.000Z"])
def test_a_payload_of_a_day_that_never_comes(kept, trust, tmp_path, at):
    """Retention compares texts: it would keep such a payload for ever, or for too long."""
    copy = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE payloads SET at = ?", (at,))
    connection.close()
    assert "no time from which retention could count" in str(audit_file(copy, trust).findings[0])


def test_a_payload_that_was_taken_out_is_noted_with_its_record(kept, trust, tmp_path):
    copy = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], copy)
    with sqlite3.connect(copy) as connection:
        (last,) = connection.execute("SELECT max(id) FROM payloads").fetchone()
        connection.execute("DELETE FROM payloads WHERE id = ?", (last,))
        find = """SELECT "index" FROM records WHERE json_extract(body, '$.payload') = ?"""
        (index,) = connection.execute(find, (last,)).fetchone()
    connection.close()
    notes = " ".join(audit_file(copy, trust).notes)
    assert f"1 payloads that records name, first of record {index}, are not there" in notes
