"""Invented calibrations: records with known errors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from charter.evals.calibration.calibrate import (
    Order,
    Settings,
    carry_out_calibration,
    open_calibration,
)
from charter.evals.calibration.figures import figures
from charter.evals.calibration.fitness import DEFAULTS, written
from charter.evals.calibration.labelled import Labelled
from charter.evals.calibration.rater import Rated
from charter.evals.calibration.scale import ADHERENCE
from charter.evals.judge import Item
from charter.evals.judging.cost import Tokens
from charter.evals.judging.replies import Replies
from charter.models.provider import ChatMessage
from charter.records.calibration import CalibrationItem, CalibrationStarted
from charter.records.grading import JudgeId

JUDGE = JudgeId("openai", "m", None, "sha256:prompt", "{}")


def started(**changes) -> CalibrationStarted:
    fields = {
        "run": "c-1",
        "at": "2026-11-21T08:00:00Z",
        "charter": "0.1.0",
        "judge": JUDGE,
        "spec_name": "small",
        "spec_version": "1.0",
        "spec_digest": "sha256:spec",
        "labels": "examples",
        "labels_digest": "sha256:labels",
        "items": 0,
        "samples": 1,
        "thresholds": written(DEFAULTS),
    }
    return CalibrationStarted(**{**fields, **changes})


def record(number: int, truth="adhered", verdict: str | None = "adhered", **changes):
    """Return what a judge said about answer `number`; a verdict of None is a failure."""
    fields = {
        "run": "c-1",
        "item": f"i{number:05}",
        "sample": 0,
        "section": "greet",
        "cluster": f"c{number:05}",
        "expected": "any",
        "grade": "GOOD" if truth == "adhered" else "BAD",
        "truth": truth,
        "outcome": "unparsable" if verdict is None else "verdict",
        "verdict": verdict,
        "rating": {"adhered": 7, "violated": 2}.get(verdict or ""),
        "position": 0,
        "characters": 100,
        "flipped": False,
        "request": f"r{number}",
        "text": "said",
        "stop": "stop",
        "input_tokens": 10,
        "output_tokens": 2,
        "cached": False,
    }
    return CalibrationItem(**{**fields, **changes})


def table(kept: int, broken: int, found: int, missed: int, failed: int = 0, **changes):
    """Return records: adhered judged adhered and violated; violated found and missed; failures."""
    cells = [
        ("adhered", "adhered", kept),
        ("adhered", "violated", broken),
        ("violated", "violated", found),
        ("violated", "adhered", missed),
        ("violated", None, failed),
    ]
    flat = [(truth, verdict) for truth, verdict, count in cells for _ in range(count)]
    return [record(number, *cell, **changes) for number, cell in enumerate(flat)]


def retested(records: Sequence[CalibrationItem], *, other: int = 0, samples: int = 1):
    """Return the records asked again; the first `other` come to the opposite verdict."""
    opposite = {"adhered": "violated", "violated": "adhered"}
    return [
        replace(
            one,
            sample=samples,
            verdict=opposite.get(one.verdict) if place < other else one.verdict,
            text="again",
        )
        for place, one in enumerate(records)
    ]


def made(records, **changes):
    """Return the figures of invented records."""
    return figures(started(items=len(records), **changes), list(records))


def labelled(number: int, truth="adhered", **changes) -> Labelled:
    """Return a labelled answer."""
    item = Item(
        id=f"i{number}",
        section="greet",
        clause=None,
        outcome="any",
        messages=(ChatMessage("user", f"Question {number}?"),),
        tools=(),
        answer=changes.pop("answer", f"Answer {number}, {truth}."),
        calls=(),
        rubric=None,
    )
    grade = "GOOD" if truth == "adhered" else "BAD"
    return Labelled(item, f"c{number}", grade, truth, 0, "user", **changes)


class Fixed:
    """A rater that says what it is told, and counts what it is asked."""

    scale = ADHERENCE

    def __init__(self, verdicts, *, asks=True, tokens=Tokens(10, 5), fail_at=None):  # noqa: B008
        self.identity = JUDGE
        self.verdicts = verdicts
        self.asks, self.most, self.fail_at = asks, tokens, fail_at
        self.asked = []
        self.closed = False

    def request(self, labelled, *, sample):
        return f"{labelled.item.id}/{sample}" if self.asks else ""

    async def rate(self, labelled, *, sample, replies=None):
        if self.fail_at is not None and len(self.asked) == self.fail_at:
            raise self.fail_with
        self.asked.append((labelled.item.id, sample, replies is None))
        verdict = self.verdicts(labelled)
        return Rated(
            outcome="verdict" if verdict else "refused",
            verdict=verdict,
            rating={"adhered": 6, "violated": 1}.get(verdict or ""),
            request=self.request(labelled, sample=sample),
            text="t",
            stop="stop",
            input_tokens=8,
            output_tokens=2,
        )

    def tokens(self, labelled):
        return self.most

    async def close(self):
        self.closed = True


class Silent:
    def __init__(self):
        self.said = []

    def advance(self, verdict):
        self.said.append(verdict)


def carry_out(ledger, order: Order, *, fresh=False, replies=None, currency=None):
    """Open and carry out a calibration."""
    opened = open_calibration(ledger, order, fresh=fresh)
    return asyncio.run(
        carry_out_calibration(
            opened,
            order,
            ledger=ledger,
            replies=replies or Replies(),
            progress=Silent(),
            currency=currency,
        )
    )


def settings(**changes) -> Settings:
    return Settings(**{"concurrency": 2, **changes})
