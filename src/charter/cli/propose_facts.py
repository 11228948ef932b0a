"""What a wording is held against: options of the verbs that make one, and what they read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.known_ledger import known_ledger
from charter.cli.ledger_file import ledger_file
from charter.cli.overlay_option import overlay_option
from charter.cli.propose_base import base_option, beneath
from charter.errors import ConfigError
from charter.evolve.intake.bounded import read_bounded
from charter.evolve.proposals.resting import resting
from charter.evolve.proposals.wording import Past, Said, Worded, choices_said, facts_json, worded
from charter.evolve.results.export import MOST_BYTES, read_results
from charter.ledger.ledger import Ledger
from charter.load import load, read_source
from charter.spec.spec import Spec

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option(
        "--edit",
        required=True,
        type=_FILE,
        metavar="FILE",
        help="A copy of the spec with the changed words; what differs is what is proposed.",
    ),
    base_option,
    overlay_option,
    click.option(
        "--results",
        multiple=True,
        type=_FILE,
        metavar="FILE",
        help="What people said: a file of `charter survey results --out`; repeatable.",
    ),
    click.option(
        "--choices",
        multiple=True,
        type=_FILE,
        metavar="FILE",
        help="How the spec ranks beside people: `charter survey choices --json`; repeatable.",
    ),
    click.option(
        "--run",
        "runs",
        multiple=True,
        metavar="RUN",
        help="An evaluation, for its figures of the sections that change; repeatable.",
    ),
    click.option(
        "--runs",
        "runs_place",
        type=click.Path(path_type=Path),
        default=Path("runs"),
        show_default=True,
        help="Folder of `charter eval --out`, or the ledger file in it.",
    ),
    click.option(
        "--question",
        "questions",
        multiple=True,
        type=FREE_TEXT,
        metavar="TEXT",
        help="What is still open; repeatable.",
    ),
)


def facts_options(command: Command) -> Command:
    """Add the options that `worded_of` reads."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def worded_of(given: dict[str, Any], spec: Spec, ledger: Ledger) -> tuple[Worded, str]:
    """Return the new words of a spec, and their facts. Raises Refused, SpecError, ConfigError.

    What becomes stale is looked for in the ledger, and in that of evaluations where there is one.
    """
    overlays = [load(each) for each in given["overlays"]]
    below = beneath(spec, given["bases"])
    found = worded(spec, read_source(given["edit"]).text, overlays=overlays, below=below)
    facts = facts_json(
        found,
        said=[*_results(given["results"]), *_choices(given["choices"])],
        past=_past(given["runs"], given["runs_place"]),
        questions=given["questions"],
        overlays=overlays,
        resting=dict.fromkeys(_resting(ledger, found, given["runs_place"])),
    )
    return found, facts


def _resting(ledger: Ledger, found: Worded, runs: Path) -> Iterator[tuple[str, str, str, bool]]:
    from charter.evals.stale import stale_records  # noqa: PLC0415 - slow to import

    with known_ledger(ledger_file(runs)) as evaluations:
        for each in (ledger, evaluations):
            items = stale_records(each, found.diff, found.rests, measured=found.stands_as)
            yield from ((e.kind.value, e.id, e.why, e.broken) for e in items)
            yield from resting(each, found)


def _results(files: tuple[Path, ...]) -> Iterator[Said]:
    for file in files:
        found = read_results(file)
        for channel in found.channels:
            for each in channel.clauses:
                yield Said(
                    each.clause,
                    found.survey or found.source,
                    channel.channel,
                    "agree",
                    each.people,
                    each.agree.value,
                    each.agree.low,
                    each.agree.high,
                    found.spec,
                )


def _choices(files: tuple[Path, ...]) -> Iterator[Said]:
    for file in files:
        try:
            values = json.loads(read_bounded(file, most=MOST_BYTES))
        except (ValueError, RecursionError) as cause:
            raise ConfigError(f"{file}: no JSON", hint="name what --json printed") from cause
        yield from choices_said(values, place=str(file))


def _past(names: tuple[str, ...], place: Path) -> Iterator[Past]:
    if not names:
        return
    from charter.cli.named_result import named_result  # noqa: PLC0415 - slow to import
    from charter.evals.report.figure import decided, stated  # noqa: PLC0415 - the same

    for name in names:
        result = named_result(name, place)
        for row in result.sections:
            figure = stated(row.figures)
            bounds = (
                (None,) * 3
                if figure is None
                else (figure.value, figure.interval.low, figure.interval.high)
            )
            run = result.run
            yield Past(
                row.id, run.run, run.model.name, run.spec_digest, decided(row.figures), *bounds
            )
