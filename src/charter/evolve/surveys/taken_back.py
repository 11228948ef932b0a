"""Taking back one answer, as if the question had been left open; all of them: `withdrawal`."""

from __future__ import annotations

from charter.errors import AlreadyRecorded
from charter.evolve.surveys.given import TRIES, latest_of
from charter.evolve.surveys.participation import Participation, is_withdrawn
from charter.evolve.surveys.refused import Refused
from charter.ledger.ledger import Ledger
from charter.records.survey import AnswerGiven


def take_back(ledger: Ledger, part: Participation, question: str, *, at: str) -> bool:
    """Make an answer count nowhere; durable when this returns. Idempotent.

    `question` is the id of an item, or `trait:` and the id of a trait. Open or closed, as for
    withdrawing, and however often somebody changed it. The words stay sealed, as those of an
    answer that was changed do, until everything is withdrawn or has expired. Returns False where
    there is no answer to it. Raises Refused: withdrawn, many.
    """
    for _ in range(TRIES):
        if is_withdrawn(ledger, part.id):
            raise Refused("this participation was withdrawn", why="withdrawn")
        earlier = tuple(ledger.read(AnswerGiven, run=part.id))
        latest = latest_of(earlier).get(question)
        if latest is None or not latest.payload:
            return False
        record = AnswerGiven(
            run=part.id,
            number=earlier[-1].number + 1,
            at=at,
            survey=part.joined.survey,
            item=question,
            content="",
            payload="",
        )
        try:
            ledger.append(record)
        except AlreadyRecorded:
            continue  # something was said at the same moment: look what
        return True
    raise Refused("too many answers at the same time", why="many", hint="send it again")
