"""`charter import inspect LOG`: what another tool measured, as a run in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charter.cli.finite_range import FiniteRange
from charter.cli.ledger_file import ledger_file
from charter.cli.screen import note, plain, write_json
from charter.evals.inspect.archive import MAX_MEMBER, Archive, Bounds
from charter.evals.inspect.choice import Choice, Found, look
from charter.evals.inspect.import_log import Imported, import_log, reduction_means
from charter.evals.inspect.read_log import Header, Log, read_log
from charter.evals.inspect.survey import Survey, survey
from charter.evals.inspect.value import Higher
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load

SHOWN = 40
"""Paths of scores that are shown."""
DIGITS = 6


@click.group("import")
def command() -> None:
    """Take over what another tool measured, as a run in the ledger."""


@command.command("inspect")
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of `charter eval --out`, or the ledger file in it.",
)
@click.option(
    "--score",
    metavar="PATH",
    help="Which score: the scorer, and the keys of its value after dots. Not needed where the log "
    "has one.",
)
@click.option(
    "--higher-is",
    "higher",
    type=click.Choice([each.value for each in Higher]),
    help="What a high value means. Not needed where values are C and I, or true and false.",
)
@click.option(
    "--threshold",
    type=FiniteRange(-1e12, 1e12),
    help="The least value that counts as high. Not needed where values are 0 and 1.",
)
@click.option("--spec", metavar="SPEC", help="The samples are about the sections of this spec.")
@click.option("--section", metavar="ID", help="All of them are about this section of SPEC.")
@click.option(
    "--section-field",
    metavar="NAME",
    help="Field of the samples' metadata that names the section; section_id with --spec.",
)
@click.option(
    "--clause-field",
    metavar="NAME",
    default="clause_id",
    show_default=True,
    help="Field that names the clause, whole or by its marker.",
)
@click.option(
    "--max-member",
    type=click.IntRange(1, 4096),
    default=MAX_MEMBER // 2**20,
    show_default=True,
    metavar="MB",
    help="Largest sample that is unpacked.",
)
@click.option("--dry-run", is_flag=True, help="Look through the log and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def inspect_log(**given: Any) -> None:
    """Take over an `.eval` log of Inspect AI.

    A log of Charter's own task says itself what it measured. Of any other, one score is read as
    keeping to the rules or not. The run is then reported, compared and graded again like others.
    """
    higher = Higher(given["higher"]) if given["higher"] else None
    choice = Choice(
        score=given["score"],
        higher=higher,
        threshold=given["threshold"],
        spec=load(given["spec"]) if given["spec"] else None,
        section=given["section"],
        section_field=given["section_field"],
        clause_field=given["clause_field"],
    )
    with Archive(given["log"], Bounds(member=given["max_member"] * 2**20)) as archive:
        log = read_log(archive)
        if given["dry_run"]:
            _show(_contents(log, survey(log)), as_json=given["as_json"])
            return
        found = look(log, choice)
        with Ledger(open_store(str(ledger_file(given["ledger"])))) as ledger:
            done = import_log(ledger, found)
        _show(_summary(found, done), as_json=given["as_json"])
        for line in done.notes:
            note(plain(f"note: {line}"))


def _contents(log: Log, found: Survey) -> dict[str, Any]:
    """Return what a log holds: counts and means, none of its texts."""
    header, means = log.header, reduction_means(log)
    scores = {}
    for path, seen in sorted(found.paths.items())[:SHOWN]:
        reduced = means.get(path)
        scores[path] = {
            "mean": None if seen.mean is None else round(seen.mean, DIGITS),
            "scored": seen.scored,
            "unscored": seen.samples - seen.scored,
            "reduced_mean": round(reduced[0], DIGITS) if reduced else None,
            "reduced_samples": reduced[1] if reduced else 0,
        }
    return {**_about(header), "samples": len(found.members), "scores": scores}


def _about(header: Header) -> dict[str, Any]:
    return {
        "task": header.task,
        "model": header.model,
        "created": header.created,
        "status": header.status,
        "packages": dict(header.packages),
        "declared": header.samples,
    }


def _summary(found: Found, done: Imported) -> dict[str, Any]:
    return {
        "run": done.run,
        "already": done.already,
        **_contents(found.log, found.survey),
        "read_as": found.reading.words if found.reading else "Charter's own task",
        "verdicts": {name: count for name, count in sorted(done.verdicts.items()) if count},
        "notes": list(done.notes),
    }


def _show(said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        write_json(said)
        return
    lines = []
    if "run" in said:
        lines.append(f"run {said['run']}{' (it was in the ledger already)' * said['already']}")
    lines.append(f"{said['task']} by {said['model']}, {said['samples']} samples")
    for path, seen in said["scores"].items():
        lines.append(f"  {path}: {_figures(seen)}")
    if "verdicts" in said:
        lines.append(f"read as {said['read_as']}")
        counts = (f"{count} {name.replace('_', ' ')}" for name, count in said["verdicts"].items())
        lines.append(", ".join(counts))
    click.echo(plain("\n".join(lines)))


def _figures(seen: dict[str, Any]) -> str:
    mean = "nothing scored" if seen["mean"] is None else f"mean {seen['mean']:.6f}"
    unscored = f", {seen['unscored']} unscored" if seen["unscored"] else ""
    text = f"{mean} of {seen['scored']}{unscored}"
    if seen["reduced_samples"] not in (0, seen["scored"]):
        text += f"; the log's own summary: {seen['reduced_mean']:.6f} of {seen['reduced_samples']}"
    return text
