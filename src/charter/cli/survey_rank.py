"""`charter survey rank SURVEY SPEC --model …`: what the spec would choose."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click

from charter.cli.bar import Bar
from charter.cli.config_file import config_of
from charter.cli.judge_options import budget_of, budget_options
from charter.cli.model_options import model_options
from charter.cli.overlay_option import overlay_option
from charter.cli.rank_screen import print_estimate, print_ranked
from charter.cli.resumable import carry_through
from charter.cli.screen import note, plain
from charter.cli.vault_options import opened_ledger, settings_of, vault_options
from charter.cli.voices_options import imported, voices_options
from charter.config import Price
from charter.errors import ConfigError, LedgerUnavailable
from charter.evals.judging.cost import NONE, Budget, Cost, prices_of
from charter.evals.judging.rules import SpecRules
from charter.evals.ranking.open import open_ranker
from charter.evals.ranking.questions import digest_of_questions, questions_of
from charter.evals.ranking.rank import (
    MOST_REPEATS,
    Carried,
    Opened,
    carry_out_ranking,
    finished_ranking,
    missing_of,
    open_ranking,
    unfinished_ranking,
)
from charter.evals.ranking.ranker import Question, Ranker
from charter.evolve.choices.rankings import digest_of_asked
from charter.evolve.importer import importers
from charter.evolve.surveys.gathered import voices_of
from charter.evolve.surveys.opening import opening
from charter.evolve.surveys.sitting import Sittings
from charter.evolve.voices import Asked
from charter.gateway.place import place_of
from charter.ledger.ledger import Ledger
from charter.ledger.open import open_ledger
from charter.load import load_effective
from charter.policy.compiled.compile import compile_policy
from charter.records.ranking import AnswersRanked, RankingStarted
from charter.records.survey import OPEN
from charter.spec.overlays.effective import Effective

EXIT_NOTHING = 1
"""Also where a budget stopped it."""


@click.command("rank")
@click.argument("survey", metavar="SURVEY")
@click.argument("spec", metavar="SPEC")
@overlay_option
@click.option(
    "--ranker",
    default="judge",
    show_default=True,
    help="judge (a model compares), clauses (a judge grades each answer), scripted (a file).",
)
@click.option(
    "--model",
    "model_name",
    required=True,
    metavar="MODEL",
    help="What ranks: openai:NAME, embedded, scripted:FILE; a FILE for --ranker scripted.",
)
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="Of the model.")
@click.option("--base-url", metavar="URL", help="Of an endpoint that is not the usual one.")
@click.option("--key-env", metavar="NAME", help="The environment variable with its key.")
@click.option(
    "--repeats",
    type=click.IntRange(1, MOST_REPEATS),
    default=3,
    show_default=True,
    help="How often each item is ranked. With one, noise and disagreement cannot be told apart.",
)
@click.option("--concurrency", type=click.IntRange(1, 256), default=4, show_default=True)
@budget_options
@click.option("--config", type=click.Path(path_type=Path), help="A charter.toml with prices.")
@click.option("--fresh", is_flag=True, help="Begin anew, whatever the ledger holds unfinished.")
@click.option("--dry-run", is_flag=True, help="Say what it would ask and cost, and ask nobody.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@voices_options
@vault_options
def command(**given: Any) -> None:
    """Rank the candidate answers of SURVEY by the effective spec, and record every order.

    SURVEY is the id of a survey in the ledger, or FORMAT:PATH as `charter survey import` reads it.
    Nothing of what people answered is shown to the ranker. Interrupted, or stopped by its budget
    (exit code 1), the same command carries on. An item that brings no order is recorded with the
    reason; where none brings one, it ends with 1.
    """
    given["master_key"] = given["master"]
    effective = load_effective(given["spec"], given["overlays"])
    rules = SpecRules(effective)
    with _asked(given) as (ledger, digest, asked):
        questions, findings = questions_of(asked, effective.spec)
        for finding in findings:
            note(plain(f"{finding.severity}: {finding.message} ({finding.hint})"))
        if not questions:
            raise ConfigError(
                f"{given['survey'][:80]} has no comparison that this spec can rank",
                hint="comparisons name clauses of the spec, in the survey or with --clauses FILE",
            )
        options = model_options(given, asked=not given["dry_run"])
        work = _Work(open_ranker(given["ranker"], given["model_name"], options, rules), questions)
        try:
            purse = _purse(work.ranker, given)
            started = _started(work, digest, effective, given)
            if given["dry_run"] or ledger is None:
                known = None
                if ledger is not None and not given["fresh"]:
                    known = unfinished_ranking(ledger, started)
                print_estimate(_estimate(work, known, purse, given), work.questions, given)
                return
            opened = open_ranking(ledger, started, fresh=given["fresh"])
            before = finished_ranking(ledger, started)
            if before and not given["fresh"] and not opened.done:
                note(f"ranking {before} of the same is finished: this one asks everything again")
            carried = _rank(ledger, opened, work, purse, given)
        finally:  # where it ranked, that closed it in its own loop, and this does nothing more
            asyncio.run(work.ranker.close())
        cost = _spent(work, opened, carried, purse, given)
        records = list(ledger.read(AnswersRanked, run=opened.run))
        print_ranked(opened.run, records, cost, given, finished=carried.finished)
        if not carried.finished or not any(each.order for each in records):
            raise click.exceptions.Exit(EXIT_NOTHING)


class _Work(NamedTuple):
    ranker: Ranker
    questions: list[Question]


class _Purse(NamedTuple):
    budget: Budget
    price: Price | None
    currency: str | None
    """None where the price is not known."""


def _purse(ranker: Ranker, given: dict[str, Any]) -> _Purse:
    """Return what may be spent. Raises ConfigError for a sum where a price is not known."""
    prices, currency = prices_of([ranker.asks], config_of(given["config"]).prices)
    return _Purse(budget_of(given, [ranker.asks], prices), prices[0], currency)


class _Asked(NamedTuple):
    ledger: Ledger | None
    digest: str
    asked: tuple[Asked, ...]


def _started(
    work: _Work, survey: str, effective: Effective, given: dict[str, Any]
) -> RankingStarted:
    return RankingStarted(
        run="",
        at="",
        survey=survey,
        spec=effective.digest,
        policy=compile_policy(effective).digest,
        ranker=given["ranker"],
        identity=work.ranker.identity,
        repeats=given["repeats"],
        items=tuple(question.id for question in work.questions),
        questions=digest_of_questions(work.questions),
    )


@contextmanager
def _asked(given: dict[str, Any]) -> Iterator[_Asked]:
    """Open the ledger with what was asked. Raises ConfigError."""
    name = given["survey"]
    format_, colon, path = name.partition(":")
    if colon and format_ in importers():
        voices = imported(format_, path, given, channel=OPEN).voices
        place = place_of(settings_of(given).ledger, given["place"])
        with _made(place, dry=given["dry_run"]) as ledger:
            yield _Asked(ledger, digest_of_asked(voices.asked), voices.asked)
        return
    with opened_ledger(given) as ledger:
        found = opening(ledger, name)
        if found is None:
            what = f"no survey {name!r:.80} was ever opened"
            raise ConfigError(what, hint="see `charter survey list`, or give FORMAT:PATH")
        yield _Asked(ledger, found.digest, voices_of(found.survey, Sittings((), 0)).asked)


@contextmanager
def _made(place: str, *, dry: bool) -> Iterator[Ledger | None]:
    """Open a ledger, and make it where there is none; with `dry`, make none."""
    try:
        ledger = open_ledger(place, create=not dry)
    except LedgerUnavailable:
        if not dry:
            raise
        yield None
        return
    with ledger:
        yield ledger


def _estimate(work: _Work, known: Opened | None, purse: _Purse, given: dict[str, Any]) -> Cost:
    """Return what is still to be asked and at most spent. Asks nobody."""
    times = given["repeats"]
    needs = [work.ranker.need(each) for each, _ in missing_of(known, work.questions, times)]
    tokens = sum((need.tokens for need in needs), NONE)
    return Cost(
        judgements=len(work.questions) * times,
        recorded=0 if known is None else len(known.done),
        requests=sum(need.requests for need in needs),
        tokens=tokens,
        money=None if purse.currency is None else tokens.money(purse.price),
        currency=purse.currency,
    )


def _spent(
    work: _Work, opened: Opened, carried: Carried, purse: _Purse, given: dict[str, Any]
) -> Cost:
    return Cost(
        judgements=len(work.questions) * given["repeats"],
        recorded=len(opened.done),
        requests=carried.requests,
        tokens=carried.spent,
        money=None if purse.currency is None else carried.money,
        currency=purse.currency,
    )


def _rank(
    ledger: Ledger, opened: Opened, work: _Work, purse: _Purse, given: dict[str, Any]
) -> Carried:
    if opened.done:
        note(f"carrying on: {len(opened.done)} orders are recorded")
    kept = f"ranking {opened.run} is kept in {ledger.where}, and the same command carries on"

    async def ranking() -> Carried:
        with Bar("ranking", len(work.questions) * given["repeats"], len(opened.done)) as bar:
            try:
                return await carry_out_ranking(
                    opened,
                    work.ranker,
                    work.questions,
                    repeats=given["repeats"],
                    ledger=ledger,
                    progress=bar,
                    concurrency=given["concurrency"],
                    budget=purse.budget,
                    price=purse.price,
                )
            finally:
                await work.ranker.close()

    return carry_through(ranking(), kept)
