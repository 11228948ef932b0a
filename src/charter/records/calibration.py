"""How a judge or grader did on labelled answers."""

from __future__ import annotations

from dataclasses import dataclass

from charter.records.grading import JudgeId


@dataclass(frozen=True, slots=True)
class CalibrationStarted:
    """A judge or grader began to be measured on labelled answers."""

    run: str
    """Id of the calibration."""
    at: str
    charter: str
    judge: JudgeId
    spec_name: str
    spec_version: str | None
    spec_digest: str
    labels: str
    """Where the labels come from: `examples`, or the name of a file."""
    labels_digest: str
    items: int
    samples: int
    thresholds: tuple[tuple[str, str], ...]
    """What counts as fit, as in the configuration: name and decimal."""


@dataclass(frozen=True, slots=True)
class CalibrationItem:
    """What a judge said, once, about one labelled answer."""

    run: str
    item: str
    sample: int
    section: str
    cluster: str
    """Items of one cluster are no independent evidence: the conversation they answer."""
    expected: str
    """Outcome the spec expects, or empty."""
    grade: str
    """The label as given, such as GOOD, OK or BAD; with several raters, one each, joined by |."""
    truth: str
    """adhered or violated; none, partial or full where refusals are told; disputed where people
    do not agree."""
    outcome: str
    """verdict, or how the judge failed."""
    verdict: str | None
    """In the words of `truth`; None unless the outcome is a verdict."""
    rating: int | None
    position: int
    """Place of the answer among the answers to its conversation, from 0."""
    characters: int
    """Length of the answer."""
    flipped: bool
    """Whether the options were shown in the reverse order."""
    request: str
    text: str
    stop: str
    input_tokens: int
    output_tokens: int
    cached: bool
    authority: str | None = None
    """Of the section."""
    elided: bool = False
    """Whether the answer is told in part, or an action described, rather than quoted."""


@dataclass(frozen=True, slots=True)
class CalibrationFinished:
    """A calibration came to an end, with its finding."""

    run: str
    at: str
    fitness: str
    """fit, screening or unfit."""
    reasons: tuple[str, ...]
