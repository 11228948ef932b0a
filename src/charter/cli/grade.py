"""`charter grade [RUN] --judge …`: have judges decide what checks alone could not."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import click

from charter.cli.bar import Bar
from charter.cli.grade_screen import (
    cost_json,
    graded_json,
    print_cost,
    print_graded,
    print_slices,
)
from charter.cli.ledger_file import ledger_file
from charter.cli.screen import console, note, plain, write_json
from charter.config import Config, find_config, load_config
from charter.errors import CharterError, ConfigError, LedgerError
from charter.evals.calibration.find import Found, calibration_for, publishable
from charter.evals.judge import Judge
from charter.evals.judging.combine import Rule
from charter.evals.judging.cost import Budget, prices_of
from charter.evals.judging.grade import (
    Graded,
    OpenedGrading,
    Order,
    Settings,
    carry_out_grading,
    estimate_grading,
    must_match,
    open_grading,
    recorded,
    unfinished_grading,
)
from charter.evals.judging.open import open_judge
from charter.evals.judging.replies import Replies
from charter.evals.judging.rules import SpecRules
from charter.evals.judging.task import Task, tasks_of, tools_of
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import STARTER, load_effective
from charter.records import RunFinished, RunStarted
from charter.spec.overlays.effective import Effective

LATEST = "latest"
EXIT_STOPPED = 1
_NUMBERED = re.compile(r"([1-9]\d?)\.(.+)", re.DOTALL)


@click.command("grade")
@click.argument("run", required=False)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of `charter eval --out`, or the ledger file in it.",
)
@click.option(
    "--spec",
    "spec",
    default=STARTER,
    show_default=True,
    help="What the run was measured against: the judge is shown slices of it.",
)
@click.option(
    "--overlay", "overlays", multiple=True, metavar="FILE", help="Laid over it, in order."
)
@click.option(
    "--judge",
    "judges",
    multiple=True,
    metavar="JUDGE",
    help="openai:NAME (any compatible endpoint), embedded, or scripted:FILE; repeatable.",
)
@click.option(
    "--judge-option",
    "options",
    multiple=True,
    metavar="[N.]KEY=VALUE",
    help="Option of every judge, or of the Nth.",
)
@click.option("--samples", type=click.IntRange(1, 100), default=1, show_default=True)
@click.option("--rule", type=click.Choice([*Rule]), default=Rule.MEDIAN, show_default=True)
@click.option("--concurrency", type=click.IntRange(1, 256), default=4, show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what it would ask and cost, and ask nobody.")
@click.option("--budget-tokens", type=click.IntRange(1), help="Stop before more are used.")
@click.option("--budget", type=click.FloatRange(0), help="Stop before more money is spent.")
@click.option(
    "--uncalibrated",
    is_flag=True,
    help="Publish figures although a judge is not known to be fit; every output says so.",
)
@click.option("--config", "config", type=click.Path(path_type=Path), help="A charter.toml.")
@click.option("--fresh", is_flag=True, help="Ask everything anew, whatever the ledger holds.")
@click.option("--slices", is_flag=True, help="Show how long the slices of SPEC are.")
@click.option("--slice", "part", metavar="ID", help="Print what a judge is shown for this part.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(**given: Any) -> None:
    """Have judges decide the replies of RUN that checks alone could not.

    The model under test is not asked again. Every judgement is written to the ledger as it comes;
    interrupted, or stopped by its budget (exit code 1), the same command carries on.
    """
    effective = load_effective(given["spec"], given["overlays"])
    rules = SpecRules(effective)
    if given["part"]:
        section = given["part"].partition("/")[0]
        clause = given["part"] if "/" in given["part"] else None
        click.echo(plain(rules.slice(section, clause)))
        return
    if given["slices"]:
        print_slices(effective, rules, as_json=given["as_json"])
        return
    if not given["judges"]:
        raise ConfigError("no judge is named", hint="e.g. --judge openai:NAME")
    file = ledger_file(given["ledger"])
    with Ledger(open_store(str(file), create=False)) as ledger:
        _grade(ledger, effective, rules, given)


def _grade(ledger: Ledger, effective: Effective, rules: SpecRules, given: dict[str, Any]) -> None:
    run = _run(ledger, given["run"])
    must_match(run, rules.digest)
    judges = _judges(given, rules)
    tasks = list(tasks_of(ledger, run.run, tools_of(effective.spec)))
    prices, currency = prices_of((judge.identity for judge in judges), _config(given).prices)
    if given["budget"] is not None and currency is None:
        missing = ", ".join(
            judge.identity.name
            for judge, price in zip(judges, prices, strict=True)
            if price is None
        )
        raise ConfigError(
            f"--budget needs the price of {missing}",
            hint='put it into charter.toml, under [prices."NAME"], or use --budget-tokens',
        )
    order = Order(run, judges, _settings(ledger, run, judges, given), prices)
    replies = Replies() if given["fresh"] else Replies.of(ledger)
    if given["dry_run"]:
        earlier = None if given["fresh"] else unfinished_grading(ledger, order)
        known = recorded(ledger, run.run, earlier) if earlier else None
        cost = estimate_grading(order, tasks, replies, opened=known, currency=currency)
        write_json(cost_json(cost)) if given["as_json"] else print_cost(cost, tasks, console())
        return
    if not any(ledger.read(RunFinished, run=run.run)):
        note(f"run {run.run} is unfinished: what it has so far is graded")
    opened = open_grading(ledger, order, fresh=given["fresh"])
    if opened.judgements:
        note(f"carrying on: {len(opened.judgements)} judgements are recorded")
    graded = _carry_out(opened, order, tasks, ledger=ledger, replies=replies, currency=currency)
    if given["as_json"]:
        write_json(graded_json(ledger, order, graded))
    else:
        print_graded(ledger, order, graded, console())
    if not graded.finished:
        raise click.exceptions.Exit(EXIT_STOPPED)


def _settings(
    ledger: Ledger, run: RunStarted, judges: tuple[Judge, ...], given: dict[str, Any]
) -> Settings:
    """Return how to judge, with the calibration of each judge; say which one lacks a good one."""
    calibrations = []
    for judge in judges:
        found = calibration_for(ledger, judge.identity, run.spec_digest, samples=given["samples"])
        calibrations.append(found.calibration.run if isinstance(found, Found) else "")
        objection = publishable(found)
        if objection is not None:
            what = "every output says so" if given["uncalibrated"] else "figures leave it out"
            note(f"{plain(objection)}: {what} (see `charter calibrate`)")
    return Settings(
        samples=given["samples"],
        rule=Rule(given["rule"]),
        concurrency=given["concurrency"],
        budget=Budget(given["budget_tokens"], given["budget"]),
        calibrations=tuple(calibrations),
        uncalibrated=given["uncalibrated"],
    )


def _carry_out(  # noqa: PLR0913 - one value for each part of a grading
    opened: OpenedGrading,
    order: Order,
    tasks: list[Task],
    *,
    ledger: Ledger,
    replies: Replies,
    currency: str | None,
) -> Graded:
    kept = f"grading {opened.grading} is kept in {ledger.where}, and the same command carries on"

    async def work() -> Graded:
        with Bar("judging", len(tasks), len(opened.scored)) as bar:
            try:
                return await carry_out_grading(
                    opened,
                    order,
                    tasks,
                    ledger=ledger,
                    replies=replies,
                    progress=bar,
                    currency=currency,
                )
            finally:
                for judge in order.judges:
                    await judge.close()

    try:
        return asyncio.run(work())
    except CharterError as error:
        error.hint = f"{error.hint}; {kept}" if error.hint else kept
        raise
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted: {kept}") from None


def _run(ledger: Ledger, named: str | None) -> RunStarted:
    """Return the run named, or the newest. Raises LedgerError."""
    wanted = None if named in (None, LATEST) else named
    found = [run for run in ledger.read(RunStarted) if wanted in (None, run.run)]
    if not found:
        what = f"has no run {wanted!r}" if wanted else "has no run"
        raise LedgerError(f"ledger {ledger.where} {what}", hint="see `charter report --list`")
    return found[-1]


def _judges(given: dict[str, Any], rules: SpecRules) -> tuple[Judge, ...]:
    """Open the judges. For a dry run no key is looked for: nobody is asked."""
    options = [_options(given["options"], place) for place in range(1, len(given["judges"]) + 1)]
    for name, mine in zip(given["judges"], options, strict=True):
        if given["dry_run"] and name.partition(":")[0] == "openai":
            mine["key_env"] = ""
    opened = tuple(
        open_judge(name, mine, rules) for name, mine in zip(given["judges"], options, strict=True)
    )
    if len({judge.identity for judge in opened}) < len(opened):
        raise ConfigError(
            "two judges are the same", hint="use --samples to ask one judge more than once"
        )
    return opened


def _options(texts: tuple[str, ...], place: int) -> dict[str, str]:
    """Return the options of the judge at a place, from 1; its own go before those of all."""
    common, own = {}, {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(
                f"--judge-option {text!r} is not KEY=VALUE",
                hint="e.g. --judge-option temperature=0.5, or 2.temperature=0.5 for the second",
            )
        numbered = _NUMBERED.fullmatch(key)
        if numbered is None:
            common[key] = value
        elif int(numbered[1]) == place:
            own[numbered[2]] = value
    return common | own


def _config(given: dict[str, Any]) -> Config:
    file = given["config"] or find_config(Path.cwd())
    return load_config(file) if file is not None else Config()
