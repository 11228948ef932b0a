"""A console behind a real server, and people logged in to it."""

from __future__ import annotations

import re
import socket
import threading
import time
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn

from charter.console.accounts import Accounts
from charter.console.app import console

from .world import PASSWORD, PEOPLE, SECRET, World, busy, world_in


@pytest.fixture
def world(tmp_path) -> World:
    """An empty ledger with a vault and a clock that tests turn."""
    found = world_in(tmp_path)
    yield found
    found.ledger.close()


@dataclass
class Served:
    """A console that answers at an address."""

    world: World
    base: str
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **given) -> httpx.Client:
        """Return a browser without a session."""
        made = httpx.Client(base_url=self.base, timeout=30, **given)
        self.clients.append(made)
        return made

    def login(self, name: str) -> httpx.Client:
        """Return a browser in which somebody is logged in."""
        client = self.client()
        answer = client.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    def bearer(self, name: str) -> httpx.Client:
        """Return a program with somebody's token."""
        return self.client(headers={"authorization": f"Bearer chc_{name}"})


def form_token(text: str) -> str:
    """Return the token in the forms of a page."""
    return re.search(r'name="form_token" value="([0-9a-f]{64})"', text)[1]


def send(client: httpx.Client, page: str, path: str, **form: str) -> httpx.Response:
    """Open a page, and send one of its forms."""
    token = form_token(client.get(page).text)
    return client.post(path, data={"form_token": token, **form})


@pytest.fixture
def serve():
    """Serve consoles, each by a server of its own."""
    servers = []

    def start(world: World, *, accounts: Accounts | None = None, **given) -> Served:
        policy = world.policy
        app = console(
            world.ledger,
            **{
                "vault": world.vault,
                "policies": lambda digest: policy if digest == policy.digest else None,
                "accounts": accounts or Accounts.of(*PEOPLE),
                "secret": SECRET,
                "clock": world.clock,
                **given,
            },
        )
        place = socket.create_server(("127.0.0.1", 0))
        port = place.getsockname()[1]
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([place],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        served = Served(world, f"http://127.0.0.1:{port}/console")
        servers.append((server, thread, place, served))
        return served

    yield start
    for server, thread, place, served in servers:
        for client in served.clients:
            client.close()
        server.should_exit = True
        thread.join()
        place.close()


@pytest.fixture
def served(world, serve) -> Served:
    """A console over an empty ledger."""
    return serve(world)


@pytest.fixture
def lively(world, serve):
    """A console over a ledger with one exchange of each kind, and their ids."""
    ids = busy(world)
    return serve(world), ids
