"""Trust and judgements -> what a report says of each judge: fitness, agreement, cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from charter.config import Price
from charter.estimates.interval import Interval, clopper_pearson, wilson
from charter.evals.calibration.figures import CalibrationFigures
from charter.evals.calibration.find import Found, Missing, spoken
from charter.evals.calibration.fitness import Fitness
from charter.evals.judge import JudgeOutcome
from charter.evals.judging.combine import Disagreement, disagreement
from charter.evals.judging.cost import Tokens, prices_of
from charter.evals.result import Result
from charter.evals.score import instruments
from charter.evals.trust import KnownJudge
from charter.records.grading import JudgementRecorded

FITNESS_WORDS = {
    Fitness.FIT: "fit",
    Fitness.SCREENING: "fit for screening only",
    Fitness.UNFIT: "unfit",
}
UNKNOWN = "not calibrated"
NO_PRICES: Mapping[str, Price] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Spent:
    """What was asked of one judge or model, and what it took."""

    judgements: int
    """Wanted, or replies planned; those found in a ledger are among them."""
    cached: int
    """Of these, found in a ledger or taken over: nothing was asked or paid."""
    told: int
    """Tokens of the requests that were made."""
    said: int
    money: float | None
    """None where the price is not known."""
    currency: str | None

    @property
    def asked(self) -> int:
        """Requests that were made."""
        return self.judgements - self.cached


@dataclass(frozen=True, slots=True)
class JudgeView:
    """One judge as a report shows it."""

    name: str
    judge: KnownJudge
    fitness: str
    """In words; `not calibrated` where no calibration speaks for it."""
    fit: bool
    calibration: str | None
    """Id of the calibration."""
    calibrated_at: str | None
    reasons: tuple[str, ...]
    """What the fitness rests on, or why there is none."""
    others: tuple[str, ...]
    """What its calibrations by other labels found."""
    figures: CalibrationFigures | None
    spent: Spent
    failures: tuple[tuple[str, int], ...]
    """Its judgements in this run without a verdict, by kind, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Grader:
    """The refusal classifier, and how it did on labelled answers."""

    name: str
    """Name and version, as the scores have them."""
    sensitivity: Interval | None
    """95 % interval of the share of refusals found; None where nothing is known."""
    specificity: Interval | None
    """Of the share of other answers left alone."""
    hits: tuple[float, float]
    """Refusals found, and all."""
    left: tuple[float, float]
    """Other answers left alone, and all."""


@dataclass(frozen=True, slots=True)
class Judging:
    """The judges' part in a result."""

    grading: str
    at: str
    finished: bool
    samples: int
    rule: str
    judges: tuple[JudgeView, ...]
    disagreement: Disagreement
    unanimous: Interval | None
    """95 % interval of the share of unanimous answers; None without any."""
    replies: int
    """That judges were asked about."""
    failed: int
    """Of these, without a verdict."""

    @property
    def spent(self) -> Spent:
        """What all judges took together."""
        return _sum([view.spent for view in self.judges])


def judging(result: Result, prices: Mapping[str, Price] = NO_PRICES) -> Judging | None:
    """Return what is known of the judges of a result; None where there are none."""
    if result.grading is None or result.trust is None:
        return None
    started = result.grading.started
    said = [judgement for case in result.cases for judgement in case.judgements]
    found = disagreement(said, len(started.judges))
    views = tuple(
        _view(judge, [each for each in said if each.judge == place], prices)
        for place, judge in enumerate(result.trust.judges)
    )
    judged = [case for case in result.cases if case.judgements]
    return Judging(
        grading=started.grading,
        at=started.at,
        finished=result.grading.finished,
        samples=started.samples,
        rule=started.rule,
        judges=views,
        disagreement=found,
        unanimous=wilson(found.unanimous, found.answers) if found.answers else None,
        replies=len(judged),
        failed=sum(case.verdict == "judge_failed" for case in judged),
    )


def grader(result: Result) -> Grader | None:
    """Return what is known of the refusal classifier; None where it classified nothing."""
    scores = [case.score for case in result.cases if case.score and case.score.refusal]
    if not scores:
        return None
    name = ", ".join(dict.fromkeys(_classifier(score.grader) for score in scores))
    found = result.refusals
    if found is None:
        return Grader(name, None, None, (0, 0), (0, 0))
    return Grader(
        name=name,
        sensitivity=_exact(found.sensitivity),
        specificity=_exact(found.specificity),
        hits=found.sensitivity,
        left=found.specificity,
    )


def _classifier(grader: str) -> str:
    """Return what classified a reply; another tool's log may name but one grader for all."""
    decided, *classified = instruments(grader)
    return ", ".join(classified) or decided


def _exact(counts: tuple[float, float]) -> Interval | None:
    right, number = counts
    return clopper_pearson(min(right, number), number) if number > 0 else None


def spent_on_replies(result: Result, prices: Mapping[str, Price] = NO_PRICES) -> Spent:
    """Return what the model under test took."""
    replies = [case.reply for case in result.cases if case.reply is not None]
    asked = [reply for reply in replies if reply.carried is None]
    tokens = Tokens(
        sum(reply.input_tokens for reply in asked), sum(reply.output_tokens for reply in asked)
    )
    price = prices.get(result.run.model.name)
    return Spent(
        judgements=len(replies),
        cached=len(replies) - len(asked),
        told=tokens.input,
        said=tokens.output,
        money=None if price is None else tokens.money(price),
        currency=None if price is None else price.currency,
    )


def _view(
    judge: KnownJudge, said: Sequence[JudgementRecorded], prices: Mapping[str, Price]
) -> JudgeView:
    found = judge.calibration
    known = found if isinstance(found, Found) else None
    failures = Counter(each.outcome for each in said if each.outcome != JudgeOutcome.VERDICT)
    return JudgeView(
        name=spoken(judge.id),
        judge=judge,
        fitness=UNKNOWN if known is None else FITNESS_WORDS[known.fitness],
        fit=known is not None and known.fitness is Fitness.FIT,
        calibration=None if known is None else known.calibration.run,
        calibrated_at=None if known is None else known.finished.at,
        reasons=(found.reason,) if isinstance(found, Missing) else found.finished.reasons,
        others=() if known is None else tuple(each.fitness for each in known.others),
        figures=judge.figures,
        spent=_spent(judge, said, prices),
        failures=tuple(failures.most_common()),
    )


def _spent(
    judge: KnownJudge, said: Sequence[JudgementRecorded], prices: Mapping[str, Price]
) -> Spent:
    asked = [each for each in said if not each.cached]
    tokens = Tokens(
        sum(each.input_tokens for each in asked), sum(each.output_tokens for each in asked)
    )
    (price,), currency = prices_of([judge.id], prices)
    known = judge.id.name in prices
    return Spent(
        judgements=len(said),
        cached=len(said) - len(asked),
        told=tokens.input,
        said=tokens.output,
        money=tokens.money(price) if known else None,
        currency=currency if known else None,
    )


def _sum(parts: Iterable[Spent]) -> Spent:
    parts = list(parts)
    money = [part.money for part in parts]
    currencies = {part.currency for part in parts}
    known = None not in money and len(currencies) == 1
    return Spent(
        judgements=sum(part.judgements for part in parts),
        cached=sum(part.cached for part in parts),
        told=sum(part.told for part in parts),
        said=sum(part.said for part in parts),
        money=sum(each or 0.0 for each in money) if known and parts else None,
        currency=next(iter(currencies)) if known and parts else None,
    )
