"""Every answer tells the browser what to refuse, whatever went wrong."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from charter.console import health_pages
from charter.console.accounts import Accounts
from charter.console.app import console
from charter.console.headers import HEADERS

from .conftest import form_token
from .world import PASSWORD, PEOPLE, SECRET

EXPECTED = {
    200: ("GET", "/decisions", {}),
    303: ("GET", "/", {}),
    400: ("GET", "/decisions?since=yesterday", {}),
    403: ("POST", "/stops", {"data": {"reach": "all"}}),
    404: ("GET", "/nowhere", {}),
    405: ("DELETE", "/decisions", {}),
    409: ("POST", "/review", {"data": {"item": "gone"}}),
    413: ("POST", "/stops", {"data": {"reason": "x" * 600_000}}),
    414: ("GET", "/decisions?words=" + "x" * 5000, {}),
    415: ("POST", "/stops", {"json": {}}),
    422: ("POST", "/stops", {"data": {"reach": "all", "reason": ""}}),
}
"""A request for each status that pages have."""


def must_have_them(headers):
    assert {name: headers.get(name) for name, _ in HEADERS} == dict(HEADERS)
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("status", EXPECTED)
def test_they_are_there_for_each_status(lively, status):
    served, _ = lively
    client = served.login("mona")
    method, path, given = EXPECTED[status]
    if "data" in given and status != 403:
        token = form_token(client.get("/stops").text)
        given = {"data": {"form_token": token, **given["data"]}}
    answer = client.request(method, path, **given)
    assert answer.status_code == status
    must_have_them(answer.headers)


def test_they_are_there_for_whoever_is_not_logged_in(served):
    client = served.client()
    for answer, status in (
        (client.get("/decisions"), 303),
        (client.post("/stops"), 401),
        (client.post("/login", data={"name": "vera", "password": "x"}), 401),
        (client.get("/api/health"), 401),
        (client.get("/api/nowhere"), 404),
        (client.get("/static/nothing.css"), 404),
        (client.post("/login", data={"name": "vera", "password": PASSWORD}), 303),
    ):
        assert answer.status_code == status
        must_have_them(answer.headers)


def test_they_are_there_where_too_many_ask(served):
    client = served.client()
    answers = [client.post("/login", data={"name": "vera", "password": "x"}) for _ in range(11)]
    assert answers[-1].status_code == 429
    must_have_them(answers[-1].headers)


def test_files_of_our_own_may_be_kept_for_a_while(served):
    for name in ("console.css", "console.js", "icon.svg"):
        headers = served.client().get(f"/static/{name}").headers
        assert {given: headers.get(given) for given, _ in HEADERS} == dict(HEADERS)
        assert headers["cache-control"] == "public, max-age=300"


def test_a_defect_is_said_in_one_sentence_and_shows_nothing_of_itself(lively, monkeypatch):
    served, _ = lively
    client = served.login("vera")

    def broken(*_):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(health_pages, "head", broken)
    answer = client.get("/health")
    assert answer.status_code == 500
    assert "It is a defect of Charter" in answer.text
    assert "secret of the inside" not in answer.text
    must_have_them(answer.headers)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_https_is_asked_for_where_it_is_spoken(world, scheme):
    app = console(
        world.ledger,
        policies=lambda _: None,
        accounts=Accounts.of(*PEOPLE),
        secret=SECRET,
        clock=world.clock,
    )

    async def get():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://test") as client:
            return await client.get("/console/login")

    answer = asyncio.run(get())
    assert ("strict-transport-security" in answer.headers) is (scheme == "https")
