"""Put labelled answers to a judge and record what it says, resumably.

Every reply is a fact in the ledger as it comes. Equal requests are asked once, whether a grading
or a calibration asked them; only a retest asks what is known already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from charter.config import Price
from charter.errors import ConfigError
from charter.evals.calibration.assess import Assessment, assess
from charter.evals.calibration.figures import figures_of
from charter.evals.calibration.fitness import DEFAULTS, written
from charter.evals.calibration.labelled import Labelled, Labels, must_have_both
from charter.evals.calibration.rater import Rated, Rater
from charter.evals.judging.cost import Budget, Cost, Meter, Tokens, used_of
from charter.evals.judging.replies import Replies
from charter.evals.moment import new_id, stamp
from charter.evals.runner import Progress
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted
from charter.source import digest_of
from charter.version import VERSION

BATCH = 200
"""Verdicts that nobody was asked for are written so many at a time."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """Whose rules the judge reads; all empty for a rater that reads none."""

    name: str = ""
    version: str | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """How much is asked."""

    samples: int = 1
    """Requests for each answer, each with its own order, names and seed."""
    retest: int = 0
    """Answers, drawn by their ids, whose first request is made a second time."""
    concurrency: int = 4
    budget: Budget = field(default_factory=Budget)
    thresholds: Mapping[str, float] = field(default_factory=lambda: DEFAULTS)


@dataclass(frozen=True, slots=True)
class Order:
    """A judge, what it is measured on, and how."""

    labels: Labels
    rater: Rater
    spec: Ruled = field(default_factory=Ruled)
    settings: Settings = field(default_factory=Settings)
    price: Price | None = None

    def started(self, run: str, at: str) -> CalibrationStarted:
        """Return the fact that opens the calibration."""
        return CalibrationStarted(
            run=run,
            at=at,
            charter=VERSION,
            judge=self.rater.identity,
            spec_name=self.spec.name,
            spec_version=self.spec.version,
            spec_digest=self.spec.digest,
            labels=self.labels.name,
            labels_digest=self.labels.digest,
            items=len(self.labels.items),
            samples=self.settings.samples,
            thresholds=written(self.settings.thresholds),
        )

    def must_work(self) -> None:
        """Raise ConfigError where the judge's labels are not those of the answers."""
        must_have_both(self.labels)
        if self.rater.scale != self.labels.scale:
            mine, theirs = self.rater.scale, self.labels.scale
            raise ConfigError(
                f"the judge says {' or '.join(mine.labels)}, and the labels of "
                f"{self.labels.name} are {', '.join(theirs.labels)}",
                hint="give labels that say the same thing with --labels FILE",
            )

    def steps(self) -> Iterator[tuple[Labelled, int]]:
        """Yield every (answer, sample), all answers once before any is asked again.

        The sample after the last is the retest of the first.
        """
        for sample in range(self.settings.samples):
            for labelled in self.labels.items:
                yield labelled, sample
        drawn = sorted(self.labels.items, key=lambda labelled: digest_of(labelled.item.id))
        for labelled in drawn[: self.settings.retest]:
            yield labelled, self.settings.samples


@dataclass(frozen=True, slots=True)
class OpenedCalibration:
    """A calibration that is ready to go on."""

    run: str
    done: frozenset[tuple[str, int]]
    """Answers and samples that an earlier attempt recorded."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """How it ended."""

    run: str
    assessment: Assessment | None
    """None where the budget stopped it: the same order carries on."""
    cost: Cost


def open_calibration(ledger: Ledger, order: Order, *, fresh: bool = False) -> OpenedCalibration:
    """Find the unfinished calibration of this order, or write a new one's beginning.

    Raises ConfigError where the order cannot work.
    """
    order.must_work()
    earlier = None if fresh else unfinished_calibration(ledger, order)
    if earlier is not None:
        return earlier
    now = datetime.now(UTC)
    run = new_id(now)
    ledger.append(order.started(run, stamp(now)))
    return OpenedCalibration(run, frozenset())


def unfinished_calibration(ledger: Ledger, order: Order) -> OpenedCalibration | None:
    """Return the newest calibration of the same order that has not finished, or None."""
    finished = {record.run for record in ledger.read(CalibrationFinished)}
    found = [
        started.run
        for started in ledger.read(CalibrationStarted)
        if started.run not in finished and started == order.started(started.run, started.at)
    ]
    if not found:
        return None
    items = ledger.read(CalibrationItem, run=found[-1])
    return OpenedCalibration(found[-1], frozenset((item.item, item.sample) for item in items))


def estimate_calibration(
    order: Order,
    replies: Replies,
    *,
    opened: OpenedCalibration | None = None,
    currency: str | None = None,
) -> Cost:
    """Return what a calibration would ask and at most cost. Asks nobody, writes nothing."""
    asked: set[str] = set()
    steps = earlier = cached = requests = 0
    tokens = Tokens()
    for labelled, sample in order.steps():
        steps += 1
        if opened is not None and (labelled.item.id, sample) in opened.done:
            earlier += 1
            continue
        retest = sample == order.settings.samples
        request = order.rater.request(labelled, sample=0 if retest else sample)
        if not request:
            continue
        if not retest and (request in asked or replies.get(request) is not None):
            cached += 1
            continue
        asked.add(request)
        requests += 1
        tokens += order.rater.tokens(labelled)
    money = tokens.money(order.price) if currency is not None else None
    return Cost(steps, earlier, cached, requests, tokens, money, currency)


async def carry_out_calibration(  # noqa: PLR0913 - one value for each part of a calibration
    opened: OpenedCalibration,
    order: Order,
    *,
    ledger: Ledger,
    replies: Replies,
    progress: Progress,
    currency: str | None = None,
) -> Calibrated:
    """Ask whatever is missing; with all asked, say what the judge is fit for and record it.

    At the end of its budget it stops: what was done stays, and the same order carries on. Raises
    ModelError and LedgerError, after which it can be carried on too. Does not close the judge.
    """
    work = _Work(opened, order, ledger, replies, progress)
    steps = (step for step in order.steps() if (step[0].item.id, step[1]) not in opened.done)
    workers = [asyncio.create_task(work.take(steps)) for _ in range(order.settings.concurrency)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        work.write()
    assessment = None if work.stopped else _finish(ledger, opened.run)
    cost = replace(
        work.cost,
        tokens=work.meter.spent,
        money=work.meter.spent_money if currency is not None else None,
        currency=currency,
    )
    return Calibrated(opened.run, assessment, cost)


def _finish(ledger: Ledger, run: str) -> Assessment:
    assessment = assess(figures_of(ledger, run))
    ledger.append(
        CalibrationFinished(
            run, stamp(datetime.now(UTC)), assessment.fitness.value, assessment.reasons
        ),
    )
    return assessment


class _Work:
    """What the workers of one calibration share."""

    def __init__(
        self,
        opened: OpenedCalibration,
        order: Order,
        ledger: Ledger,
        replies: Replies,
        progress: Progress,
    ) -> None:
        self.opened = opened
        self.order = order
        self.ledger = ledger
        self.replies = replies
        self.progress = progress
        self.meter = Meter(order.settings.budget)
        self.cost = Cost(recorded=len(opened.done), judgements=len(opened.done))
        self.stopped = False
        self._unwritten: list[CalibrationItem] = []

    async def take(self, steps: Iterator[tuple[Labelled, int]]) -> None:
        """Judge one answer after another until none is left or the budget is."""
        for labelled, sample in steps:  # shared by all workers; taking one never awaits
            if self.stopped:
                return
            rated = await self._rate(labelled, sample)
            if rated is None:
                self.stopped = True
                return
            self._unwritten.append(_item(self.opened.run, labelled, sample, rated))
            if rated.request or len(self._unwritten) >= BATCH:
                self.write()
            self.progress.advance(rated.verdict or rated.outcome)

    def write(self) -> None:
        """Make everything that is known durable."""
        items, self._unwritten = self._unwritten, []
        if items:
            self.ledger.append(*items)

    async def _rate(self, labelled: Labelled, sample: int) -> Rated | None:
        """Ask once, within the budget; None where it has no room."""
        order = self.order
        retest = sample == order.settings.samples
        which, replies = (0, None) if retest else (sample, self.replies)
        request = order.rater.request(labelled, sample=which)
        known = replies is not None and replies.get(request) is not None
        if known or not request:
            rated = await order.rater.rate(labelled, sample=which, replies=replies)
            self._count(cached=int(known))
            return rated
        most = order.rater.tokens(labelled)
        if not await self.meter.reserve(most, order.price):
            return None
        used = Tokens()
        try:
            rated = await order.rater.rate(labelled, sample=which, replies=replies)
            used = used_of(rated, most)
        finally:
            await self.meter.settle(most, used, order.price)
        self._count(cached=int(rated.cached), requests=int(not rated.cached))
        return rated

    def _count(self, *, cached: int = 0, requests: int = 0) -> None:
        cost = self.cost
        self.cost = replace(
            cost,
            judgements=cost.judgements + 1,
            cached=cost.cached + cached,
            requests=cost.requests + requests,
        )


def _item(run: str, labelled: Labelled, sample: int, rated: Rated) -> CalibrationItem:
    item = labelled.item
    return CalibrationItem(
        run=run,
        item=item.id,
        sample=sample,
        section=item.section,
        cluster=labelled.cluster,
        expected=item.outcome,
        grade=labelled.grade,
        truth=labelled.truth,
        outcome=rated.outcome,
        verdict=rated.verdict,
        rating=rated.rating,
        position=labelled.position,
        characters=len(item.answer) + sum(len(call.arguments) for call in item.calls),
        flipped=rated.flipped,
        request=rated.request,
        text=rated.text,
        stop=rated.stop,
        input_tokens=rated.input_tokens,
        output_tokens=rated.output_tokens,
        cached=rated.cached,
        authority=labelled.authority,
        elided=labelled.elided,
    )
