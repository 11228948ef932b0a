import stat

import pytest

from charter.errors import ConfigError, StorageError
from charter.ledger.master_key import MasterKey


def test_a_new_key_is_for_its_owner_alone(tmp_path):
    file = tmp_path / "below" / "master.key"
    key = MasterKey.create(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert MasterKey.load(file) == key
    assert key.wrapping != key.naming
    assert [each.name for each in file.parent.iterdir()] == ["master.key"]


def test_two_keys_differ_and_are_never_shown(tmp_path):
    one, two = (MasterKey.create(tmp_path / name) for name in "ab")
    assert one != two
    assert str(one) == repr(one) == "MasterKey(…)"


def test_a_key_is_never_written_over(tmp_path):
    key = MasterKey.create(tmp_path / "k")
    with pytest.raises(StorageError, match="exists already"):
        MasterKey.create(tmp_path / "k")
    assert MasterKey.load_or_create(tmp_path / "k") == key


def test_a_missing_key_is_made_once(tmp_path):
    key = MasterKey.load_or_create(tmp_path / "k")
    assert MasterKey.load_or_create(tmp_path / "k") == key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o777])
def test_a_key_that_others_may_use_is_refused(tmp_path, mode):
    MasterKey.create(tmp_path / "k")
    (tmp_path / "k").chmod(mode)
    with pytest.raises(ConfigError, match=f"mode {mode:04o}.*chmod 600"):
        MasterKey.load(tmp_path / "k")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:0],
        lambda text: text[:-2],
        lambda text: text.replace("v1", "v2"),
        lambda text: text + "\n",
        lambda text: text.replace("\n", "\n!", 1),
        lambda text: text.partition("\n")[0] + "\nAAAA\n",
    ],
)
def test_what_is_no_key(tmp_path, change):
    file = tmp_path / "k"
    MasterKey.create(file)
    file.write_text(change(file.read_text()))
    with pytest.raises(ConfigError, match="is no master key"):
        MasterKey.load(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(StorageError, match="cannot be read"):
        MasterKey.load(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        MasterKey.create(tmp_path / "file" / "k")


def test_a_secret_has_32_bytes():
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey.of(b"short")
