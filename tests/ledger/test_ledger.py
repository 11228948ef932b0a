"""The ledger keeps what was appended, once, and notices when it was changed."""

import sqlite3
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import LedgerError, LedgerTampered, LedgerUnavailable
from charter.ledger.ledger import Ledger, canonical, digest_of_body
from charter.ledger.store import Entry
from charter.ledger.stores import sql
from charter.ledger.stores.sqlite import open_store
from charter.ledger.tlog.merkle import verify_consistency, verify_inclusion
from charter.ledger.tlog.tile import Tile, crown, unpack
from charter.records.record import RECORDS, key_of
from charter.records.run import CallMade, ReplyFailed, ReplyRecorded, RunFinished


def reply(scenario: str = "s", text: str = "hello", epoch: int = 0) -> ReplyRecorded:
    calls = (CallMade("send_email", '{"to": "a@example.com"}'),)
    return ReplyRecorded("r", scenario, epoch, text, "stop", calls, 3, 4, 5, 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "ledger.sqlite"


def test_records_come_back_in_order(path):
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(reply("a"), reply("b"))
        ledger.append(reply("c"))
    with Ledger(open_store(str(path))) as ledger:
        assert [r.scenario for r in ledger.read(ReplyRecorded)] == ["a", "b", "c"]
        assert next(ledger.read(ReplyRecorded)) == reply("a")


def test_reading_filters_by_run_and_kind(path):
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(reply(), ReplyFailed("other", "s", 0, "BadModelReply", "no choices"))
        assert not list(ledger.read(ReplyRecorded, run="other"))
        assert len(list(ledger.read(ReplyFailed, run="other"))) == 1


def test_a_fact_is_recorded_once(path):
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(reply())
        with pytest.raises(LedgerError, match="already holds ReplyRecorded/r/s/0"):
            ledger.append(reply("new"), reply())
        assert [r.scenario for r in ledger.read(ReplyRecorded)] == ["s"], "all or none"


def test_a_fact_that_comes_twice_at_once_is_named(path):
    with (
        Ledger(open_store(str(path))) as ledger,
        pytest.raises(LedgerError, match="already holds ReplyRecorded/r/b/0"),
    ):
        ledger.append(reply("a"), reply("b"), reply("b"))


def test_a_failure_may_be_recorded_again(path):
    failed = ReplyFailed("r", "s", 0, "BadModelReply", "no choices")
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(failed)
        ledger.append(failed)
        assert len(list(ledger.read(ReplyFailed))) == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET body = replace(body, 'hello', 'hullo')",
        "UPDATE records SET digest = 'ff'",
    ],
)
def test_a_changed_record_is_noticed(path, change):
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(reply("a", "bye"), reply("b", "hello"))
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(LedgerTampered) as caught, Ledger(open_store(str(path))) as ledger:
        list(ledger.read(ReplyRecorded))
    assert caught.value.index in (1, 2)


def test_a_record_of_another_shape_is_refused(path):
    body = '{"run":"r"}'
    store = open_store(str(path))
    store.append([Entry("ReplyRecorded", "r", None, body, digest_of_body(body))])
    store.append([Entry("Unheard", "r", None, body, digest_of_body(body))])
    with Ledger(store) as ledger:
        with pytest.raises(LedgerTampered, match="is no ReplyRecorded that this version reads"):
            list(ledger.read(ReplyRecorded))
        with pytest.raises(LedgerTampered, match="of no kind that this version knows"):
            ledger.get(2)


def test_a_file_that_is_no_database_says_so(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database at all " * 100)
    with pytest.raises(LedgerUnavailable, match="not a database"):
        open_store(str(path))


def test_a_ledger_of_the_future_is_refused(path):
    open_store(str(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LedgerUnavailable, match="schema 99"):
        open_store(str(path))


def test_a_missing_ledger_is_not_made_by_reading(path):
    with pytest.raises(LedgerUnavailable, match="no such ledger"):
        open_store(str(path), create=False)
    assert not path.exists()


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(LedgerUnavailable):
        open_store(str(tmp_path / "file" / "ledger.sqlite"))


def test_a_full_disk_loses_nothing_recorded(path, monkeypatch):
    store = open_store(str(path))
    connect = store._connect

    def small(mode):
        connection = connect(mode)
        connection.execute(f"PRAGMA max_page_count = {path.stat().st_size // 4096}")
        return connection

    with Ledger(store) as ledger:
        ledger.append(reply("kept"))
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        store._idle.pop().close()
        monkeypatch.setattr(store, "_connect", small)
        with pytest.raises(LedgerUnavailable, match=r"full.*free some space"):
            ledger.append(reply("lost", "x" * 100_000))
        assert [r.scenario for r in ledger.read(ReplyRecorded)] == ["kept"]
        store.close()
        monkeypatch.undo()
        ledger.append(reply("found"))
        assert ledger.check().size == 2


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_survives(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("ledger") / "l.sqlite"
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(reply("s", text))
        assert next(ledger.read(ReplyRecorded)).text == text


def test_canonical_json_sorts_and_keeps_characters():
    assert canonical({"b": [1, True, None], "a": "é"}) == '{"a":"é","b":[1,true,null]}'


def test_no_record_holds_a_float():
    def types(kind):
        for field in fields(kind):
            yield str(field.type)
            if is_dataclass(field.type):
                yield from types(field.type)

    assert not [kind for record in RECORDS for kind in types(record) if "float" in kind]


def test_every_record_but_failures_has_a_key():
    assert key_of(reply()) == "ReplyRecorded/r/s/0"
    assert key_of(ReplyFailed("r", "s", 0, "E", "m")) is None


def numbered(count, start=0):
    return [reply(f"s{start + at}") for at in range(count)]


def test_several_kinds_come_in_one_order(path):
    failed = ReplyFailed("r", "s", 0, "E", "m")
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(reply("a"), failed, reply("b"), failed)
        both = list(ledger.read_any([ReplyFailed, ReplyRecorded]))
        assert [index for index, _ in both] == [1, 2, 3, 4]
        assert both == list(ledger.read_any())
        newest = list(ledger.read_any([ReplyFailed, ReplyRecorded], newest=True, limit=3))
        assert newest == both[:0:-1]
        assert list(ledger.read_any([ReplyFailed], after=2)) == [(4, failed)]
        assert list(ledger.read(ReplyRecorded, newest=True, limit=1)) == [reply("b")]
        assert not list(ledger.read(ReplyRecorded, thread="x"))
        assert ledger.get(3) == reply("b")
        assert ledger.get(5) is None


def test_what_comes_while_reading_is_left_for_the_next_time(path):
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(*numbered(1200))
        reading = ledger.read(ReplyRecorded)
        first = next(reading)
        ledger.append(*numbered(10, 1200))
        assert [first, *reading] == numbered(1200)
        assert list(ledger.read(ReplyRecorded, newest=True)) == numbered(1210)[::-1]


@pytest.mark.parametrize("near", [0, 1000])
def test_pages_have_no_seam(path, monkeypatch, near):
    monkeypatch.setattr(sql, "PAGE", 3)
    monkeypatch.setattr(sql, "NEAR", near)
    with Ledger(open_store(str(path))) as ledger:
        for count in range(1, 8):
            ledger.append(*numbered(count, 10 * count))
        whole = list(ledger.read_any())
        assert [index for index, _ in whole] == list(range(1, 29))
        for limit in (1, 3, 4, 27, 28, 99):
            assert list(ledger.read_any(limit=limit)) == whole[:limit]
            assert list(ledger.read_any(newest=True, limit=limit)) == whole[::-1][:limit]
        assert list(ledger.read_any(after=5, limit=4)) == whole[5:9]
        failed = ReplyFailed("r", "s", 0, "E", "m")
        for at in range(5):
            ledger.append(*numbered(2, 100 + 2 * at), failed)
        whole = list(ledger.read_any())
        both = (ReplyFailed, ReplyRecorded)
        assert list(ledger.read_any(both)) == whole
        assert list(ledger.read_any(both, newest=True, limit=7)) == whole[::-1][:7]
        assert list(ledger.read_any(both, after=30)) == whole[30:]
        assert len(list(ledger.read_any((ReplyFailed, RunFinished)))) == 5
        assert not list(ledger.store.read(kinds=[]))


SIZES = (1, 2, 255, 256, 257, 511, 513, 700)


def test_every_record_has_a_proof_at_every_size(path):
    with Ledger(open_store(str(path))) as ledger:
        heads, done = {}, 0
        for size in SIZES:
            ledger.append(*numbered(size - done, done))
            heads[size], done = ledger.head().root, size
        leaves = [leaf.hash for leaf in ledger.store.digests(0, 700)]
        for size, root in heads.items():
            for index in {1, 2, 128, 255, 256, 257, 512, 513, 700, size}:
                if index <= size:
                    proof = ledger.inclusion(index, size)
                    assert verify_inclusion(leaves[index - 1], index - 1, size, proof, root)
            for old, old_root in heads.items():
                if old <= size:
                    proof = ledger.consistency(old, size)
                    assert verify_consistency(old, size, proof, old_root, root)
        assert ledger.inclusion(7) == ledger.inclusion(7, 700)
        assert ledger.consistency(7) == ledger.consistency(7, 700)
        for bad in (0, 701):
            with pytest.raises(ValueError, match="no leaf"):
                ledger.inclusion(bad)
        with pytest.raises(ValueError, match="no tile"):
            ledger.inclusion(1, 900)


def test_tiles_as_published(path):
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(*numbered(600))
        leaves = ledger.store.digests(0, 600)
        assert leaves[0].data == (
            f"charter-record/v1\n1\nReplyRecorded\n{leaves[0].digest}\n".encode()
        )
        hashes = [leaf.hash for leaf in leaves]
        assert ledger.tile(Tile(0, 1)) == b"".join(hashes[256:512])
        assert ledger.tile(Tile(0, 1, 5)) == b"".join(hashes[256:261])
        assert ledger.tile(Tile(0, 2, 88)) == b"".join(hashes[512:])
        assert ledger.tile(Tile(1, 0, 2)) == crown(b"".join(hashes[:256])) + crown(
            b"".join(hashes[256:512])
        )
        assert unpack(ledger.tile(Tile(None, 2, 88)), 88)[-1] == leaves[-1].data
        for missing in (Tile(0, 2, 89), Tile(None, 2), Tile(1, 0, 3), Tile(2, 0, 1)):
            with pytest.raises(ValueError, match="tile"):
                ledger.tile(missing)
