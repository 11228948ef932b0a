"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of reference data; skips the test where it is absent."""
    folder = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("reference data not present (set CHARTER_DATA)")
    return folder
