"""One year for all tests of it."""

import pytest

from .generate import generate
from .plan import Plan

DECISIONS = 40_000
"""A fifth of the full year: as much is kept, sampled and reviewed, of less traffic."""


@pytest.fixture(scope="package")
def year(tmp_path_factory):
    """Return the file of the ledger and the truth."""
    file = tmp_path_factory.mktemp("year") / "ledger.sqlite"
    return file, generate(file, Plan(decisions=DECISIONS))
