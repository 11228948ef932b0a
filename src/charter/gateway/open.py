"""Everything a gateway needs, opened from its settings: what `charter serve` runs."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from charter.gateway.clock import Clock
from charter.gateway.governing import Governing
from charter.gateway.log import Log
from charter.gateway.service import Service
from charter.gateway.settings import LedgerSettings, Settings
from charter.gateway.table import Table
from charter.gateway.watched import read_watched, reasons_of
from charter.ledger.ledger import Ledger
from charter.ledger.master_key import MasterKey
from charter.ledger.open import FILE, SCHEMES, open_ledger
from charter.ledger.signing import LogKey
from charter.ledger.vault import Vault

MASTER_KEY, LOG_KEY = "master.key", "log.key"


def open_service(
    table: Table, place: str | Path, *, folder: Path, log: Log | None = None
) -> Service:
    """Open the ledger and its keys, and return a service that is ready to start.

    `place` is the ledger's file, folder or address; `folder` is where its keys are when the
    settings name no others. Raises LedgerError, ConfigError and StorageError.
    """
    settings = table.settings
    ledger = open_ledger(place)
    try:
        vault = _vault(settings, ledger, folder)
        clock = Clock()
        service = Service(
            table,
            ledger=ledger,
            vault=vault,
            log=log,
            clock=clock,
            log_key=_log_key(settings.ledger, folder, ledger),
            replica=settings.server.replica or replica(),
        )
        if settings.operations.otel:
            from charter.gateway.telemetry import open_telemetry  # noqa: PLC0415 - needs an extra

            service.telemetry = open_telemetry(content=settings.operations.otel_content)
    except BaseException:
        ledger.close()
        raise
    return service


def require_admitted(table: Table, place: str) -> None:
    """Raise as a start would where pins, releases or thresholds keep a table from being served.

    Nothing is written: a ledger or a key that is not there yet has nothing to say. Raises
    ConfigError, LedgerError and StorageError.
    """
    settings = table.settings
    path = _log_key_path(settings.ledger, folder_of(place))
    governing = Governing(table, LogKey.load(path).vkey if path.exists() else "")
    if place.startswith(SCHEMES) or _file_of(place).is_file():
        with open_ledger(place, create=False) as ledger:
            governing.read(ledger)
    governing.refuse(table, reasons_of(read_watched(settings.govern), Clock().now()))


def folder_of(place: str) -> Path:
    """Return the folder of a ledger; for one at an address the current one."""
    if place.startswith(SCHEMES):
        return Path()
    path = Path(place)
    return path if path.is_dir() or not path.suffix else path.parent


def _file_of(place: str) -> Path:
    path = Path(place)
    return path / FILE if path.is_dir() or not path.suffix else path


def replica() -> str:
    """Return the name of this machine, as records hold it."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", socket.gethostname())[:100] or "gateway"


def _vault(settings: Settings, ledger: Ledger, folder: Path) -> Vault:
    """Return the vault. Payloads are kept where approvals are asked for, whatever `keep` says."""
    path = settings.keep.master_key or folder / MASTER_KEY
    return Vault(ledger.store, MasterKey.load_or_create(path))


def _log_key_path(settings: LedgerSettings, folder: Path) -> Path:
    return settings.key or folder / LOG_KEY


def _log_key(settings: LedgerSettings, folder: Path, ledger: Ledger) -> LogKey:
    path = _log_key_path(settings, folder)
    if path.exists():
        return LogKey.load(path)
    return LogKey.first(path, settings.origin or f"{replica()}/charter", ledger)
