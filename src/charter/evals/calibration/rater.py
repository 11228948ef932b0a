"""What gives labels to answers and can be measured: a judge, a grader, a column of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from charter.evals.calibration.labelled import Labelled
from charter.evals.calibration.scale import ADHERENCE, Scale
from charter.evals.judge import Judge, Judgement, JudgeOutcome
from charter.evals.judging.cost import Tokens
from charter.evals.judging.replies import Replies, ask
from charter.records.grading import JudgeId


@dataclass(frozen=True, slots=True)
class Rated:
    """What was said, once, about one answer."""

    outcome: str
    verdict: str | None
    """A label of the rater's scale; None unless the outcome is a verdict."""
    rating: int | None = None
    flipped: bool = False
    request: str = ""
    text: str = ""
    stop: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cached: bool = False


class Rater(Protocol):
    """Something to measure. Close it when done."""

    @property
    def identity(self) -> JudgeId: ...

    @property
    def scale(self) -> Scale:
        """What its labels say."""
        ...

    def request(self, labelled: Labelled, *, sample: int) -> str:
        """Return the digest of what would be asked; empty where nobody is."""
        ...

    async def rate(
        self, labelled: Labelled, *, sample: int, replies: Replies | None = None
    ) -> Rated:
        """Label one answer; with `replies`, from what was said before where it is known.

        Failures are values. Raises ModelError where asking anything else would fail as well,
        and UnknownClause.
        """
        ...

    def tokens(self, labelled: Labelled) -> Tokens:
        """Return what one request and its reply take at most, estimated from above."""
        ...

    async def close(self) -> None: ...


class JudgeRater:
    """A judge that reads the rules."""

    scale = ADHERENCE

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.identity = judge.identity

    def request(self, labelled: Labelled, *, sample: int) -> str:
        """Return the digest of what would be asked."""
        return self._judge.request(labelled.item, sample=sample)

    async def rate(
        self, labelled: Labelled, *, sample: int, replies: Replies | None = None
    ) -> Rated:
        """Ask the judge, or read what it said before."""
        if replies is None:
            return _rated(await self._judge.judge(labelled.item, sample=sample))
        return _rated(await ask(self._judge, labelled.item, sample=sample, replies=replies))

    def tokens(self, labelled: Labelled) -> Tokens:
        """Return the tokens of one request and its reply."""
        return Tokens(self._judge.tokens(labelled.item), self._judge.reply_tokens)

    async def close(self) -> None:
        """Close the judge."""
        await self._judge.close()


def _rated(judgement: Judgement) -> Rated:
    adhered = judgement.adhered
    verdict = None if adhered is None else "adhered" if adhered else "violated"
    if judgement.outcome is not JudgeOutcome.VERDICT:
        verdict = None
    return Rated(
        outcome=judgement.outcome.value,
        verdict=verdict,
        rating=None if verdict is None else judgement.rating,
        flipped=judgement.flipped,
        request=judgement.request,
        text=judgement.text,
        stop=judgement.stop,
        input_tokens=judgement.input_tokens,
        output_tokens=judgement.output_tokens,
        cached=judgement.cached,
    )
