"""Records of a calibration -> all that is said of the judge: the only place of its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from charter.errors import LedgerError
from charter.evals.calibration.agree import Coefficients, coefficients
from charter.evals.calibration.answer import Answer, answer_of
from charter.evals.calibration.bias import LengthBias, OrderBias, length_bias, order_bias
from charter.evals.calibration.group import Dimension, dimensions
from charter.evals.calibration.people import SEPARATOR, People, people, raters_of
from charter.evals.calibration.rate import Rate, rate
from charter.evals.calibration.repeat import Repeats, between_samples, retests
from charter.evals.calibration.scale import ADHERENCE, DISPUTED, Scale, scale_of
from charter.evals.judge import JudgeOutcome
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted

FAILED = "failed"
"""The column of a table of counts for answers without a verdict."""
MOST_GRADES = 12
"""Different grades that are shown."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of the table of counts."""

    name: str
    """A true label; or a grade as it was given."""
    by_verdict: Mapping[str, int]
    """By label of the scale, and `failed`."""

    @property
    def total(self) -> int:
        """Answers of this row."""
        return sum(self.by_verdict.values())


@dataclass(frozen=True, slots=True)
class CalibrationFigures:
    """What is known of a judge from answers that people labelled."""

    calibration: CalibrationStarted
    finished: CalibrationFinished | None
    scale: Scale
    answers: int
    """Judged so far."""
    conversations: int
    table: tuple[Counted, ...]
    """True labels against verdicts; each labelled answer counts once."""
    grades: tuple[Counted, ...]
    """Grades as given against verdicts; empty where they are the labels themselves."""
    disputed: Counted | None
    """Verdicts on answers on which people disagree: part of no other figure."""
    sensitivity: Rate
    """Of the answers with what is sought (violations, refusals): found."""
    specificity: Rate
    """Of the others: left alone."""
    agreement: Rate
    """Of all: given the very label that people gave."""
    coefficients: Coefficients
    """Over all labels."""
    halves: Coefficients
    """Over what is sought and what is not; the same as `coefficients` with two labels."""
    failures: Rate
    """Of all answers: the judge gave no verdict. Counted as the share of failures."""
    outcomes: Mapping[str, int]
    """What came of each request, retests left out."""
    length: LengthBias | None
    order: OrderBias | None
    dimensions: tuple[Dimension, ...]
    samples: Repeats | None
    """Between the first two samples of an answer."""
    retest: Repeats | None
    """Between a request and its repetition."""
    people: People | None
    requests: int
    """Made for this calibration; of graders, which ask nobody, none."""
    cached: int
    """Verdicts read from replies that were known."""
    input_tokens: int
    """Of the requests."""
    output_tokens: int


def calibrations(ledger: Ledger) -> list[CalibrationStarted]:
    """Return every calibration of a ledger, oldest first."""
    return list(ledger.read(CalibrationStarted))


def figures_of(ledger: Ledger, run: str | None = None) -> CalibrationFigures:
    """Compute the figures of a calibration; without an id, of the newest. Raises LedgerError."""
    started = [record for record in calibrations(ledger) if run is None or record.run == run]
    if not started:
        what = f"has no calibration {run!r}" if run else "has no calibration"
        raise LedgerError(f"ledger {ledger.where} {what}", hint="see `charter calibrate --list`")
    chosen = started[-1]
    finished = list(ledger.read(CalibrationFinished, run=chosen.run))
    items = list(ledger.read(CalibrationItem, run=chosen.run))
    return figures(chosen, items, finished[-1] if finished else None)


def figures(
    started: CalibrationStarted,
    items: Sequence[CalibrationItem],
    finished: CalibrationFinished | None = None,
) -> CalibrationFigures:
    """Compute the figures of a calibration from its records, whatever their order."""
    scale = _scale_of(items)
    ordinary = [item for item in items if item.sample < started.samples]
    again = {item.item: item for item in items if item.sample >= started.samples}
    every = answers_of(started, ordinary, scale)
    known = [answer for answer in every if answer.truth != DISPUTED]
    disputed = [answer for answer in every if answer.truth == DISPUTED]
    asked = [item for item in items if item.request and not item.cached]
    return CalibrationFigures(
        calibration=started,
        finished=finished,
        scale=scale,
        answers=len(every),
        conversations=len({answer.cluster for answer in every}),
        table=_table(known, scale),
        grades=_grades(known, scale),
        disputed=_counted(DISPUTED, disputed, scale) if disputed else None,
        sensitivity=_found(known, scale, sought=True),
        specificity=_found(known, scale, sought=False),
        agreement=rate([a.right for a in known], [a.cluster for a in known]),
        coefficients=_coefficients(known, scale.labels.index, len(scale.labels)),
        halves=_coefficients(known, scale.is_sought, 2),
        failures=rate([a.verdict is None for a in every], [a.cluster for a in every]),
        outcomes=_outcomes(ordinary),
        length=length_bias(known),
        order=order_bias(every, scale),
        dimensions=dimensions(known, scale),
        samples=between_samples(every, scale),
        retest=retests(every, again, scale),
        people=_people(every),
        requests=len(asked),
        cached=sum(item.cached for item in items),
        input_tokens=sum(item.input_tokens for item in asked),
        output_tokens=sum(item.output_tokens for item in asked),
    )


def _scale_of(items: Sequence[CalibrationItem]) -> Scale:
    """Return what the labels say; where people disagree on all, what the verdicts say."""
    said = {item.truth for item in items} | {item.verdict for item in items if item.verdict}
    labels = frozenset(said - {DISPUTED})
    return scale_of(labels) if labels else ADHERENCE


def answers_of(
    started: CalibrationStarted, items: Sequence[CalibrationItem], scale: Scale
) -> list[Answer]:
    """Join the samples of each answer, retests left out; in the order of the answers' ids."""
    samples: dict[str, list[CalibrationItem]] = {}
    for item in sorted(items, key=lambda item: (item.item, item.sample)):
        if item.sample < started.samples:
            samples.setdefault(item.item, []).append(item)
    return [answer_of(found, scale, planned=started.samples) for found in samples.values()]


def _counted(name: str, answers: Sequence[Answer], scale: Scale) -> Counted:
    found = Counter(answer.verdict or FAILED for answer in answers)
    return Counted(name, {label: found[label] for label in (*scale.labels, FAILED)})


def _table(known: Sequence[Answer], scale: Scale) -> tuple[Counted, ...]:
    """Return a row for each true label."""
    return tuple(
        _counted(label, [answer for answer in known if answer.truth == label], scale)
        for label in scale.labels
    )


def _grades(known: Sequence[Answer], scale: Scale) -> tuple[Counted, ...]:
    """Return the counts by grade as given, where these say more than the true labels."""
    given = sorted({answer.item.grade for answer in known})
    if len(given) > MOST_GRADES or any(SEPARATOR in grade for grade in given):
        return ()
    if all(grade.casefold() in scale.labels for grade in given):
        return ()
    return tuple(
        _counted(grade, [answer for answer in known if answer.item.grade == grade], scale)
        for grade in given
    )


def _found(known: Sequence[Answer], scale: Scale, *, sought: bool) -> Rate:
    mine = [answer for answer in known if scale.is_sought(answer.truth) is sought]
    return rate(
        [None if a.verdict is None else scale.is_sought(a.verdict) is sought for a in mine],
        [answer.cluster for answer in mine],
    )


def _coefficients(
    known: Sequence[Answer], place: Callable[[str], int], labels: int
) -> Coefficients:
    decided = [
        (int(place(answer.truth)), int(place(answer.verdict)), answer.cluster)
        for answer in known
        if answer.verdict is not None
    ]
    return coefficients(
        [truth for truth, _, _ in decided],
        [verdict for _, verdict, _ in decided],
        [cluster for _, _, cluster in decided],
        labels=labels,
    )


def _outcomes(ordinary: Sequence[CalibrationItem]) -> Mapping[str, int]:
    found = Counter(item.outcome for item in ordinary)
    return {outcome.value: found[outcome.value] for outcome in JudgeOutcome if found[outcome.value]}


def _people(every: Sequence[Answer]) -> People | None:
    labels = [raters_of(answer.item.grade) for answer in every]
    return people(labels, [answer.cluster for answer in every])
