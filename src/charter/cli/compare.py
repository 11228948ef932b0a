"""`charter compare A B [C]`: different specs side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from charter.cli.compare_screen import print_comparison
from charter.cli.document import deliver, recorded
from charter.cli.input_file import read_text
from charter.cli.screen import note
from charter.compare.beside import Beside, read_beside
from charter.compare.compare import compare
from charter.compare.comparison import Comparison
from charter.compare.meaning import ByWords
from charter.load import load
from charter.spec.spec import Spec

MANY_CLAUSES = 3_000
"""From here on it is said that the encoder takes a while: about 200 clauses a second."""
MOST_CLAUSES = 12_000
"""More are compared by words, or the encoder would take minutes."""
_BY_ENDING: Mapping[str, str] = {".html": "html", ".htm": "html", ".json": "json"}


@click.command("compare")
@click.argument("specs", nargs=-1, required=True, metavar="A B [C]")
@click.option(
    "--beside",
    metavar="FILE",
    help="Authorities that a text does not state, and corrections of the alignment (YAML).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html", "pages"]),
    help="Without it: what --out names, else text. `pages` need a folder, `html` is one file.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option(
    "--out",
    metavar="PATH",
    help="Write there instead: pages into a folder (DIR/), or a file (.html, .json or text).",
)
def command(specs: tuple[str, ...], beside: str | None, form: str | None, out: str | None) -> None:
    """Put two or three different specs side by side.

    Sections are matched by what they are about, each match with its score. Shown are what all of
    them speak of, what only one does, whose authority differs, and how many clauses demand, forbid
    and permit. For two versions of one spec, `charter diff` says more.
    """
    if not 2 <= len(specs) <= 3:
        raise click.UsageError("name two or three specs")
    form = _form(form, out)
    found = [load(spec) for spec in specs]
    _spare([*(spec.source.path for spec in found), *([beside] if beside else [])], out)
    said = Beside() if beside is None else read_beside(read_text(beside), found, path=beside)
    made = _compared(found, said)
    if form == "pages":
        from charter.cli.compare_pages import write_pages  # noqa: PLC0415 - slow to import

        written = write_pages(Path(out or ""), made)
        click.echo(f"written: {out} ({written.files} files, {written.new} new)", err=True)
        return
    text = _text(made, form=form, to_file=out is not None)
    deliver(text, None if out is None else Path(out), partial(print_comparison, made))


def _form(form: str | None, out: str | None) -> str:
    """Return what is to be made. Raises UsageError where it does not fit where it is to go."""
    folder = out is not None and (out.endswith("/") or Path(out).is_dir())
    if form == "pages" and out is None:
        raise click.UsageError("pages need a folder: --out DIR/")
    if folder and form not in (None, "pages"):
        raise click.UsageError(f"{out} is a folder, which takes pages: leave --format out")
    if form is not None:
        return form
    if folder:
        return "pages"
    return _BY_ENDING.get(Path(out or "").suffix.lower(), "text")


def _spare(read: Sequence[str], out: str | None) -> None:
    """Raise UsageError where what is to be written would replace what was read."""
    for path in read:
        with suppress(OSError):
            if out is not None and Path(out).is_file() and Path(out).samefile(path):
                raise click.UsageError(f"--out {out} is {path} itself: name another file")


def _compared(specs: list[Spec], said: Beside) -> Comparison:
    """Compare, and say what the reader should know of how."""
    clauses = sum(len(section.clauses) for spec in specs for section in spec.sections)
    many = clauses > MOST_CLAUSES
    if many:
        note(f"charter: {clauses:,} clauses are too many for the encoder, so words are compared")
    elif clauses > MANY_CLAUSES:
        note(f"charter: comparing {clauses:,} clauses takes a while")
    for spec in specs:
        if not spec.sections:
            note(f"charter: {spec.source.path} has no section: nothing can stand beside it")
    made = compare(
        specs,
        authorities=said.authorities,
        corrections=said.corrections,
        by=ByWords() if many else None,
    )
    if made.method == "words" and not many:
        note(
            "charter: no sentence encoder is installed, so words are compared, which finds little "
            "between different authors: pip install 'charter[judge]'"
        )
    return made


def _text(made: Comparison, *, form: str, to_file: bool) -> str | None:
    """Return the document; None for tables that belong on the terminal."""
    if form == "json":
        from charter.compare.export import export_comparison  # noqa: PLC0415 - slow to import

        return json.dumps(export_comparison(made), indent=1, allow_nan=False)
    if form == "html":
        from charter.cli.compare_page import page  # noqa: PLC0415 - needs an extra

        return page(made)
    if not to_file:
        return None
    return recorded(partial(print_comparison, made))
