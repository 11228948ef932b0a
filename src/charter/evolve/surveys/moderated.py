"""Reasons that people gave, and whether somebody has read and accepted them to be quoted.

A verdict is on one answer: whoever changes it has written other words, which wait again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from charter.errors import LedgerError, LedgerUnavailable
from charter.evolve.surveys.answer import WHY, Compared
from charter.evolve.surveys.given import latest_of, said_in
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.survey import Comparison
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.records.comment import ACCEPTED, CommentModerated
from charter.records.survey import AnswerGiven, ParticipantWithdrew


def reason_id(answer: AnswerGiven) -> str:
    """Return the id under which the reason of an answer is moderated."""
    framed = f"charter-reason/v1\n{answer.run}\n{answer.number}".encode()
    return f"re_{hashlib.sha256(framed).hexdigest()[:32]}"


def reasons_given(ledger: Ledger, opening: Opening) -> Iterator[AnswerGiven]:
    """Yield the answers that may hold a reason, the oldest first: the last word of who stayed."""
    asking = {
        item.id for item in opening.survey.items if isinstance(item, Comparison) and WHY in item.ask
    }
    gone = {record.run for record in ledger.read(ParticipantWithdrew)}
    by_person: dict[str, list[AnswerGiven]] = {}
    for record in ledger.read(AnswerGiven):
        if record.survey == opening.id and record.item in asking and record.run not in gone:
            by_person.setdefault(record.run, []).append(record)
    latest = [one for given in by_person.values() for one in latest_of(given).values()]
    kept = [each for each in latest if each.payload]  # of what was taken back nothing waits
    yield from sorted(kept, key=lambda each: (each.at, each.run, each.number))


def reason_in(vault: Vault, opening: Opening, answer: AnswerGiven) -> str:
    """Return the words of a reason; empty where there are none, or none to be read any more."""
    try:
        found = said_in(vault, opening.survey, answer)
    except LedgerUnavailable:
        raise
    except LedgerError:
        return ""
    said = found.answer if found is not None else None
    return said.why if isinstance(said, Compared) else ""


def accepted_reasons(ledger: Ledger, opening: Opening) -> frozenset[tuple[str, str]]:
    """Return (person, item) of the reasons that may be quoted."""
    good = {each.run for each in ledger.read(CommentModerated) if each.verdict == ACCEPTED}
    found = reasons_given(ledger, opening)
    return frozenset((each.run, each.item) for each in found if reason_id(each) in good)
