"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.postgres import Server

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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server of the session's own, which a test may stop and start."""
    from tests.postgres import Server, programs  # noqa: PLC0415 - needs an extra

    folder = programs()
    if folder is None:
        if os.environ.get("CI") == "true":
            pytest.fail("the server programs of PostgreSQL are missing: see .ci/run")
        pytest.skip("the server programs of PostgreSQL are not installed")
    server = Server(folder)
    yield server
    server.remove()


@pytest.fixture
def postgres_url(postgres_server: Server) -> str:
    """The address of a fresh, empty PostgreSQL database."""
    return postgres_server.database()
