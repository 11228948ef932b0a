"""`charter survey new SPEC`: draft a survey from the rules and examples of a spec."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from charter.cli.screen import note, plain
from charter.cli.whole_file import write_whole
from charter.errors import ConfigError
from charter.evolve.surveys.check import LONG, check
from charter.evolve.surveys.draft import COMPARISON, KINDS, STATEMENT, Wanted, draft, text_of_draft
from charter.evolve.surveys.frames import FRAMES, TRAITS
from charter.evolve.surveys.read import read_survey
from charter.evolve.surveys.survey_file import LANGUAGE, MOST_LANGUAGES
from charter.load import load
from charter.source import Source

_NOT_ID = re.compile(r"[^a-z0-9]+")


@click.command("new")
@click.argument("spec")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The YAML file to write; its name becomes the survey's id.",
)
@click.option(
    "--section", "sections", multiple=True, metavar="ID", help="Ask about this one; repeatable."
)
@click.option(
    "--language",
    "languages",
    default="en",
    show_default=True,
    metavar="LIST",
    help="Separated by commas; the first is the one that the spec is in.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    default=(STATEMENT, COMPARISON),
    show_default=True,
    help="What to ask; repeatable.",
)
@click.option(
    "--trait",
    "traits",
    multiple=True,
    type=click.Choice(TRAITS),
    help="Ask people, who need not answer, about themselves; repeatable.",
)
@click.option("--id", "name", metavar="ID", help="Instead of the file's name.")
def command(**given: Any) -> None:
    """Draft a survey from a spec: its rules as statements, its examples as answers to compare.

    The words stay the author's. What a person has to translate or to fill in is marked, and
    `charter survey open` takes no file with such a mark.
    """
    out: Path = given["out"]
    if out.exists():
        raise ConfigError(f"{out} is there already", hint="name a new file")
    spec = load(given["spec"])
    wanted = Wanted(
        id=given["name"] or _NOT_ID.sub("-", out.stem.lower()).strip("-") or "survey",
        languages=_languages(given["languages"]),
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


def _languages(listed: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each.strip() for each in listed.split(",") if each.strip()))
    for each in found:
        if not LANGUAGE.fullmatch(each):
            raise click.UsageError(f"--language: {each!r:.40} is no language such as en or pt-BR")
    if not 0 < len(found) <= MOST_LANGUAGES:
        raise click.UsageError(f"--language: name 1 to {MOST_LANGUAGES}")
    return found
