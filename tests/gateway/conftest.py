"""A gateway on a free port, in front of a scripted upstream, for a whole session of tests."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from pathlib import Path

import pytest
from tests.gateway.upstream_server import Upstream

from charter.gateway.callers import digest_of_key, new_key
from charter.gateway.listener import Server, configured
from charter.gateway.open import open_service
from charter.gateway.served import Caller
from charter.gateway.server import App
from charter.gateway.settings import (
    CallerEntry,
    Endpoint,
    ServerSettings,
    Settings,
    UpstreamSettings,
)
from charter.gateway.table import build_table

SPEC = Path(__file__).parent / "gateway_spec.md"


class Gateway:
    """A gateway in a thread of its own, over real HTTP."""

    def __init__(
        self, folder, upstream_url, *, spec=SPEC, overlays=(), settings=None, callers=(), key_env=""
    ):
        self.key = new_key()
        self.folder = folder
        settings = settings or Settings()
        entry = CallerEntry(Caller("app", "shop", "developer", "ann"), (digest_of_key(self.key),))
        server = dataclasses.replace(settings.server, port=0)
        upstream = dataclasses.replace(settings.upstream, default=Endpoint(upstream_url, key_env))
        self.settings = dataclasses.replace(
            settings, callers=(entry, *callers), server=server, upstream=upstream
        )
        table = build_table(spec, overlays, self.settings)
        self.service = open_service(table, str(folder / "ledger.sqlite"), folder=folder)
        self.failed = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(20)
        if self.failed is not None:
            raise self.failed

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def ledger(self):
        return self.service.ledger

    def _run(self):
        def started(_host, port):
            self.loop = asyncio.get_running_loop()
            self.port = port
            self._ready.set()

        app = App(self.service)
        self.server = Server(
            configured(app, self.settings.server), started=started, ending=self.service.end_soon
        )
        try:
            self.server.run()
        except SystemExit:
            self.failed = app.failed
            self._ready.set()

    def records(self, kind, exchange=None):
        """Return the records of one kind, of one exchange or of all."""
        return list(self.ledger.read(kind, thread=exchange))

    def call(self, coroutine):
        """Run a coroutine on the gateway's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def stop(self):
        self.server.should_exit = True
        self._thread.join(40)
        assert not self._thread.is_alive()
        self.ledger.close()


@pytest.fixture(scope="session")
def upstream_of_session():
    """One scripted upstream for all tests."""
    server = Upstream()
    yield server
    server.stop()


@pytest.fixture
def upstream(upstream_of_session):
    """The scripted upstream, with a good answer."""
    upstream_of_session.say()
    return upstream_of_session


@pytest.fixture(scope="session")
def gateway_of_session(upstream_of_session, tmp_path_factory):
    """One gateway for the tests that do not change it."""
    limits = ServerSettings(
        body_seconds=2.5, header_seconds=2.5, body_bytes=2**20, shutdown_seconds=5.0
    )
    waits = UpstreamSettings(
        connect_seconds=5.0, silence_seconds=4.0, total_seconds=5.0, answer_bytes=16 * 2**20
    )
    found = Gateway(
        tmp_path_factory.mktemp("gateway"),
        upstream_of_session.url,
        settings=Settings(server=limits, upstream=waits),
    )
    yield found
    found.stop()


@pytest.fixture
def gateway(gateway_of_session, upstream):
    """The gateway of the session; its upstream gives a good answer."""
    return gateway_of_session


@pytest.fixture
def start(tmp_path, upstream):
    """Start gateways of a test's own."""
    started = []

    def begin(**given):
        folder = given.pop("folder", tmp_path / f"gateway{len(started)}")
        folder.mkdir(exist_ok=True)
        url = given.pop("upstream_url", upstream.url)
        found = Gateway(folder, url, **given)
        started.append(found)
        return found

    yield begin
    for one in started:
        if one._thread.is_alive():
            one.stop()
