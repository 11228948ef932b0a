"""`charter survey import FORMAT PATH`: what people said elsewhere, and what did not add up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import now
from charter.cli.voices_options import channel_option, imported, voices_options
from charter.cli.who import by_option, who
from charter.errors import AlreadyRecorded
from charter.evolve.importer import Imported
from charter.evolve.voices import Voices
from charter.ledger.body import canonical
from charter.ledger.open import open_ledger
from charter.records.survey import CHANNELS, VoicesImported
from charter.source import Finding

BOTH = "open and panel"
"""What stands for the channel of a record where people came by both."""


@click.command("import")
@click.argument("format_", metavar="FORMAT")
@click.argument("path", metavar="PATH")
@voices_options
@channel_option
@click.option(
    "--master-key",
    "master_key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Of `comments`: the key file with which their words are read.",
)
@by_option
@click.option(
    "--ledger", "place", metavar="PLACE", help="Record there that it was read: counts, no words."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(**given: Any) -> None:
    """Read what people said elsewhere: polis, collective-alignment, csv, comments, survey-forms.

    PATH is a file, a folder or a ledger, as FORMAT has it. Prints what was read and what did not
    add up; all is joined by ids, so that the order of rows changes nothing. With --ledger it is
    recorded that these voices were read.
    """
    name = given["format_"]
    found = imported(name, given["path"], given, channel=given["channel"])
    known = _record(name, found, given) if given["place"] else None
    if given["as_json"]:
        write_json({**_summary(name, found), "findings": [_row(e) for e in found.voices.findings]})
    else:
        _show(name, found)
    if known is not None:
        what = "was recorded before" if known else "is recorded"
        note(plain(f"{found.voices.digest}: {what} in {given['place']}"))


def _record(name: str, found: Imported, given: Mapping[str, Any]) -> bool:
    """Record that voices were read; return whether that was known."""
    voices = found.voices
    channels = sorted({each.channel for each in voices.people})
    record = VoicesImported(
        run=voices.digest,
        at=now(),
        by=who(given["by"]),
        importer=name,
        source=voices.source,
        channel=BOTH if len(channels) == len(CHANNELS) else "".join(channels),
        participants=len(voices.people),
        answers=_answers(voices),
        facts=canonical(found.facts),
    )
    with open_ledger(given["place"]) as ledger:
        if next(iter(ledger.read(VoicesImported, run=voices.digest)), None) is not None:
            return True
        try:
            ledger.append(record)
        except AlreadyRecorded:
            return True
    return False


def _answers(voices: Voices) -> int:
    return sum(map(len, (voices.votes, voices.ratings, voices.orders, voices.barred)))


def _summary(name: str, found: Imported) -> dict[str, Any]:
    voices = found.voices
    channels = [each.channel for each in voices.people]
    return {
        "format": name,
        "source": voices.source,
        "digest": voices.digest,
        "people": len(voices.people),
        "channels": {each: channels.count(each) for each in CHANNELS if each in channels},
        "asked": len(voices.asked),
        "withheld": sum(each.withheld for each in voices.asked),
        "votes": len(voices.votes),
        "ratings": len(voices.ratings),
        "rankings": len(voices.orders),
        "unacceptable": len(voices.barred),
        "reasons": len(voices.reasons),
        "published_groups": len(set(voices.published.values())),
        "facts": dict(found.facts),
    }


def _row(each: Finding) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "severity": str(each.severity),
        "file": each.location.path,
        "message": each.message,
        "hint": each.hint,
    }


def _counted(count: int, kinds: str) -> str:
    return f"{count:,} {kinds.removesuffix('s') if count == 1 else kinds}"


def _show(name: str, found: Imported) -> None:
    said = _summary(name, found)
    lines = [said["source"], f"digest {said['digest']}"]
    people = ", ".join(f"{count:,} {channel}" for channel, count in said["channels"].items())
    heads = "1 person" if said["people"] == 1 else f"{said['people']:,} people"
    lines.append(f"{heads} ({people or 'none'})")
    lines.append(f"{said['asked']:,} things asked, {said['withheld']:,} of them withheld")
    kinds = ("votes", "ratings", "rankings", "unacceptable", "reasons")
    lines += [_counted(said[kind], kind) for kind in kinds if said[kind]]
    if said["published_groups"]:
        lines.append(f"{said['published_groups']:,} groups that its publisher found")
    for each in found.voices.findings:
        hint = f" ({each.hint})" if each.hint else ""
        lines.append(f"{each.severity}: {each.location.path}: {each.message}{hint}")
    if not found.voices.findings:
        lines.append("everything adds up")
    click.echo(plain("\n".join(lines)))
