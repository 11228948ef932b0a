"""`charter govern`: what is owed, and what there is evidence of."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from charter.cli.document import write_document
from charter.cli.govern_look import facts_of, look_at
from charter.cli.govern_runs import with_runs
from charter.cli.govern_screen import show_answers, show_packs, to_answer
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now
from charter.errors import ConfigError, LedgerError
from charter.govern.counted import counted
from charter.govern.instants import instant
from charter.govern.obligations.answer import (
    WANTING,
    PackAnswers,
    answers,
    unknown_questions,
)
from charter.govern.obligations.answers_json import as_json
from charter.govern.obligations.facts import Facts
from charter.govern.obligations.organisation import Organisation, load_organisation
from charter.govern.obligations.oscal import catalog, catalog_name, results
from charter.govern.obligations.pack import Pack
from charter.govern.obligations.pack_file import load_packs

EXIT_WANTING = 1

_FILE = click.Path(dir_okay=False, path_type=Path)
_pack_option = click.option(
    "--pack",
    "named",
    multiple=True,
    metavar="ID",
    help="A pack by its id, or the path of a .yaml file; again for more. All that ship if none.",
)
_at_option = click.option(
    "--at", metavar="DATE", help="As of a day or a time, such as 2026-12-31. Now if none."
)


@click.group("govern")
def command() -> None:
    """See what laws and frameworks ask, and what there is evidence of.

    Nothing here says that anybody keeps to a law: people who answer for it have to judge.
    """


@command.command("packs")
@click.option("--json", "as_document", is_flag=True, help="Print JSON.")
@_pack_option
def packs_command(named: tuple[str, ...], *, as_document: bool) -> None:
    """List packs of obligations: when they were checked, and how well they are verified."""
    packs, today = load_packs(named), datetime.now(UTC).date()
    if as_document:
        write_json({"packs": [_pack_row(each) for each in packs]})
    else:
        show_packs(packs)
    for pack in packs:
        _warn(pack.warnings(today))


@command.command("questions")
@_pack_option
def questions_command(named: tuple[str, ...]) -> None:
    """Print a file to answer: what decides which obligations apply."""
    click.echo(plain(to_answer(load_packs(named))))


@command.command("obligations")
@_pack_option
@click.option("--organisation", type=_FILE, help="What you say of yourselves: organisation.yaml.")
@click.option("--spec", metavar="SPEC", help="The spec to look for rules in.")
@click.option("--roles", type=_FILE, help="The file of roles.")
@click.option(
    "--runs",
    "places",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of `charter eval --out`: what was measured there counts, too; repeatable.",
)
@_at_option
@click.option("--all", "everything", is_flag=True, help="List those that do not apply, too.")
@click.option("--strict", is_flag=True, help="Exit 1 where something is none or out of date.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "oscal"]),
    default="text",
    show_default=True,
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--out", type=_FILE, metavar="FILE", help="Write to this file instead.")
@ledger_place
@config_option
def obligations_command(**given: Any) -> None:
    """Say for each obligation what there is evidence of, and what is missing.

    States: evidence, partial, none, out of date (too old, or deleted), undecided (a question is
    open), not yet in force, not applicable.
    """
    if given["form"] == "oscal" and given["out"] is None:
        raise ConfigError("OSCAL is several files", hint="name the first with --out FILE")
    packs, at = load_packs(given["named"]), _at(given["at"])
    organisation = _organisation(given["organisation"])
    unknown = unknown_questions(load_packs(()) + packs, organisation)
    if unknown:
        note(plain(f"answered, but asked by no pack: {', '.join(unknown)[:300]}"))
    until = min(at, datetime.now(UTC))
    facts = with_runs(facts_of(given, until), given["places"], until)
    look = look_at(given, organisation, at, facts)
    found = answers(packs, look)
    where = look.facts.where if look.facts is not None else ""
    _deliver(given, found, at=at, who=organisation.name, where=where)
    for each in found:
        _warn(each.warnings)
    _warn(_doubts(look.facts))
    if look.facts is not None and look.facts.broken:
        raise LedgerError(look.facts.broken, hint="none of its records counts: `charter verify`")
    if given["strict"] and any(one.state in WANTING for each in found for one in each.answers):
        raise click.exceptions.Exit(EXIT_WANTING)


def _deliver(
    given: dict[str, Any], found: tuple[PackAnswers, ...], *, at: datetime, who: str, where: str
) -> None:
    out, form = given["out"], given["form"]
    if form == "text" and out is None:
        show_answers(found, everything=given["everything"])
        return
    if form == "text":
        raise ConfigError(f"--out {out}: in which format?", hint="--format json or --format oscal")
    if form == "json":
        document = as_json(found, at=at, who=who)
        if out is None:
            write_json(document)
        else:
            write_document(out, _text(document))
        return
    names = {catalog_name(each.pack) for each in found}
    if out.name in names:
        raise ConfigError(f"--out {out}: a catalog has this name", hint="name another file")
    for each in found:
        write_document(out.parent / catalog_name(each.pack), _text(catalog(each.pack, at)))
    write_document(out, _text(results(found, at=at, who=who, where=where)))


def _doubts(facts: Facts | None) -> tuple[str, ...]:
    if facts is None:
        return ()
    found = []
    if facts.lost:
        lost = counted(facts.lost_count, "record")
        found.append(f"{lost} of the ledger deleted: see `charter verify`")
    if facts.ahead:
        found.append(
            f"{counted(facts.ahead, 'record')} of a time to come: no proof of anything yet"
        )
    if facts.undated:
        found.append(f"{counted(facts.undated, 'record')} without a usable time: no proof")
    return tuple(found)


def _organisation(file: Path | None) -> Organisation:
    if file is None:
        note("no --organisation: what applies is open; `charter govern questions` prints a file")
        return Organisation()
    return load_organisation(file)


def _at(text: str | None) -> datetime:
    """Return the moment asked for; the last one of a day. Raises ConfigError."""
    present = instant(now())
    assert present is not None  # noqa: S101 - we wrote it
    if text is None:
        return present
    found = instant(f"{text}T23:59:59.999Z" if len(text) == len("2026-12-31") else text)
    if found is None or not 2000 <= found.year <= 2200:
        raise ConfigError(
            f"--at {text[:40]!r} is no date", hint="2026-12-31, or 2026-12-31T12:00:00Z"
        )
    return present if found.date() == present.date() and found > present else found


def _pack_row(pack: Pack) -> dict[str, Any]:
    return {
        "id": pack.id,
        "title": pack.title,
        "jurisdiction": pack.jurisdiction,
        "obligations": len(pack.obligations),
        "verified": dict(pack.verified()),
        "law_checked_on": None if pack.law_checked_on is None else str(pack.law_checked_on),
        "review_by": str(pack.review_by),
        "source": pack.source,
        "digest": pack.digest,
    }


def _warn(warnings: tuple[str, ...]) -> None:
    for each in warnings:
        note(plain(f"warning: {each}"))


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False)
