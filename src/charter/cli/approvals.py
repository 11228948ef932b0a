"""`charter approvals`: what waits for people, and their word on it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import (
    config_option,
    ledger_place,
    now,
    opened,
    opened_ledger,
    vault_options,
)
from charter.cli.who import by_option, who
from charter.errors import CharterError, ConfigError
from charter.gateway.judging.editing import NotEdited, edit_approval
from charter.ledger.board import PENDING, ApprovalState, Board, folded
from charter.ledger.ledger import Ledger
from charter.records.approval import ApprovalVoted

EXIT_NO = 1
MOST_NOTE = 2000
MOST_FILE = 256 * 1024
STATUSES = ("pending", "approved", "denied", "expired", "superseded", "used", "all")

_ID = click.argument("approval", metavar="ID")
_NOTE = click.option("--note", type=FREE_TEXT, default="", help="Why; it stays in the ledger.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("approvals")
def command() -> None:
    """See what waits for people, and approve, deny or edit it.

    An approval releases one action, once, as it was asked for. Whoever asked for it, or changed
    its arguments, cannot approve it. What nobody approves in time is denied.
    """


@command.command("list")
@click.option("--status", type=click.Choice(STATUSES), default="pending", show_default=True)
@_JSON
@ledger_place
@config_option
def list_command(**given: Any) -> None:
    """List approvals, oldest first."""
    at = time.time()
    with opened_ledger(given) as ledger:
        states = _board(ledger).all()
    chosen = [s for s in states if given["status"] in ("all", s.status(at))]
    if given["as_json"]:
        write_json({"approvals": [_as_json(state, at) for state in chosen]})
        return
    for state in chosen:
        asked = state.asked
        agreed = f"{len(state.approvers)}/{asked.needed}"
        about = asked.tool or f"the {asked.stage}"
        line = f"{state.id}  {state.status(at)} {agreed}  {asked.application}: {about}"
        click.echo(plain(f"{line}  ({asked.section}, until {asked.expires})"))
    if not chosen:
        note("no approval is " + ("there" if given["status"] == "all" else given["status"]))


@command.command("show")
@_ID
@_JSON
@vault_options
def show_command(**given: Any) -> None:
    """Show one approval: what it is about, who decided, and how it stands.

    The arguments are shown where the payloads' master key is at hand.
    """
    at = time.time()
    with opened_ledger(given) as ledger:
        state = _state(_board(ledger), given["approval"])
    call = _call(given, state)
    found = _as_json(state, at) | ({} if call is None else {"call": call})
    if given["as_json"]:
        write_json(found)
        return
    for name, value in found.items():
        if name not in ("call", "votes"):
            click.echo(plain(f"{name}: {value if value != '' else '-'}"))
    for vote in state.votes:
        said = f"{vote.at}  {vote.by}: {vote.verdict}"
        click.echo(plain(f"vote: {said}" + (f" ({vote.note})" if vote.note else "")))
    if call is not None:
        click.echo(plain(f"arguments: {call.get('arguments', '')}"))


@command.command("approve")
@_ID
@_NOTE
@by_option
@ledger_place
@config_option
def approve_command(**given: Any) -> None:
    """Agree to one action, once."""
    _vote(given, "approve")


@command.command("deny")
@_ID
@_NOTE
@by_option
@ledger_place
@config_option
def deny_command(**given: Any) -> None:
    """Turn an action down: in this conversation it is denied from now on."""
    _vote(given, "deny")


@command.command("edit")
@_ID
@click.option(
    "--arguments",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A JSON object: what the arguments shall be.",
)
@_NOTE
@by_option
@vault_options
def edit_command(**given: Any) -> None:
    """Change the arguments of a call: this needs a fresh approval, by somebody else."""
    by = who(given["by"])
    data = given["file"].read_bytes()
    if len(data) > MOST_FILE:
        raise ConfigError(f"{given['file']}: more than {MOST_FILE:,} bytes")
    try:
        arguments = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ConfigError(f"{given['file']}: is not UTF-8") from None
    if not arguments:
        raise ConfigError(f"{given['file']}: is empty", hint="write {} for no arguments")
    with opened(given) as (ledger, vault):
        board = _board(ledger)
        _state(board, given["approval"])
        try:
            fresh = edit_approval(
                ledger,
                vault,
                board,
                given["approval"],
                arguments,
                by=by,
                now=time.time(),
                note=given["note"][:MOST_NOTE],
            )
        except NotEdited as refusal:
            _refuse(given["approval"], str(refusal))
    click.echo(plain(f"{fresh.edited_from}: changed by {by}; approval asked as {fresh.run}"))


def _vote(given: dict[str, Any], verdict: str) -> None:
    by = who(given["by"])
    wanted = given["approval"]
    with opened_ledger(given) as ledger:
        board = _board(ledger)
        state = _state(board, wanted)
        why = _may_not(state, by, verdict)
        if why:
            _refuse(wanted, why)
        bound, said = state.asked.binding, given["note"].strip()[:MOST_NOTE]
        ledger.append(ApprovalVoted(wanted, now(), by, verdict, bound, said))
        board.poll(ledger)
        state = _state(board, wanted)
    status = state.status(time.time())
    missing = state.asked.needed - len(state.approvers)
    more = f", {missing} more needed" if status == PENDING and missing > 0 else ""
    click.echo(plain(f"{wanted}: {status}{more}"))


def _may_not(state: ApprovalState, by: str, verdict: str) -> str:
    """Say why somebody's word would not count; empty where it does."""
    status = state.status(time.time())
    if status != PENDING and not (verdict == "deny" and status == "approved"):
        return f"it is {status}, and no vote changes that"
    if any(folded(vote.by) == folded(by) for vote in state.votes):
        return f"{by} has voted on it already"
    if verdict == "approve" and not state.may_vote(by):
        return "who asks for an action, or changed it, cannot approve it"
    return ""


def _refuse(wanted: str, why: str) -> None:
    click.echo(plain(f"{wanted}: not done: {why}"), err=True)
    raise click.exceptions.Exit(EXIT_NO)


def _board(ledger: Ledger) -> Board:
    board = Board()
    board.poll(ledger)
    return board


def _state(board: Board, wanted: str) -> ApprovalState:
    state = board.approval(wanted)
    if state is None:
        raise ConfigError(
            f"there is no approval {wanted[:80]!r}", hint="see `charter approvals list`"
        )
    return state


def _call(given: dict[str, Any], state: ApprovalState) -> Mapping[str, Any] | None:
    """Return the call that waits; None where its payload cannot be opened here."""
    if not state.asked.payload:
        return None
    try:
        with opened(given) as (_, vault):
            payload = vault.open(state.asked.payload)
    except CharterError as cause:
        note(f"the arguments are not shown: {cause}")
        return None
    calls = (payload or {}).get("calls")
    if not isinstance(calls, list):
        return None
    known = [call for call in calls if isinstance(call, Mapping)]
    return next((call for call in known if call.get("tool") == state.asked.tool), None)


def _as_json(state: ApprovalState, at: float) -> dict[str, Any]:
    asked = state.asked
    return {
        "id": state.id,
        "status": state.status(at),
        "application": asked.application,
        "principal": asked.principal,
        "stage": asked.stage,
        "tool": asked.tool,
        "section": asked.section,
        "boundary": asked.boundary,
        "say": asked.say,
        "asked": asked.at,
        "expires": asked.expires,
        "needed": asked.needed,
        "approvers": list(state.approvers),
        "exchange": asked.exchange,
        "arguments_digest": asked.arguments,
        "edited_from": asked.edited_from,
        "editor": asked.editor,
        "successor": state.successor,
        "votes": [
            {"at": vote.at, "by": vote.by, "verdict": vote.verdict, "note": vote.note}
            for vote in state.votes
        ],
    }
