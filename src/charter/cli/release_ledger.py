"""What the verbs of `charter release` share: ledger, key, roles, and how they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn, TypeVar

import click

from charter.cli.screen import note, plain
from charter.cli.vault_options import config_option, ledger_place, settings_of
from charter.cli.who import by_option, who
from charter.errors import AlreadyRecorded, ConfigError, StorageError
from charter.gateway.place import place_of
from charter.govern.releases.fold import Releases, ReleaseState
from charter.govern.roles import Person, Roles, load_roles
from charter.ledger.ledger import Ledger
from charter.ledger.open import FILE, SCHEMES, open_ledger
from charter.ledger.signing import LogKey
from charter.records.record import Record

Command = TypeVar("Command", bound=Callable[..., Any])

EXIT_NO = 1
LOG_KEY = "log.key"

roles_option = click.option(
    "--roles",
    "roles_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="Who has which role.",
)
key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"The ledger's key; what --settings says, else `{LOG_KEY}` beside the ledger.",
)


def acting_options(command: Command) -> Command:
    """Add the options of a verb by which somebody acts."""
    return roles_option(by_option(ledger_place(config_option(command))))


@contextmanager
def opened_releases(
    given: dict[str, Any], *, create: bool = False, rehearse: bool = False
) -> Iterator[tuple[Ledger, Releases]]:
    """Open the ledger and fold its releases; with `create`, make one where there is none.

    With `rehearse`, an empty one is put in the place of what is not there, and is gone at the end.
    """
    place = ledger_of(given)
    if rehearse and not place.startswith(SCHEMES) and not _file(place).exists():
        note(plain(f"there is no ledger at {_file(place)} yet: nothing was released before"))
        with TemporaryDirectory() as folder:
            given["place"] = folder  # so that what is counted beside a ledger goes there too
            with open_ledger(folder) as ledger:
                yield ledger, Releases()
        return
    if create and not place.startswith(SCHEMES) and not _file(place).exists():
        note(plain(f"a new ledger: {_file(place)}"))
        _file(place).parent.mkdir(parents=True, exist_ok=True)
    with open_ledger(place, create=create) as ledger:
        releases = Releases()
        releases.poll(ledger)
        yield ledger, releases


def ledger_of(given: dict[str, Any]) -> str:
    """Return the place of the ledger."""
    return place_of(settings_of(given).ledger, given.get("place"))


def folder_of(given: dict[str, Any]) -> Path | None:
    """Return the folder of the ledger; None for one in a database server."""
    place = ledger_of(given)
    return None if place.startswith(SCHEMES) else _file(place).parent


def _file(place: str) -> Path:
    path = Path(place)
    return path / FILE if path.is_dir() or not path.suffix else path


def key_of(given: dict[str, Any], ledger: Ledger) -> LogKey:
    """Return the key of the ledger, made where nothing was signed yet, as a gateway would.

    Raises ConfigError where the key that was named cannot be used, or has gone.
    """
    file = _key_file(given)
    if given.get("key_file") is not None or file.exists():
        return LogKey.load(file)
    from charter.gateway.open import replica  # noqa: PLC0415 - needs the extra of the gateway

    try:
        origin = settings_of(given).ledger.origin or f"{replica()}/charter"
        key = LogKey.first(file, origin, ledger)
    except StorageError:
        if not file.exists():
            raise
        return LogKey.load(file)  # somebody else made it meanwhile
    note(plain(f"a new key: {file}; others verify with {key.vkey}"))
    return key


def verifier_of(given: dict[str, Any]) -> LogKey | None:
    """Return the key to verify with; None where it is not at hand."""
    try:
        file = _key_file(given)
        return LogKey.load(file) if file.exists() else None
    except ConfigError:
        return None


def _key_file(given: dict[str, Any]) -> Path:
    file: Path | None = given.get("key_file") or settings_of(given).ledger.key
    folder = folder_of(given)
    if file is None and folder is None:
        raise ConfigError("which key signs?", hint="name its file with --key")
    return file if file is not None else (folder or Path()) / LOG_KEY


def acting(given: dict[str, Any], at: str) -> tuple[Person, Roles]:
    """Return who acts, and the roles. Raises ConfigError for nobody in the file, or one revoked."""
    roles, name = load_roles(given["roles_file"]), who(given["by"])
    person = roles.find(name)
    if person is None:
        raise ConfigError(
            f"nobody in {given['roles_file']} is called {name!r:.80}", hint="say who with --by ID"
        )
    if not person.active(at):
        raise ConfigError(
            f"{person.id} has no role now: it is revoked, has ended or has not begun",
            hint=f"see {given['roles_file']}",
        )
    return person, roles


def found(releases: Releases, wanted: str) -> ReleaseState:
    """Return the request of an id, or of the beginning of one. Exits where there is none."""
    state = releases.get(wanted)
    if state is None:
        states = [each for each in releases.all() if len(wanted) > 6 and each.id.startswith(wanted)]
        if len(states) != 1:
            refuse(wanted, ["there is no such request: see `charter release list`"])
        (state,) = states
    return state


def keep(ledger: Ledger, record: Record, *, wanted: str, otherwise: str) -> None:
    """Record a fact. Exits with `otherwise` where somebody recorded it meanwhile."""
    try:
        ledger.append(record)
    except AlreadyRecorded:
        refuse(wanted, [otherwise])


def refuse(wanted: str, reasons: Iterable[str]) -> NoReturn:
    """Say why something was not done, one line each, and exit with 1."""
    for reason in reasons:
        click.echo(plain(f"{wanted[:80]}: not done: {reason}"), err=True)
    raise click.exceptions.Exit(EXIT_NO)
