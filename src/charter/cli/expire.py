"""`charter expire`: delete payloads past their time of retention, and record it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from charter.cli.vault_options import now, opened, settings_of, vault_options
from charter.errors import ConfigError
from charter.ledger.auditor import seconds_of
from charter.ledger.erasure import expire


@click.command("expire")
@click.option("--before", metavar="TIME", help="Those kept before it, such as 2026-11-01.")
@click.option("--older-than", metavar="SPAN", help="Those kept longer ago, such as 180d or 36h.")
@vault_options
def command(**given: Any) -> None:
    """Delete encrypted payloads past their time of retention.

    Without --before and --older-than, those older than `keep.days` of --settings. What is kept
    about people under a legal hold stays. Records stay in any case.
    """
    moment = _before(given)
    with opened(given) as (ledger, vault):
        done = expire(ledger, vault, moment, at=now())
    count = f"{done.payloads} payload{'' if done.payloads == 1 else 's'}"
    click.echo(f"{count} kept before {done.before} deleted")


def _before(given: dict[str, Any]) -> str:
    if given["before"] and given["older_than"]:
        raise ConfigError("--before and --older-than say two things", hint="give one of them")
    try:
        if given["before"]:
            found = datetime.fromisoformat(given["before"])
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        elif given["older_than"]:
            found = datetime.now(UTC) - timedelta(seconds=seconds_of(given["older_than"]))
        elif given["settings_file"] is not None:
            found = datetime.now(UTC) - timedelta(days=settings_of(given).keep.days)
        else:
            raise ConfigError(
                "how long are payloads kept?", hint="--older-than 180d, --before TIME or --settings"
            )
    except (ValueError, OverflowError) as cause:
        raise ConfigError(
            "that is no time", hint="--older-than 180d, --before 2026-11-01T12:00:00Z"
        ) from cause
    if found > datetime.now(UTC):
        raise ConfigError("that time is yet to come", hint="payloads expire once they are old")
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")
