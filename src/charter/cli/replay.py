"""`charter replay DECISIONS --spec NEW`: what would have been decided differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charter.cli.past_options import past_options
from charter.cli.screen import console, plain, write_json
from charter.errors import LedgerError, ParseError, StorageError
from charter.load import load_policy

if TYPE_CHECKING:
    from charter.gateway.replay import Difference, Missing, Recorded, Replay

_WHY = {
    "no_payload": "no payload was kept of them",
    "no_key": "their payloads need --master-key",
    "erased": "their payloads were erased or have expired",
    "no_text": "they came to no text of their own",
    "not_read": "they cannot be read",
}


@click.command("replay")
@click.argument("decisions")
@past_options
@click.option(
    "--master-key",
    "master",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Key file of the payloads; without it, the one beside the ledger.",
)
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Decide again on what a gateway decided, by another spec.

    DECISIONS is a ledger (a file, its folder, or postgresql://…), or a file of JSON lines. Exits
    with 0 where every decision stays what it was, with 1 where one would be another.
    """
    from charter.gateway.replay import replay  # noqa: PLC0415 - needs the extra of the gateway

    policy = load_policy(given["spec"], given["overlays"])
    with _opened(given["decisions"], given["master"]) as decisions:
        found = replay(policy, decisions, system_as=given["system_as"], listed=given["listed"])
    if given["as_json"]:
        write_json({"policy": policy.digest, **found.as_json()})
    else:
        _show(found)
    if found.decisions and not found.replayed:
        kind = ParseError if set(found.missing) == {"not_read"} else LedgerError
        what = f"{given['decisions']}: none of {found.decisions:,} decisions could be made again"
        why = found.missing.most_common(1)[0][0]
        raise kind(what.rpartition("@")[2], hint=found.unread or _WHY.get(why, why))
    ctx.exit(1 if found.differ else 0)


@contextmanager
def _opened(place: str, master: Path | None) -> Iterator[Iterator[Recorded | Missing]]:
    """Open what decisions are read from. Raises ParseError and what ledgers raise."""
    from charter.cli.vault_options import beside  # noqa: PLC0415 - the same
    from charter.gateway.replay import from_ledger, from_lines  # noqa: PLC0415 - the same
    from charter.ledger.master_key import MasterKey  # noqa: PLC0415 - the same
    from charter.ledger.open import SCHEMES, open_ledger  # noqa: PLC0415 - the same
    from charter.ledger.vault import Vault  # noqa: PLC0415 - the same

    if place.endswith((".jsonl", ".ndjson")):
        try:
            stream = Path(place).open("rb")  # noqa: SIM115 - closed below
        except FileNotFoundError as cause:
            raise ParseError(f"{place}: no such file", hint="check the path") from cause
        except OSError as cause:
            what = f"{place} cannot be read: {cause.strerror or cause}"
            raise StorageError(what, hint="check that it may be read") from cause
        with stream:
            yield from_lines(stream)
        return
    if master is None and not place.startswith(SCHEMES) and beside(place).exists():
        master = beside(place)
    with open_ledger(place, create=False) as ledger:
        vault = None if master is None else Vault(ledger.store, MasterKey.load(master))
        yield from_ledger(ledger, vault)


def _show(found: Replay) -> None:
    screen = console()
    screen.print(f"{found.replayed:,} of {found.decisions:,} decisions made again")
    for why, count in sorted(found.missing.items()):
        first = f" ({found.unread})" if why == "not_read" and found.unread else ""
        screen.print(plain(f"  {count:,} not: {_WHY.get(why, why)}{first}"))
    if not found.differ:
        screen.print(
            "none of them would be another" if found.missing else "no decision would be another"
        )
        return
    screen.print(
        f"{found.differ:,} would be another: {found.stricter:,} stricter, {found.laxer:,} laxer"
    )
    for (was, now), count in sorted(found.changes.items()):
        if was != now:
            screen.print(f"  {was} → {now}: {count:,}")
    for each in found.first:
        screen.print(plain(_line(each)))
    left = found.differ - len(found.first)
    if left:
        screen.print(f"and {left:,} more (--list)")


def _line(found: Difference) -> str:
    record = found.recorded
    what = f"{record.stage} {record.tool}".rstrip()
    before, after = (_said(each._asdict()) for each in (found.was, found.now))
    return f"{record.decision}  {what}: {before} → {after}".replace("\n", " ")


def _said(told: Mapping[str, Any]) -> str:
    if not told["checks"]:
        return str(told["effect"])
    return f"{told['effect']} ({', '.join(told['checks'])}; {', '.join(told['sections'])})"
