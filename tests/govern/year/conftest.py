"""One year for all tests of it, counted and reported on once."""

from __future__ import annotations

import pytest

from charter.ledger.open import open_ledger

from .counted import counted
from .generate import generate
from .plan import Plan
from .promises import write
from .reporting import promised, reported

DECISIONS = 40_000
"""A fifth of the full year: as much is kept, sampled and reviewed, of less traffic."""


@pytest.fixture(scope="package")
def year(tmp_path_factory):
    """Return the file of the ledger and the truth."""
    file = tmp_path_factory.mktemp("year") / "ledger.sqlite"
    return file, generate(file, Plan(decisions=DECISIONS))


@pytest.fixture(scope="package")
def rollup(year, tmp_path_factory):
    """Return the counts of the year."""
    made = counted(year[0], tmp_path_factory.mktemp("rollup"))
    yield made
    made.close()


@pytest.fixture(scope="package")
def report(year, rollup, tmp_path_factory):
    """Return the governance report of the year."""
    folder = tmp_path_factory.mktemp("report")
    with open_ledger(year[0], create=False) as ledger:
        return reported(
            ledger, year[1].plan, rollup, file=promised(folder), organisation=write(folder)
        )
