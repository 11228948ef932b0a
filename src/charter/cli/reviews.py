"""`charter reviews`: the queue of answers that people judge, and how well they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.reviews_figures import figures_json, say_figures
from charter.cli.reviews_seed import seed_lines
from charter.cli.sample_period import moment_of
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
from charter.console.feed import EXCHANGE, of_exchange
from charter.console.reviews import CHOSEN, Reviews, candidate, section_of
from charter.errors import AlreadyRecorded, CharterError, ConfigError, LedgerUnavailable
from charter.govern.oversight.figures import figures
from charter.govern.oversight.item import MOST_NEEDED, MOST_PRIORITY, Item, State
from charter.govern.oversight.load import load
from charter.govern.oversight.moves import LATE, Refusal, assign, rank, return_, withdraw
from charter.govern.oversight.queue import Queue
from charter.govern.oversight.seeds import open_answer, plant
from charter.ledger.ledger import Ledger
from charter.records.oversight import ItemMoved, ItemQueued

EXIT_NO = 1
MOST_SECTION = 200

_ITEM = click.argument("item", metavar="ITEM")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_REASON = click.option("--reason", type=FREE_TEXT, default="", help="Why; it stays in the ledger.")
_PRIORITY = click.option(
    "--priority", type=click.IntRange(0, MOST_PRIORITY), default=0, show_default=True
)
_NEEDED = click.option(
    "--needed",
    type=click.IntRange(1, MOST_NEEDED),
    default=1,
    show_default=True,
    help="Opinions, each formed blindly and by another person.",
)


@click.group("reviews")
def command() -> None:
    """Order the queue of answers that people judge, and see how well they do.

    People judge in the console. Whoever gave an opinion on an answer, or chose it for the queue, is
    not asked about it; nobody sees another opinion before they have given their own.
    """


@command.command("queue")
@click.option("--all", "everything", is_flag=True, help="With what is done and withdrawn.")
@_JSON
@ledger_place
@config_option
def queue_command(**given: Any) -> None:
    """List what waits: the highest priority first, then the oldest."""
    at = now()
    with opened_ledger(given) as ledger:
        queue = _queue(ledger)
    items = queue.items() if given["everything"] else queue.waiting(at)
    known = load(queue.items(), now=at)
    if given["as_json"]:
        waits = {"waiting": known.waiting, "opinions": known.opinions, "unseen": known.unseen}
        oldest = None if known.oldest is None else int(known.oldest)
        rows = [_row(each, at) for each in items]
        write_json({"items": rows, "load": {**waits, "oldest_seconds": oldest}})
        return
    for each in items:
        queued, state = each.queued, each.state(at)
        held = {State.TAKEN: f" by {each.held_by(at)} until {each.until}"}.get(state, "")
        held = f" to {each.assigned}" if state is State.ASSIGNED else held
        line = f"{each.id}  {state.value}{held}  priority {each.priority}, "
        line += f"{len(each.given)}/{each.needed}  {queued.application}: {queued.section or '-'}"
        click.echo(plain(f"{line}  ({queued.at})"))
    if not items:
        note("nothing is in the queue" if given["everything"] else "nothing waits")


@command.command("add")
@click.argument("exchange", metavar="EXCHANGE")
@click.option("--section", default="", help="The section to judge by; else one that was asked.")
@_NEEDED
@_PRIORITY
@by_option
@ledger_place
@config_option
def add_command(**given: Any) -> None:
    """Put the answer of an exchange into the queue. Whoever does so cannot judge it."""
    by, at = who(given["by"]), now()
    wanted = EXCHANGE.fullmatch(given["exchange"])
    section = given["section"].strip()
    if len(section) > MOST_SECTION or not section.isprintable():
        raise ConfigError("--section is no section", hint="name one of the spec, such as no_lies")
    with opened_ledger(given) as ledger:
        each = candidate(ledger, wanted[1]) if wanted is not None else None
        if each is None:
            known = wanted is not None and of_exchange(ledger, wanted[1])
            why = "nothing of its answer is kept" if known else "there is no such exchange"
            _refuse(given["exchange"], why)
        record = each.row.record
        cited = tuple(dict.fromkeys(one.partition("/")[0] for one in record.citations))
        section = section or section_of(each, cited)
        queue = _queue(ledger)
        new = queue.next_id(record.decision, section, at)
        if not new:
            there = queue.attempts(record.decision, section)[-1].id
            _refuse(given["exchange"], f"it is in the queue already: {there}")
        item = ItemQueued(
            run=new,
            at=at,
            by=by,
            decision=record.decision,
            exchange=each.exchange,
            application=record.application,
            section=section,
            drawn=CHOSEN,
            priority=given["priority"],
            needed=given["needed"],
        )
        _keep(ledger, item, item.run, "somebody else queued it meanwhile")
    click.echo(plain(f"{item.run}: queued, to be judged by {item.section or 'the whole spec'}"))


@command.command("assign")
@_ITEM
@click.argument("name", metavar="NAME", default="")
@_REASON
@by_option
@ledger_place
@config_option
def assign_command(**given: Any) -> None:
    """Assign an item to one person, by the name behind their account; without NAME, to anybody.

    Ends the lock of whoever holds it.
    """
    to = given["name"].strip()
    _moved(given, lambda item, **who_and_when: assign(item, to, **who_and_when))


@command.command("rank")
@_ITEM
@click.argument("priority", type=click.IntRange(0, MOST_PRIORITY))
@_REASON
@by_option
@ledger_place
@config_option
def rank_command(**given: Any) -> None:
    """Give an item another priority, 0 for the lowest to 9."""
    _moved(given, lambda item, **who_and_when: rank(item, given["priority"], **who_and_when))


@command.command("return")
@_ITEM
@_REASON
@by_option
@ledger_place
@config_option
def return_command(**given: Any) -> None:
    """End the lock on an item, whoever holds it."""

    def do(item: Item, *, by: str, now: str, reason: str) -> ItemMoved | Refusal:
        return return_(item, by, now=now, lead=True, reason=reason)

    _moved(given, do)


@command.command("withdraw")
@_ITEM
@click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stays in the ledger.")
@by_option
@ledger_place
@config_option
def withdraw_command(**given: Any) -> None:
    """Take an item out of the queue. Opinions that were given stay."""
    _moved(given, withdraw)


@command.command("seed")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--app", "application", metavar="APPLICATION", help="Whose answers they look like.")
@click.option("--open", "to_open", is_flag=True, help="Open the answers of those that are done.")
@_NEEDED
@_PRIORITY
@by_option
@vault_options
def seed_command(**given: Any) -> None:
    """Plant items whose right answer is known: they look like any other item.

    FILE is JSON Lines as `charter export reviews` writes them: conversation, answer, label,
    section. What is shown and the answer are sealed; the ledger keeps a commitment to the answer.
    Whoever plants an item cannot judge it.
    """
    if given["to_open"] == (given["file"] is not None):
        raise ConfigError("what to do?", hint="name a file to plant, or say --open")
    if given["to_open"]:
        _open_all(given)
        return
    by, application = who(given["by"]), (given["application"] or "").strip()
    if not 0 < len(application) <= MOST_SECTION or not application.isprintable():
        raise ConfigError(
            "which application?", hint="name with --app one whose answers are in the queue"
        )
    seeds = seed_lines(given["file"], application)
    with opened(given) as (ledger, vault):
        named = {"by": by, "at": now(), "priority": given["priority"], "needed": given["needed"]}
        planted = [plant(vault, each, **named) for each in seeds]
        records = [record for each in planted for record in (each.queued, each.known)]
        ledger.append(*records, payloads=[each for one in planted for each in one.payloads])
    click.echo(f"{len(planted)} {'item' if len(planted) == 1 else 'items'} planted")
    note("the file holds the answers: keep it from those who judge")


@command.command("figures")
@click.option("--since", metavar="TIME", help="Reviews from this day or time on; all if none.")
@click.option("--until", metavar="TIME", help="Reviews before this day or time.")
@_JSON
@ledger_place
@config_option
def figures_command(**given: Any) -> None:
    """Show agreement, overrides, time and vigilance, by reviewer and by section.

    Exit code 1 where somebody's judgements look automatic: all that were ever made are looked at.
    """
    since, until = (moment_of(given[name], f"--{name}") for name in ("since", "until"))
    reviews = Reviews()
    with opened_ledger(given) as ledger:
        reviews.poll(ledger)
        said = [
            each
            for each in reviews.queue.reviews()
            if (since is None or each.at >= since) and (until is None or each.at < until)
        ]
        found, looks = figures(said, reviews.queue.seeds()), reviews.looks(ledger)
    if given["as_json"]:
        write_json(figures_json(found, looks))
    else:
        say_figures(found, looks)
    if any(each.warns for each in looks):
        raise click.exceptions.Exit(EXIT_NO)


def _moved(given: dict[str, Any], do: Any) -> None:
    by, wanted = who(given["by"]), given["item"]
    with opened_ledger(given) as ledger:
        item = _queue(ledger).item(wanted)
        if item is None:
            _refuse(wanted, "there is no such item: see `charter reviews queue`")
        made = do(item, by=by, now=now(), reason=given["reason"].strip())
        if isinstance(made, Refusal):
            _refuse(wanted, made.why)
        _keep(ledger, made, wanted, LATE)
    click.echo(plain(f"{wanted}: {made.move}{f' to {made.to}' if made.to else ''} by {by}"))


def _open_all(given: dict[str, Any]) -> None:
    at, done = now(), 0
    with opened(given) as (ledger, vault):
        for item in _queue(ledger).items():
            over = item.state(at) in (State.DONE, State.WITHDRAWN)
            if not item.seed or item.shown is not None or not over:
                continue
            try:
                made = open_answer(vault, item, now=at)
                if isinstance(made, Refusal):
                    note(plain(f"{item.id}: not opened: {made.why}"))
                    continue
                ledger.append(made)
                done += 1
            except LedgerUnavailable:
                raise
            except CharterError as error:
                note(plain(f"{item.id}: not opened: {error.message}"))
    click.echo(f"{done} {'answer' if done == 1 else 'answers'} opened")


def _keep(ledger: Ledger, record: ItemMoved | ItemQueued, wanted: str, late: str) -> None:
    try:
        ledger.append(record)
    except AlreadyRecorded:
        _refuse(wanted, late)


def _refuse(wanted: str, why: str) -> NoReturn:
    click.echo(plain(f"{wanted[:80]}: not done: {why}"), err=True)
    raise click.exceptions.Exit(EXIT_NO)


def _queue(ledger: Ledger) -> Queue:
    queue = Queue()
    queue.poll(ledger)
    return queue


def _row(item: Item, at: str) -> dict[str, Any]:
    """Return an item; whether its answer is known stays out of it."""
    queued = item.queued
    return {
        "id": item.id,
        "state": item.state(at).value,
        "priority": item.priority,
        "section": queued.section,
        "application": queued.application,
        "queued": queued.at,
        "held_by": item.held_by(at),
        "until": item.until if item.held_by(at) else "",
        "assigned": item.assigned,
        "opinions": len(item.given),
        "needed": item.needed,
    }
