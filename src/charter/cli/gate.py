"""`charter gate BASE CANDIDATE --margin 2pt`: pass, fail or need more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from charter.cli.document import recorded, write_document
from charter.cli.finite_range import FiniteRange
from charter.cli.ledger_file import ledger_option
from charter.cli.named_result import named_result
from charter.cli.screen import console
from charter.errors import ConfigError
from charter.evals.case import CHECKS_ONLY
from charter.evals.gate.comparable import Ground, Obstacle
from charter.evals.gate.export import EXIT, export
from charter.evals.gate.gate import GateResult, Question, decide, hindrances
from charter.evals.gate.junit import junit
from charter.evals.gate.markdown import markdown
from charter.evals.gate.target import limit_of, margin_of, targets
from charter.evals.gate.terminal import print_gate
from charter.evals.result import Result

FORMATS = ("text", "json", "junit", "markdown")
JUDGES = {Ground.UNCALIBRATED: "--uncalibrated", Ground.WITHHELD: "--checks-only"}
GROUNDS = [ground.value for ground in Ground if ground not in JUDGES]


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
    type=FiniteRange(0.0001, 0.25),
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
@ledger_option
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
    counted = CHECKS_ONLY if given["checks_only"] else None
    base, candidate = (
        named_result(given[side], given["ledger"], grading=counted)
        for side in ("base", "candidate")
    )
    if base.run.run == candidate.run.run:
        raise ConfigError(
            f"BASE and CANDIDATE are one run, {base.run.run}", hint="see charter report --list"
        )
    question = _question(given, margin, base, candidate)
    found = hindrances(base, candidate, question)
    _refuse(found, given)
    result = decide(base, candidate, question, set_aside=found)
    for form, file in also:
        write_document(file, _text(result, form))
    if given["out"] is not None:
        write_document(given["out"], _text(result, given["form"]))
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
    return recorded(lambda screen: print_gate(result, screen))
