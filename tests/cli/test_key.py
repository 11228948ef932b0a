"""`charter key log`: another key for a ledger, made on purpose."""

import stat

from charter.ledger.signing import LogKey


def test_a_key_of_a_log_is_made_once(charter):
    done = charter("key", "log", "keys/log.key", "--name", "example.com/log")
    file = charter.folder / "keys" / "log.key"
    assert (done.code, done.out.strip()) == (0, LogKey.load(file).vkey)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    charter("key", "log", "keys/log.key").failure(3, "keys/log.key: File exists")
    charter("key", "log", "other.key", "--name", "a b").failure(2, "log name 'a b'")
