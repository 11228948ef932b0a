"""`charter incident draft`: a report filled from the record, for people to finish and send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from charter.cli.incident_state import id_argument, json_option, looking, reads, tell
from charter.cli.screen import note, plain, write_json
from charter.cli.whole_file import write_whole
from charter.govern.incidents.drafts.draft import Draft
from charter.govern.incidents.drafts.render import FORMS, as_json, markdown
from charter.govern.incidents.state import VALUE


@click.command("draft")
@id_argument
@click.argument("form", type=click.Choice(list(FORMS)))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it: .md as text, .json as JSON (of `avid` the report alone).",
)
@json_option
@reads
def draft_command(**given: Any) -> None:
    """Fill a form from the record. What is unknown stays unknown; nothing is sent to anybody."""
    with looking(given) as (found, _):
        draft = FORMS[given["form"]](found)
    out: Path | None = given["out"]
    if out is not None:
        write_whole(out, _text(draft, out))
        tell(found, f"draft {draft.form} written to {out}")
    elif given["as_json"]:
        write_json(as_json(draft))
    else:
        click.echo(plain(markdown(draft)), nl=False)
    missing = [field.point for field in draft.fields if field.state != VALUE]
    if missing:
        note(plain(f"unknown or withheld: {', '.join(dict.fromkeys(missing))}"))


def _text(draft: Draft, out: Path) -> str:
    if out.suffix.lower() != ".json":
        return markdown(draft)
    whole = as_json(draft)
    document = whole.get("document", whole)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


COMMANDS = (draft_command,)
