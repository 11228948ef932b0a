"""The file of accounts."""

from __future__ import annotations

import os
import stat

import pytest

from charter.console.accounts import Account, Accounts, read_accounts, write_accounts
from charter.console.passwords import hash_token
from charter.console.roles import Role
from charter.errors import ConfigError, StorageError

from .world import PASSWORD, PEOPLE, account


def test_what_is_written_is_read_back(tmp_path):
    file = tmp_path / "accounts.toml"
    write_accounts(file, PEOPLE)
    assert sorted(read_accounts(file), key=lambda each: each.name) == sorted(
        PEOPLE, key=lambda each: each.name
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["accounts.toml"]


def test_a_password_and_a_token_open_their_account():
    known = Accounts.of(*PEOPLE)
    assert known.login("vera", PASSWORD).name == "vera"
    assert known.login("vera", PASSWORD + "x") is None
    assert known.login("nobody", PASSWORD) is None
    assert known.bearer("chc_olga").name == "olga"
    assert known.bearer("chc_nobody") is None
    assert known.bearer(hash_token("chc_olga")) is None


def test_an_account_without_a_password_is_opened_by_its_token_alone():
    known = Accounts.of(
        Account("robot", frozenset({Role.VIEWER}), "robot", "", hash_token("chc_r"))
    )
    assert known.login("robot", "") is None
    assert known.bearer("chc_r").name == "robot"
    assert Accounts.of(account("vera", "viewer")).bearer("") is None


def test_changes_of_the_file_take_effect_at_once(tmp_path):
    file = tmp_path / "accounts.toml"
    write_accounts(file, PEOPLE)
    known = Accounts.at(file)
    write_accounts(file, [account("vera", "auditor")])
    assert known.get("vera").roles == {Role.AUDITOR}
    assert known.get("rita") is None
    assert [each.name for each in known.all()] == ["vera"]


def test_a_file_that_is_broken_or_gone_changes_nothing(tmp_path):
    file = tmp_path / "accounts.toml"
    write_accounts(file, PEOPLE)
    known = Accounts.at(file)
    file.write_text("[accounts.vera", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert known.get("vera") is not None
    file.unlink()
    assert known.get("vera") is not None


HASH = account("vera", "viewer").password


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = [", "no TOML"),
        ("x = 1", "key 'x'"),
        ("accounts = 1", "no table"),
        ("[accounts.vera]", "roles"),
        ('[accounts.vera]\nroles = ["king"]', "roles"),
        ("[accounts.vera]\nroles = []", "roles"),
        ('[accounts.vera]\nroles = ["viewer"]\nsecret = "x"', "not understood"),
        ('[accounts.vera]\nroles = ["viewer"]\npassword = "plain"', "password is no hash"),
        ('[accounts.vera]\nroles = ["viewer"]\ntoken = "chc_x"', "token is no hash"),
        ('[accounts.vera]\nroles = ["viewer"]\npassword = 7', "password is no text"),
        ('[accounts.vera]\nroles = ["viewer"]\nperson = "a b"', "no identity"),
        ('[accounts."a b"]\nroles = ["viewer"]', "no name of an account"),
        (
            f'[accounts.vera]\nroles = ["viewer"]\npassword = "{HASH.replace("$10$", "$25$")}"',
            "password is no hash",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path, text, said):
    file = tmp_path / "accounts.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read_accounts(file)


def test_a_file_that_is_missing_large_or_a_folder_is_named(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        Accounts.at(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="no such file"):
        read_accounts(tmp_path / "none.toml")
    large = tmp_path / "large.toml"
    large.write_text("#" * 1_100_000, encoding="utf-8")
    with pytest.raises(ConfigError, match="larger"):
        read_accounts(large)
    with pytest.raises(StorageError):
        read_accounts(tmp_path)
    with pytest.raises(StorageError):
        write_accounts(tmp_path, PEOPLE)
    assert not list(tmp_path.glob("*.part"))
