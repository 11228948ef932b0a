"""Tools that the provider runs are offered under one name and called under another."""

from __future__ import annotations

import pytest
from tests.gateway.judging.scene import opened, serve

from charter.gateway.answers.items import call_of
from charter.gateway.answers.settle import answer_of, settle
from charter.gateway.verdict import CallSaid
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SERVED = serve(boundaries=())
RESPONSES = [
    ({"type": "web_search_preview"}, {"type": "web_search_call", "action": {"type": "search"}}),
    ({"type": "web_search_2025_08_26"}, {"type": "web_search_call", "action": {"type": "search"}}),
    ({"type": "computer_use_preview"}, {"type": "computer_call", "action": {"type": "wait"}}),
    (
        {"type": "mcp", "server_label": "dice", "server_url": "https://dice.example"},
        {"type": "mcp_call", "name": "roll", "server_label": "dice", "arguments": "{}"},
    ),
    (
        {"type": "namespace", "name": "crm", "description": "d",
         "tools": [{"type": "function", "name": "find"}]},
        {"type": "function_call", "namespace": "crm", "name": "find", "arguments": "{}"},
    ),
]  # fmt: skip


def effect(body, api, said):
    return opened(body, SERVED, api=api).judge.call(said).effect


@pytest.mark.parametrize(("tool", "item"), RESPONSES)
def test_what_was_offered_may_be_called(tool, item):
    said = call_of({"id": "i", "call_id": "c", **item})
    body = {"model": "m", "input": "Go.", "tools": [tool]}
    assert effect(body, "responses", said) is Effect.ALLOW
    other = {"model": "m", "input": "Go.", "tools": [{"type": "file_search"}]}
    assert effect(other, "responses", said) is Effect.DENY


def test_another_server_and_a_listed_one_offer_nothing_else():
    said = call_of({"type": "mcp_call", "name": "roll", "server_label": "dice", "arguments": "{}"})
    for label, more in (("cards", {}), ("dice", {"allowed_tools": ["count"]})):
        tool = {"type": "mcp", "server_label": label, "server_url": "https://x.example", **more}
        body = {"model": "m", "input": "Go.", "tools": [tool]}
        assert effect(body, "responses", said) is Effect.DENY
    function = {"type": "function_call", "name": "roll", "server_label": "dice", "arguments": "{}"}
    assert call_of(function).server == "", "a function of the client's is none of a server's"


def test_messages():
    tools = [{"type": "code_execution_20250825", "name": "code_execution"}]
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Go."}]}
    bash = CallSaid(0, "s", "bash_code_execution", "{}")
    assert effect({**body, "tools": tools}, "messages", bash) is Effect.ALLOW
    assert effect(body, "messages", bash) is Effect.DENY
    block = {"type": "mcp_tool_use", "id": "m", "name": "echo", "server_name": "n", "input": {}}
    answer = b'{"type": "message", "content": [%s]}' % str(block).replace("'", '"').encode()
    for servers, wanted in (
        ([{"type": "url", "name": "n", "url": "https://x"}], True),
        ([], False),
    ):
        asked = {**body, "mcp_servers": servers}
        judge = opened(asked, SERVED, api="messages").judge
        settled = settle(answer_of(Api.MESSAGES, answer, asked), judge)
        assert (settled.refused is None) is wanted
