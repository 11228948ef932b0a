"""Where ledger and payloads are: the options of verbs that open, erase or keep payloads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.errors import ConfigError
from charter.gateway.place import place_of
from charter.gateway.settings import Settings
from charter.gateway.settings_file import load_settings
from charter.ledger.ledger import Ledger
from charter.ledger.master_key import FILE, MasterKey
from charter.ledger.open import SCHEMES, open_ledger
from charter.ledger.vault import Vault

Command = TypeVar("Command", bound=Callable[..., Any])

MAX_NAME = 1000
_PSEUDONYM = re.compile("sub_[0-9a-f]{32}")

ledger_place = click.option(
    "--ledger",
    "place",
    metavar="PLACE",
    help="The ledger: a file, its folder, or postgresql://…; what --settings says, else `gateway`.",
)
config_option = click.option(
    "--settings",
    "settings_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The gateway's configuration: where its ledger and keys are, how long payloads stay.",
)
_MASTER = click.option(
    "--master-key",
    "master",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"Key file of the payloads; what --settings says, else `{FILE}` beside the ledger.",
)


def vault_options(command: Command) -> Command:
    """Add the options that `opened` reads."""
    return ledger_place(config_option(_MASTER(command)))


def settings_of(given: dict[str, Any]) -> Settings:
    """Return the configuration that was named, or what holds without one."""
    return (
        Settings() if given.get("settings_file") is None else load_settings(given["settings_file"])
    )


@contextmanager
def opened_ledger(given: dict[str, Any]) -> Iterator[Ledger]:
    """Open the ledger that is there; none is made."""
    with open_ledger(
        place_of(settings_of(given).ledger, given.get("place")), create=False
    ) as ledger:
        yield ledger


@contextmanager
def opened(given: dict[str, Any]) -> Iterator[tuple[Ledger, Vault]]:
    """Open ledger and vault. Raises ConfigError where it cannot be told which key is meant."""
    settings = settings_of(given)
    place = place_of(settings.ledger, given.get("place"))
    file = given.get("master") or settings.keep.master_key or beside(place)
    with open_ledger(place, create=False) as ledger:
        yield ledger, Vault(ledger.store, MasterKey.load(file))


def subject_of(vault: Vault, text: str) -> str:
    """Return a subject: `application/user` as its pseudonym, and a pseudonym as it is.

    Raises ConfigError for what is neither.
    """
    application, slash, user = text.partition("/")
    if not text or len(text) > MAX_NAME or not (slash or _PSEUDONYM.fullmatch(text)):
        raise ConfigError(
            f"{text[:80]!r} is no subject",
            hint="write application/user, or sub_… as records have it",
        )
    return vault.pseudonym(application, user) if slash else text


def now() -> str:
    """Return the present time as records hold it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def beside(place: str) -> Path:
    """Return the file of the master key beside a ledger. Raises ConfigError for a database."""
    if place.startswith(SCHEMES):
        raise ConfigError("which master key?", hint="name its file with --master-key")
    path = Path(place)
    return (path if path.is_dir() or not path.suffix else path.parent) / FILE
