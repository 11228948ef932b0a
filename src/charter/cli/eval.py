"""`charter eval [SPEC] --model …`: measure, record, report."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from charter.cli.bar import Bar
from charter.cli.config_file import config_of
from charter.cli.eval_judges import Bench, bench_of, judge_run, ungraded
from charter.cli.finite_range import FiniteRange
from charter.cli.forecast_screen import print_forecast
from charter.cli.judge_options import judge_options
from charter.cli.known_ledger import known_ledger
from charter.cli.ledger_file import LEDGER_FILE
from charter.cli.model_options import model_options
from charter.cli.report import covering_of
from charter.cli.resumable import carry_through
from charter.cli.screen import console, note
from charter.errors import BadModelReply, ConfigError, StorageError
from charter.evals.carry import CarryOver, carry_over
from charter.evals.forecast import Forecast, forecast
from charter.evals.judging.cost import currency_of, price_of
from charter.evals.judging.grade import Graded
from charter.evals.plan import Plan, Settings
from charter.evals.report.beside import Beside
from charter.evals.report.page import page
from charter.evals.report.terminal import print_result
from charter.evals.result import Result, result_of
from charter.evals.run import Opened, carry_out, open_run
from charter.evals.score import Verdict
from charter.evals.suite import Suite, compile_suite, select, stratify
from charter.evals.target import Targets, targets_of
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import STARTER, load, load_policy
from charter.models.open import open_model
from charter.models.provider import Model
from charter.policy.briefs.brief import Brief, brief

EXIT_STOPPED = 1
BRIEF_TOKENS = 1000
"""Half of what the embedded model reads at once."""
MOST = 2**31 - 1
"""Larger numbers are outside of what servers and weights take."""


@click.command("eval")
@click.argument("spec", default=STARTER)
@click.option(
    "--model",
    "model_name",
    required=True,
    metavar="MODEL",
    help="embedded, openai:NAME (any compatible endpoint), or scripted:FILE.",
)
@click.option("--base-url", metavar="URL", help="Endpoint of an openai: model, up to /v1.")
@click.option("--key-env", metavar="NAME", help="Environment variable that holds its key.")
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="Provider option.")
@click.option("--sections", metavar="ID,ID", help="Only these sections and those below them.")
@click.option("--per-section", type=click.IntRange(1), help="At most this many scenarios of each.")
@click.option("--examples", is_flag=True, help="Also ask the spec's own example conversations.")
@click.option(
    "--brief",
    "brief_tokens",
    type=click.IntRange(1, MOST),
    is_flag=False,
    flag_value=BRIEF_TOKENS,
    metavar="[TOKENS]",
    help=f"Begin every request with the rules of SPEC; without a number, {BRIEF_TOKENS} tokens.",
)
@click.option("--repeat", type=click.IntRange(1, 1000), default=1, show_default=True)
@click.option("--concurrency", type=click.IntRange(1, 256), default=4, show_default=True)
@click.option("--max-tokens", type=click.IntRange(1, MOST), default=256, show_default=True)
@click.option(
    "--temperature",
    type=FiniteRange(0, 5),
    default=0.0,
    show_default=True,
)
@click.option("--seed", type=click.IntRange(0, MOST), default=0, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("runs"),
    show_default=True,
    help="Folder of the ledger and the report.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="A charter.toml with targets; without it, the nearest one.",
)
@judge_options
@click.option("--dry-run", is_flag=True, help="Say what it would ask and cost, and ask nobody.")
@click.option(
    "--runner",
    type=click.Choice(["local", "inspect"]),
    default="local",
    show_default=True,
    help="What asks the model; inspect also writes a log of Inspect AI.",
)
@click.option("--fresh", is_flag=True, help="Start anew even if such a run was interrupted.")
@click.option(
    "--stale",
    is_flag=True,
    help="Ask only what an earlier run of this model and spec no longer speaks for; take over the "
    "other replies.",
)
def command(**given: Any) -> None:
    """Measure how well a model keeps to SPEC (default: the starter spec).

    Every reply and score is written to a ledger as it comes. Interrupted, the same command
    carries on where it stopped.
    """
    suite = _suite(given)
    settings = Settings(given["repeat"], given["max_tokens"], given["temperature"], given["seed"])
    out: Path = given["out"]
    model = open_model(_text(given["model_name"]), model_options(given, asked=not given["dry_run"]))
    plan = Plan(suite, model.identity, settings, _brief(given), _targets(suite, given))
    plan.must_fit(model.context)
    with known_ledger(out / LEDGER_FILE) as ledger:
        carried = _carried(ledger, plan) if given["stale"] else None
        bench = bench_of(ledger, plan, given)
    if given["dry_run"]:
        print_forecast(_forecast(plan, carried, bench, given), console())
        return
    with Ledger(open_store(str(out / LEDGER_FILE))) as ledger:
        run = _measured(ledger, plan, model, bench, carried, given)
        graded = judge_run(ledger, bench, plan, run) if bench is not None else None
        result = result_of(ledger, run)
    target = out / f"{run}.html"
    beside = Beside(covering_of(suite.spec), config_of(given["config"]).prices)
    _write(target, page(result, beside))  # before stdout, whose reader may go away
    print_result(result, console(), page=str(target), beside=beside)
    click.echo(f"\nreport: {target}")
    _must_be_whole(result, graded, _kept(run, out))


def _must_be_whole(result: Result, graded: Graded | None, kept: str) -> None:
    """Raise BadModelReply where replies failed; exit where a budget stopped the judges."""
    failed = [case for case in result.cases if case.verdict == Verdict.ERROR]
    if failed:
        raise BadModelReply(
            f"{len(failed)} of {result.whole.planned} replies failed, the first: "
            f"{failed[0].reason}",
            hint=kept,
        )
    if graded is not None and not graded.finished:
        note(
            f"the budget stopped grading {graded.grading}: `charter grade {result.run.run}` with "
            "a larger one carries on"
        )
        raise click.exceptions.Exit(EXIT_STOPPED)


def _forecast(
    plan: Plan, carried: CarryOver | None, bench: Bench | None, given: dict[str, Any]
) -> Forecast:
    """Estimate the run, in one currency. Raises ConfigError where prices are in several."""
    prices = config_of(given["config"]).prices
    price = price_of(plan.model.provider, plan.model.name, prices)
    order = bench.order if bench is not None else None
    judge_prices = order.prices if order is not None else ()
    return forecast(
        plan,
        carried=carried,
        judges=order.judges if order is not None else (),
        samples=order.settings.samples if order is not None else 1,
        price=price,
        judge_prices=judge_prices,
        currency=currency_of([price, *judge_prices]),
    )


def _measured(  # noqa: PLR0913, PLR0917 - the parts of a run
    ledger: Ledger,
    plan: Plan,
    model: Model,
    bench: Bench | None,
    carried: CarryOver | None,
    given: dict[str, Any],
) -> str:
    """Ask the model whatever is missing; return the id of the run, which then has all replies."""
    if bench is not None and not given["fresh"]:
        known = ungraded(ledger, bench, plan)
        if known is not None:
            note(f"carrying on: run {known} has all its replies, and its grading is unfinished")
            return known
    opened = open_run(ledger, plan, fresh=given["fresh"], carried=carried)
    work = _measure(opened, plan, model, ledger=ledger, given=given)
    carry_through(work, _kept(opened.run, given["out"]))
    return opened.run


def _kept(run: str, out: Path) -> str:
    return f"run {run} is kept in {out / LEDGER_FILE}, and the same command carries on"


async def _measure(
    opened: Opened, plan: Plan, model: Model, *, ledger: Ledger, given: dict[str, Any]
) -> None:
    planned = len(plan.suite.scenarios) * plan.settings.repeat
    if opened.resumed:
        note(f"carrying on: {opened.resumed} of {planned} replies are recorded")
    with Bar("answering", planned, opened.resumed) as bar:
        try:
            await carry_out(
                opened,
                plan,
                model,
                ledger=ledger,
                concurrency=given["concurrency"],
                progress=bar,
                runner=given["runner"],
            )
        finally:
            await model.close()


def _carried(ledger: Ledger, plan: Plan) -> CarryOver:
    """Return what an earlier run still speaks for. Raises ConfigError where there is none."""
    found = carry_over(ledger, plan)
    if found is None:
        raise ConfigError(
            f"no finished run of {plan.model.name} on {plan.suite.spec.name} with these settings "
            f"in {ledger.where}",
            hint="run once without --stale, or name the folder of that run with --out",
        )
    total = len(plan.suite.scenarios)
    note(f"{len(found.fresh)} of {total} scenarios are taken over from run {found.run.run}")
    for why, count in Counter(found.stale.values()).most_common(MAX_REASONS):
        note(f"stale: {count} because {why}")
    return found


MAX_REASONS = 12
"""Reasons for asking again that are shown, the most frequent first."""


def _suite(given: dict[str, Any]) -> Suite:
    suite = compile_suite(load(given["spec"]), examples=given["examples"])
    if given["sections"]:
        suite = select(suite, [name.strip() for name in given["sections"].split(",")])
    if given["per_section"]:
        suite = stratify(suite, given["per_section"])
    return suite


def _targets(suite: Suite, given: dict[str, Any]) -> Targets:
    """Return what is asked for, by the spec and by charter.toml. Raises SpecError, ConfigError."""
    config = config_of(given["config"])
    return targets_of(suite.spec, config.targets, config_path=config.path)


def _brief(given: dict[str, Any]) -> Brief | None:
    """Write the brief that was asked for. Raises ConfigError where it has no room for a rule."""
    tokens = given["brief_tokens"]
    return None if tokens is None else brief(load_policy(given["spec"]), budget=tokens)


def _text(name: str) -> str:
    """Return the name of a model. Raises ConfigError when no request could hold it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ConfigError("--model is not UTF-8", hint="check the name") from None
    return name


def _write(target: Path, text: str) -> None:
    """Write the whole report or none. Raises StorageError."""
    part = target.with_suffix(".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as cause:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StorageError(
            f"{target} cannot be written: {cause.strerror or cause}",
            hint=f"the run is complete: make room, then charter report --ledger {target.parent}",
        ) from cause
