"""A small spec with six scenarios, its rules, and an empty ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from charter.evals.judging.rules import SpecRules
from charter.evals.suite import Suite, compile_suite
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load, load_effective

SMALL = Path(__file__).parent.parent / "cases" / "suites" / "small"


@pytest.fixture
def suite() -> Suite:
    """The suite of the small spec."""
    return compile_suite(load(SMALL))


@pytest.fixture(scope="session")
def rules() -> SpecRules:
    """The rules of the small spec."""
    return SpecRules(load_effective(SMALL))


@pytest.fixture
def ledger(tmp_path) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger(open_store(str(tmp_path / "ledger.sqlite"))) as opened:
        yield opened
