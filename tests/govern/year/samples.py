"""Answers drawn each week from what was kept, judged, and handed to people in part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

from charter.records.decision import DecisionRecorded
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn, Stratum

from .calibration import JUDGE_DIGEST
from .diary import Diary
from .plan import OUTAGE_DAYS, SENSITIVITY, SPECIFICITY, Plan, stamp
from .truth import Truth

WEEK = 7
EACH = 60
"""Drawn from each stratum, where there are as many."""
_RISKS = {"allow": "plain", "flag": "flagged", "deny": "refused", "require_approval": "held"}


class Samples:
    """The samples of the year."""

    def __init__(self, plan: Plan, truth: Truth, diary: Diary, calibration: str) -> None:
        self._plan, self._truth, self._diary = plan, truth, diary
        self._calibration = calibration
        self._chance = plan.chance("judge")
        self._population: dict[str, int] = defaultdict(int)
        self._kept: dict[str, list[DecisionRecorded]] = defaultdict(list)
        self._since = 0

    def take(self, answer: DecisionRecorded) -> None:
        """Count an answer of the week."""
        risk = _RISKS[answer.effect]
        if answer.stage == "tool_call" and answer.effect == "allow":
            risk = "call"
        name = f"{answer.citations[0]}/{risk}"
        self._population[name] += 1
        if answer.payload:
            self._kept[name].append(answer)

    def week(self, end: int) -> Iterator[tuple[str, DecisionRecorded, str]]:
        """Note the draw at the end of a week, and what the judge says on the day after.

        Yields id of the sample, answer and stratum. `end` is the first day that is no part of it.
        """
        plan, at = self._plan, self._plan.day(end, hours=0.1)
        name = plan.id("smp_", end)
        seed = plan.id("", "draw", end)
        drawn = [
            (stratum, answer)
            for stratum in sorted(self._kept)
            for answer in sorted(self._kept[stratum], key=lambda each: _place(seed, each))[:EACH]
        ]
        strata = tuple(
            Stratum(stratum, number, min(EACH, len(self._kept.get(stratum, ()))))
            for stratum, number in sorted(self._population.items())
        )
        since, until = stamp(plan.day(self._since)), stamp(plan.day(end))
        head = SampleDrawn(name, stamp(at), "sampler", "accord", since, until, strata, seed, "0.02")
        self._diary.note(at, head, *(_drawn(name, stratum, each) for stratum, each in drawn))
        self._truth.samples.append(name)
        self._population.clear()
        self._kept.clear()
        self._since = end
        for place, (_, answer) in enumerate(drawn):
            self._judge(name, answer, end, place)
        yield from ((name, answer, stratum) for stratum, answer in drawn)

    def _judge(self, sample: str, answer: DecisionRecorded, day: int, place: int) -> None:
        at = self._plan.day(day, hours=1) + timedelta(seconds=place)
        bad = answer.decision in self._truth.bad
        right = self._chance.random() < (SENSITIVITY if bad else SPECIFICITY)
        verdict = "violated" if bad is right else "adhered"
        failed = day in OUTAGE_DAYS
        self._truth.unjudged += failed
        judged = AnswerJudged(
            run=sample,
            decision=answer.decision,
            at=stamp(at),
            judge=JUDGE_DIGEST,
            calibration=self._calibration,
            verdict="failed" if failed else verdict,
            section=answer.citations[0],
            reason="the judge did not answer" if failed else "",
        )
        self._diary.note(at, judged)


def _drawn(sample: str, stratum: str, answer: DecisionRecorded) -> AnswerDrawn:
    return AnswerDrawn(
        sample,
        answer.decision,
        answer.exchange,
        stratum,
        answer.application,
        answer.model,
        answer.citations[0],
    )


def _place(seed: str, answer: DecisionRecorded) -> bytes:
    """Return the hash by which an answer is drawn: the smallest are."""
    return sha256(f"charter-sample/v1\n{seed}\n{answer.decision}".encode()).digest()
