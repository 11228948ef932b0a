"""The people who may use the console: a TOML file with hashed passwords and tokens.

    [accounts.ada]
    roles = ["reviewer", "operator"]
    person = "ada@example.org"
    password = "scrypt$15$8$1$..."
    token = "sha256:..."

`person` is who it is, and what votes are counted by: accounts of one person are one voice. It is
compared with the `principal` of callers, who can approve none of their own actions.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import tempfile
import threading
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charter.console.passwords import ABSENT, TOKEN, fits, hash_token, is_hash
from charter.console.roles import Right, Role, rights_of
from charter.errors import ConfigError, StorageError

MOST_BYTES = 1024 * 1024
MOST_ACCOUNTS = 2000
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+:/-]{0,127}")
_TOKEN = re.compile(r"sha256:[0-9a-f]{64}")
_KEYS = frozenset({"roles", "person", "password", "token"})
DEFAULT = "accounts.toml"


@dataclass(frozen=True, slots=True)
class Account:
    """One account."""

    name: str
    roles: frozenset[Role]
    person: str
    """The identity behind it."""
    password: str
    """Hash; empty: nobody logs in with it, and only its token works."""
    token: str = ""
    """Hash of its token for the API; empty: none."""

    @property
    def rights(self) -> frozenset[Right]:
        """All that its roles allow."""
        return rights_of(self.roles)

    def may(self, right: Right) -> bool:
        """Whether it has a right."""
        return right in self.rights


class Accounts:
    """The accounts of a file, read again when the file changes: a removed one is out at once."""

    def __init__(self, path: Path | None, known: Iterable[Account] = ()) -> None:
        self.path = path
        self._known = {account.name: account for account in known}
        self._stamp: tuple[int, int, int] | None = None
        self._lock = threading.Lock()

    @classmethod
    def at(cls, path: Path) -> Accounts:
        """Read a file. Raises ConfigError for one that is missing or cannot be understood."""
        found = cls(path)
        found._read_again()
        return found

    @classmethod
    def of(cls, *known: Account) -> Accounts:
        """Return accounts that are in no file."""
        return cls(None, known)

    def get(self, name: str) -> Account | None:
        """Return an account, as the file has it now."""
        return self._now().get(name)

    def all(self) -> list[Account]:
        """Return every account, by name."""
        return sorted(self._now().values(), key=lambda account: account.name)

    def login(self, name: str, password: str) -> Account | None:
        """Return the account that a name and a password open. Takes as long for unknown names."""
        account = self.get(name)
        kept = account.password if account is not None and account.password else ABSENT
        return account if fits(password, kept) and kept != ABSENT else None

    def bearer(self, token: str) -> Account | None:
        """Return the account that a token opens."""
        if not token.startswith(TOKEN) or len(token) > 200:
            return None
        wanted = hash_token(token)
        found = None
        for account in self._now().values():  # all of them: no timing tells which is near
            if account.token and hmac.compare_digest(account.token, wanted):
                found = account
        return found

    def _now(self) -> Mapping[str, Account]:
        if self.path is not None:
            with self._lock, suppress(OSError, ConfigError):  # half a file: as it was before
                status = self.path.stat()
                if self._stamp != (status.st_mtime_ns, status.st_size, status.st_ino):
                    self._read_again()
        return self._known

    def _read_again(self) -> None:
        if self.path is None:
            return
        status = _status(self.path)
        self._known = {account.name: account for account in read_accounts(self.path)}
        self._stamp = status.st_mtime_ns, status.st_size, status.st_ino


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as cause:
        raise ConfigError(
            f"{path}: no such file of accounts", hint="make one: charter account add NAME --role R"
        ) from cause


def read_accounts(path: Path) -> tuple[Account, ...]:
    """Read a file of accounts. Raises ConfigError with the account at fault, and StorageError."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except FileNotFoundError as cause:
        raise ConfigError(
            f"{path}: no such file of accounts", hint="make one: charter account add NAME --role R"
        ) from cause
    except OSError as cause:
        raise StorageError(
            f"{path} cannot be read: {cause.strerror or cause}",
            hint="check the path and the permissions",
        ) from cause
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{path} is larger than 1 MB", hint="this is no file of accounts")
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as cause:
        raise ConfigError(f"{path} is no TOML: {cause}", hint="see `charter account`") from cause
    return tuple(_accounts(path, found))


def write_accounts(path: Path, accounts: Iterable[Account]) -> None:
    """Write a file of accounts in one step, for its owner's eyes alone. Raises StorageError."""
    text = "\n".join(map(_table, sorted(accounts, key=lambda account: account.name)))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(suffix=".part", dir=path.parent)  # 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            Path(part).replace(path.resolve())
        finally:
            with suppress(OSError):
                Path(part).unlink(missing_ok=True)
    except OSError as cause:
        raise StorageError(
            f"{path} cannot be written: {cause.strerror or cause}",
            hint="name a file that can be written with --file",
        ) from cause


def named(name: str) -> str:
    """Return the name of an account in small letters. Raises ConfigError for one that is none."""
    folded = name.strip().lower()
    if not NAME.fullmatch(folded):
        raise ConfigError(
            f"{name!r:.80} is no name of an account",
            hint="letters, digits and . _ @ -, at most 64",
        )
    return folded


def a_person(person: str) -> str:
    """Return an identity. Raises ConfigError for what is none."""
    if not PERSON.fullmatch(person):
        raise ConfigError(
            f"{person!r:.80} is no identity of a person", hint="such as ada@example.org"
        )
    return person


def _table(account: Account) -> str:
    lines = [f"[accounts.{json.dumps(account.name)}]"]
    lines.append(f"roles = {json.dumps(sorted(account.roles))}")
    if account.person != account.name:
        lines.append(f"person = {json.dumps(account.person)}")
    lines.append(f"password = {json.dumps(account.password)}")
    if account.token:
        lines.append(f"token = {json.dumps(account.token)}")
    return "\n".join(lines) + "\n"


def _accounts(path: Path, found: Mapping[str, Any]) -> Iterable[Account]:
    tables = found.get("accounts", {})
    unknown = [key for key in found if key != "accounts"]
    if unknown or not isinstance(tables, dict):
        what = f"key {unknown[0]!r:.80}" if unknown else "`accounts` is no table"
        raise ConfigError(f"{path}: {what}", hint="a file of accounts has [accounts.NAME] tables")
    if len(tables) > MOST_ACCOUNTS:
        raise ConfigError(
            f"{path}: {len(tables)} accounts", hint=f"at most {MOST_ACCOUNTS}: use a proxy"
        )
    for name, table in tables.items():
        yield _account(f"{path}: account {name!r:.80}", named(name), table)


def _account(where: str, name: str, table: Any) -> Account:
    if not isinstance(table, dict) or set(table) - _KEYS:
        raise ConfigError(f"{where} is not understood", hint=f"keys: {', '.join(sorted(_KEYS))}")
    roles = table.get("roles")
    known = [role.value for role in Role]
    if not isinstance(roles, list) or not roles or any(role not in known for role in roles):
        raise ConfigError(f"{where}: roles", hint=f"a list of {', '.join(known)}")
    texts = {key: table.get(key, "") for key in ("person", "password", "token")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise ConfigError(f"{where}: {key} is no text", hint="write it in quotes")
    if texts["password"] and not is_hash(texts["password"]):
        raise ConfigError(f"{where}: password is no hash", hint=f"charter account passwd {name}")
    if texts["token"] and not _TOKEN.fullmatch(texts["token"]):
        raise ConfigError(f"{where}: token is no hash", hint=f"charter account token {name}")
    person = a_person(texts["person"]) if texts["person"] else name
    return Account(name, frozenset(map(Role, roles)), person, texts["password"], texts["token"])
