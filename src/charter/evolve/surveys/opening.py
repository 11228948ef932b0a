"""Surveys as a ledger has them: opened, closed, opened again; always in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from charter.errors import AlreadyRecorded
from charter.evolve.surveys.read import survey_of, text_of
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.survey import Survey
from charter.ledger.ledger import Ledger
from charter.records.survey import SurveyClosed, SurveyOpened
from charter.source import digest_of


@dataclass(frozen=True, slots=True)
class Opening:
    """A survey, and whether it takes answers."""

    survey: Survey
    record: SurveyOpened
    """Of the last opening."""
    closed: SurveyClosed | None
    """What ended that opening; None while nobody has closed it."""

    @property
    def id(self) -> str:
        """The survey's id."""
        return self.record.run

    @property
    def digest(self) -> str:
        """Of the survey as it is shown."""
        return self.record.digest

    @property
    def open(self) -> bool:
        """Whether nobody has closed it. Its last day may be past all the same: see `takes`."""
        return self.closed is None

    def takes(self, at: str) -> bool:
        """Whether it takes answers at a moment, as records have one."""
        return self.closed is None and not self.survey.over(at)


def opening(ledger: Ledger, survey: str) -> Opening | None:
    """Return a survey as it stands; None where none of this id was ever opened.

    Raises ConfigError where its text is not one that this version reads.
    """
    opened = next(iter(ledger.read(SurveyOpened, run=survey, newest=True, limit=1)), None)
    if opened is None:
        return None
    closed = next(iter(ledger.read(SurveyClosed, run=survey, newest=True, limit=1)), None)
    return _opening(opened, closed)


def openings(ledger: Ledger) -> Iterator[Opening]:
    """Yield all surveys as they stand, by id."""
    opened = {record.run: record for record in ledger.read(SurveyOpened)}
    closed = {record.run: record for record in ledger.read(SurveyClosed)}
    for survey in sorted(opened):
        yield _opening(opened[survey], closed.get(survey))


def _opening(opened: SurveyOpened, closed: SurveyClosed | None) -> Opening:
    ended = closed if closed is not None and closed.number == opened.number else None
    return Opening(survey_of(opened.text), opened, ended)


def open_survey(ledger: Ledger, survey: Survey, *, by: str, at: str) -> Opening:
    """Open a survey, or open it again. It takes answers when this returns.

    Raises Refused where it is open, where its last day is past, or where one of this id was opened
    in other words: their answers would be answers to something else. Raises ConfigError where it is
    none that could have been read from a file.
    """
    survey = survey_of(text_of(survey))
    text = text_of(survey)
    before = opening(ledger, survey.id)
    if before is not None and before.open:
        raise Refused(f"{survey.id} is open already", why="open")
    if before is not None and before.digest != digest_of(text):
        raise Refused(
            f"{survey.id} was opened in other words before",
            why="words",
            hint="give it another id: answers to other words are other answers",
        )
    if survey.over(at):
        raise Refused(
            f"the last day of {survey.id} is past: {survey.closes}",
            why="closed",
            hint="give it another day in `closes`; after it was open, another id too",
        )
    number = 1 if before is None else before.record.number + 1
    record = SurveyOpened(survey.id, number, at, by, text, digest_of(text), survey.spec)
    try:
        ledger.append(record)
    except AlreadyRecorded as cause:
        raise Refused(f"{survey.id} was opened by somebody else meanwhile", why="open") from cause
    return Opening(survey, record, None)


def close_survey(ledger: Ledger, survey: str, *, by: str, reason: str, at: str) -> SurveyClosed:
    """Close a survey: nobody can join, answer or change an answer; seeing and withdrawing stay.

    An answer that was being written down in that moment may still come in. Raises Refused.
    """
    found = opening(ledger, survey)
    if found is None:
        raise Refused(f"there is no survey {survey!r:.80}", why="unknown")
    if not found.open:
        raise Refused(f"{survey} is closed already", why="closed")
    record = SurveyClosed(survey, found.record.number, at, by, reason)
    try:
        ledger.append(record)
    except AlreadyRecorded as cause:
        raise Refused(f"{survey} was closed by somebody else meanwhile", why="closed") from cause
    return record
