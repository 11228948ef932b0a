"""One question as a page shows it: its words in one language, its fields, what was said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from charter.console.survey_post import Fields
from charter.evolve.surveys.answer import (
    MOST_WHY,
    NONE,
    UNACCEPTABLE,
    WHY,
    Answer,
    Compared,
    Rated,
    Told,
    answer_of_form,
    values_of_answer,
)
from charter.evolve.surveys.shown import candidates_for
from charter.evolve.surveys.survey import Comparison, Question, Rubric, Statement, Trait
from charter.evolve.surveys.wording import speaker, wording_of
from charter.evolve.voices import PERSONAL, WORLD

ALL = "all"
"""In a form of ours: that every candidate is unacceptable."""
MOST_SCALE = 11
"""Numbers of a rating that stand side by side; more make a list to choose from."""


def shown(question: Question, participation: str, language: str, given: Fields) -> dict[str, Any]:
    """Return what a template fills in; `given` are the fields as they are filled in already."""
    if isinstance(question, Comparison):
        return _comparison(question, participation, language, given)
    _, say = wording_of(language)
    made: dict[str, Any] = {"text": question.text[language], "hint": "", "own_options": False}
    if isinstance(question, Trait):
        options = [(name, text[language]) for name, text in question.options.items()]
        kind, name = "choice", f"option.{question.id}"
    elif isinstance(question, Rubric):
        scale = range(question.least, question.most + 1)
        options = [(str(each), _signed(each)) for each in scale]
        kind, name = ("scale" if len(scale) <= MOST_SCALE else "list"), "rating"
        made["hint"] = say.rating.format(least=_signed(question.least), most=question.most)
    else:
        options = [("agree", say.agree), ("disagree", say.disagree), ("pass", say.undecided)]
        kind, name = "choice", "vote"
        made["own_options"] = True
    return made | {"kind": kind, "name": name, "options": options, "chosen": _first(given, name)}


def _comparison(
    question: Comparison, participation: str, language: str, given: Fields
) -> dict[str, Any]:
    _, say = wording_of(language)
    barred = given.get(UNACCEPTABLE, ())
    scopes = [each for each in (PERSONAL, WORLD) if each in question.ask]
    return {
        "kind": "comparison",
        "prompt": [
            {"role": speaker(say, turn.role), "text": turn.text[language]}
            for turn in question.prompt
        ],
        "candidates": [
            {
                "letter": letter,
                "number": number,
                "text": question.answers[letter][language],
                "places": {scope: _first(given, f"{scope}.{letter}") for scope in scopes},
                "barred": letter in barred,
            }
            for number, letter in enumerate(candidates_for(question, participation), 1)
        ],
        "scopes": scopes,
        "hint": say.place.format(count=len(question.answers)) if scopes else "",
        "asks_barred": UNACCEPTABLE in question.ask,
        "none": NONE in barred,
        "all": ALL in barred,
        "asks_why": WHY in question.ask,
        "why": _first(given, WHY)[: 2 * MOST_WHY],
        "most": MOST_WHY,
    }


def fields_of(question: Question, answer: Answer) -> Fields:
    """Return the fields of a form that say what somebody said before."""
    if isinstance(answer, Compared) and isinstance(question, Comparison):
        return _fields_compared(question, answer)
    values = values_of_answer(answer)
    if isinstance(answer, Told):
        return {f"option.{question.id}": [answer.option]}
    return {name: [str(value)] for name, value in values.items()}


def _fields_compared(question: Comparison, answer: Compared) -> Fields:
    found: dict[str, list[str]] = {WHY: [answer.why]}
    for scope, groups in ((PERSONAL, answer.personal), (WORLD, answer.world)):
        place = 1
        for group in groups or ():
            found |= {f"{scope}.{letter}": [str(place)] for letter in group}
            place += len(group)
    if answer.unacceptable is not None:
        some = list(answer.unacceptable) or [NONE]
        found[UNACCEPTABLE] = [ALL] if set(some) == set(question.answers) else some
    return found


def answer_in(question: Question, fields: Fields) -> Answer:
    """Return the answer in a form of ours. Raises Refused, as `answer_of_form` does."""
    given = dict(fields)
    if isinstance(question, Trait):
        return answer_of_form(question, {"option": fields.get(f"option.{question.id}", ())})
    if isinstance(question, Comparison) and list(given.get(UNACCEPTABLE, ())) == [ALL]:
        given[UNACCEPTABLE] = list(question.answers)
    return answer_of_form(question, given)


def wrong_with(question: Question, fields: Fields) -> str:
    """Return the key of the sentence that says what to do about a form that is no answer."""
    if not isinstance(question, Comparison):
        return "wrong_choice"
    for scope in (PERSONAL, WORLD):
        places = [_first(fields, f"{scope}.{letter}") for letter in question.answers]
        if any(places) and not all(places):
            return "wrong_places"
    barred = set(fields.get(UNACCEPTABLE, ()))
    if len(barred) > 1 and barred & {ALL, NONE}:
        return "wrong_boxes"
    return "wrong_why" if _first(fields, WHY).strip() else "wrong_nothing"


def said_lines(question: Question, answer: Answer, participation: str, language: str) -> list[str]:
    """Return what somebody said, in lines of words of the survey and of ours."""
    _, say = wording_of(language)
    if isinstance(answer, Told) and isinstance(question, Trait):
        return [question.options[answer.option][language]]
    if isinstance(answer, Rated):
        return [_signed(answer.value)]
    if isinstance(answer, Compared) and isinstance(question, Comparison):
        return _compared_lines(question, answer, participation, language)
    votes = {"agree": say.agree, "disagree": say.disagree, "pass": say.undecided}
    return [votes[str(values_of_answer(answer)["vote"])]]


def _compared_lines(
    question: Comparison, answer: Compared, participation: str, language: str
) -> list[str]:
    _, say = wording_of(language)
    numbers = {
        letter: f"{say.answer} {number}"
        for number, letter in enumerate(candidates_for(question, participation), 1)
    }
    lines = []
    for heading, groups in ((say.personal, answer.personal), (say.world, answer.world)):
        if groups is not None:
            lines.append(f"{heading} {_order(groups, numbers)}")
    if answer.unacceptable is not None:
        named = ", ".join(sorted(numbers[each] for each in answer.unacceptable)) or say.none
        lines.append(f"{say.unacceptable} {named}")
    return [*lines, answer.why] if answer.why else lines


def candidates_shown(question: Question, participation: str, language: str) -> list[str]:
    """Return the words of the candidates in the order that a participation was shown."""
    if not isinstance(question, Comparison):
        return []
    return [question.answers[each][language] for each in candidates_for(question, participation)]


def _order(groups: Sequence[Sequence[str]], numbers: Mapping[str, str]) -> str:
    """Return an order in words: `1. Answer 2; 2. Answer 1 = Answer 3`."""
    parts = (" = ".join(sorted(numbers[letter] for letter in group)) for group in groups)
    return "; ".join(f"{place}. {part}" for place, part in enumerate(parts, 1))


def title_of(question: Question, language: str) -> str:
    """Return the words by which a question is named in a list; a comparison by its last turn."""
    if isinstance(question, Comparison):
        return question.prompt[-1].text[language]
    assert isinstance(question, Statement | Rubric | Trait)  # noqa: S101 - there are no others
    return question.text[language]


def _signed(value: int) -> str:
    return str(value).replace("-", "\u2212")


def _first(fields: Fields, name: str) -> str:
    found = fields.get(name, ())
    return found[0] if found else ""
