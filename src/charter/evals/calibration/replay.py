"""Raters that ask nobody: Charter's own graders, and labels that a file holds already.

grader:refusal         says none, partial or full, as the classifier in use does
grader:refusal_rules   the same by published rules alone
grader:NAME            any other check: passed is adhered; arguments by --judge-option
labels:COLUMN          what a column of the label file says, mapped as the labels are
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from charter.errors import ConfigError
from charter.evals.calibration.classifiers import classifier, last_request
from charter.evals.calibration.kind import GRADER, LABELS
from charter.evals.calibration.label_columns import Mapped
from charter.evals.calibration.labelled import Labelled, Labels, Place
from charter.evals.calibration.people import SEPARATOR
from charter.evals.calibration.rater import Rated
from charter.evals.calibration.scale import ADHERENCE, REFUSAL, Scale
from charter.evals.grader import GradeIn, Grader, check_arguments, graders
from charter.evals.judge import JudgeOutcome
from charter.evals.judging.cost import Tokens
from charter.evals.judging.replies import Replies
from charter.evals.score import GRADER as VERSION
from charter.ledger.ledger import canonical
from charter.models.provider import Reply, Stop
from charter.records.grading import JudgeId
from charter.source import digest_of
from charter.syntax.mapping import load_mapping


class Replayed:
    """Verdicts that come from a function of the labelled answer alone."""

    def __init__(
        self, identity: JudgeId, scale: Scale, verdict: Callable[[Labelled], str | None]
    ) -> None:
        self.identity = identity
        self.scale = scale
        self._verdict = verdict

    def request(self, labelled: Labelled, *, sample: int) -> str:
        """Return nothing: nobody is asked."""
        return ""

    async def rate(
        self, labelled: Labelled, *, sample: int, replies: Replies | None = None
    ) -> Rated:
        """Return the verdict; a failure where there is none."""
        verdict = self._verdict(labelled)
        if verdict is None:
            return Rated(JudgeOutcome.UNAVAILABLE.value, None)
        return Rated(JudgeOutcome.VERDICT.value, verdict)

    def tokens(self, labelled: Labelled) -> Tokens:
        """Return none."""
        return Tokens()

    async def close(self) -> None:
        """Do nothing."""


def open_labels(column: str, labels: Labels, how: Mapped) -> Replayed:
    """Return the rater whose verdicts stand in a column of the label file.

    An empty cell is a failure. Raises ConfigError with the line of a label that is none.
    """
    found: dict[str, str | None] = {}
    for labelled in labels.items:
        if column not in labelled.columns:
            place = Place(labelled.path, labelled.line) if labelled.path else None
            what = f"no column {column!r} to take verdicts from"
            if SEPARATOR in labelled.grade:
                what += f", the same in all rows of {labelled.item.id!r}"
            raise ConfigError(
                what,
                hint="labels:COLUMN goes with --labels FILE, and names a column of it",
                place=place,
            )
        written = labelled.columns[column]
        label = labels.scale.read(how.label(written)) if written.strip() else None
        if label is None and written.strip():
            raise ConfigError(
                f"column {column!r}: unknown label {written[:60]!r}",
                hint=f"map it with --map {written[:60]}=…; known: {', '.join(labels.scale.labels)}",
                place=Place(labelled.path, labelled.line),
            )
        found[labelled.item.id] = label
    identity = JudgeId(
        kind=LABELS,
        name=column,
        digest=digest_of(canonical(sorted(found.items()))),
        prompt="",
        settings="{}",
    )
    return Replayed(identity, labels.scale, lambda labelled: found[labelled.item.id])


def open_grader(name: str, options: Mapping[str, str]) -> Replayed:
    """Return a grader as a rater. Raises ConfigError for an unknown one, or wrong arguments."""
    found = None if options else classifier(name)
    if found is not None:
        return Replayed(
            JudgeId(GRADER, name, None, found.identity, "{}"),
            REFUSAL,
            lambda labelled: found.label(labelled.item),
        )
    known = graders()
    arguments = _arguments(options)
    check_arguments(name, arguments, known)
    settings = canonical(dict(sorted(options.items())))
    grader = known[name]
    return Replayed(
        JudgeId(GRADER, name, None, VERSION, settings),
        ADHERENCE,
        lambda labelled: _graded(grader, arguments, labelled),
    )


def _arguments(options: Mapping[str, str]) -> dict[str, Any]:
    """Read each option as YAML, which is how suites write arguments."""
    fields = load_mapping("\n".join(f"{key}: {value}" for key, value in options.items()))
    if fields.error is not None:
        raise ConfigError(
            f"--judge-option: {fields.error}", hint="e.g. --judge-option any='[word, other]'"
        )
    return dict(fields.values)


def _graded(grader: Grader, arguments: Mapping[str, Any], labelled: Labelled) -> str:
    item = labelled.item
    reply = Reply(item.answer, Stop.STOP, item.calls)
    kept, broken = ADHERENCE.labels
    grade_in: GradeIn | None = getattr(grader, "grade_in", None)
    if grade_in is None:
        return kept if grader.grade(reply, arguments).passed else broken
    return kept if grade_in(reply, arguments, last_request(item)).passed else broken
