"""What a static form writes, `charter-survey-answers/1`: read as the hostile file that it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from charter.errors import ConfigError
from charter.evolve.surveys.answer import Answer, read_answer
from charter.evolve.surveys.participation import consent_digest
from charter.evolve.surveys.read import digest_of_survey
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.survey import Survey

FORMAT = "charter-survey-answers/1"
MOST_FILLED = 4 * 1024 * 1024
"""Characters of one file."""
_PERSON = re.compile("[0-9a-f]{32}")
_KEYS = {"format", "survey", "digest", "language", "consent", "person", "answers"}
_HINT = "it is not a file that the form of this survey wrote"


@dataclass(frozen=True, slots=True)
class Filled:
    """One form that somebody filled in."""

    person: str
    """32 hexadecimal digits, by chance: the same form saved twice has the same ones."""
    language: str
    answers: tuple[tuple[str, Answer], ...]
    """By id of the question, in the survey's order; traits as `trait:` and their id."""


def read_filled(text: str, survey: Survey, *, place: str) -> Filled:
    """Return what a file says. Raises ConfigError in one line that names `place` and what it is."""
    if len(text) > MOST_FILLED:
        raise _wrong(place, f"more than {MOST_FILLED} characters")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise _wrong(place, "no JSON") from cause
    if not isinstance(values, dict) or set(values) != _KEYS or values["format"] != FORMAT:
        raise _wrong(place, f"no {FORMAT}")
    if values["survey"] != survey.id or values["digest"] != digest_of_survey(survey):
        raise _wrong(place, f"answers another survey than this {survey.id}, or other words")
    language, person = values["language"], values["person"]
    if language not in survey.languages:
        raise _wrong(place, "a language that the survey is not in")
    if values["consent"] != consent_digest(survey, language):
        raise _wrong(place, "nobody agreed to what is promised")
    if not isinstance(person, str) or not _PERSON.fullmatch(person):
        raise _wrong(place, "person is 32 hexadecimal digits")
    return Filled(person, language, _answers(values["answers"], survey, place))


def _answers(given: Any, survey: Survey, place: str) -> tuple[tuple[str, Answer], ...]:
    if not isinstance(given, dict) or len(given) > len(survey.items) + len(survey.traits):
        raise _wrong(place, "answers are an object, with one for each question at the most")
    found: list[tuple[str, Answer]] = []
    for name in sorted(given):
        question = survey.question(name)
        if question is None:
            raise _wrong(place, f"there is no question {name!r:.80}")
        try:
            found.append((name, read_answer(question, given[name])))
        except Refused as cause:
            raise _wrong(place, f"{name}: {cause.message}") from cause
    return tuple(found)


def _wrong(place: str, what: str) -> ConfigError:
    return ConfigError(f"{place}: {what}", hint=_HINT)
