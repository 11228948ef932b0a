"""The checkpoints between the oldest and the newest are as they were signed, to the last byte."""

import shutil
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger import recorded

from charter.cli.verify import _quick
from charter.ledger import auditor
from charter.ledger.auditor import FAILS, HOLDS, Trust, audit_file, key_of_text
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from charter.ledger.tlog.note import (
    COSIGNATURE,
    Key,
    Note,
    format_note,
    format_vkey,
    parse_note,
    sign_text,
)

NOW = recorded.START.timestamp() + 7200
MANY = 12


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A ledger of twelve checkpoints; a witness cosigned the one in the middle."""
    folder = tmp_path_factory.mktemp("ledger")
    file = folder / "ledger.sqlite"
    key = LogKey.create(folder / "log.key", recorded.ORIGIN)
    witness = LogKey.create(folder / "witness.key", "w1")
    cosigner = Key("w1", COSIGNATURE, witness.key.public)
    with open_ledger(file) as ledger:
        for number, record in enumerate(recorded.service("s_one", MANY - 2)):
            ledger.append(record)
            note = parse_note(checkpoint(ledger, key))
            if number == MANY // 2:
                line = sign_text(note.text, cosigner, witness.sign, time=int(NOW))
                signed = format_note(Note(note.text, (*note.signatures, line)))
                ledger.store.save_checkpoint(number + 1, signed)
    return file, key, key_of_text(format_vkey(cosigner))


MIDDLE = MANY // 2 + 1


@pytest.fixture
def copy(kept, tmp_path):
    file = tmp_path / "copy.sqlite"
    shutil.copy(kept[0], file)
    return file


def trusting(kept, **changed):
    return Trust((key_of_text(kept[1].vkey),), **{"now": NOW, "verify": _quick, **changed})


def put(file, size, note):
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE checkpoints SET note = ? WHERE size = ?", (note, size))
    connection.close()


def note_of(file, size):
    with sqlite3.connect(file) as connection:
        find = "SELECT note FROM checkpoints WHERE size = ?"
        (note,) = connection.execute(find, (size,)).fetchone()
    connection.close()
    return note


@pytest.mark.parametrize("verify", [auditor.ed25519_holds, _quick])
def test_all_hold_as_they_were_signed(kept, verify):
    report = audit_file(kept[0], trusting(kept, verify=verify))
    assert report.ok
    assert report.states["consistency"] == HOLDS
    assert "1 signatures of checkpoints are by keys that were not given" in " ".join(report.notes)


def places(note):
    """Return where the parts of a note begin and end."""
    text = note.index(b"\n\n") + 1
    dash, value = note.index("\u2014".encode()), note.index(b" ", text + 5) + 1
    ends = note.index(b"\n", value)
    return {
        "text": (0, text),
        "empty line": (text, text + 1),
        "dash and name": (dash, value),
        "key id": (value, value + 5),
        "signature": (value + 6, ends),
        "line feed": (len(note) - 1, len(note)),
    }


@pytest.mark.parametrize("size", [2, MIDDLE, MANY - 1])
@pytest.mark.parametrize(
    "part", ["text", "empty line", "dash and name", "key id", "signature", "line feed"]
)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_of_a_note_in_the_middle(kept, copy, size, part, data):
    note = bytearray(note_of(kept[0], size))
    start, end = places(bytes(note))[part]
    note[data.draw(st.integers(start, end - 1))] ^= data.draw(st.integers(1, 255))
    shutil.copy(kept[0], copy)
    put(copy, size, bytes(note))
    report = audit_file(copy, trusting(kept, witnesses=(kept[2],), quorum=0))
    assert report.states["integrity"] == FAILS
    assert f"the checkpoint of size {size}" in str(report.findings[0]) or "filed under" in str(
        report.findings[0]
    )


def again(note):
    return note + note.split(b"\n\n")[1].splitlines(keepends=True)[0]


@pytest.mark.parametrize(
    "change",
    [
        again,
        lambda note: note + b"\n",
        lambda note: note + b"more\n",
        lambda note: note[:-1],
        lambda note: note[:0],
        lambda note: note.replace(b"\n\n", b"\nmore\n\n", 1),
        lambda note: note.decode(),
        len,
    ],
)
def test_lines_more_and_less(kept, copy, change):
    put(copy, 3, change(note_of(kept[0], 3)))
    report = audit_file(copy, trusting(kept))
    assert report.states["integrity"] == FAILS
    assert "the checkpoint of size 3" in str(report.findings[0])


def test_a_second_signature_by_the_log_must_hold_too(kept, copy):
    note = parse_note(note_of(kept[0], 3))
    (line,) = note.signatures
    false = replace(line, value=bytes(64))
    put(copy, 3, format_note(Note(note.text, (line, false))))
    assert "does not hold" in str(audit_file(copy, trusting(kept)).findings[0])


def test_a_line_by_a_stranger_is_counted(kept, copy):
    note = parse_note(note_of(kept[0], 3))
    line = replace(note.signatures[0], name="stranger")
    put(copy, 3, format_note(Note(note.text, (*note.signatures, line))))
    report = audit_file(copy, trusting(kept, witnesses=(kept[2],), quorum=0))
    assert report.ok
    assert "1 signatures of checkpoints are by keys that were not given" in " ".join(report.notes)


def test_one_that_another_key_signed_proves_nothing(kept, copy, tmp_path):
    """A false root is no mark that records could be blamed by."""
    other = LogKey.create(tmp_path / "other.key", recorded.ORIGIN)
    text = format_checkpoint(Checkpoint(recorded.ORIGIN, 3, b"r" * 32))
    line = sign_text(text, other.key, other.sign)
    put(copy, 3, format_note(Note(text, (line,))))
    report = audit_file(copy, trusting(kept))
    assert [str(each) for each in report.findings] == [
        f"the checkpoint of size 3 is not signed by {recorded.ORIGIN}"
    ]
    assert (report.first, report.states["consistency"]) == (None, HOLDS)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_of_a_cosignature_in_the_middle(kept, copy, data):
    note = bytearray(note_of(kept[0], MIDDLE))
    start = note.rindex(b" ") + 1
    note[data.draw(st.integers(start, len(note) - 2))] ^= 1 << data.draw(st.integers(0, 6))
    shutil.copy(kept[0], copy)
    put(copy, MIDDLE, bytes(note))
    trust = trusting(kept, witnesses=(kept[2],), quorum=0)
    before, report = audit_file(kept[0], trust), audit_file(copy, trust)
    assert before.ok
    assert not report.ok or report.notes != before.notes


def test_the_ends_alone(kept, copy):
    note = parse_note(note_of(kept[0], MIDDLE))
    bad = replace(note.signatures[0], value=bytes(64))
    put(copy, MIDDLE, format_note(Note(note.text, (bad,))))
    assert not audit_file(copy, trusting(kept)).ok
    report = audit_file(copy, trusting(kept, ends_only=True))
    assert report.ok
    assert report.states["consistency"] == HOLDS
    words = f"the signatures of {MANY - 2} checkpoints between the oldest and the newest"
    assert words in " ".join(report.notes)
    put(copy, 1, format_note(Note(parse_note(note_of(kept[0], 1)).text, (bad,))))
    assert not audit_file(copy, trusting(kept, ends_only=True)).ok


def test_the_switch_of_the_single_file(kept, capsys):
    assert auditor.main([str(kept[0]), "--key", kept[1].vkey, "--ends-only"]) == 0
    assert f"{MANY - 2} checkpoints between" in capsys.readouterr().out


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32])
def test_the_quicker_way_takes_no_other_keys(public):
    """Keys of small order, and none, are refused before anything quicker is asked."""
    assert not _quick(public, b"m", bytes(64))
    assert not auditor.ed25519_holds(public, b"m", bytes(64))
