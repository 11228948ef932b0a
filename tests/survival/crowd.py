"""Many clients at once, which keep note of every byte that they were given."""

import asyncio
import contextlib
import itertools
from dataclasses import dataclass, field

import aiohttp
from tests.survival.process import CHAT, KEYS, TOOLS, ask, asking_to_pay

from charter.errors import LedgerError, LedgerUnavailable
from charter.ledger.board import Board
from charter.records.approval import ApprovalUsed, ApprovalVoted
from charter.records.decision import DecisionRecorded

GONE = (aiohttp.ClientError, ConnectionError, TimeoutError)
KINDS = (
    {},
    {"model": "talk", "stream": True},
    {"model": "look", "tools": TOOLS},
    {"model": "look", "tools": TOOLS, "stream": True},
)


@dataclass
class Answer:
    """What one client got of one request, whole or not."""

    exchange: str
    status: int
    review: str = ""
    body: bytes = b""
    whole: bool = False


@dataclass
class Crowd:
    """Clients of several gateways; `answers` are all that began to arrive."""

    urls: list[str]
    ledger: object
    answers: list[Answer] = field(default_factory=list)
    approved: dict[str, dict] = field(default_factory=dict)
    """Request by the approval that was given for it."""
    numbers: itertools.count = field(default_factory=itertools.count)

    async def ask(self, session, body, url=None):
        """Send one request; return what came, None where nothing did."""
        number = next(self.numbers)
        base = url or self.urls[number % len(self.urls)]
        headers = {"authorization": f"Bearer {KEYS['ann']}"}
        answer = None
        with contextlib.suppress(*GONE):
            async with session.post(base + CHAT, json=body, headers=headers) as response:
                answer = Answer(
                    response.headers["x-request-id"],
                    response.status,
                    response.headers.get("x-charter-review", ""),
                )
                self.answers.append(answer)
                async for piece in response.content.iter_any():
                    answer.body += piece
                answer.whole = True
        return answer

    async def talker(self, session, kind):
        """Ask one thing after the other."""
        while True:
            body = ask(f"Question {next(self.numbers)}?", **KINDS[kind])
            if await self.ask(session, body) is None:
                await asyncio.sleep(0.02)

    async def payer(self, session, *, stream):
        """Ask for what is held, have it approved, and take it three times at once."""
        while True:
            body = asking_to_pay(f"Pay bill {next(self.numbers)}.")
            if stream:
                body["stream"] = True
            answer = await self.ask(session, body)
            approval = self.held(answer)
            if not approval:
                await asyncio.sleep(0.02)
                continue
            while True:
                try:
                    await asyncio.to_thread(self.approve, approval)
                    break
                except LedgerUnavailable:
                    await asyncio.sleep(0.05)
                except LedgerError:  # an earlier try was kept, though it could not be said
                    break
            self.approved[approval] = body
            for _ in range(10):
                found = await asyncio.gather(*(self.ask(session, body) for _ in range(3)))
                if any(given(one) for one in found):
                    break
                await asyncio.sleep(0.1)

    def held(self, answer):
        """Return the approval that an answer asks for."""
        if answer is None:
            return ""
        if answer.review or not answer.whole:
            return answer.review
        found = answer.body.partition(b"apr_")[2][:34].split(b'"')[0]
        return "apr_" + found.decode() if found else ""

    def approve(self, approval, by="bea"):
        """Agree, as another process does."""
        board = Board()
        board.poll(self.ledger)
        state = board.approval(approval)
        at = state.asked.at
        self.ledger.append(ApprovalVoted(approval, at, by, "approve", state.asked.binding))

    def run(self, seconds, then, talkers=8, payers=3):
        """Let all of them ask for so long, do something, and let them end."""

        async def main():
            timeout = aiohttp.ClientTimeout(total=30)
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
                tasks = [
                    asyncio.create_task(self.talker(session, at % len(KINDS)))
                    for at in range(talkers)
                ]
                tasks += [
                    asyncio.create_task(self.payer(session, stream=at % 2 == 1))
                    for at in range(payers)
                ]
                await asyncio.sleep(seconds)
                await asyncio.to_thread(then)
                await asyncio.sleep(0.1)
                for task in tasks:
                    task.cancel()
                for found in await asyncio.gather(*tasks, return_exceptions=True):
                    if not isinstance(found, asyncio.CancelledError):
                        raise found

        asyncio.run(main())

    def each(self, bodies):
        """Send requests one after the other; return the answers."""

        async def main():
            async with aiohttp.ClientSession() as session:
                return [await self.ask(session, body) for body in bodies]

        return asyncio.run(main())

    def check(self):
        """Every answer has its records, and what it gave was free to be given; count them."""
        recorded = {}
        for record in self.ledger.read(DecisionRecorded):
            recorded.setdefault(record.exchange, []).append(record)
        uses = list(self.ledger.read(ApprovalUsed))
        agreed = {one.run for one in self.ledger.read(ApprovalVoted) if one.verdict == "approve"}
        assert len({one.run for one in uses}) == len(uses), "an approval was used twice"
        assert {one.run for one in uses} <= agreed
        used = {one.exchange for one in uses}
        assert len(used) == len(uses)
        for answer in self.answers:
            if answer.status == 503:
                continue
            assert answer.status in (200, 403), answer
            records = recorded.get(answer.exchange)
            assert records, f"an answer without a record: {answer}"
            if b'"look_up"' in answer.body:
                assert any(one.stage == "tool_call" for one in records), answer
            if given(answer):
                assert answer.exchange in used, f"a held call was given: {answer}"
            if answer.whole and answer.status == 200:
                assert any(one.done for one in records), answer
        return len(self.answers)


def given(answer):
    """Whether an answer holds a call that a person has to agree to."""
    return answer is not None and b'"transfer"' in answer.body
