"""The ledger keeps what was appended, once, and notices when it was changed."""

import sqlite3
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import LedgerError, LedgerTampered, LedgerUnavailable
from charter.ledger.ledger import Ledger, body_of, canonical, digest_of_body
from charter.ledger.stores.sqlite import open_store
from charter.records.record import RECORDS, key_of
from charter.records.run import CallMade, ReplyFailed, ReplyRecorded


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
    with Ledger(open_store(str(path))) as ledger, pytest.raises(LedgerTampered) as caught:
        list(ledger.read(ReplyRecorded))
    assert caught.value.index in (1, 2)


def test_a_record_of_another_shape_is_refused(path):
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(reply())
    body = '{"run":"r"}'
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE records SET body = ?, digest = ?", (body, digest_of_body(body)))
    connection.close()
    with Ledger(open_store(str(path))) as ledger, pytest.raises(LedgerTampered, match="is no"):
        list(ledger.read(ReplyRecorded))


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


def test_a_full_disk_loses_nothing_recorded(path):
    with Ledger(open_store(str(path))) as ledger:
        ledger.append(reply("kept"))
    store = open_store(str(path))
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    @sa.event.listens_for(store._engine, "connect")
    def _limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    store._engine.dispose()
    with Ledger(store) as ledger:
        with pytest.raises(LedgerUnavailable, match=r"full.*free some space"):
            ledger.append(reply("lost", "x" * 100_000))
        assert [r.scenario for r in ledger.read(ReplyRecorded)] == ["kept"]


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


@given(st.text(max_size=30) | st.sampled_from(["\x00\x1f\x7f\u2028", "\ud800", 'a"\\/b']))
def test_records_have_one_canonical_form(text):
    record = ReplyFailed("run", text, 0, "Error", text)
    plain = canonical(asdict(record)).encode("utf-8", "replace").decode()
    assert body_of(record) == plain
