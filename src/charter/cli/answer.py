"""An explanation or its JSON -> terminal, standard output, or a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from charter.cli.document import Command, document_options
from charter.cli.screen import console, note
from charter.errors import StorageError
from charter.policy.conversation import Conversation
from charter.policy.explanations.explanation import Explanation

_STYLES: Mapping[str, str] = {
    "title": "dim",
    "verdict": "bold",
    "heading": "bold",
    "more": "dim",
    "step": "dim",
    "policy": "dim",
}
_VERDICTS: Mapping[str, str] = {
    "allow": "bold green",
    "flag": "bold yellow",
    "redact": "bold yellow",
    "require_approval": "bold yellow",
    "deny": "bold red",
    "errored": "bold red",
}
_RUNS_ON = " " * 6
"""Before all but the first part of a line that is too long."""
_UNSEEN = re.compile(r"[^\x20-\x7e\n]")


def json_text(value: Any) -> str:
    """Return indented JSON; characters that do not print are escaped, and none is lost."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _UNSEEN.sub(
        lambda found: found[0] if found[0].isprintable() else _escaped(found[0]), text
    )


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1]


def form_options(command: Command) -> Command:
    """Give a verb the options that say how its answer is shown."""
    return click.option(
        "--explain",
        "detail",
        is_flag=True,
        help="Add clauses, places and the steps of the reasoning.",
    )(document_options(command))


def show(
    found: Explanation,
    conversation: Conversation,
    as_json: Callable[[], Any],
    given: Mapping[str, Any],
) -> None:
    """Write an answer in the form that the options ask for. Raises StorageError."""
    form, out, detail = given["form"], given["out"], given["detail"]
    if form == "json":
        _put(json_text(as_json()), out)
    elif form == "html":
        from charter.policy.explanations.explain_page import explanation_page  # noqa: PLC0415 - slow to import

        _put(explanation_page(found, conversation), out)
    elif out is not None:
        _put("\n".join(line.text for line in found.lines(detail=detail)), out)
    else:
        _print(found, detail=detail)


def _print(found: Explanation, *, detail: bool) -> None:
    screen = console()
    for line in found.lines(detail=detail):
        style = _STYLES.get(line.style, "")
        if line.style == "verdict":
            style = _VERDICTS.get(found.verdict, style)
        for part in _wrapped(screen, line.text):
            screen.print(Text(part, style))


def _wrapped(screen: Console, line: str) -> list[str]:
    """Return a line as a terminal shows it: what runs on stands deeper than every line begins.

    So the words of others, wherever they wrap, cannot look like a line of the answer. A pipe gets
    the line whole, for `grep`.
    """
    if not screen.is_terminal or cell_len(line) <= screen.width:
        return [line]
    first = Text(line).wrap(screen, screen.width)[0].plain
    rest = Text(line[len(first) :].lstrip())
    room = max(screen.width - len(_RUNS_ON), 1)
    return [first, *(f"{_RUNS_ON}{part.plain}" for part in rest.wrap(screen, room))]


def _put(text: str, out: Path | None) -> None:
    """Write a document to standard output or to a file. Raises StorageError."""
    if out is None:
        click.echo(text)
        return
    try:
        out.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except (OSError, ValueError) as cause:
        reason = getattr(cause, "strerror", None) or cause
        hint = "name a file in an existing folder"
        raise StorageError(f"{out} cannot be written: {reason}", hint=hint) from cause
    note(f"written: {out}")
