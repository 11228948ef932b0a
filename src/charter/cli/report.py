"""`charter report [RUN] [RUN_B]`: what a run amounts to, or two runs side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from charter.cli.document import deliver, document_options, recorded
from charter.cli.ledger_file import ledger_file, ledger_option
from charter.cli.named_result import named_result
from charter.cli.report_governance import governance_command
from charter.cli.report_transparency import transparency_command
from charter.cli.screen import console, write_json
from charter.cli.suite_coverage import suite_of
from charter.config import Config, find_config, load_config
from charter.errors import ConfigError
from charter.evals.coverage import coverage
from charter.evals.report.beside import Beside, Covering
from charter.evals.report.compare import compare
from charter.evals.report.contrast import export_comparison
from charter.evals.report.export import export
from charter.evals.report.page import comparison_page, page
from charter.evals.report.terminal import print_result, runs_table
from charter.evals.report.terminal_compared import print_comparison
from charter.evals.result import Result, runs
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load
from charter.records.grading import GradingStarted
from charter.records.run import RunStarted
from charter.spec.overlays.layer import layer
from charter.spec.spec import Spec

LATEST = "latest"
REPORTS = {"governance": governance_command, "transparency": transparency_command}
"""Reports of a period: to show a folder of one of these names, write `./governance`."""


class _Reports(click.Command):
    """The results of runs; or, by its name, one of the reports of a period."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Go to the report that is named."""
        other = REPORTS.get(args[0]) if args else None
        if other is None:
            return super().make_context(info_name, args, parent, **extra)
        return other.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)


@click.command("report", cls=_Reports)
@click.argument("run", required=False)
@click.argument("run_b", required=False)
@ledger_option
@document_options
@click.option(
    "--grading",
    metavar="ID",
    help="Verdicts of this grading by judges, or `none`; without it, of the newest.",
)
@click.option("--spec", metavar="SPEC", help="Also show which clauses of SPEC have scenarios.")
@click.option("--config", type=click.Path(path_type=Path), help="A charter.toml with prices.")
@click.option("--list", "list_runs", is_flag=True, help="List the runs of the ledger.")
def command(**given: Any) -> None:
    """Show the results of RUN, or set RUN and RUN_B side by side.

    A run is an id, `latest` (the default), or a folder that `charter eval` wrote to, which
    stands for its newest run.

    `charter report governance` and `charter report transparency` report on a period instead.
    """
    if given["list_runs"]:
        _list(given)
        return
    if given["run_b"] and (given["grading"] or given["spec"]):
        raise ConfigError("--grading and --spec are for one run", hint="leave out the second")
    first = named_result(given["run"], given["ledger"], grading=given["grading"])
    second = named_result(given["run_b"], given["ledger"]) if given["run_b"] else None
    beside = _beside(given)
    to_file = given["out"] is not None
    text = _text(first, second, beside, form=given["form"], to_file=to_file)
    deliver(text, given["out"], lambda screen: _print(first, second, beside, screen))


def _beside(given: dict[str, Any]) -> Beside:
    """Return what the ledger does not hold: coverage of a spec, and prices."""
    file = given["config"] or find_config(Path.cwd())
    config = load_config(file) if file is not None else Config()
    if given["spec"] is None:
        return Beside(prices=config.prices)
    return Beside(covering_of(load(given["spec"])), config.prices)


def covering_of(spec: Spec) -> Covering:
    """Return which clauses of a spec have scenarios, all of them and drafts apart."""
    levels = tuple(level.name for level in layer(spec).ladder.levels)
    return Covering(spec, coverage(suite_of(spec), levels))


def _list(given: dict[str, Any]) -> None:
    if given["run_b"]:
        raise ConfigError("--list takes one folder at most")
    place = Path(given["run"]) if given["run"] else given["ledger"]
    if given["form"] == "html":
        raise ConfigError("--list has no HTML form", hint="use --format text or json")
    with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
        found = runs(ledger)
        gradings: dict[str, list[str]] = {}
        for grading in ledger.read(GradingStarted):
            gradings.setdefault(grading.run, []).append(grading.grading)
    if given["form"] == "json":
        write_json([_entry(run, gradings.get(run.run, [])) for run in found])
    elif found:
        console().print(runs_table(found, gradings), soft_wrap=False)
    else:
        click.echo(f"no run in {place}")


def _entry(run: RunStarted, gradings: list[str]) -> dict[str, Any]:
    return {
        "run": run.run,
        "started_at": run.at,
        "provider": run.model.provider,
        "model": run.model.name,
        "spec": run.spec_name,
        "version": run.spec_version,
        "scenarios": len(run.scenarios),
        "repeat": run.repeat,
        "brief": run.brief.digest if run.brief else None,
        "gradings": gradings,
    }


def _text(
    first: Result, second: Result | None, beside: Beside, *, form: str, to_file: bool
) -> str | None:
    """Return the document; None for tables that belong on the terminal."""
    if form == "json":
        document = (
            export(first, beside) if second is None else export_comparison(compare(first, second))
        )
        # ASCII, because replies may hold characters that a terminal or a decoder trips over
        return json.dumps(document, indent=1, allow_nan=False)
    if form == "html":
        return page(first, beside) if second is None else comparison_page(compare(first, second))
    if not to_file:
        return None
    return recorded(lambda screen: _print(first, second, beside, screen))


def _print(first: Result, second: Result | None, beside: Beside, screen: Console) -> None:
    if second is None:
        print_result(first, screen, beside=beside)
    else:
        print_comparison(compare(first, second), screen)
