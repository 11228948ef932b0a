"""One consultation for all tests of it: held in a real ledger, gathered and read once."""

from __future__ import annotations

import pytest

from charter.evolve.results.results_of import reading_of, results_of
from charter.evolve.results.table import Effort
from charter.evolve.surveys.gathered import gather
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault

from .asked import survey
from .plan import Plan
from .spec import written
from .taking_part import hold

QUICK = Effort(draws=100, refits=20, shuffles=19, permutations=19)


@pytest.fixture(scope="package")
def spec(tmp_path_factory):
    """The spec that is consulted about."""
    return written(tmp_path_factory.mktemp("spec"))


@pytest.fixture(scope="package")
def place(tmp_path_factory):
    """The folder of the ledger, with the key of its vault."""
    return tmp_path_factory.mktemp("held")


@pytest.fixture(scope="package")
def held(spec, place):
    """The consultation in a ledger, everybody having taken part."""
    with open_ledger(place) as ledger:
        vault = Vault(ledger.store, MasterKey.load_or_create(place / "master.key"))
        yield hold(ledger, vault, survey(spec), Plan())


@pytest.fixture(scope="package")
def heard(held):
    """What people said, as it is gathered from the ledger."""
    return gather(held.ledger, held.vault, held.opening)


@pytest.fixture(scope="package")
def results(held, heard):
    """The figures of both channels."""
    return results_of(heard, reading_of(held.opening.survey), effort=QUICK)
