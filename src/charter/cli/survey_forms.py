"""`charter survey forms FILE`: pages for hosting without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charter.cli.screen import note, plain
from charter.cli.survey_file import file_argument, good_survey, spec_option
from charter.cli.whole_file import write_whole
from charter.evolve.surveys.forms import form_of
from charter.evolve.surveys.read import text_of

_README = """\
The forms of the survey {id}, one file for each language. Host them anywhere, or send them: they
connect to nothing. A page needs JavaScript to write the answers into a file, keeps nothing when it
is closed, and gives no receipt. People send their files to {contact}; put all of them into one
folder, beside survey.json, and read them with: charter survey import survey-forms FOLDER
Whoever gets a file can tell who sent it: delete messages once the files are in the folder.
Nothing keeps one person from filling in several forms; one form saved twice counts once.
"""


@click.command("forms")
@file_argument
@spec_option
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where to write the pages.",
)
def command(**given: Any) -> None:
    """Write a survey as HTML files that need no server, one for each language.

    The people who fill one in save their answers as a file and send it; `charter survey import`
    reads such files. Answers that come this way have no receipt.
    """
    survey = good_survey(given["file"], given["spec"]).survey
    out: Path = given["out"]
    for language in survey.languages:
        write_whole(out / f"{survey.id}.{language}.html", form_of(survey, language))
        click.echo(plain(f"{out}/{survey.id}.{language}.html"))
    write_whole(out / "survey.json", text_of(survey) + "\n")
    readme = _README.format(id=survey.id, contact=survey.promise.contact)
    write_whole(out / "README.txt", readme)
    note("the pages need JavaScript, and give no receipt: see README.txt")
