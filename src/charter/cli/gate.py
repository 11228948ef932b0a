"""`charter gate BASE CANDIDATE --margin 2pt`: pass, fail or need more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from charter.cli.ledger_file import ledger_file
from charter.cli.screen import console
from charter.errors import ConfigError, StorageError
from charter.evals.case import CHECKS_ONLY
from charter.evals.gate.comparable import Ground, Obstacle
from charter.evals.gate.export import EXIT, export
from charter.evals.gate.gate import GateResult, Question, decide, hindrances
from charter.evals.gate.junit import junit
from charter.evals.gate.markdown import markdown
from charter.evals.gate.target import limit_of, margin_of, targets
from charter.evals.gate.terminal import print_gate
from charter.evals.result import Result, result_of
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store

LATEST = "latest"
FORMATS = ("text", "json", "junit", "markdown")
JUDGES = {Ground.UNCALIBRATED: "--uncalibrated", Ground.WITHHELD: "--checks-only"}
GROUNDS = [ground.value for ground in Ground if ground not in JUDGES]
TEXT_WIDTH = 120
"""Columns of a text that goes into a file."""


@click.command("gate")
@click.argument("base")
@click.argument("candidate")
@click.option(
    "--margin",
    required=True,
    metavar="POINTS",
    help="How much lower the candidate may be, e.g. 2pt. Choose it before you look.",
)
@click.option(
    "--alpha",
    type=click.FloatRange(0.0001, 0.25),
    default=0.05,
    show_default=True,
    help="Greatest chance of a false pass, and of a false fail.",
)
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="ID",
    help="Test this section by itself; again for more; '*' for every one.",
)
@click.option(
    "--authority",
    "authorities",
    multiple=True,
    metavar="NAME",
    help="Test all sections of this authority as one group.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=SHARE",
    help="The candidate must violate less than this, e.g. root=0.01 or 'ID<1%'.",
)
@click.option(
    "--fail-fast",
    is_flag=True,
    help="One violation that a person confirmed, where a limit holds, is enough to fail.",
)
@click.option(
    "--despite",
    type=click.Choice(GROUNDS),
    multiple=True,
    help="Compare runs that differ in this all the same; the output says so.",
)
@click.option(
    "--uncalibrated",
    is_flag=True,
    help="Accept verdicts of a judge that is not known to be fit; the output says so.",
)
@click.option(
    "--checks-only", is_flag=True, help="Leave out what judges said: decide on checks alone."
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of `charter eval --out`, or the ledger file in it.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead.")
@click.option(
    "--also",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write another form beside it, e.g. junit=gate.xml.",
)
def command(**given: Any) -> None:
    """Decide whether CANDIDATE may take the place of BASE.

    It passes where its adherence is shown to be less than the margin below that of BASE, scenario
    by scenario. Ask as often as you like, while runs grow too: the error stays within --alpha.
    A run is an id, `latest`, or a folder that `charter eval` wrote to, which stands for its
    newest run.

    Exit codes: 0 pass, 1 fail, 4 need more; 2 and 3 where there is no answer.
    """
    also = [_also(text) for text in given["also"]]
    margin = margin_of(given["margin"])
    base, candidate = (_result(given[side], given) for side in ("base", "candidate"))
    if base.run.run == candidate.run.run:
        raise ConfigError(
            f"BASE and CANDIDATE are one run, {base.run.run}", hint="see charter report --list"
        )
    question = _question(given, margin, base, candidate)
    found = hindrances(base, candidate, question)
    _refuse(found, given)
    result = decide(base, candidate, question, set_aside=found)
    for form, file in also:
        _write(file, _text(result, form))
    if given["out"] is not None:
        _write(given["out"], _text(result, given["form"]))
    elif given["form"] == "text":
        print_gate(result, console())
    else:
        click.echo(_text(result, given["form"]).rstrip("\n"))
    raise click.exceptions.Exit(EXIT[result.verdict])


def _question(given: Mapping[str, Any], margin: float, base: Result, candidate: Result) -> Question:
    planned = [case.scenario for case in (*candidate.cases, *base.cases)]
    return Question(
        margin=margin,
        alpha=given["alpha"],
        targets=targets(planned, sections=given["sections"], authorities=given["authorities"]),
        limits=tuple(limit_of(text, planned) for text in dict.fromkeys(given["limits"])),
        fail_fast=given["fail_fast"],
    )


def _refuse(found: Sequence[Obstacle], given: Mapping[str, Any]) -> None:
    """Raise ConfigError for the first hindrance that nobody set aside."""
    for obstacle in found:
        option = JUDGES.get(obstacle.ground, f"--despite {obstacle.ground.value}")
        accepted = obstacle.ground.value in given["despite"]
        if not accepted and not (obstacle.ground is Ground.UNCALIBRATED and given["uncalibrated"]):
            raise ConfigError(
                f"the runs cannot be compared: {obstacle.text}",
                hint=f"{obstacle.hint}, or add {option}",
            )


def _result(named: str, given: Mapping[str, Any]) -> Result:
    """Return the result a person named: an id, `latest`, or the newest of a folder or file."""
    run: str | None = None if named == LATEST else named
    place: Path = given["ledger"]
    if run is not None and Path(run).exists():
        place, run = Path(run), None
    with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
        return result_of(ledger, run, grading=CHECKS_ONLY if given["checks_only"] else None)


def _also(text: str) -> tuple[str, Path]:
    form, equals, file = text.partition("=")
    if not equals or form not in FORMATS or not file:
        raise ConfigError(
            f"--also {text!r:.120} is not FORMAT=FILE", hint=f"FORMAT is {', '.join(FORMATS)}"
        )
    return form, Path(file)


def _text(result: GateResult, form: str) -> str:
    """Return the document in one of the formats."""
    if form == "json":
        # ASCII, because titles may hold characters that a terminal or a decoder trips over
        return json.dumps(export(result), indent=1, allow_nan=False)
    if form == "junit":
        return junit(result)
    if form == "markdown":
        return markdown(result)
    recorder = Console(width=TEXT_WIDTH, color_system=None, markup=False, highlight=False)
    with recorder.capture() as captured:
        print_gate(result, recorder)
    return captured.get()


def _write(path: Path, text: str) -> None:
    """Write the whole file or raise StorageError."""
    try:
        path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except (OSError, ValueError) as cause:
        reason = getattr(cause, "strerror", None) or cause
        raise StorageError(f"{path}: {reason}", hint="name a file in an existing folder") from cause
    click.echo(f"written: {path}", err=True)
