"""The console of a real gateway, asked through the real SDK: what is held, decided and stopped."""

from __future__ import annotations

import html
import json
import re
import threading
import time
from dataclasses import replace

import httpx
import openai
import pytest
from tests.gateway.conftest import Gateway
from tests.gateway.upstream_server import Upstream

from charter.cli.serve_console import console_of
from charter.console.accounts import write_accounts
from charter.errors import ConfigError
from charter.gateway.listener import Server, configured
from charter.gateway.server import App
from charter.gateway.settings import ConsoleSettings, KeepSettings, Settings
from charter.records.approval import ApprovalAsked, ApprovalUsed
from charter.records.stop import StopOrdered

from .conftest import form_token
from .world import PASSWORD, PEOPLE

SPEC = """---
spec: console-test
version: "1.0.0"
title: A Small Spec for the Console
license: CC0-1.0
---

# Rules {#rules}

## Act with care {#care authority=system}

The assistant must ask before it moves money[^money].

~~~boundary
id: ask_before_transfer
on: tool_call
when: tool == 'transfer'
effect: require_approval
say: A person has to agree to a transfer.
~~~

~~~boundary
id: odd_request
on: request
when: text.contains('ODDITY')
effect: require_approval
say: A person looks at odd requests.
~~~

~~~boundary
id: odd_answer
on: output
when: text.contains('STRANGE')
effect: require_approval
say: A person looks at strange answers.
~~~
"""
TOOLS = [{"type": "function", "function": {"name": "transfer", "parameters": {"type": "object"}}}]
PAY = (("transfer", '{"amount": 5, "to": "bob"}'),)


class WithConsole(Gateway):
    """A gateway that serves its console, as `charter serve` puts them together."""

    def _run(self):
        def started(_host, port):
            self.port = port
            self._ready.set()

        app = App(self.service, console=console_of(self.service))
        listens = configured(app, self.settings.server)
        self.server = Server(listens, started=started, ending=self.service.end_soon)
        self.server.run()


class Live:
    """A gateway with its console, a client of it, and the upstream behind."""

    def __init__(self, gateway, upstream):
        self.gateway, self.upstream = gateway, upstream
        self.client = openai.OpenAI(
            base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0
        )
        self.browsers = []

    def ask(self, said, **given):
        """Ask in one piece, with tools."""
        messages = [{"role": "user", "content": said}]
        return self.client.chat.completions.create(
            model="m", messages=messages, tools=TOOLS, **given
        )

    def held(self, said):
        """Ask for what is held; return the id of its approval."""
        with pytest.raises(openai.PermissionDeniedError) as raised:
            self.ask(said)
        assert raised.value.code == "approval_required"
        return raised.value.response.headers["x-charter-review"]

    def login(self, name):
        """Return a browser in which somebody is logged in."""
        made = httpx.Client(base_url=f"{self.gateway.url}/console", timeout=30)
        self.browsers.append(made)
        answer = made.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303
        return made

    def vote(self, browser, approval, verdict, **form):
        """Send the form of an approval; return the id that it leads to."""
        path = f"/approvals/{approval}"
        page = browser.get(path).text
        binding = re.search(r'name="binding" value="([0-9a-f]+)"', page)[1]
        given = {"form_token": form_token(page), "binding": binding, "verdict": verdict, **form}
        answer = browser.post(path, data=given)
        assert answer.status_code == 303, answer.text
        self.gateway.service.board.poll(self.gateway.ledger)
        return answer.headers["location"].rpartition("/")[2]


@pytest.fixture
def live(tmp_path):
    """A gateway of its own, whose console has an accounts file."""
    (tmp_path / "spec.md").write_text(SPEC)
    write_accounts(tmp_path / "accounts.toml", PEOPLE)
    upstream = Upstream()
    settings = Settings(
        keep=KeepSettings(payloads="all"),
        console=ConsoleSettings(tmp_path / "accounts.toml", secure_cookie=False),
    )
    gateway = WithConsole(tmp_path, upstream.url, spec=tmp_path / "spec.md", settings=settings)
    found = Live(gateway, upstream)
    yield found
    found.client.close()
    for browser in found.browsers:
        browser.close()
    gateway.stop()
    upstream.stop()


def test_there_is_no_console_without_accounts(live, tmp_path, monkeypatch):
    service = live.gateway.service
    none = replace(service.settings, console=ConsoleSettings())
    monkeypatch.setattr(service, "settings", none)
    assert console_of(service) is None
    missing = replace(none, console=ConsoleSettings(tmp_path / "nobody.toml"))
    monkeypatch.setattr(service, "settings", missing)
    with pytest.raises(ConfigError, match=r"nobody\.toml: no such file"):
        console_of(service)


def test_the_console_is_there_with_and_without_a_slash(live):
    for path in ("/console", "/console/"):
        found = httpx.get(live.gateway.url + path)
        assert (found.status_code, found.headers["location"]) == (303, "/console/decisions")


def test_an_exchange_is_found_by_the_id_that_the_client_got(live):
    answer = live.client.chat.completions.with_raw_response.create(
        model="m", messages=[{"role": "user", "content": "What is 1 and 1?"}]
    )
    decision = answer.headers["x-charter-decision"]
    exchange = decision.partition(".")[0]
    browser = live.login("rita")
    found = browser.get("/decisions", params={"words": decision}).text
    assert f'href="/console/decisions/{exchange}#record-' in found
    page = browser.get(f"/decisions/{exchange}")
    assert page.status_code == 200
    assert "What is 1 and 1?" in page.text
    assert "It is fine." in page.text
    api = httpx.get(
        f"{live.gateway.url}/console/api/decisions/{exchange}",
        headers={"authorization": "Bearer chc_vera"},
    )
    assert (api.status_code, api.json()["exchange"]) == (200, exchange)


def test_a_call_is_edited_approved_given_and_used_up(live):
    live.upstream.say("", calls=PAY)
    first = live.held("Pay the bill.")
    olga, otto = live.login("olga"), live.login("otto")
    fresh = live.vote(olga, first, "edit", arguments='{"amount": 1, "to": "bob"}')
    assert fresh != first
    shown = otto.get(f"/approvals/{fresh}").text
    changed = shown.partition("The model had asked for:")
    assert "&#34;amount&#34;: 1" in changed[0]
    assert "&#34;amount&#34;: 5" in changed[2]
    assert "Approve once" not in olga.get(f"/approvals/{fresh}").text
    assert live.held("Pay the bill.") == fresh
    live.vote(otto, fresh, "approve")
    (call,) = live.ask("Pay the bill.").choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"amount": 1, "to": "bob"}
    listed = otto.get("/decisions").text.partition("Tool call")
    assert ">approved</span>" in listed[0], "no longer held"
    assert live.held("Pay the bill.") not in (first, fresh)
    assert [used.run for used in live.gateway.ledger.read(ApprovalUsed)] == [fresh]
    page = otto.get(f"/approvals/{fresh}").text
    assert "This approval is used." in page
    assert "Approve once" not in page


def test_hidden_characters_survive_somebody_who_edits_something_else(live):
    live.upstream.say("", calls=(("transfer", '{"amount": 5, "to": "b\u202eob"}'),))
    first = live.held("Pay the bill.")
    olga = live.login("olga")
    page = olga.get(f"/approvals/{first}").text
    text = html.unescape(
        re.search(r'<textarea name="arguments"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1]
    )
    assert "\\u202e" in text
    fresh = live.vote(olga, first, "edit", arguments=text.replace("5", "1"))
    live.vote(live.login("otto"), fresh, "approve")
    (call,) = live.ask("Pay the bill.").choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"amount": 1, "to": "b\u202eob"}


def test_whoever_decides_sees_all_of_long_arguments(live):
    live.upstream.say("", calls=(("transfer", json.dumps({"to": "x" * 60_000 + "THE-END"})),))
    approval = live.held("Pay.")
    shown = live.login("olga").get(f"/approvals/{approval}").text.partition("<aside")[0]
    assert "THE-END" in shown


def test_whose_words_the_arguments_are_is_told_to_whoever_decides(live):
    live.upstream.say("", calls=PAY)
    approval = live.held("Pay bob what we owe.")
    page = live.login("olga").get(f"/approvals/{approval}").text
    assert "Where the arguments come from" in page
    assert re.search(r"<code[^>]*>amount</code> is .{0,20}5.{0,20}: nobody is known to have", page)
    assert (
        "Where the arguments come from" not in live.login("vera").get(f"/approvals/{approval}").text
    )


def test_what_waits_out_of_the_same_answer_is_named(live):
    live.upstream.say("", calls=(*PAY, ("transfer", '{"amount": 7, "to": "eve"}')))
    approval = live.held("Pay both.")
    (other,) = {each.run for each in live.gateway.ledger.read(ApprovalAsked)} - {approval}
    olga = live.login("olga")
    page = olga.get(f"/approvals/{approval}").text
    assert f'href="/console/approvals/{other}"' in page
    assert "waits too: it is given when all are agreed to" in page
    fresh = live.vote(olga, other, "edit", arguments='{"amount": 6, "to": "eve"}')
    for shown in (other, fresh):  # it and what it became are one action
        page = olga.get(f"/approvals/{shown}").text
        (named,) = re.findall(r"Out of the same answer <a href=\"/console/approvals/(\w+)", page)
        assert named == approval
    live.vote(live.login("otto"), fresh, "approve")
    assert "waits too" not in olga.get(f"/approvals/{approval}").text


def test_a_held_request_and_a_held_answer_are_shown_as_what_they_are(live):
    request = live.held("An ODDITY, is it?")
    live.upstream.say("A STRANGE thing <b>indeed</b>.")
    answer = live.held("What is it?")
    olga = live.login("olga")
    page = olga.get(f"/approvals/{request}").text
    assert "The whole request: no model was asked yet." in page
    assert "An ODDITY, is it?" in page
    page = olga.get(f"/approvals/{answer}").text
    assert "A STRANGE thing &lt;b&gt;indeed&lt;/b&gt;." in page
    assert "not among what was kept" not in page
    live.vote(olga, answer, "approve")
    assert "STRANGE" in live.ask("What is it?").choices[0].message.content


def test_a_stop_ends_a_running_stream_and_lifting_it_lets_requests_through(live):
    live.upstream.say(" ".join(f"word{n}" for n in range(400)), pause=0.05)
    olga = live.login("olga")
    reasons = []

    def read():
        chunks = live.ask("Tell me all.", stream=True)
        reasons.extend(one.choices[0].finish_reason for one in chunks if one.choices)

    reader = threading.Thread(target=read)
    reader.start()
    while not live.gateway.service.running:
        time.sleep(0.01)
    token = form_token(olga.get("/stops").text)
    form = {"form_token": token, "reach": "app", "application": "shop", "reason": "smoke"}
    assert olga.post("/stops", data=form).status_code == 303
    reader.join(60)
    assert reasons[-1] == "content_filter"
    with pytest.raises(openai.PermissionDeniedError) as raised:
        live.ask("Again.")
    assert raised.value.code == "stopped"
    exchange = raised.value.response.headers["x-charter-decision"].partition(".")[0]
    page = re.sub("<[^>]+>", "", olga.get(f"/decisions/{exchange}").text)
    assert "olga stopped application shop: smoke" in page
    (stop,) = live.gateway.ledger.read(StopOrdered)
    form = {"form_token": token, "reason": "no fire"}
    assert olga.post(f"/stops/{stop.run}/lift", data=form).status_code == 303
    live.upstream.say("Here again.")
    board = live.gateway.service.board
    end = time.monotonic() + 60
    while board.stops and time.monotonic() < end:
        time.sleep(0.02)
    assert live.ask("Again.").choices[0].message.content == "Here again."
