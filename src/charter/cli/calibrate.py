"""`charter calibrate [SPEC] --judge …`: measure a judge or grader on labelled answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

from charter.classifiers.refusal.classify import is_trained
from charter.classifiers.refusal.trained_on import was_trained_on
from charter.cli.bar import Bar
from charter.cli.calibrate_screen import calibrations_table, print_cost, print_figures
from charter.cli.config_file import config_of
from charter.cli.cost_screen import cost_json
from charter.cli.judge_options import budget_of, budget_options, open_one, options_for
from charter.cli.known_ledger import known_ledger
from charter.cli.ledger_file import ledger_file, ledger_option
from charter.cli.named_run import LATEST, named_run
from charter.cli.resumable import carry_through
from charter.cli.screen import console, note, write_json
from charter.config import Config
from charter.errors import ConfigError
from charter.evals.calibration.calibrate import (
    Calibrated,
    OpenedCalibration,
    Order,
    Ruled,
    Settings,
    carry_out_calibration,
    estimate_calibration,
    open_calibration,
    unfinished_calibration,
)
from charter.evals.calibration.drift import drift
from charter.evals.calibration.export import export_calibration
from charter.evals.calibration.figures import calibrations, figures_of
from charter.evals.calibration.find import spoken
from charter.evals.calibration.fitness import thresholds
from charter.evals.calibration.graded_examples import NAME as EXAMPLES
from charter.evals.calibration.graded_examples import graded_examples
from charter.evals.calibration.kind import GRADER, READ_NO_RULES
from charter.evals.calibration.label_columns import Mapped, mapped
from charter.evals.calibration.label_file import label_files
from charter.evals.calibration.labelled import Labels
from charter.evals.calibration.rater import JudgeRater, Rater
from charter.evals.calibration.replay import open_grader, open_labels
from charter.evals.calibration.run_labels import run_labels
from charter.evals.calibration.scale import ADHERENCE, REFUSAL
from charter.evals.judging.cost import prices_of
from charter.evals.judging.order import must_match
from charter.evals.judging.replies import Replies
from charter.evals.judging.rules import SpecRules
from charter.evals.judging.task import tools_of
from charter.evals.report.wording import plural
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import STARTER, load_effective
from charter.records.calibration import CalibrationFinished
from charter.spec.overlays.effective import Effective

RUN = "run:"
EXIT_STOPPED = 1
TRAINED = f"{GRADER}:refusal"
RETEST = 50
"""Answers that a judge which is asked gets a second time, unless told otherwise."""


@click.command("calibrate")
@click.argument("spec", default=STARTER)
@click.option(
    "--overlay", "overlays", multiple=True, metavar="FILE", help="Laid over it, in order."
)
@click.option(
    "--judge",
    "judge",
    metavar="JUDGE",
    help="openai:NAME, embedded, scripted:FILE; grader:refusal, grader:refusal_rules or "
    "grader:NAME; or labels:COLUMN, the verdicts in a column of the label file.",
)
@click.option(
    "--judge-option", "options", multiple=True, metavar="KEY=VALUE", help="Option of the judge."
)
@click.option(
    "--labels",
    "labels",
    multiple=True,
    metavar="FROM",
    help="A CSV or JSON Lines file (repeatable), or run:ID for what people said about the replies "
    "of a run. Without it, the graded examples of SPEC.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column of the file holds a field, e.g. answer=completion.",
)
@click.option(
    "--map",
    "values",
    multiple=True,
    metavar="VALUE=LABEL",
    help="What a label of the file means, e.g. 2_full_refusal=full.",
)
@click.option("--samples", type=click.IntRange(1, 100), default=1, show_default=True)
@click.option(
    "--retest",
    type=click.IntRange(0, 1_000_000),
    help=f"Answers to ask about a second time, to the letter. Default: {RETEST}; 0 for graders.",
)
@click.option("--concurrency", type=click.IntRange(1, 256), default=4, show_default=True)
@ledger_option
@click.option("--dry-run", is_flag=True, help="Say what it would ask and cost, and ask nobody.")
@budget_options
@click.option("--config", "config", type=click.Path(path_type=Path), help="A charter.toml.")
@click.option("--fresh", is_flag=True, help="Ask everything anew, whatever the ledger holds.")
@click.option("--show", metavar="ID", help="Show a calibration of the ledger, or `latest`.")
@click.option("--list", "list_all", is_flag=True, help="List the calibrations of the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(**given: Any) -> None:
    """Measure how well a judge or grader agrees with people, and say what it is fit for.

    Without --labels it is measured on the graded examples of SPEC (default: the starter spec).
    Every verdict is written to the ledger as it comes; interrupted, or stopped by its budget
    (exit code 1), the same command carries on. A judge that is not fit ends with exit code 1.
    """
    if given["list_all"] or given["show"]:
        with Ledger(open_store(str(ledger_file(given["ledger"])), create=False)) as ledger:
            if given["list_all"]:
                _list(ledger, given)
            else:
                _say(ledger, None if given["show"] == LATEST else given["show"], given)
        return
    if not given["judge"]:
        raise ConfigError("no judge is named", hint="e.g. --judge openai:NAME")
    config = config_of(given["config"])
    effective = load_effective(given["spec"], given["overlays"])
    file = ledger_file(given["ledger"])
    with known_ledger(file) as ledger:
        order, currency = _order(ledger, effective, config, given)
        order.must_work()
        if order.labels.left_out:
            note(f"left out: {plural(order.labels.left_out, 'row')} without a label")
        if given["dry_run"]:
            _estimate(ledger, order, currency, given)
            return
    with Ledger(open_store(str(file))) as ledger:
        _calibrate(ledger, order, currency, given)


def _estimate(ledger: Ledger, order: Order, currency: str | None, given: dict[str, Any]) -> None:
    """Say what it would ask and cost."""
    replies, opened = Replies(), None
    if not given["fresh"]:
        replies, opened = Replies.of(ledger), unfinished_calibration(ledger, order)
    cost = estimate_calibration(order, replies, opened=opened, currency=currency)
    if given["as_json"]:
        write_json(cost_json(cost))
    else:
        print_cost(order, cost, console())


def _calibrate(ledger: Ledger, order: Order, currency: str | None, given: dict[str, Any]) -> None:
    replies = Replies() if given["fresh"] else Replies.of(ledger)
    opened = open_calibration(ledger, order, fresh=given["fresh"])
    if opened.done:
        note(f"carrying on: {len(opened.done)} verdicts are recorded")
    done = _carry_out(opened, order, ledger=ledger, replies=replies, currency=currency)
    _say(ledger, done.run, given)
    if done.assessment is None:
        note("stopped at the end of the budget: the same command with a larger one carries on")
    if done.assessment is None or done.assessment.fitness != "fit":
        raise click.exceptions.Exit(EXIT_STOPPED)


def _carry_out(
    opened: OpenedCalibration,
    order: Order,
    *,
    ledger: Ledger,
    replies: Replies,
    currency: str | None,
) -> Calibrated:
    kept = f"calibration {opened.run} is kept in {ledger.where}, and the same command carries on"

    async def work() -> Calibrated:
        planned = sum(1 for _ in order.steps())
        asks = order.rater.identity.kind not in READ_NO_RULES
        with Bar("judging", planned, len(opened.done)) if asks else _Silent() as bar:
            try:
                return await carry_out_calibration(
                    opened,
                    order,
                    ledger=ledger,
                    replies=replies,
                    progress=bar,
                    currency=currency,
                )
            finally:
                await order.rater.close()

    return carry_through(work(), kept)


class _Silent:
    """Progress of what takes no time."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Do nothing."""

    def advance(self, verdict: str) -> None:
        """Say nothing."""


def _order(
    ledger: Ledger, effective: Effective, config: Config, given: dict[str, Any]
) -> tuple[Order, str | None]:
    kind, _, name = given["judge"].partition(":")
    options = options_for(given["options"], 1, of=1)
    how = mapped(given["columns"], given["values"])
    chosen = thresholds(config.calibration)
    asks = kind not in READ_NO_RULES
    rater: Rater | None = None
    if kind == GRADER:
        rater = open_grader(name, options)
    elif asks:
        rules = SpecRules(effective)
        rater = JudgeRater(open_one(given["judge"], options, rules, keyless=given["dry_run"]))
    labels = _labels(ledger, effective, how, given, rater)
    if given["judge"] == TRAINED and is_trained():
        labels = _unseen(labels)
    if rater is None:
        if options:
            raise ConfigError("labels:COLUMN has no options", hint="leave --judge-option out")
        rater = open_labels(name, labels, how)
    named = [rater.identity] if asks else []
    prices, currency = prices_of(named, config.prices)
    retest = given["retest"] if given["retest"] is not None else RETEST if asks else 0
    settings = Settings(
        samples=given["samples"],
        retest=retest,
        concurrency=given["concurrency"],
        budget=budget_of(given, named, prices),
        thresholds=chosen,
    )
    spec = effective.spec
    ruled = Ruled(spec.name, spec.version, effective.digest) if asks else Ruled()
    return Order(labels, rater, ruled, settings, prices[0] if prices else None), currency


def _unseen(labels: Labels) -> Labels:
    """Leave out the answers that the classifier was trained on. Raises ConfigError for all."""
    items = tuple(each for each in labels.items if not was_trained_on(each.item.answer))
    known = len(labels.items) - len(items)
    if labels.items and not items:
        raise ConfigError(
            f"the refusal classifier was trained on all {known} answers of {labels.name}",
            hint="give answers that it has not seen; its card has what it does on held-out ones",
        )
    if known:
        note(f"left out: {plural(known, 'answer')} that the classifier was trained on")
    return replace(labels, items=items)


def _labels(
    ledger: Ledger,
    effective: Effective,
    how: Mapped,
    given: dict[str, Any],
    rater: Rater | None,
) -> Labels:
    named: tuple[str, ...] = given["labels"]
    runs = [each for each in named if each.startswith(RUN)]
    if (how.columns or how.values) and (runs or not named):
        raise ConfigError("--column and --map describe a file", hint="name it with --labels FILE")
    if not named or named == (EXAMPLES,):
        return graded_examples(effective.spec)
    if runs:
        if len(named) > 1:
            raise ConfigError("--labels run:ID stands alone", hint="name one run, or files")
        run = named_run(ledger, runs[0].removeprefix(RUN))
        if isinstance(rater, JudgeRater):  # people spoke of the rules that the run was held to
            must_match(run, effective.digest)
        scale = REFUSAL if rater is not None and rater.scale == REFUSAL else ADHERENCE
        return run_labels(ledger, run, scale, tools_of(effective.spec))
    spec = effective.spec if isinstance(rater, JudgeRater) else None
    return label_files([Path(each) for each in named], how, spec)


def _say(ledger: Ledger, run: str | None, given: dict[str, Any]) -> None:
    figures = figures_of(ledger, run)
    changed = drift(ledger, figures) if figures.finished else None
    if given["as_json"]:
        write_json(export_calibration(figures, changed))
    else:
        print_figures(figures, console(), changed)


def _list(ledger: Ledger, given: dict[str, Any]) -> None:
    every = calibrations(ledger)
    finished = {record.run: record for record in ledger.read(CalibrationFinished)}
    if given["as_json"]:
        write_json(
            [
                {
                    "calibration": one.run,
                    "started_at": one.at,
                    "judge": spoken(one.judge),
                    "labels": one.labels,
                    "answers": one.items,
                    "spec": one.spec_name,
                    "fitness": finished[one.run].fitness if one.run in finished else None,
                }
                for one in every
            ]
        )
    elif every:
        console().print(calibrations_table(every, finished), soft_wrap=False)
    else:
        click.echo(f"no calibration in {ledger.where}")
