"""`charter plan [SPEC] --detect 3pt`: how many scenarios are missing to tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from charter.cli.config_file import config_of
from charter.cli.ledger_file import ledger_file, ledger_option
from charter.cli.plan_screen import print_needs
from charter.cli.screen import console, plain, write_json
from charter.errors import ConfigError
from charter.evals.needed import (
    LEAST_DIFFERENCE,
    Assumptions,
    Needs,
    Question,
    fraction_of,
    needs,
)
from charter.evals.scenario import Scenario
from charter.evals.suite import compile_suite
from charter.evals.target import DEFAULT, Targets, targets_of
from charter.load import STARTER, load
from charter.spec.spec import Spec


@click.command("plan")
@click.argument("spec", default=STARTER)
@click.option(
    "--detect",
    default="3pt",
    show_default=True,
    metavar="POINTS",
    help="The difference between two models to be found: 3pt, 3% or 0.03.",
)
@click.option(
    "--power",
    default="0.8",
    show_default=True,
    metavar="SHARE",
    help="Chance of finding it where it is there: 0.8 or 80%.",
)
@click.option(
    "--alpha",
    default="0.05",
    show_default=True,
    metavar="SHARE",
    help="Chance of finding one where there is none: 0.05 or 5%.",
)
@click.option(
    "--repeat",
    type=click.IntRange(1, 1000),
    help="Answers to each scenario; needs --run with a run that has several.",
)
@click.option("--sd", type=float, help="Standard deviation of one scenario's difference.")
@click.option(
    "--run",
    "runs",
    multiple=True,
    metavar="RUN",
    help="Take variation from a run, or from two on the same scenarios.",
)
@ledger_option
@click.option(
    "--target",
    metavar="SHARE",
    help="Share of adherence asked for where spec and charter.toml ask for none: 0.9 or 90%.",
)
@click.option("--examples", is_flag=True, help="Count the spec's own example conversations too.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A charter.toml with targets; without it, the nearest one.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(**given: Any) -> None:
    """Say how many scenarios SPEC is short of, by section, authority and in all.

    Enough to find a difference between two models asked the same scenarios, and to confirm
    targets. Asks no model.
    """
    question = Question(
        difference=fraction_of("--detect", given["detect"], least=LEAST_DIFFERENCE),
        power=fraction_of("--power", given["power"], example="80%"),
        alpha=fraction_of("--alpha", given["alpha"], example="5%", most=0.5),
    )
    if question.power <= question.alpha / 2:
        raise ConfigError(
            "--power must be larger than half of --alpha", hint="the usual ones are 80% and 5%"
        )
    assumptions = _assumptions(given)
    spec = load(given["spec"])
    found = needs(
        spec,
        _scenarios(spec, examples=given["examples"]),
        question,
        assumptions,
        _targets(spec, given),
    )
    _write(found, as_json=given["as_json"])


def _write(found: Needs, *, as_json: bool) -> None:
    if as_json:
        from charter.cli.plan_json import export  # noqa: PLC0415 - pydantic is slow to import

        write_json(export(found))
    else:
        print_needs(found, console())


def _scenarios(spec: Spec, *, examples: bool) -> tuple[Scenario, ...]:
    """Return what the suite has, drafts included; nothing where there is no scenario file."""
    if not spec.scenario_sets and not examples:
        return ()
    return compile_suite(spec, examples=examples, drafts=True, training=True).scenarios


def _assumptions(given: dict[str, Any]) -> Assumptions:
    """Return what is assumed about outcomes. Raises ConfigError, LedgerError."""
    sd = given["sd"]
    if sd is not None and not 0 < sd <= 1:  # NaN is in no range either
        raise ConfigError(f"--sd {sd:g} must lie above 0 and up to 1", hint="such as --sd 0.27")
    if not given["runs"]:
        if given["repeat"] is not None:
            raise ConfigError(
                "--repeat says nothing without a run that shows how much answers to one scenario "
                "vary",
                hint="add --run RUN, of a run with --repeat",
            )
        return Assumptions() if sd is None else Assumptions(sd=sd, origin="--sd")
    if len(given["runs"]) > 2 or sd is not None:
        raise ConfigError("one --run or two, and no --sd beside them", hint="leave one out")
    found = _spread(given["runs"], given["ledger"])
    if given["repeat"] is not None and found.within is None:
        raise ConfigError(
            f"--repeat: run {' and '.join(given['runs'])} has one answer to each scenario, so how "
            "much answers to one scenario vary is not known",
            hint="name a run that was made with --repeat 2 or more",
        )
    return replace(found, repeat=given["repeat"])


def _spread(names: tuple[str, ...], place: Path) -> Assumptions:
    from charter.evals.result import result_of  # noqa: PLC0415 - ledgers are slow to import
    from charter.evals.spread import spread  # noqa: PLC0415 - the same
    from charter.ledger.ledger import Ledger  # noqa: PLC0415 - the same
    from charter.ledger.stores.sqlite import open_store  # noqa: PLC0415 - the same

    with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
        return spread([result_of(ledger, None if n == "latest" else n) for n in names])


def _targets(spec: Spec, given: dict[str, Any]) -> Targets:
    """Return what is asked for. Raises SpecError, ConfigError."""
    config = config_of(given["config_file"])
    found = targets_of(spec, config.targets, config_path=config.path)
    if found.unused:
        named = ", ".join(plain(name) for name in found.unused[:5])
        click.echo(f"{config.path}: targets that name nothing in this spec: {named}", err=True)
    if given["target"] is None:
        return found
    asked = fraction_of("--target", given["target"], example="90%")
    if found.of_whole is not None:
        there = f"{found.of_whole.origin} asks for {100 * found.of_whole.value:g} %"
        click.echo(f"--target is not used: {plain(there)}", err=True)
        return found
    from_option = targets_of(spec, {DEFAULT: asked}, config_path="--target").by_key
    return replace(found, by_key={**from_option, **found.by_key})
