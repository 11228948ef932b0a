"""What judges said before, by the digest of the request: nothing is asked or paid twice.

A digest covers the judge's identity and every word it would be told, so an equal one is the
same question to the same judge, whichever run or calibration asked it.
"""

from __future__ import annotations

import asyncio

from charter.evals.judge import Item, Judge, Judgement, JudgeOutcome, Said
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationItem
from charter.records.grading import JudgementRecorded


class Replies:
    """The replies of judges that are known. Use it within one event loop."""

    def __init__(self) -> None:
        self._said: dict[str, Said] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    @classmethod
    def of(cls, ledger: Ledger) -> Replies:
        """Read the replies of all gradings and calibrations of a ledger. Raises LedgerError."""
        replies = cls()
        for judgement in ledger.read(JudgementRecorded):
            replies._note(judgement)
        for item in ledger.read(CalibrationItem):
            replies._note(item)
        return replies

    def get(self, request: str) -> Said | None:
        """Return what was said to a request, by its digest."""
        return self._said.get(request)

    def keep(self, judgement: Judgement) -> None:
        """Remember a reply. Where none came, the request may be asked again."""
        self._note(judgement)

    def turn(self, request: str) -> asyncio.Lock:
        """Return what one who asks this request holds, so that nobody asks it beside them."""
        return self._turns.setdefault(request, asyncio.Lock())

    def _note(self, heard: Judgement | JudgementRecorded | CalibrationItem) -> None:
        if heard.outcome != JudgeOutcome.UNAVAILABLE and heard.request and heard.stop:
            said = Said(heard.text, heard.stop, heard.input_tokens, heard.output_tokens)
            self._said.setdefault(heard.request, said)


async def ask(judge: Judge, item: Item, *, sample: int, replies: Replies) -> Judgement:
    """Judge one answer, from what is known where the same was asked before.

    Raises as `Judge.judge` does.
    """
    request = judge.request(item, sample=sample)
    async with replies.turn(request):
        judgement = await judge.judge(item, sample=sample, said=replies.get(request))
        replies.keep(judgement)
    return judgement
