"""`charter grade [RUN] --judge …`: have judges decide what checks alone could not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from charter.cli.bar import Bar
from charter.cli.cost_screen import cost_json
from charter.cli.grade_screen import graded_json, print_cost, print_graded, print_slices
from charter.cli.judge_options import judge_options, order_of
from charter.cli.ledger_file import ledger_file, ledger_option
from charter.cli.named_run import named_run
from charter.cli.resumable import carry_through
from charter.cli.screen import console, note, plain, write_json
from charter.errors import ConfigError
from charter.evals.judging.estimate import estimate_grading
from charter.evals.judging.grade import Graded, carry_out_grading
from charter.evals.judging.grading import open_grading, recorded, unfinished_grading
from charter.evals.judging.order import Order, must_match
from charter.evals.judging.replies import Replies
from charter.evals.judging.rules import SpecRules
from charter.evals.judging.task import Task, tasks_of, tools_of
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import STARTER, load_effective
from charter.records.run import RunFinished
from charter.spec.overlays.effective import Effective

EXIT_STOPPED = 1


@click.command("grade")
@click.argument("run", required=False)
@ledger_option
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
@judge_options
@click.option("--concurrency", type=click.IntRange(1, 256), default=4, show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what it would ask and cost, and ask nobody.")
@click.option("--config", type=click.Path(path_type=Path), help="A charter.toml with prices.")
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
        clause = given["part"] if "/" in given["part"] else None
        click.echo(plain(rules.slice(given["part"].partition("/")[0], clause)))
        return
    if given["slices"]:
        print_slices(effective, rules, as_json=given["as_json"])
        return
    if not given["judges"]:
        raise ConfigError("no judge is named", hint="e.g. --judge openai:NAME")
    with Ledger(open_store(str(ledger_file(given["ledger"])), create=False)) as ledger:
        _grade(ledger, effective, rules, given)


def _grade(ledger: Ledger, effective: Effective, rules: SpecRules, given: dict[str, Any]) -> None:
    run = named_run(ledger, given["run"])
    must_match(run, rules.digest)
    tasks = list(tasks_of(ledger, run.run, tools_of(effective.spec)))
    order, currency = order_of(ledger, run, rules, given)
    if given["dry_run"]:
        earlier = None if given["fresh"] else unfinished_grading(ledger, order)
        known = recorded(ledger, run.run, earlier) if earlier else None
        replies = Replies() if given["fresh"] else Replies.of(ledger)
        cost = estimate_grading(order, tasks, replies, opened=known, currency=currency)
        write_json(cost_json(cost)) if given["as_json"] else print_cost(cost, tasks, console())
        return
    if not tasks:
        if given["as_json"]:
            write_json({"run": run.run, "grading": None, "finished": True, "verdicts": {}})
        else:
            click.echo(f"no reply of run {plain(run.run)} needs a judge")
        return
    if not any(ledger.read(RunFinished, run=run.run)):
        note(f"run {run.run} is unfinished: what it has so far is graded")
    graded = grade_run(ledger, order, tasks, fresh=given["fresh"], currency=currency)
    if given["as_json"]:
        write_json(graded_json(ledger, order, graded))
    else:
        print_graded(ledger, order, graded, console())
    if not graded.finished:
        raise click.exceptions.Exit(EXIT_STOPPED)


def grade_run(
    ledger: Ledger,
    order: Order,
    tasks: Sequence[Task],
    *,
    fresh: bool = False,
    currency: str | None = None,
) -> Graded:
    """Carry out a grading with a progress bar, and close its judges.

    Raises as `carry_out_grading` does, with a hint on how it carries on.
    """
    replies = Replies() if fresh else Replies.of(ledger)
    opened = open_grading(ledger, order, fresh=fresh)
    if opened.judgements:
        note(f"carrying on: {len(opened.judgements)} judgements are recorded")
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

    return carry_through(work(), kept)
