"""The stop button."""

from __future__ import annotations

import re

import pytest

from charter.console.render import REACHES
from charter.ledger.board import Board
from charter.records.stop import StopLifted, StopOrdered

from .conftest import send


def board_of(world):
    board = Board()
    board.poll(world.ledger)
    return board


@pytest.mark.parametrize(
    ("form", "reach", "name"),
    [
        ({"reach": "all", "application": "left over"}, "all", ""),
        ({"reach": "app", "application": "mail-app"}, "app", "mail-app"),
        ({"reach": "tool", "tool": "run_command"}, "tool", "run_command"),
    ],
)
def test_it_stops_and_lifts(served, form, reach, name):
    client = served.login("olga")
    answer = send(client, "/stops", "/stops", reason="it lies", **form)
    assert answer.headers["location"] == "/console/stops"
    (stop,) = served.world.ledger.read(StopOrdered)
    assert (stop.reach, stop.name, stop.by, stop.reason) == (reach, name, "olga", "it lies")
    assert board_of(served.world).stopped("mail-app", ["run_command"]) == stop
    everywhere = served.login("vera").get("/decisions").text
    assert "Stopped:" in everywhere
    assert send(client, "/stops", f"/stops/{stop.run}/lift", reason="mended").status_code == 303
    past = re.sub("<[^>]+>", "", client.get("/stops").text.partition('id="past"')[2])
    told = f"{REACHES[reach]} {name}".strip()
    assert re.search(
        f"olga lifted the stop of {told}: mended.*olga stopped {told}: it lies", past, re.DOTALL
    )
    (lifted,) = served.world.ledger.read(StopLifted)
    assert (lifted.run, lifted.by, lifted.reason) == (stop.run, "olga", "mended")
    assert board_of(served.world).stops == ()
    assert "Stopped:" not in served.login("vera").get("/decisions").text


@pytest.mark.parametrize(
    "form",
    [
        {"reach": "all", "reason": "  "},
        {"reach": "all"},
        {"reach": "app", "reason": "x", "tool": "y"},
        {"reach": "tool", "reason": "x"},
        {"reach": "moon", "reason": "x"},
        {"reason": "x"},
        {"reach": "app", "application": "x" * 201, "reason": "x"},
        {"reach": "all", "reason": "x" * 2001},
    ],
)
def test_what_is_not_said_right_stops_nothing(served, form):
    assert send(served.login("olga"), "/stops", "/stops", **form).status_code == 422
    assert not list(served.world.ledger.read(StopOrdered))


def test_a_stop_is_lifted_once_and_with_a_reason(served):
    client = served.login("olga")
    send(client, "/stops", "/stops", reach="all", reason="x")
    (stop,) = served.world.ledger.read(StopOrdered)
    path = f"/stops/{stop.run}/lift"
    assert send(client, "/stops", path, reason=" ").status_code == 422
    assert send(client, "/stops", path, reason="y").status_code == 303
    assert send(client, "/stops", path, reason="y").status_code == 404
    assert len(list(served.world.ledger.read(StopLifted))) == 1


@pytest.mark.parametrize("name", ["vera", "rita", "anna"])
def test_others_cannot_stop(served, name):
    client = served.login(name)
    assert 'name="reach"' not in client.get("/stops").text
    assert send(client, "/stops", "/stops", reach="all", reason="x").status_code == 403


def test_names_are_offered_and_one_that_nobody_has_is_told(lively):
    served, _ = lively
    client = served.login("olga")
    page = client.get("/stops").text
    assert '<option value="mail-app"></option>' in page
    assert '<option value="run_command"></option>' in page
    reason = {"reason": "test", "reach": "app"}
    send(client, "/stops", "/stops", application="mail-app", **reason)
    assert "spelled rightly" not in client.get("/stops").text
    send(client, "/stops", "/stops", application="mial-app", **reason)
    assert "spelled rightly" in client.get("/stops").text
    assert len(list(served.world.ledger.read(StopOrdered))) == 2
