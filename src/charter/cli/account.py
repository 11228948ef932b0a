"""`charter account`: the people who may use the console, in a file with hashed passwords."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from charter.cli.screen import write_json
from charter.console.accounts import (
    DEFAULT,
    Account,
    a_person,
    named,
    read_accounts,
    write_accounts,
)
from charter.console.passwords import hash_password, hash_token, must_be_long, new_token
from charter.console.roles import Role
from charter.errors import ConfigError

_file = click.option(
    "--file",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(DEFAULT),
    show_default=True,
    help="The file of accounts; `charter serve` reads it again when it changes.",
)
_role = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the account is for; repeatable.",
)
_from_stdin = click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read the password from standard input."
)


@click.group("account")
def command() -> None:
    """Make and change the accounts of people who use the console."""


@command.command("add")
@click.argument("name")
@_role
@click.option("--person", help="Who it is; votes are counted by it. Default: the name.")
@_from_stdin
@click.option("--no-password", is_flag=True, help="For programs: only its token opens it.")
@_file
def add(  # noqa: PLR0913 - the parts of an account, by name
    *,
    name: str,
    roles: tuple[str, ...],
    person: str | None,
    from_stdin: bool,
    no_password: bool,
    file: Path,
) -> None:
    """Add an account. The password is asked for, or read from standard input."""
    name = named(name)
    known = _known(file, missing=True)
    if name in known:
        raise ConfigError(
            f"{file} has an account {name}", hint=f"charter account passwd {name} changes it"
        )
    kept = "" if no_password else hash_password(_password(from_stdin=from_stdin))
    who = a_person(person) if person else name
    account = Account(name, frozenset(map(Role, roles)), who, kept)
    write_accounts(file, (*known.values(), account))
    click.echo(f"{name}: added to {file} as {_spoken(account)}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@_file
def list_all(*, as_json: bool, file: Path) -> None:
    """List the accounts, without what opens them."""
    found = _known(file).values()
    if as_json:
        write_json([_row(account) for account in found])
        return
    for account in found:
        opens = [word for word, kept in _ways(account) if kept]
        person = f", {account.person}" if account.person != account.name else ""
        click.echo(f"{account.name}: {_spoken(account)}{person} ({' and '.join(opens) or 'shut'})")
    if not found:
        click.echo(f"no account in {file}")


@command.command("remove")
@click.argument("name")
@_file
def remove(*, name: str, file: Path) -> None:
    """Remove an account. Whoever is logged in with it is out at once."""
    known = _known(file)
    gone = _named(known, name, file)
    write_accounts(file, (each for each in known.values() if each is not gone))
    click.echo(f"{gone.name}: removed from {file}")


@command.command("passwd")
@click.argument("name")
@_from_stdin
@_file
def passwd(*, name: str, from_stdin: bool, file: Path) -> None:
    """Change the password of an account. Its sessions end."""
    known = _known(file)
    account = _named(known, name, file)
    kept = hash_password(_password(from_stdin=from_stdin))
    _change(known, replace(account, password=kept), file)
    click.echo(f"{account.name}: password changed")


@command.command("roles")
@click.argument("name")
@_role
@_file
def roles(*, name: str, roles: tuple[str, ...], file: Path) -> None:
    """Give an account other roles in place of those it has. Its sessions end."""
    known = _known(file)
    account = replace(_named(known, name, file), roles=frozenset(map(Role, roles)))
    _change(known, account, file)
    click.echo(f"{account.name}: {_spoken(account)}")


@command.command("token")
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Take the token away, and make none.")
@_file
def token(*, name: str, revoke: bool, file: Path) -> None:
    """Print a new token for the API, once; an earlier one of the account is no longer good."""
    known = _known(file)
    account = _named(known, name, file)
    made = "" if revoke else new_token()
    _change(known, replace(account, token=hash_token(made) if made else ""), file)
    click.echo(made or f"{account.name}: token taken away")


def _known(file: Path, *, missing: bool = False) -> dict[str, Account]:
    if missing and not file.exists():
        return {}
    return {account.name: account for account in read_accounts(file)}


def _named(known: dict[str, Account], name: str, file: Path) -> Account:
    account = known.get(named(name))
    if account is None:
        raise ConfigError(f"{file} has no account {named(name)}", hint="see `charter account list`")
    return account


def _change(known: dict[str, Account], account: Account, file: Path) -> None:
    write_accounts(file, ({**known, account.name: account}).values())


def _password(*, from_stdin: bool) -> str:
    if not from_stdin:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    try:
        said = sys.stdin.readline(10_000).rstrip("\r\n")
    except UnicodeDecodeError as cause:
        raise ConfigError("the password is not UTF-8", hint="write it in UTF-8") from cause
    must_be_long(said)
    return said


def _spoken(account: Account) -> str:
    return ", ".join(sorted(account.roles))


def _ways(account: Account) -> Iterable[tuple[str, str]]:
    return (("password", account.password), ("token", account.token))


def _row(account: Account) -> dict[str, object]:
    return {
        "name": account.name,
        "roles": sorted(account.roles),
        "person": account.person,
        **{word: bool(kept) for word, kept in _ways(account)},
    }
