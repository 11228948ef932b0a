"""An answer to one question, from hostile JSON or the fields of a form, checked against it.

What comes out fits the question. Somebody who was shown a question and left it gave no answer,
which is neither a pass nor a zero: nothing is made of it here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.survey import Comparison, Question, Rubric, Statement
from charter.evolve.surveys.words import words
from charter.evolve.voices import AGREE, DISAGREE, PASS, PERSONAL, WORLD

MOST_WHY = 4000
"""Characters of a reason."""
VOTES = {"agree": AGREE, "disagree": DISAGREE, "pass": PASS}
NAMES = {value: name for name, value in VOTES.items()}
UNACCEPTABLE, WHY = "unacceptable", "why"
NONE = "none"
"""In a form: that no candidate is unacceptable, which is an answer."""
_MOST_NUMBER = 6
"""Characters of a number in a form."""

Groups: TypeAlias = tuple[tuple[str, ...], ...]
Fields: TypeAlias = Mapping[str, Sequence[str]]
"""Of a form: by name, each with all its values."""


@dataclass(frozen=True, slots=True)
class Voted:
    """On a statement: 1 agrees, -1 disagrees, 0 passes."""

    value: int


@dataclass(frozen=True, slots=True)
class Compared:
    """On candidate answers: any part may be missing, but not all."""

    personal: Groups | None = None
    """Letters, the best first; those in one group are level."""
    world: Groups | None = None
    unacceptable: tuple[str, ...] | None = None
    """Letters, sorted; none is an answer, and other than None."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """On a rule."""

    value: int


@dataclass(frozen=True, slots=True)
class Told:
    """Of oneself: the id of an option."""

    option: str


Answer: TypeAlias = Voted | Compared | Rated | Told


def values_of_answer(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON has it; what was not answered is left out."""
    if isinstance(answer, Voted):
        return {"vote": NAMES[answer.value]}
    if isinstance(answer, Rated):
        return {"rating": answer.value}
    if isinstance(answer, Told):
        return {"option": answer.option}
    found: dict[str, Any] = {}
    for scope, groups in ((PERSONAL, answer.personal), (WORLD, answer.world)):
        if groups is not None:
            found[scope] = [list(group) for group in groups]
    if answer.unacceptable is not None:
        found[UNACCEPTABLE] = list(answer.unacceptable)
    return found | ({WHY: answer.why} if answer.why else {})


def read_answer(question: Question, values: object) -> Answer:
    """Return an answer from JSON as it was parsed. Raises Refused that says what is wrong.

    `{"vote": "agree"}`, `{"rating": -3}`, `{"option": "ID"}`, or any of
    `{"personal": [["A"], ["B", "C"]], "world": ..., "unacceptable": ["B"], "why": "..."}`.
    """
    if not isinstance(values, dict):
        raise _refused("it is no object")
    if isinstance(question, Comparison):
        return _compared(question, values)
    if isinstance(question, Statement):
        vote = _only(values, "vote")
        if not isinstance(vote, str) or vote not in VOTES:
            raise _refused("vote is agree, disagree or pass")
        return Voted(VOTES[vote])
    if isinstance(question, Rubric):
        return Rated(_rating(question, _only(values, "rating")))
    option = _only(values, "option")
    if not isinstance(option, str) or option not in question.options:
        raise _refused("option is none of those that there are")
    return Told(option)


def answer_of_form(question: Question, fields: Fields) -> Answer:
    """Return an answer from the fields of a form. Raises Refused that says what is wrong.

    `vote`, `rating` and `option` as in JSON. Of a comparison `personal.A` and `world.A` are the
    place of each candidate from 1, where equal numbers are level; `unacceptable` is there once
    for each letter, or `none`; `why` is a text. Other fields are the page's own.
    """
    if not isinstance(question, Comparison):
        name = {Statement: "vote", Rubric: "rating"}.get(type(question), "option")
        said = _one(fields, name)
        whole = _whole(said) if isinstance(question, Rubric) else said
        return read_answer(question, {name: whole})
    values: dict[str, Any] = {}
    for scope in (PERSONAL, WORLD):
        places = {letter: _one(fields, f"{scope}.{letter}") for letter in question.answers}
        if any(places.values()):
            values[scope] = _by_place(scope, places)
    barred = [each for each in fields.get(UNACCEPTABLE, ()) if each]
    if barred:
        if NONE in barred and len(barred) > 1:
            raise _refused("unacceptable: either none, or some of them")
        values[UNACCEPTABLE] = [] if barred == [NONE] else barred
    why = _one(fields, WHY)
    return read_answer(question, values | ({WHY: why} if why.strip() else {}))


def fits(question: Question, answer: Answer) -> bool:
    """Whether an answer is one to this question."""
    try:
        return read_answer(question, values_of_answer(answer)) == answer
    except (Refused, KeyError):
        return False


def _compared(question: Comparison, values: dict[Any, Any]) -> Compared:
    for key in values:
        if key not in question.ask:
            raise _refused(f"{key!r:.40} is not asked here")
    found = Compared(
        personal=_groups(question, PERSONAL, values),
        world=_groups(question, WORLD, values),
        unacceptable=_barred(question, values),
        why=_why(values.get(WHY, "")),
    )
    if found == Compared():
        raise _refused("nothing was answered")
    return found


def _groups(question: Comparison, scope: str, values: dict[Any, Any]) -> Groups | None:
    """Return an order of all candidates, each group sorted. Raises Refused for any other."""
    if scope not in values:
        return None
    given = values[scope]
    if not isinstance(given, list) or len(given) > len(question.answers):
        raise _refused(f"{scope} is a list of groups of letters")
    seen: list[str] = []
    groups: list[tuple[str, ...]] = []
    for group in given:
        groups.append(tuple(sorted(_letters(question, scope, group))))
        if not groups[-1]:
            raise _refused(f"{scope} has an empty group")
        seen += groups[-1]
    if sorted(seen) != sorted(question.answers):
        raise _refused(f"{scope} needs every candidate once: give each a place, or none")
    return tuple(groups)


def _barred(question: Comparison, values: dict[Any, Any]) -> tuple[str, ...] | None:
    if UNACCEPTABLE not in values:
        return None
    letters = _letters(question, UNACCEPTABLE, values[UNACCEPTABLE])
    if len(set(letters)) != len(letters):
        raise _refused(f"{UNACCEPTABLE} names a candidate twice")
    return tuple(sorted(letters))


def _letters(question: Comparison, what: str, given: object) -> list[str]:
    if not isinstance(given, list) or len(given) > len(question.answers):
        raise _refused(f"{what} is a list of letters")
    for letter in given:
        if not isinstance(letter, str) or letter not in question.answers:
            raise _refused(f"{what} names no candidate: {letter!r:.40}")
    return given


def _why(given: object) -> str:
    if not isinstance(given, str):
        raise _refused("why is a text")
    try:
        return words(given, MOST_WHY).strip()
    except ValueError as cause:
        raise _refused(f"why: {cause}") from cause


def _rating(question: Rubric, given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise _refused("rating is a whole number")
    if not question.least <= given <= question.most:
        raise _refused(f"rating is from {question.least} to {question.most}")
    return given


def _only(values: dict[Any, Any], name: str) -> object:
    if set(values) != {name}:
        raise _refused(f"{name} is asked, and nothing else")
    return values[name]


def _one(fields: Fields, name: str) -> str:
    """Return the value of a field that a form has once; empty where it has none."""
    found = fields.get(name, ())
    if len(found) > 1:
        raise _refused(f"{name} is there {len(found)} times")
    return found[0] if found else ""


def _whole(said: str) -> int | None:
    """Return a whole number as people write it; None where it is none."""
    plain = said.strip().replace("\u2212", "-").removeprefix("+")
    digits = plain.removeprefix("-")
    good = len(plain) <= _MOST_NUMBER and digits.isascii() and digits.isdigit()
    return int(plain) if good else None


def _by_place(scope: str, places: Mapping[str, str]) -> list[list[str]]:
    """Return groups by the numbers that candidates were given; gaps in them mean nothing."""
    groups: dict[int, list[str]] = {}
    for letter, said in places.items():
        place = _whole(said)
        if not said.strip():
            raise _refused(f"{scope} needs every candidate once: give each a place, or none")
        if place is None or not 1 <= place <= len(places):
            raise _refused(f"{scope}.{letter} is a place from 1 to {len(places)}")
        groups.setdefault(place, []).append(letter)
    return [groups[place] for place in sorted(groups)]


def _refused(what: str) -> Refused:
    return Refused(what, why="answer")
