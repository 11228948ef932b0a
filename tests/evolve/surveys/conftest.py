"""A real ledger with its vault, in SQLite and in PostgreSQL, and people to take part."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from charter.evolve.surveys.answer import read_answer
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.opening import open_survey, opening
from charter.evolve.surveys.participation import consent_digest, join
from charter.evolve.surveys.secret_code import new_code
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault

from .people import AT, small


class World(SimpleNamespace):
    """A survey that is open, in a ledger."""

    def now(self):
        return opening(self.ledger, self.survey.id)

    def join(self, receipt=None, code="", at=AT):
        receipt = receipt or new_code()
        agreed = consent_digest(self.survey, "en")
        part = join(
            self.ledger,
            self.vault,
            self.now(),
            receipt=receipt,
            language="en",
            consent=agreed,
            code=code,
            at=at,
        )
        return receipt, part

    def give(self, part, question, values, *, ms=None, at=AT):
        asked = self.survey.question(question)
        reply = Reply(asked, read_answer(asked, values), ms)
        return give(self.ledger, self.vault, self.now(), part, reply, at=at)


def opened_world(place, folder, survey):
    ledger = open_ledger(place)
    vault = Vault(ledger.store, MasterKey.load_or_create(folder / "master.key"))
    open_survey(ledger, survey, by="ada", at=AT)
    return World(place=str(place), folder=folder, ledger=ledger, vault=vault, survey=survey)


@pytest.fixture
def world(tmp_path):
    """An open survey in SQLite."""
    made = opened_world(tmp_path, tmp_path, small())
    yield made
    made.ledger.close()


@pytest.fixture(params=["sqlite", "postgres"])
def each_world(request, tmp_path):
    """An open survey in each store."""
    postgres = request.param == "postgres"
    place = request.getfixturevalue("postgres_url") if postgres else tmp_path
    made = opened_world(place, tmp_path, small())
    yield made
    made.ledger.close()
