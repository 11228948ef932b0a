"""What obligations may look at, put together from the options of a verb."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from charter.cli.screen import note
from charter.cli.vault_options import opened_ledger, settings_of
from charter.errors import LedgerTampered
from charter.gateway.place import USUAL
from charter.gateway.settings import Settings
from charter.govern.obligations.facts import Facts, gather
from charter.govern.obligations.organisation import Organisation
from charter.govern.obligations.query import Configuration, FileSeen, Look, RolesSeen
from charter.govern.roles import load_roles
from charter.load import load

MOST_BYTES = 1024 * 1024 * 1024
"""Of a document; one that is larger counts as not found."""
_PART = 1024 * 1024


def facts_of(given: dict[str, Any], until: datetime) -> Facts | None:
    """Return what the ledger held; None where none was named and none is at the usual place."""
    named = given.get("place") is not None or given.get("settings_file") is not None
    if not named and not Path(USUAL).exists():
        note("no --ledger, and none here: nothing that rests on records can be shown")
        return None
    try:
        with opened_ledger(given) as ledger:
            return gather(ledger, at=until)
    except LedgerTampered as error:  # to be said of every answer that would rest on it
        return Facts(where="a ledger that was changed", size=0, broken=error.message)


def look_at(
    given: dict[str, Any], organisation: Organisation, at: datetime, facts: Facts | None
) -> Look:
    """Return everything that the options name. Raises as their readers do."""
    spec, file = given.get("spec"), given.get("settings_file")
    return Look(
        at=at,
        facts=facts,
        spec=None if spec is None else load(spec),
        configuration=None if file is None else configuration_of(settings_of(given)),
        organisation=organisation,
        files={
            each.id: seen(Path(organisation.place).parent / each.file)
            for each in organisation.documents.values()
            if each.file
        },
        roles=None if given.get("roles") is None else roles_seen(given["roles"], at),
    )


def configuration_of(settings: Settings) -> Configuration:
    """Return what obligations ask of the gateway's settings."""
    return Configuration(
        digest=settings.digest,
        payload_days=settings.keep.days,
        payloads=settings.keep.payloads,
        review_share=settings.keep.sample,
        checkpoint_seconds=settings.ledger.checkpoint_seconds,
        console=settings.console.accounts is not None,
        comments=settings.feedback.enabled,
        checks=tuple(each.id for each in settings.checks),
        approval_seconds=settings.approvals.seconds,
    )


def roles_seen(file: Path, at: datetime) -> RolesSeen:
    """Return who holds each role at a time, over whatever part. Raises as `load_roles` does."""
    roles = load_roles(file)
    held: dict[str, set[str]] = {}
    for each in roles.assignments:
        active = {one for one in each.people if roles.people[one].active(at.isoformat())}
        held.setdefault(each.role, set()).update(active)
    return RolesSeen(roles.digest, {role: len(people) for role, people in held.items()})


def seen(file: Path) -> FileSeen:
    """Return whether a file is there, and its digest."""
    try:
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return FileSeen(found=False)
        digest = hashlib.sha256()
        with file.open("rb") as stream:
            while part := stream.read(_PART):
                digest.update(part)
    except (OSError, ValueError):
        return FileSeen(found=False)
    return FileSeen(found=True, sha256=digest.hexdigest())
