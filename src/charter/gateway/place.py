"""Where the ledger of a gateway is: one answer for the gateway and for the verbs beside it."""

from __future__ import annotations

import os

from charter.errors import ConfigError
from charter.gateway.settings import LedgerSettings

USUAL = "gateway"
"""The folder of a ledger where nobody says another."""


def place_of(settings: LedgerSettings, given: str | None) -> str:
    """Return where the ledger is: what the command line says counts first.

    Raises ConfigError for an option or a variable that holds nothing: another ledger would be
    taken in its stead.
    """
    if given is not None:
        if not given.strip():
            raise ConfigError("--ledger names no ledger", hint="a folder, a file or postgresql://…")
        return given
    if settings.location_env:
        place = os.environ.get(settings.location_env, "").strip()
        if not place:
            said = f"the environment variable {settings.location_env} names no ledger"
            raise ConfigError(said, hint=f"export {settings.location_env}=postgresql://...")
        return place
    return settings.location or USUAL
