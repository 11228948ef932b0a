"""`charter sample judge`: a judge asked about the answers of a sample."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from charter.cli.bar import Bar
from charter.cli.config_file import config_of
from charter.cli.judge_options import budget_of, budget_options, open_judges
from charter.cli.overlay_option import overlay_option
from charter.cli.resumable import carry_through
from charter.cli.sample_answer import NoAnswer, item_of
from charter.cli.sample_named import named_sample
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import now, opened, vault_options
from charter.config import Price
from charter.errors import AlreadyRecorded, ConfigError
from charter.evals.calibration.find import Found, calibration_for, publishable
from charter.evals.judge import Item, Judge, Judgement, JudgeOutcome
from charter.evals.judging.cost import Meter, Tokens, prices_of, used_of
from charter.evals.judging.rules import SpecRules
from charter.govern.counted import counted
from charter.govern.sampling.sample import GONE
from charter.ledger.ledger import Ledger, canonical
from charter.load import STARTER, load_effective
from charter.records.grading import JudgeId
from charter.records.sample import AnswerDrawn, AnswerJudged
from charter.source import digest_of

EXIT_STOPPED = 1
FAILED = "failed"
MOST_REASON = 500


@click.command("judge")
@click.argument("sample")
@click.option("--judge", "judge", required=True, metavar="JUDGE", help="openai:NAME, embedded, …")
@click.option("--judge-option", "judge_options", multiple=True, metavar="KEY=VALUE")
@click.option("--spec", default=STARTER, show_default=True, help="By whose rules.")
@overlay_option
@budget_options
@click.option("--config", type=click.Path(path_type=Path), help="A charter.toml with prices.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True)
@click.option(
    "--uncalibrated", is_flag=True, help="Ask a judge that is not fit: no estimate rests on it."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@vault_options
def judge_command(**given: Any) -> None:
    """Have a judge say whether the answers of SAMPLE (an id, or `latest`) keep to the rules.

    Each verdict is recorded as it comes: interrupted, or stopped by its budget (exit code 1), the
    same command carries on. By other rules, or once it is calibrated, a judge is asked anew.
    Records hold the verdict and the clauses it cites, and no words of the conversation. Answers of
    which nothing is kept any more are recorded as failed.
    """
    rules = SpecRules(load_effective(given["spec"], given["overlays"]))
    with opened(given) as (ledger, vault):
        sample = named_sample(ledger, given["sample"])
        (judge,) = open_judges([given["judge"]], given["judge_options"], rules)
        calibration = _calibration(ledger, judge, rules, uncalibrated=given["uncalibrated"])
        name = judge_digest(judge.identity, rules.digest, calibration)
        done = sample.by(name)
        missing = [each for each in sample.answers if each.decision not in done]
        prices, _ = prices_of([judge.identity], config_of(given["config"]).prices)
        meter = Meter(budget_of(given, [judge.identity], prices))
        work = _Work(ledger, judge, name, calibration, sample.drawn.run, meter, prices[0])
        items: list[tuple[AnswerDrawn, Item]] = []
        for each in missing:
            found = item_of(ledger, vault, rules, each)
            if isinstance(found, NoAnswer):
                work.record(each, FAILED, found.reason)
            else:
                items.append((each, found))
        kept = f"what was judged is kept in {ledger.where}, and the same command carries on"
        carry_through(work.through(items, given["concurrency"]), kept)
    _show(work, given["as_json"], earlier=len(done))
    if work.stopped or work.unavailable:
        raise click.exceptions.Exit(EXIT_STOPPED)


def judge_digest(judge: JudgeId, rules: str, calibration: str) -> str:
    """Return what names a judge in the records of a sample.

    By other rules, or before it was calibrated, it is another one: what it said then is no verdict
    by these rules, and its error is not known.
    """
    return digest_of(canonical({**asdict(judge), "rules": rules, "calibration": calibration}))


@dataclass(slots=True)
class _Work:
    ledger: Ledger
    judge: Judge
    name: str
    calibration: str
    run: str
    meter: Meter
    price: Price | None
    stopped: bool = False
    unavailable: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    """Verdicts that this command recorded."""

    async def through(self, items: Sequence[tuple[AnswerDrawn, Item]], workers: int) -> None:
        """Ask about all of them; the first error of one ends the others."""
        waiting = iter(items)
        with Bar("judging", len(items), 0) as bar:
            tasks = [asyncio.create_task(self._take(waiting, bar)) for _ in range(workers)]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self.judge.close()

    async def _take(self, waiting: Iterator[tuple[AnswerDrawn, Item]], bar: Bar) -> None:
        for answer, item in waiting:  # shared by all workers; taking one never awaits
            if self.stopped:
                return
            said = await self._ask(item)
            if said is None:
                self.stopped = True
                return
            if said.outcome is JudgeOutcome.UNAVAILABLE:  # an outage is no verdict: it can go on
                self.unavailable += 1
                continue
            adhered = said.adhered if said.outcome is JudgeOutcome.VERDICT else None
            if adhered is None:
                self.record(answer, FAILED, said.outcome.value)
            else:
                cites = ", ".join(said.cites)
                self.record(answer, "adhered" if adhered else "violated", cites)
            bar.advance(FAILED if adhered is None else "judged")

    async def _ask(self, item: Item) -> Judgement | None:
        most = Tokens(self.judge.tokens(item), self.judge.reply_tokens)
        if not await self.meter.reserve(most, self.price):
            return None
        used = Tokens()
        try:
            said = await self.judge.judge(item, sample=0)
            used = used_of(said, most)
        finally:
            await self.meter.settle(most, used, self.price)
        return said

    def record(self, answer: AnswerDrawn, verdict: str, reason: str) -> None:
        """Write one verdict; it is durable when this returns."""
        record = AnswerJudged(
            run=self.run,
            decision=answer.decision,
            at=now(),
            judge=self.name,
            calibration=self.calibration,
            verdict=verdict,
            section=answer.section,
            reason=plain(reason)[:MOST_REASON],
        )
        try:
            self.ledger.append(record)
        except AlreadyRecorded:
            return  # the same command ran beside this one, and was quicker
        self.counted["gone" if reason == GONE else verdict] += 1


def _calibration(ledger: Ledger, judge: Judge, rules: SpecRules, *, uncalibrated: bool) -> str:
    """Return the calibration that a judge relies on; empty for one that is not fit.

    Raises ConfigError for such a judge unless it was asked for.
    """
    found = calibration_for(ledger, judge.identity, rules.digest, samples=1)
    objection = publishable(found)
    if objection is None and isinstance(found, Found):
        return found.calibration.run
    if not uncalibrated:
        raise ConfigError(
            f"{objection}: no estimate could rest on it",
            hint="measure it with `charter calibrate` into the same ledger, or say --uncalibrated",
        )
    note(plain(f"{objection}: its verdicts are recorded, and no estimate rests on them"))
    return ""


def _show(work: _Work, as_json: bool, earlier: int) -> None:  # noqa: FBT001 - as it was asked
    if as_json:
        write_json(
            {
                "sample": work.run,
                "judge": work.name,
                "calibration": work.calibration or None,
                "recorded": dict(sorted(work.counted.items())),
                "earlier": earlier,
                "unavailable": work.unavailable,
                "finished": not (work.stopped or work.unavailable),
            }
        )
        return
    said = ", ".join(f"{number} {what}" for what, number in sorted(work.counted.items()))
    click.echo(plain(f"{work.run}: {said or 'nothing new'}; {earlier} judged before"))
    if work.stopped:
        note("its budget is at its end: the same command carries on with a larger one")
    if work.unavailable:
        note(f"{counted(work.unavailable, 'time')} no reply came: the same command asks again")
