"""A gateway with the pages of surveys, over real HTTP, and somebody who fills in its forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

import httpx

from charter.cli.serve_survey import survey_of as pages_of
from charter.evolve.surveys.given import own_answers
from charter.evolve.surveys.opening import close_survey, open_survey, opening
from charter.evolve.surveys.participation import find
from charter.evolve.surveys.survey import (
    Comparison,
    Promise,
    Rubric,
    Statement,
    Survey,
    Trait,
    Turn,
)
from charter.gateway.server import App

from .front import SPEC, Front

AT = "2026-11-22T12:00:00.000Z"
SETTINGS = """
[upstream]
url = "http://127.0.0.1:9/v1"
[server]
port = 0
shutdown_seconds = 1.0
[survey]
enabled = true
address_header = "x-from"
"""
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def words(text, languages=("en", "de", "ar", "tlh")):
    """Return a text in several languages, marked so that a test can tell them apart."""
    return {each: text if each == "en" else f"{text} [{each}]" for each in languages}


def mail(id_="mail", **changed):
    """Return a survey with an item of each kind, in four languages."""
    fields = {
        "title": words("About mail"),
        "languages": ("en", "de", "ar", "tlh"),
        "promise": Promise(words("I agree to it."), words("To learn."), "rules@example.org", 30),
        "items": (
            Statement("say", ("kind",), words("Say why.")),
            Comparison(
                "pick",
                ("kind",),
                (Turn("user", words("Help me with this?")),),
                {letter: words(f"Candidate {letter}") for letter in "ABC"},
            ),
            Rubric("rate", (), words("It is short."), -3, 3),
        ),
        "traits": (
            Trait("age", words("Your age?"), {"old": words("Old"), "young": words("Young")}),
        ),
    }
    return Survey(id_, **(fields | changed))


class Surveys(Front):
    """Starts on entering, ends on leaving; one survey is open."""

    def __init__(self, folder, survey=None, *, more="", spec=SPEC):
        super().__init__(folder, settings=SETTINGS, spec=spec, more=more)
        self.survey = survey or mail()
        open_survey(self.service.ledger, self.survey, by="ada", at=AT)
        self.app = App(self.service, survey=pages_of(self.service))
        self.clients = []

    def __exit__(self, *raised):
        for client in self.clients:
            client.close()
        super().__exit__(*raised)

    @property
    def address(self):
        return f"/survey/{self.survey.id}"

    def opening(self):
        return opening(self.service.ledger, self.survey.id)

    def close(self):
        close_survey(self.service.ledger, self.survey.id, by="ada", reason="over", at=AT)

    def guest(self, network="", **given):
        """Return somebody at the start page."""
        client = httpx.Client(base_url=self.base, timeout=30)
        self.clients.append(client)
        if network:
            client.headers["x-from"] = network
        return Guest(self, client, **given)

    def answers(self, receipt):
        """Return what a receipt is of: answers by question."""
        ledger, vault = self.service.ledger, self.service.vault
        part = find(ledger, receipt)
        found = own_answers(ledger, vault, self.survey, part)
        return {each.question: each.answer for each in found}

    def read(self, kind):
        return list(self.service.ledger.read(kind))


@dataclass
class Guest:
    """Somebody without a browser: sends the hidden fields of the page that they have."""

    front: Surveys
    client: httpx.Client
    language: str = "en"
    page: httpx.Response | None = None
    receipt: str = ""
    seen: list = field(default_factory=list)

    @property
    def hidden(self):
        """The hidden fields of the page."""
        return {name: unescape(value) for name, value in _FIELD.findall(self.page.text)}

    @property
    def text(self):
        return unescape(re.sub(r"<[^>]+>", "", self.page.text))

    @property
    def item(self):
        return self.hidden.get("item", "")

    def open(self, **query):
        self.page = self.client.get(self.front.address, params={"lang": self.language} | query)
        return self

    def post(self, fields=None, path="", headers=None, **more):
        """Send the form of the page, with these fields."""
        given = self.hidden | (fields or {}) | more
        self.page = self.client.post(self.front.address + path, data=given, headers=headers)
        return self

    def join(self, **more):
        self.open()
        self.receipt = self.hidden["receipt"]
        return self.post(consent="yes", **more)

    def reach(self, item):
        """Leave open what comes before an item."""
        for _ in range(len(self.front.survey.items)):
            if self.item != item:
                self.post(do="skip")
        assert self.item == item
        return self

    def say(self, fields=None, **more):
        """Answer the item of the page: by the fields given, or something that fits."""
        usual = {
            "say": {"vote": "agree"},
            "pick": {"personal.A": "2", "personal.B": "1", "personal.C": "2", "why": "So."},
            "rate": {"rating": "-2"},
            "traits": {"option.age": "old"},
        }
        given = usual.get(self.item, {}) if fields is None else fields
        return self.post(given, do="answer", **more)


def through(guest):
    """Answer everything."""
    for _ in range(4):
        guest.say()
    return guest
