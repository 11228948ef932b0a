"""`charter account`: people in and out, and passwords that are never shown."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.console.accounts import Accounts, read_accounts
from charter.console.roles import Role
from charter.errors import ConfigError

PASSWORD = "correct horse battery"  # noqa: S105 - opens nothing


@pytest.fixture
def account(tmp_path, monkeypatch):
    """Run `charter account` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, said=""):
        return CliRunner().invoke(cli, ["account", *arguments], input=said)

    return run


def test_an_account_is_added_and_opens(account, tmp_path):
    done = account("add", "Ada", "--role", "reviewer", "--stdin", said=PASSWORD + "\n")
    assert done.output == "ada: added to accounts.toml as reviewer\n"
    known = Accounts.at(tmp_path / "accounts.toml")
    assert known.login("ada", PASSWORD).roles == {Role.REVIEWER}
    assert PASSWORD not in (tmp_path / "accounts.toml").read_text(encoding="utf-8")


def test_a_password_is_asked_for_twice_and_not_shown(account, tmp_path):
    done = account("add", "ada", "--role", "viewer", said=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    done = account("passwd", "ada", said="another long one\nanother long one\n")
    assert done.output.endswith("ada: password changed\n")
    known = Accounts.at(tmp_path / "accounts.toml")
    assert known.login("ada", PASSWORD) is None
    assert known.login("ada", "another long one")


def test_accounts_are_listed_changed_and_removed(account, tmp_path):
    account("add", "ada", "--role", "viewer", "--person", "ada@example.org", "--no-password")
    account("add", "bob", "--role", "operator", "--stdin", said=PASSWORD)
    token = account("token", "ada").output.strip()
    assert Accounts.at(tmp_path / "accounts.toml").bearer(token).name == "ada"
    assert account("list").output == (
        "ada: viewer, ada@example.org (token)\nbob: operator (password)\n"
    )
    rows = json.loads(account("list", "--json").output)
    assert rows[0] == {
        "name": "ada", "roles": ["viewer"], "person": "ada@example.org", "password": False,
        "token": True,
    }  # fmt: skip
    assert account("roles", "ada", "--role", "auditor").output == "ada: auditor\n"
    assert account("token", "ada", "--revoke").output == "ada: token taken away\n"
    assert account("remove", "bob").output == "bob: removed from accounts.toml\n"
    (left,) = read_accounts(tmp_path / "accounts.toml")
    assert (left.name, left.roles, left.token) == ("ada", {Role.AUDITOR}, "")
    account("remove", "ada")
    assert account("list").output == "no account in accounts.toml\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "ada", "--role", "viewer", "--stdin"], "short"),
        (["add", "a b", "--role", "viewer", "--no-password"], "no name of an account"),
        (["add", "x", "--role", "viewer", "--no-password", "--person", "a b"], "no identity"),
        (["add", "ada", "--role", "viewer", "--no-password"], "has an account ada"),
        (["passwd", "bob", "--stdin"], "no account bob"),
        (["remove", "bob"], "no account bob"),
        (["list", "--file", "none.toml"], "no such file"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(account, arguments, said):
    if "short" not in said:
        account("add", "ada", "--role", "viewer", "--no-password")
    done = account(*arguments, said="short\n")
    assert isinstance(done.exception, ConfigError)
    assert (said if said != "short" else "5 characters") in str(done.exception)


def test_an_unknown_role_is_a_usage_error(account):
    done = account("add", "ada", "--role", "king", "--no-password")
    assert done.exit_code == 2
    assert "king" in done.output


def test_a_password_that_is_no_text_is_one_clear_line(account):
    done = account("add", "ada", "--role", "viewer", "--stdin", said=b"\xff\xfe\n")
    assert isinstance(done.exception, ConfigError)
    assert "not UTF-8" in str(done.exception)
