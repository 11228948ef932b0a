"""A small spec with six scenarios, and a model that answers them from a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from charter.evals.suite import Suite, compile_suite
from charter.load import load

SMALL = Path(__file__).parent.parent / "cases" / "suites" / "small"


@pytest.fixture
def suite() -> Suite:
    """The suite of the small spec."""
    return compile_suite(load(SMALL))
