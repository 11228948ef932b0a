"""What the verbs that draft a survey share: the new file, its languages, what people are asked."""

from __future__ import annotations

import re
from pathlib import Path

import click

from charter.errors import ConfigError
from charter.evolve.surveys.frames import TRAITS
from charter.evolve.surveys.survey_file import LANGUAGE, MOST_LANGUAGES

_NOT_ID = re.compile(r"[^a-z0-9]+")

out_option = click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The YAML file to write; its name becomes the survey's id.",
)
language_option = click.option(
    "--language",
    "languages",
    default="en",
    show_default=True,
    metavar="LIST",
    help="Separated by commas; the first is the one that the spec is in.",
)
trait_option = click.option(
    "--trait",
    "traits",
    multiple=True,
    type=click.Choice(TRAITS),
    help="Ask people, who need not answer, about themselves; repeatable.",
)


def new_id(out: Path, otherwise: str) -> str:
    """Return the id that the name of a new file gives. Raises ConfigError where it is there."""
    if out.exists():
        raise ConfigError(f"{out} is there already", hint="name a new file")
    return _NOT_ID.sub("-", out.stem.lower()).strip("-") or otherwise


def languages_in(listed: str) -> tuple[str, ...]:
    """Return the languages of a list, each once. Raises UsageError."""
    found = tuple(dict.fromkeys(each.strip() for each in listed.split(",") if each.strip()))
    for each in found:
        if not LANGUAGE.fullmatch(each):
            raise click.UsageError(f"--language: {each!r:.40} is no language such as en or pt-BR")
    if not 0 < len(found) <= MOST_LANGUAGES:
        raise click.UsageError(f"--language: name 1 to {MOST_LANGUAGES}")
    return found
