"""`charter pin`: nothing but one policy is served, until the pin is lifted."""

from __future__ import annotations

import re
import secrets
from typing import Any

import click

from charter.cli.reason import reason_of
from charter.cli.screen import plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.who import by_option, who
from charter.errors import ConfigError
from charter.govern.pins import Pins, read_pins
from charter.ledger.ledger import Ledger
from charter.records.incident import IncidentOpened
from charter.records.release import PinLifted, PolicyPinned, Released
from charter.records.service import PolicyServed, ServiceStarted

LEAST_DIGITS = 8
"""Of a digest that is not written out."""
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{1,64})", re.ASCII)
_SERVED = (ServiceStarted, PolicyServed, Released)


@click.command("pin")
@click.argument("policy", required=False)
@click.option("--lift", metavar="PIN-ID", help="End a pin.")
@click.option("--list", "listed", is_flag=True, help="List the pins in force.")
@click.option("--incident", metavar="ID", default="", help="The incident that it is for.")
@click.option("--reason", help="Why; it stays in the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@by_option
@ledger_place
@config_option
def command(**given: Any) -> None:
    """Serve nothing but POLICY, until the pin is lifted.

    POLICY is a digest, or its first digits, of a policy that a gateway on this ledger served or
    that was released. Every gateway goes back to it within a second if it served it since its
    start; else it refuses all requests. Callers with overlays of their own, which make another
    policy, are refused too. Of several pins the newest counts.
    """
    named = [given["policy"] is not None, given["lift"] is not None, given["listed"]]
    if sum(named) != 1:
        raise click.UsageError("name a POLICY to pin, or --lift PIN-ID, or --list")
    if given["listed"]:
        with opened_ledger(given) as ledger:
            _list(read_pins(ledger), as_json=given["as_json"])
        return
    reason = reason_of(given)
    with opened_ledger(given) as ledger:
        if given["lift"] is not None:
            _lift(ledger, given, reason)
        else:
            _pin(ledger, given, reason)


def _pin(ledger: Ledger, given: dict[str, Any], reason: str) -> None:
    incident = given["incident"].strip()
    if incident and next(iter(ledger.read(IncidentOpened, run=incident)), None) is None:
        raise ConfigError(f"no incident {incident[:80]!r}", hint="see `charter incident list`")
    pin = PolicyPinned(
        run=f"pin_{secrets.token_hex(16)}",
        at=now(),
        by=who(given["by"]),
        policy=find_policy(ledger, given["policy"].strip()),
        reason=reason,
        incident=incident,
    )
    ledger.append(pin)
    if given["as_json"]:
        write_json(_as_json(pin))
    else:
        click.echo(plain(f"{pin.run}: {pin.policy} pinned by {pin.by}"))


def _lift(ledger: Ledger, given: dict[str, Any], reason: str) -> None:
    if given["incident"]:
        raise click.UsageError("--incident goes with a POLICY: a pin knows what it was for")
    wanted = given["lift"]
    if wanted not in [pin.run for pin in read_pins(ledger).all]:
        raise ConfigError(f"no pin {wanted[:80]!r} is in force", hint="see `charter pin --list`")
    lifted = PinLifted(wanted, now(), who(given["by"]), reason)
    ledger.append(lifted)
    if given["as_json"]:
        write_json({"id": lifted.run, "at": lifted.at, "by": lifted.by, "reason": lifted.reason})
    else:
        click.echo(plain(f"{lifted.run}: lifted by {lifted.by}"))


def find_policy(ledger: Ledger, wanted: str) -> str:
    """Return the digest that is meant, of those that were served or released.

    Raises ConfigError for none and for several: a pin of a digest that nobody has stops everything.
    """
    written = _DIGEST.fullmatch(wanted)
    if written is None or len(written[1]) < LEAST_DIGITS:
        raise ConfigError(
            f"{wanted[:80]!r} is no digest of a policy",
            hint=f"at least {LEAST_DIGITS} digits of it: see `charter serve` or /health",
        )
    start = f"sha256:{written[1]}"
    found = {
        record.policy: None
        for _, record in ledger.read_any(_SERVED)
        if isinstance(record, _SERVED) and record.policy.startswith(start)
    }
    if not found:
        raise ConfigError(
            f"no policy {wanted[:80]} was served or released",
            hint="to stop everything instead: charter stop --all",
        )
    if len(found) > 1:
        raise ConfigError(f"{wanted[:80]} is the beginning of {len(found)} policies", hint="go on")
    return next(iter(found))


def _list(pins: Pins, *, as_json: bool) -> None:
    counts = pins.current
    if as_json:
        write_json({"pins": [_as_json(each) | {"counts": each is counts} for each in pins.all]})
        return
    for each in pins.all:
        less = "" if each is counts else "  (a newer one counts)"
        incident = f" [{each.incident}]" if each.incident else ""
        said = f"{each.run}  {each.at}  {each.policy}  {each.by}: {each.reason}{incident}{less}"
        click.echo(plain(said))
    if not pins.all:
        click.echo("no policy is pinned")


def _as_json(pin: PolicyPinned) -> dict[str, Any]:
    return {
        "id": pin.run,
        "at": pin.at,
        "policy": pin.policy,
        "by": pin.by,
        "reason": pin.reason,
        "incident": pin.incident,
    }
