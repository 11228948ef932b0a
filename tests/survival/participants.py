"""Many people who take part in a survey at once, over real HTTP, while the service is killed."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from html import unescape

import aiohttp

from charter.evolve.surveys.answer import Rated, Voted
from charter.evolve.surveys.given import own_answers
from charter.evolve.surveys.participation import find
from charter.evolve.surveys.survey import Promise, Rubric, Statement, Survey
from charter.records.survey import AnswerGiven, ParticipantJoined

GONE = (aiohttp.ClientError, ConnectionError, TimeoutError)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
KEPT = "Your answer is kept."
AT = "2026-11-22T12:00:00.000Z"
SETTINGS = """
[survey]
enabled = true
address_header = "x-from"
per_hour = 100000
requests_per_minute = 1000000
"""


def crowded(statements=4):
    """Return a survey without traits: every answer says who gave it."""
    items = tuple(Statement(f"s{n}", (), {"en": f"Statement {n}."}) for n in range(statements))
    scale = Rubric("scale", (), {"en": "How good?"}, -100, 100)
    promise = Promise({"en": "I agree."}, {"en": "To learn."}, "rules@example.org", 30)
    return Survey("crowded", {"en": "Crowded"}, ("en",), promise, (*items, scale))


@dataclass
class Person:
    """One participant, and what the service told them that it has kept."""

    number: int
    receipt: str = ""
    kept: dict[str, object] = field(default_factory=dict)
    done: bool = False
    seconds: list[float] = field(default_factory=list)
    """Of each request that was answered."""
    tries: int = 0

    def answer(self, item):
        """Return the fields for an item, and what they mean."""
        if item == "scale":
            value = self.number % 201 - 100
            return {"rating": str(value)}, Rated(value)
        value = (self.number + int(item[1:])) % 3 - 1
        return {"vote": {1: "agree", -1: "disagree", 0: "pass"}[value]}, Voted(value)


@dataclass
class Participants:
    """People of one survey; `url` may change while they take part."""

    url: str
    count: int
    people: list[Person] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def acknowledged(self):
        """How many answers people were told are kept."""
        return sum(len(each.kept) for each in self.people)

    async def run(self, patience=300.0):
        """Let all of them take part, until each has reached the end."""
        self.people = [Person(number) for number in range(self.count)]
        end = time.monotonic() + patience
        timeout = aiohttp.ClientTimeout(total=60)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            await asyncio.gather(*(self._person(session, each, end) for each in self.people))

    async def _person(self, session, person, end):
        start = await self._until(session, person, end, None)
        sent = dict(start) | {"consent": "yes"}
        person.receipt = sent["receipt"]
        page = await self._until(session, person, end, sent)
        while page.get("item"):
            fields, meant = person.answer(page["item"])
            item = page["item"]
            page = await self._until(session, person, end, page | fields | {"do": "answer"})
            assert page["told"], (item, page)
            person.kept[item] = meant
        person.done = True

    async def _until(self, session, person, end, sent):
        """Send one form, again and again until it is answered; return the next one's fields."""
        while True:
            assert time.monotonic() < end, f"person {person.number} did not get through"
            person.tries += 1
            begun = time.monotonic()
            try:
                text, status = await self._once(session, person, sent)
            except GONE:
                await asyncio.sleep(0.05)
                continue
            if status == 200:
                person.seconds.append(time.monotonic() - begun)
                found = {name: unescape(value) for name, value in HIDDEN.findall(text)}
                return found | {"told": "1" if KEPT in text else ""}
            self.refused.append(f"{status}")
            await asyncio.sleep(0.05)

    async def _once(self, session, person, sent):
        address = f"{self.url}/survey/crowded"
        place = f"10.{person.number >> 8 & 255}.{person.number & 255}.1"
        headers = {"x-from": place}
        if sent is None:
            async with session.get(address, headers=headers) as response:
                return await response.text(), response.status
        form = {name: value for name, value in sent.items() if name != "told"}
        async with session.post(address, data=form, headers=headers) as response:
            return await response.text(), response.status


def lost(people, ledger, vault, survey):
    """Return what people were told is kept and is not there, and count what is there twice."""

    missing = []
    for person in people:
        part = find(ledger, person.receipt)
        if part is None:
            missing.append((person.number, "joined"))
            continue
        there = {each.question: each.answer for each in own_answers(ledger, vault, survey, part)}
        missing += [
            (person.number, item) for item, meant in person.kept.items() if there.get(item) != meant
        ]
    pairs = [(each.run, each.item) for each in ledger.read(AnswerGiven)]
    joined = [each.run for each in ledger.read(ParticipantJoined)]
    return missing, len(pairs) - len(set(pairs)), len(joined)
