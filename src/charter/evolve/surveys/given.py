"""Answers into the ledger and out of it: numbered, sealed, the last one to a question counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from charter.errors import AlreadyRecorded, LedgerError, LedgerUnavailable
from charter.evolve.surveys.answer import Answer, fits, read_answer, values_of_answer
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.participation import Participation, is_withdrawn
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.survey import Question, Survey, question_id
from charter.evolve.surveys.withdrawal import erase_withdrawn
from charter.ledger.body import canonical
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault, commitment, payload_id, salted
from charter.records.survey import AnswerGiven

MOST_MS = 24 * 60 * 60 * 1000
"""A longer time is one of a page that was left open."""
CHANGES = 5
"""Answers to each question, on average, after which nobody is taking part any more."""
SPARE = 50
TRIES = 20


class Reply(NamedTuple):
    """What somebody sends."""

    question: Question
    answer: Answer
    ms: int | None = None
    """As `Said.ms`; bounded here, and never trusted."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered."""

    question: str
    """Id of an item, or `trait:` and the id of a trait."""
    answer: Answer
    ms: int | None
    """From seeing the question to answering it; None where it was not measured.

    A change keeps the time of what it changes: whoever comes back has read the question before.
    """
    number: int
    at: str


def give(  # noqa: PLR0913 - who says what, and where it is kept
    ledger: Ledger, vault: Vault, opening: Opening, part: Participation, reply: Reply, *, at: str
) -> AnswerGiven:
    """Record an answer, or a change of one; durable when this returns.

    What was answered in the same words already makes no second record, however often and wherever
    it is sent. `opening` is the survey as it stands now: whoever keeps it for a while takes
    answers for as long after a closing. Raises Refused: closed, withdrawn, question, answer, many.
    """
    name = question_id(reply.question)
    _may_answer(ledger, opening, part, reply, at)
    most = (len(opening.survey.items) + len(opening.survey.traits)) * CHANGES + SPARE
    for _ in range(TRIES):
        earlier = tuple(ledger.read(AnswerGiven, run=part.id))
        latest = next((each for each in reversed(earlier) if each.item == name), None)
        before = None if latest is None else _before(vault, opening.survey, latest)
        if latest is not None and before is not None and before.answer == reply.answer:
            return latest
        if len(earlier) >= most:
            raise Refused("too many changes: nothing more is taken", why="many")
        number = earlier[-1].number + 1 if earlier else 1
        try:
            timed = reply if before is None else reply._replace(ms=before.ms)
            record = _append(ledger, vault, part, timed, number=number, at=at)
        except AlreadyRecorded:
            continue  # sent twice at once: look what the other one said
        _unless_withdrawn(ledger, vault, part)
        return record
    raise Refused("too many answers at the same time", why="many", hint="send it again")


def own_answers(
    ledger: Ledger, vault: Vault, survey: Survey, part: Participation
) -> tuple[Said, ...]:
    """Return what somebody said, the last word on each question, in the survey's order.

    What was taken back, has expired or was erased is not there. `answered` says more cheaply
    what was answered.
    """
    latest = latest_of(ledger.read(AnswerGiven, run=part.id))
    questions = (*survey.items, *survey.traits)
    records = (latest.get(question_id(each)) for each in questions)
    found = (said_in(vault, survey, record) for record in records if record is not None)
    return tuple(each for each in found if each is not None)


def answered(ledger: Ledger, part: Participation) -> frozenset[str]:
    """Return the ids of the questions to which an answer of somebody is kept; opens nothing.

    What was taken back, erased or has expired is not kept, and may be answered again.
    """
    latest = latest_of(ledger.read(AnswerGiven, run=part.id))
    kept = set(ledger.store.payload_ids(part.joined.subject))
    return frozenset(item for item, record in latest.items() if record.payload in kept)


def latest_of(records: Iterable[AnswerGiven]) -> dict[str, AnswerGiven]:
    """Return the last answer to each question, of one participation; one taken back, too."""
    latest: dict[str, AnswerGiven] = {}
    for record in records:
        before = latest.get(record.item)
        if before is None or before.number < record.number:
            latest[record.item] = record
    return latest


def said_in(vault: Vault, survey: Survey, record: AnswerGiven) -> Said | None:
    """Return what a record holds; None where it was taken back, was erased or has expired.

    Raises LedgerError where it is damaged, was not what the record commits to, or is no answer to
    a question of this survey.
    """
    found = vault.open(record.payload) if record.payload else None
    if found is None:
        return None
    values = _values(found, record)
    question = survey.question(record.item)
    if question is None or values.get("question") != record.item:
        raise _damaged(record, "answers no question of this survey")
    try:
        answer = read_answer(question, values.get("answer"))
    except Refused as cause:
        raise _damaged(record, cause.message) from cause
    ms = values.get("ms")
    return Said(record.item, answer, ms if isinstance(ms, int) else None, record.number, record.at)


def _may_answer(
    ledger: Ledger, opening: Opening, part: Participation, reply: Reply, at: str
) -> None:
    if part.withdrawn or is_withdrawn(ledger, part.id):
        raise Refused("this participation was withdrawn", why="withdrawn")
    if (part.joined.survey, part.joined.digest) != (opening.id, opening.digest):
        raise Refused("this participation is in another survey", why="unknown")
    if not opening.takes(at):
        raise Refused(f"{opening.id} takes no more answers", why="closed")
    if opening.survey.question(question_id(reply.question)) != reply.question:
        raise Refused("there is no such question", why="question")
    if not fits(reply.question, reply.answer):
        raise Refused("that is no answer to this question", why="answer")


def _append(  # noqa: PLR0913 - as for `give`
    ledger: Ledger, vault: Vault, part: Participation, reply: Reply, *, number: int, at: str
) -> AnswerGiven:
    name, ms = question_id(reply.question), reply.ms
    bounded = None if ms is None or ms < 0 else min(ms, MOST_MS)
    answer = values_of_answer(reply.answer)
    text = canonical({"question": name, "answer": answer, "ms": bounded})
    found = salted(text)
    payload = payload_id()
    sealed = vault.seal(part.joined.subject, {"text": text, "salt": found.salt}, at, id=payload)
    record = AnswerGiven(
        run=part.id,
        number=number,
        at=at,
        survey=part.joined.survey,
        item=name,
        content=found.commitment,
        payload=payload,
    )
    ledger.append(record, payloads=(sealed,))
    return record


def _unless_withdrawn(ledger: Ledger, vault: Vault, part: Participation) -> None:
    """Erase what was sealed while somebody withdrew elsewhere. Raises Refused then."""
    if is_withdrawn(ledger, part.id):
        erase_withdrawn(ledger, vault, part)
        raise Refused("this participation was withdrawn", why="withdrawn")


def _before(vault: Vault, survey: Survey, record: AnswerGiven) -> Said | None:
    """Return what a record holds; None where nothing of it can be read."""
    try:
        return said_in(vault, survey, record)
    except LedgerUnavailable:
        raise
    except LedgerError:
        return None  # damaged: what is said now takes its place


def _values(found: Any, record: AnswerGiven) -> dict[str, Any]:
    text, salt = found.get("text"), found.get("salt")
    if not isinstance(text, str) or not isinstance(salt, str):
        raise _damaged(record, "holds no answer")
    try:
        good = commitment(salt, text) == record.content
        values = json.loads(text)
    except (ValueError, RecursionError):
        good, values = False, None
    if not good or not isinstance(values, dict):
        raise _damaged(record, "is not what was answered")
    return values


def _damaged(record: AnswerGiven, what: str) -> LedgerError:
    name = f"answer {record.number} of {record.run}"
    return LedgerError(f"{name} {what}", hint="the ledger was changed or damaged: restore a copy")
