"""`charter survey new SPEC`: draft a survey from the rules and examples of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charter.cli.screen import note, plain
from charter.cli.survey_drafting import (
    language_option,
    languages_in,
    new_id,
    out_option,
    trait_option,
)
from charter.cli.whole_file import write_whole
from charter.evolve.surveys.check import LONG, check
from charter.evolve.surveys.draft import COMPARISON, KINDS, STATEMENT, Wanted, draft, text_of_draft
from charter.evolve.surveys.frames import FRAMES
from charter.evolve.surveys.read import read_survey
from charter.load import load
from charter.source import Source


@click.command("new")
@click.argument("spec")
@out_option
@click.option(
    "--section", "sections", multiple=True, metavar="ID", help="Ask about this one; repeatable."
)
@language_option
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    default=(STATEMENT, COMPARISON),
    show_default=True,
    help="What to ask; repeatable.",
)
@trait_option
@click.option("--id", "name", metavar="ID", help="Instead of the file's name.")
def command(**given: Any) -> None:
    """Draft a survey from a spec: its rules as statements, its examples as answers to compare.

    The words stay the author's. What a person has to translate or to fill in is marked, and
    `charter survey open` takes no file with such a mark.
    """
    out: Path = given["out"]
    drafted = new_id(out, "survey")
    spec = load(given["spec"])
    wanted = Wanted(
        id=given["name"] or drafted,
        languages=languages_in(given["languages"]),
        sections=given["sections"],
        kinds=tuple(dict.fromkeys(given["kinds"])),
        traits=tuple(dict.fromkeys(given["traits"])),
    )
    text = text_of_draft(draft(spec, wanted))
    written = read_survey(Source(str(out), text))  # what it could not read itself is not written
    marks = sum(each.rule == "unfinished" for each in check(written, spec))
    write_whole(out, text)
    count = len(written.survey.items)
    click.echo(plain(f"{out}: {count} items about {spec.name}, {marks} texts for you to finish"))
    without = [each for each in wanted.languages if each.partition("-")[0] not in FRAMES]
    if without:
        note(f"no sentences of ours in {', '.join(without)}: all is marked TRANSLATE there")
    if count > LONG:
        note(f"few people answer more than {LONG} items: choose some with --section")
    click.echo(plain(f"Edit it, then: charter survey check {out} --spec {given['spec']}"))
