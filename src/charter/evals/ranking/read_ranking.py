"""A model's reply -> an order of candidates with its evidence, or the kind of failure it is.

The last JSON object of the form asked for counts, as for judges; one that stands word for word in a
candidate or in the conversation is a copy, and no order. Nothing is repaired or guessed: an order
that leaves a letter out, names one twice or names one that was not shown is none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from charter.classifiers.refusal.rules import classify
from charter.evals.judge import JudgeOutcome
from charter.evals.judging.quote import Quotable
from charter.evals.judging.read_judgement import MOST_CITES, MOST_REASON, objects
from charter.evals.ranking.ranker import RELEVANCE, Order, Ranked
from charter.evals.reply import storable
from charter.models.provider import Stop

MOST_TEXT = 4000
"""Characters of a reply that are kept where it is no order: its end."""
_REFUSAL_CHARACTERS = 4000
_AROUND = " \t\r\n`#^[]()\"'"


def read_ranking(  # noqa: PLR0913 - what a reply is held against
    text: str,
    stop: Stop,
    *,
    letters: Mapping[str, str],
    shown: Collection[str],
    sections: Sequence[str],
    material: Sequence[str],
) -> Ranked:
    """Read a reply. Never raises, whatever the text.

    `shown` are the ids it may cite, `sections` those that the item asks about: a clause of one of
    them may be cited without its section. `material` are the texts that others wrote.
    """
    if stop is Stop.FILTERED:
        return failed(JudgeOutcome.FILTERED, "the provider's filter spoke instead of the model")
    if stop is Stop.LENGTH:
        return failed(JudgeOutcome.TRUNCATED, "the reply was cut off")
    found = [(value, written) for value, written in objects(text) if _form(value)]
    if not found:
        return _without_form(text)
    quotable = [Quotable(each) for each in material]
    mine = [value for value, written in found if not any(q.says(written) for q in quotable)]
    if not mine:
        return failed(JudgeOutcome.VOID, "it repeats an order that the material itself gives")
    return _ranked(mine[-1], letters, shown, sections)


def failed(outcome: JudgeOutcome, why: str) -> Ranked:
    """Return a failure as a value: its kind, then what is wrong."""
    return Ranked(
        failure=f"{outcome.value}: {why}", unavailable=outcome is JudgeOutcome.UNAVAILABLE
    )


def _without_form(text: str) -> Ranked:
    """Tell a refusal from a reply of another form."""
    if not text.strip():
        return failed(JudgeOutcome.UNPARSABLE, "the reply is empty")
    if classify(text[:_REFUSAL_CHARACTERS]).label != "none":
        return failed(JudgeOutcome.REFUSED, "the model declined to rank")
    return failed(JudgeOutcome.UNPARSABLE, "the reply has no object of the form asked for")


def _ranked(
    value: dict[str, Any],
    letters: Mapping[str, str],
    shown: Collection[str],
    sections: Sequence[str],
) -> Ranked:
    order = _order(value["order"], letters)
    if order is None:
        return failed(JudgeOutcome.VOID, "its order does not name every answer exactly once")
    cites: list[str] = []
    for said in value["cites"]:
        known = _cited(said, shown, sections)
        if known is None:
            return failed(JudgeOutcome.VOID, f"it cites {said[:80]!r}, which it was not shown")
        cites.append(known)
    if not cites:
        return failed(JudgeOutcome.VOID, "it cites no rule")
    return Ranked(
        order,
        cites[0].partition("/")[0],
        tuple(dict.fromkeys(cites)),
        value["relevance"],
        storable(value["reason"][:MOST_REASON]),
    )


def _form(value: dict[str, Any]) -> bool:
    """Whether an object has the form asked for; further keys are ignored."""
    cites, order = value.get("cites"), value.get("order")
    return (
        isinstance(value.get("reason"), str)
        and type(value.get("relevance")) is int
        and value["relevance"] in RELEVANCE
        and isinstance(cites, list)
        and len(cites) <= MOST_CITES
        and all(isinstance(each, str) for each in cites)
        and isinstance(order, list)
    )


def _order(said: list[Any], letters: Mapping[str, str]) -> Order | None:
    """Return groups of ids, each sorted; None unless every letter stands in them once."""
    groups = [[each] if isinstance(each, str) else each for each in said]
    if not all(isinstance(group, list) and group for group in groups):
        return None
    names = [each for group in groups for each in group]
    if not all(isinstance(each, str) for each in names):
        return None
    if sorted(each.strip() for each in names) != sorted(letters):
        return None
    return tuple(tuple(sorted(letters[each.strip()] for each in group)) for group in groups)


def _cited(said: str, shown: Collection[str], sections: Sequence[str]) -> str | None:
    name = said.strip(_AROUND)
    names = (name, *(f"{section}/{name}" for section in sections))
    return next((each for each in names if each in shown), None)
