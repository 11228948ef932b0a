"""`charter comments`: what the public said of rules, counted, moderated and exported."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

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
from charter.cli.whole_file import write_whole
from charter.console.actions import NotDone
from charter.console.comments import (
    COMMENT,
    WAITING,
    Comments,
    Tally,
    accepted,
    readable_words,
    words_of,
)
from charter.console.moderation import settle
from charter.errors import ConfigError
from charter.ledger.ledger import Ledger
from charter.publish.remarks import FORMAT
from charter.records.comment import ACCEPTED, REJECTED, STANCES, CommentReceived

EXIT_NO = 1
STATUSES = (ACCEPTED, WAITING, REJECTED)

_ID = click.argument("comment", metavar="ID")


@click.group("comments")
def command() -> None:
    """Count, read, moderate and export what the public said of rules.

    Comments come by the form of `charter serve`. Nobody but a moderator sees one before it is
    accepted. To make the words of one unreadable: `charter erase --subject public:comment/ID`.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@ledger_place
@config_option
def list_command(**given: Any) -> None:
    """Count comments by rule, stance and what became of them."""
    with opened_ledger(given) as ledger:
        counts = _comments(ledger).counts()
    if given["as_json"]:
        write_json({"format": FORMAT, "rules": _rules(counts, STATUSES)})
        return
    for rule in _rules(counts, STATUSES):
        said = "; ".join(
            f"{sum(rule[status].values())} {status}"
            + "".join(f", {rule[status][s]} {s}" for s in STANCES if rule[status][s])
            for status in STATUSES
            if any(rule[status].values())
        )
        click.echo(plain(f"{rule['id']}  {said}  ({rule['spec'][:19]})"))
    if not counts:
        note("nobody has commented yet")


@command.command("waiting")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@vault_options
def waiting_command(**given: Any) -> None:
    """Show the comments that nobody has moderated yet, oldest first, with their words."""
    with opened(given) as (ledger, vault):
        comments = _comments(ledger)
        rows = [_row(each, readable_words(vault, each)) for each in comments.all_waiting()]
    if given["as_json"]:
        write_json({"comments": rows})
        return
    for row in rows:
        click.echo(plain(f"{row['id']}  {row['at']}  {row['rule']}  {row['stance']}"))
        text = "(its words cannot be read)" if row["text"] is None else plain(row["text"])
        click.echo(textwrap.indent(text, "  ", lambda _: True))
    if not rows:
        note("no comment waits")


@command.command("accept")
@_ID
@click.option("--reason", type=FREE_TEXT, default="", help="Why; it stays in the ledger.")
@by_option
@vault_options
def accept_command(**given: Any) -> None:
    """Accept a comment: it is counted in public, and exported."""
    _moderate(given, ACCEPTED)


@command.command("reject")
@_ID
@click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stays in the ledger.")
@by_option
@vault_options
def reject_command(**given: Any) -> None:
    """Reject a comment: nobody else sees it, and it is not counted in public."""
    _moderate(given, REJECTED)


@command.command("export")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=".jsonl: the words of accepted comments; .json: their counts, for `charter publish`.",
)
@vault_options
def export_command(**given: Any) -> None:
    """Write accepted comments: their words as JSON Lines, or their counts as JSON.

    Words that were erased or have expired are left out and counted.
    """
    out: Path = given["out"]
    kind = out.suffix.lower()
    if kind == ".json":
        with opened_ledger(given) as ledger:
            rules = _rules(_comments(ledger).counts(), (ACCEPTED,))
        text = json.dumps({"format": FORMAT, "rules": rules}, indent=1, ensure_ascii=False)
        write_whole(out, text + "\n")
        click.echo(f"{out}: counts of {len(rules)} {'rule' if len(rules) == 1 else 'rules'}")
        return
    if kind not in (".jsonl", ".ndjson"):
        raise ConfigError(f"--out {out}: what format?", hint="name a .jsonl or a .json file")
    lines, gone = [], 0
    with opened(given) as (ledger, vault):
        for each in accepted(ledger):
            text_of = words_of(vault, each)
            gone += text_of is None
            if text_of is not None:
                lines.append(json.dumps(_row(each, text_of)) + "\n")
    write_whole(out, "".join(lines))
    click.echo(f"{out}: {len(lines)} {'comment' if len(lines) == 1 else 'comments'}")
    if gone:
        note(f"left out: {gone} whose words were erased or have expired")
    note("it holds what people wrote, as plain text: handle it accordingly")


def _moderate(given: dict[str, Any], verdict: str) -> None:
    by, wanted = who(given["by"]), given["comment"]
    with opened(given) as (ledger, vault):
        found = _comments(ledger).get(wanted) if COMMENT.fullmatch(wanted) else None
        if found is None:
            _refuse(wanted, "no such comment waits: see `charter comments waiting`")
        try:
            settle(ledger, vault, found, by=by, verdict=verdict, reason=given["reason"], at=now())
        except NotDone as error:
            _refuse(wanted, error.message)
    click.echo(plain(f"{wanted}: {verdict} by {by}"))


def _refuse(wanted: str, why: str) -> NoReturn:
    click.echo(plain(f"{wanted[:80]}: not done: {why}"), err=True)
    raise click.exceptions.Exit(EXIT_NO)


def _comments(ledger: Ledger) -> Comments:
    comments = Comments()
    comments.poll(ledger)
    return comments


def _rules(counts: Mapping[Tally, int], statuses: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return counts by rule and version; rules without any of these statuses are left out."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for tally, number in counts.items():
        if tally.status in statuses and tally.stance in STANCES:
            rule = found.setdefault(
                (tally.clause, tally.spec),
                {"id": tally.clause, "spec": tally.spec}
                | {status: dict.fromkeys(STANCES, 0) for status in statuses},
            )
            rule[tally.status][tally.stance] += number
    return [found[key] for key in sorted(found)]


def _row(each: CommentReceived, text: str | None) -> dict[str, Any]:
    return {
        "id": each.run,
        "at": each.at,
        "rule": each.clause,
        "spec": each.spec,
        "stance": each.stance,
        "group": each.group,
        "text": text,
    }
