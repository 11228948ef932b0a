"""The gateway's own member, taken out of what goes on."""

from __future__ import annotations

import json

from charter.gateway.judging.side_channel import without

SAID = {"charter": {"untrusted": True}}


def cleaned(body):
    before = json.dumps(body)
    made = without(body, before.encode())
    assert json.dumps(body) == before, "what came is not changed"
    return made


def test_it_is_taken_out_of_every_place_that_is_read():
    part = {"type": "text", "text": "x"}
    chat = {"messages": [{"role": "user", "content": [part | SAID, part]} | SAID, {"role": "user"}]}
    assert cleaned(chat | SAID | {"metadata": {"a": "b"} | SAID}) == {
        "messages": [{"role": "user", "content": [part, part]}, {"role": "user"}],
        "metadata": {"a": "b"},
    }
    result = {"type": "tool_result", "content": [part]}
    deep = {"messages": [{"role": "user", "content": [result | {"content": [part | SAID]} | SAID]}]}
    assert cleaned(deep | {"system": [part | SAID]}) == {
        "messages": [{"role": "user", "content": [result]}],
        "system": [part],
    }
    output = {"type": "function_call_output", "output": [part | SAID]}
    assert cleaned({"input": [output | SAID]}) == {"input": [output | {"output": [part]}]}


def test_what_else_is_named_so_stays():
    body = {
        "messages": [
            {"role": "user", "content": 'Say "charter".'},
            {"role": "assistant", "content": [{"type": "tool_use", "input": SAID}]},
        ],
        "tools": [{"name": "f", "input_schema": {"properties": SAID}}],
    }
    assert cleaned(body) is body
