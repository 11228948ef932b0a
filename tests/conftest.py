"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from tests.postgres import Server

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = Path("/usr/bin/chromium")

# Nothing fails because a machine is busy: no example has a deadline.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


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


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """A real browser."""
    if not CHROMIUM.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"no Chromium at {CHROMIUM}")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to import

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open watched tabs, each in a context of its own: `visit(base, size, scheme, **context)`."""
    from tests.browser import SIZES, watched  # noqa: PLC0415 - only where there is a browser

    contexts = []

    def enter(base: str = "", size: str = "desk", scheme: str = "light", **given: Any) -> Page:
        width, height = SIZES[size]
        usual = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
        context = chromium.new_context(**{**usual, **given})
        contexts.append(context)
        return watched(context, base)

    yield enter
    for context in contexts:
        context.close()
