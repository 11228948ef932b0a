"""`charter survey rank SURVEY SPEC --model …`: what the spec would choose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from charter.cli.bar import Bar
from charter.cli.model_options import model_options
from charter.cli.overlay_option import overlay_option
from charter.cli.resumable import carry_through
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import opened_ledger, settings_of, vault_options
from charter.cli.voices_options import imported, voices_options
from charter.errors import ConfigError
from charter.evals.judging.rules import SpecRules
from charter.evals.ranking.open import open_ranker
from charter.evals.ranking.questions import questions_of
from charter.evals.ranking.rank import MOST_REPEATS, Opened, carry_out_ranking, open_ranking
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

EXIT_NOTHING = 1


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
@click.option("--fresh", is_flag=True, help="Begin anew, whatever the ledger holds unfinished.")
@click.option("--dry-run", is_flag=True, help="Say what it would ask, and ask nobody.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@voices_options
@vault_options
def command(**given: Any) -> None:
    """Rank the candidate answers of SURVEY by the effective spec, and record every order.

    SURVEY is the id of a survey in the ledger, or FORMAT:PATH as `charter survey import` reads it.
    Nothing of what people answered is shown to the ranker. Interrupted, the same command carries
    on. An item that brings no order is recorded with the reason; where none brings one, it ends
    with 1.
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
        if given["dry_run"]:
            _would(questions, given)
            return
        options = model_options(given)
        ranker = open_ranker(given["ranker"], given["model_name"], options, rules)
        started = RankingStarted(
            run="",
            at="",
            survey=digest,
            spec=effective.digest,
            policy=compile_policy(effective).digest,
            ranker=given["ranker"],
            identity=ranker.identity,
            repeats=given["repeats"],
            items=tuple(question.id for question in questions),
        )
        opened = open_ranking(ledger, started, fresh=given["fresh"])
        _rank(ledger, opened, ranker, questions, given)
        _show(_summary(ledger, opened.run, given), as_json=given["as_json"])


class _Asked(NamedTuple):
    ledger: Ledger
    digest: str
    asked: tuple[Asked, ...]


@contextmanager
def _asked(given: dict[str, Any]) -> Iterator[_Asked]:
    """Open the ledger with what was asked. Raises ConfigError."""
    name = given["survey"]
    format_, colon, path = name.partition(":")
    if colon and format_ in importers():
        voices = imported(format_, path, given, channel=OPEN).voices
        with open_ledger(place_of(settings_of(given).ledger, given["place"])) as ledger:
            yield _Asked(ledger, digest_of_asked(voices.asked), voices.asked)
        return
    with opened_ledger(given) as ledger:
        found = opening(ledger, name)
        if found is None:
            what = f"no survey {name!r:.80} was ever opened"
            raise ConfigError(what, hint="see `charter survey list`, or give FORMAT:PATH")
        yield _Asked(ledger, found.digest, voices_of(found.survey, Sittings((), 0)).asked)


def _would(questions: list[Question], given: dict[str, Any]) -> None:
    times = given["repeats"]
    grades = sum(len(each.answers) * len(each.parts) for each in questions)
    asks = times * (grades if given["ranker"] == "clauses" else len(questions))
    if given["as_json"]:
        write_json({"items": len(questions), "repeats": times, "requests": asks})
    else:
        click.echo(f"{len(questions)} items, {times} times each: {asks} requests")


def _rank(
    ledger: Ledger,
    opened: Opened,
    ranker: Ranker,
    questions: list[Question],
    given: dict[str, Any],
) -> None:
    if opened.done:
        note(f"carrying on: {len(opened.done)} orders are recorded")
    kept = f"ranking {opened.run} is kept in {ledger.where}, and the same command carries on"

    async def work() -> None:
        with Bar("ranking", len(questions) * given["repeats"], len(opened.done)) as bar:
            try:
                await carry_out_ranking(
                    opened,
                    ranker,
                    questions,
                    repeats=given["repeats"],
                    ledger=ledger,
                    progress=bar,
                    concurrency=given["concurrency"],
                )
            finally:
                await ranker.close()

    carry_through(work(), kept)


def _summary(ledger: Ledger, run: str, given: dict[str, Any]) -> dict[str, Any]:
    records = list(ledger.read(AnswersRanked, run=run))
    failed = [each for each in records if each.failure]
    return {
        "run": run,
        "ranker": given["ranker"],
        "items": len({each.item for each in records}),
        "repeats": given["repeats"],
        "orders": len(records) - len(failed),
        "failures": [
            {"item": each.item, "repeat": each.repeat, "why": each.failure} for each in failed
        ],
    }


def _show(said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        write_json(said)
    else:
        lines = [f"ranking {said['run']}: {said['orders']} orders of {said['items']} items"]
        lines += [
            f"no order: {each['item']}, repeat {each['repeat']}: {each['why']}"
            for each in said["failures"][:20]
        ]
        if len(said["failures"]) > 20:
            lines.append(f"and {len(said['failures']) - 20} more without an order")
        click.echo("\n".join(plain(" ".join(line.split())) for line in lines))
    if not said["orders"]:
        raise click.exceptions.Exit(EXIT_NOTHING)
