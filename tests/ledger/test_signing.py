"""A log signs what it has, and nothing that contradicts what it signed before."""

import os

import pytest
from tests.ledger.decisions import decision

from charter.errors import ConfigError, LedgerTampered, StorageError
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint, verify
from charter.ledger.tlog import ed25519
from charter.ledger.tlog.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from charter.ledger.tlog.note import Note, format_note, parse_note, parse_vkey, sign_text

NAME = "example.com/log"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys" / "log.key"


@pytest.fixture
def key(file):
    return LogKey.create(file, NAME)


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        yield ledger


def test_a_key_is_written_once_for_its_owner_only(file, key):
    assert file.stat().st_mode & 0o777 == 0o600
    again = LogKey.load(file)
    assert (again.vkey, again.name) == (key.vkey, NAME)
    assert parse_vkey(key.vkey) == key.key
    assert again.sign(b"x") == key.sign(b"x")
    with pytest.raises(StorageError, match="exists"):
        LogKey.create(file, NAME)
    assert LogKey.load(file).vkey == key.vkey


def test_a_key_that_others_can_read_is_not_used(file, key):
    file.chmod(0o640)
    with pytest.raises(ConfigError, match=r"read by others \(mode 640\) \(chmod 600"):
        LogKey.load(file)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\x00", "\ud800"])
def test_names_that_no_note_takes(file, name):
    with pytest.raises(ConfigError, match="log name"):
        LogKey.create(file, name)
    assert not file.exists()


def test_damaged_key_files(file, key):
    text = file.read_text()
    for wrong, words in (
        ("", "not a line"),
        (text[:-6] + "\n", "not"),
        (text.replace("example", "exomple"), "its id"),
        (text * 2, "not a line"),
        ("x" * 100_000, "not a line"),
        ("é", "not a line"),
    ):
        file.write_text(wrong)
        with pytest.raises(ConfigError, match=words):
            LogKey.load(file)
    with pytest.raises(ConfigError, match="No such file"):
        LogKey.load(file.parent / "none")


def test_checkpoints_verify_by_both_implementations(ledger, key):
    for size in (0, 3, 300):
        ledger.append(*(decision(at) for at in range(ledger.size() + 1, size + 1)))
        note = parse_note(checkpoint(ledger, key))
        head = ledger.head()
        assert parse_checkpoint(note.text) == Checkpoint(NAME, size, head.root)
        for check in (verify, ed25519.verify):
            assert verify_checkpoint(note, key.key, check).ok
        assert ledger.store.checkpoint() == (size, format_note(note))
    assert not verify(bytes(32), b"", bytes(64))
    assert not verify(b"short", b"", bytes(64))


def test_a_checkpoint_with_witnesses_stays_until_the_log_grows(ledger, key):
    ledger.append(decision(1))
    checkpoint(ledger, key)
    witnessed = ledger.store.checkpoint()[1] + b"\xe2\x80\x94 witness AAAAAAAA\n"
    ledger.store.save_checkpoint(1, witnessed)
    assert checkpoint(ledger, key) == witnessed
    ledger.append(decision(2))
    assert checkpoint(ledger, key) != witnessed


def test_a_key_that_signed_is_not_replaced_in_silence(ledger, key, file, tmp_path):
    ledger.append(decision(1))
    assert LogKey.first(tmp_path / "first", NAME, ledger).name == NAME
    checkpoint(ledger, key)
    file.unlink()
    with pytest.raises(ConfigError, match="it is not there, and it has signed in"):
        LogKey.first(file, NAME, ledger)
    assert not file.exists()


def test_a_new_key_signs_on(ledger, key, tmp_path):
    ledger.append(decision(1))
    first = checkpoint(ledger, key)
    other = LogKey.create(tmp_path / "other", NAME)
    assert checkpoint(ledger, other) != first


def test_nothing_is_signed_that_contradicts_an_earlier_signature(ledger, key):
    ledger.append(*(decision(at) for at in range(1, 6)))
    for size, root in ((3, bytes(32)), (5, bytes(32)), (9, ledger.head().root)):
        ledger.store.save_checkpoint(size, key.note(Checkpoint(NAME, size, root)))
        with pytest.raises(LedgerTampered, match=f"does not extend its checkpoint of size {size}"):
            checkpoint(ledger, key)


def test_a_damaged_checkpoint_is_not_passed_over(ledger, key):
    ledger.append(decision(1))
    ledger.store.save_checkpoint(1, b"nothing like a note")
    with pytest.raises(LedgerTampered, match="the last checkpoint is damaged"):
        checkpoint(ledger, key)
    text = f"{NAME}\n1\n{'A' * 43}=\n"
    forged = Note(text, (sign_text(text, key.key, lambda _: os.urandom(64)),))
    ledger.store.save_checkpoint(1, format_note(forged))
    with pytest.raises(LedgerTampered, match="not as it was signed"):
        checkpoint(ledger, key)
