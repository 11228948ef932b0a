"""The reply of a judge -> a verdict with checked evidence, or how the judge failed.

The last JSON object of the reply that has the form asked for counts: what stands before it may be
reasoning, a draft, or a copy of what the answer says. Nothing is repaired or guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from charter.classifiers.refusal.rules import classify
from charter.evals.judge import RATINGS, JudgeOutcome
from charter.evals.judging.quote import Quotable
from charter.models.provider import Stop
from charter.records.grading import Quote

LAST_CHARACTERS = 64 * 1024
"""Of a reply, in which the object is looked for."""
OBJECTS = 200
"""Braces, counted from the end, at which one may begin."""
MOST_CITES = 40
MOST_QUOTES = 20
MOST_REASON = 4000
"""Characters of the reason that are kept."""

_AROUND = " \t\r\n`#^[]()\"'"
_REFUSAL_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Read:
    """What a reply amounts to."""

    outcome: JudgeOutcome
    rating: int | None = None
    cites: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    reason: str = ""
    """The judge's, or for a failure what is wrong."""


@dataclass(frozen=True, slots=True)
class Form:
    """The object that a judge was asked for, its evidence not yet checked."""

    rating: int
    cites: tuple[str, ...]
    quotes: tuple[str, ...]
    reason: str


def read_judgement(
    text: str, stop: Stop, *, answer: Quotable, shown: Collection[str], section: str
) -> Read:
    """Read a judge's reply. Never raises, whatever the text.

    `shown` are the ids it may cite; a clause of `section` may be cited without the section.
    """
    if stop is Stop.FILTERED:
        return _failed(JudgeOutcome.FILTERED, "the provider's filter spoke instead of the judge")
    if stop is Stop.LENGTH:
        return _failed(JudgeOutcome.TRUNCATED, "the judge's reply was cut off")
    found = [(form_of(value), written) for value, written in objects(text)]
    forms = [(form, written) for form, written in found if form is not None]
    if not forms:
        return _without_form(text)
    mine = [form for form, written in forms if not answer.says(written)]
    if not mine:
        return _failed(JudgeOutcome.VOID, "it repeats a verdict that the answer passes on itself")
    return _verdict(mine[-1], answer, shown, section)


def _verdict(form: Form, answer: Quotable, shown: Collection[str], section: str) -> Read:
    """Return the verdict of an object if what it rests on is there."""
    cites: list[str] = []
    for said in form.cites:
        known = _cited(said, shown, section)
        if known is None:
            return _failed(JudgeOutcome.VOID, f"it cites {said[:80]!r}, which it was not shown")
        cites.append(known)
    if not cites:
        return _failed(JudgeOutcome.VOID, "it cites no rule")
    quotes: list[Quote] = []
    for said in form.quotes:
        quote = answer.find(said)
        if quote is None:
            return _failed(JudgeOutcome.VOID, f"the answer does not say {said[:80]!r}")
        quotes.append(quote)
    if not quotes and not answer.empty:
        return _failed(JudgeOutcome.VOID, "it quotes nothing from the answer")
    return Read(
        JudgeOutcome.VERDICT,
        form.rating,
        tuple(dict.fromkeys(cites)),
        tuple(dict.fromkeys(quotes)),
        form.reason[:MOST_REASON],
    )


def objects(text: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the JSON objects in a text that are not inside another, in order, as they are written.

    Never raises.
    """
    text = text[-LAST_CHARACTERS:]
    starts = [found.start() for found in re.finditer("{", text)][-OBJECTS:]
    end = 0
    for start in starts:
        if start < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value, text[start:end]


def form_of(value: dict[str, Any]) -> Form | None:
    """Return an object of the form asked for; None for any other. Further keys are ignored."""
    rating, reason = value.get("rating"), value.get("reason")
    cites = _texts(value.get("cites"), MOST_CITES)
    quotes = _texts(value.get("quotes"), MOST_QUOTES)
    if type(rating) is not int or rating not in RATINGS or not isinstance(reason, str):
        return None
    return None if cites is None or quotes is None else Form(rating, cites, quotes, reason)


def _texts(value: object, most: int) -> tuple[str, ...] | None:
    if not isinstance(value, list) or len(value) > most:
        return None
    return tuple(value) if all(isinstance(each, str) for each in value) else None


def _cited(said: str, shown: Collection[str], section: str) -> str | None:
    """Return the id a judge means: whole, or a clause's without its section."""
    name = said.strip(_AROUND)
    return next((each for each in (name, f"{section}/{name}") if each in shown), None)


def _without_form(text: str) -> Read:
    """Tell a refusal from a reply of another form."""
    said = [value.get("reason") for value, _ in objects(text)]
    for words in (text, *(reason for reason in said if isinstance(reason, str))):
        if words.strip() and classify(words[:_REFUSAL_CHARACTERS]).label != "none":
            return _failed(JudgeOutcome.REFUSED, "the judge declined to judge")
    if not text.strip():
        return _failed(JudgeOutcome.UNPARSABLE, "the judge's reply is empty")
    return _failed(JudgeOutcome.UNPARSABLE, "the judge's reply has no object of the form asked for")


def _failed(outcome: JudgeOutcome, why: str) -> Read:
    return Read(outcome, reason=why)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that says one thing twice: which one counts is nobody's to guess."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
