"""Messages and replies in the JSON of Chat Completions."""

import json

import pytest

from charter.errors import BadModelReply, ModelError
from charter.models.chat_wire import (
    chat_messages,
    object_text,
    read_error,
    read_reply,
    request_body,
    shown,
    wire_name,
)
from charter.models.provider import ChatMessage, Request, Stop, Tool


def say(role, content="x", tool=None):
    return ChatMessage(role, content, tool)


def completion(message=None, finish_reason="stop", **more):
    choice = {"message": {"content": "hi"} | (message or {}), "finish_reason": finish_reason}
    return {"choices": [choice]} | more


def test_plain_roles_stay_and_developer_can_be_mapped():
    roles = [say("system"), say("developer"), say("user"), say("assistant")]
    kept = [m["role"] for m in chat_messages(roles)]
    mapped = [m["role"] for m in chat_messages(roles, developer_role="system")]
    assert kept == ["system", "developer", "user", "assistant"]
    assert mapped == ["system", "system", "user", "assistant"]


def test_unknown_role_is_not_sent():
    with pytest.raises(ModelError, match="role 'root'"):
        chat_messages([say("root")])


def test_call_and_result_are_paired():
    wire = chat_messages([say("assistant", '{"q": 1}', "search"), say("tool", "found", "search")])
    function = {"name": "search", "arguments": '{"q": 1}'}
    assert wire == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "found"},
    ]


def test_result_without_call_gets_a_call_before_it():
    call, result = chat_messages([say("user"), say("tool", "found", "web.search")])[1:]
    assert call["tool_calls"][0]["function"] == {"name": "web_search", "arguments": "{}"}
    assert result["tool_call_id"] == call["tool_calls"][0]["id"]


def test_call_without_result_gets_an_empty_one():
    wire = chat_messages([say("assistant", "{}", "search"), say("user")])
    assert [m["role"] for m in wire] == ["assistant", "tool", "user"]
    assert wire[1]["content"] == ""


def test_parallel_calls_are_one_message_with_results_by_name():
    wire = chat_messages(
        [
            say("assistant", "{}", "a"),
            say("assistant", "{}", "b"),
            say("tool", "from b", "b"),
            say("tool", "from a", "a"),
            say("assistant", "{}", "a"),
            say("tool", "again", "a"),
        ]
    )
    assert [m["role"] for m in wire] == ["assistant", "tool", "tool", "assistant", "tool"]
    assert [m["content"] for m in wire if m["role"] == "tool"] == ["from a", "from b", "again"]
    numbers = [m["tool_call_id"] for m in wire if m["role"] == "tool"]
    assert numbers == ["call_1", "call_2", "call_3"]


@pytest.mark.parametrize("content", ["rm -rf", "[1]", "3", "", "[" * 100_000, '{"a": '])
def test_arguments_that_are_no_object_are_wrapped(content):
    assert json.loads(object_text(content)) == {"input": content}


def test_lone_surrogates_are_replaced():
    assert chat_messages([say("user", "a\ud800b")])[0]["content"] == "a\ufffdb"


def test_body_has_the_tools_and_leaves_out_what_is_omitted():
    request = Request((say("user"),), (Tool("t", "d", {"type": "object"}),), max_tokens=5)
    body = request_body(
        request,
        model="m",
        token_field="max_completion_tokens",  # noqa: S106  # the name of a field
        omit={"temperature", "seed"},
    )
    assert sorted(body) == ["max_completion_tokens", "messages", "model", "tools"]
    assert body["tools"][0]["function"]["parameters"] == {"type": "object"}
    assert "max_tokens" not in request_body(request, model="m", omit={"max_tokens"})


@pytest.mark.parametrize(
    ("data", "text", "stop"),
    [
        (completion(), "hi", Stop.STOP),
        (completion(finish_reason="length"), "hi", Stop.LENGTH),
        (completion(finish_reason="content_filter"), "hi", Stop.FILTERED),
        (completion({"content": None, "refusal": "No."}), "No.", Stop.STOP),
    ],
)
def test_reply_says_why_it_ended(data, text, stop):
    reply = read_reply(data, who="it")
    assert (reply.text, reply.stop) == (text, stop)


def test_calls_are_read_under_the_name_the_tool_was_offered_by():
    calls = [{"id": "1", "type": "function", "function": {"name": "a_b", "arguments": "{bad"}}]
    tools = (Tool("a.b", "", {}),)
    reply = read_reply(completion({"tool_calls": calls}), tools=tools, who="it")
    assert reply.stop is Stop.TOOL_CALLS
    assert (reply.tool_calls[0].name, reply.tool_calls[0].arguments) == ("a.b", "{bad")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"choices": []},
        {"choices": [{}]},
        {"choices": "text"},
        completion({"content": 5}),
        completion({"content": [{"type": "text", "text": 5}]}),
        completion({"tool_calls": [{"function": {"name": "x", "arguments": {}}}]}),
        completion(finish_reason=None),
        completion(finish_reason="abort"),
        completion(finish_reason="tool_calls"),
        completion(usage={"prompt_tokens": "many"}),
        completion(usage={"prompt_tokens": -1}),
        completion(usage={"completion_tokens": True}),
    ],
)
def test_reply_outside_the_protocol_is_bad(data):
    with pytest.raises(BadModelReply, match="it "):
        read_reply(data, who="it")


def test_error_in_place_of_choices_is_told():
    with pytest.raises(BadModelReply, match="out of credits"):
        read_reply({"error": {"message": "out of credits"}}, who="it")


@pytest.mark.parametrize(
    ("data", "message", "code"),
    [
        ({"error": {"message": "m", "code": "c", "param": "p"}}, "m", "c"),
        ({"error": {"message": "m", "code": 400, "type": "t"}}, "m", "t"),
        ({"error": "m"}, "m", ""),
        ({"detail": "m"}, "m", ""),
        ({"error": None}, "", ""),
        (["m"], "", ""),
    ],
)
def test_error_is_read_wherever_servers_put_it(data, message, code):
    error = read_error(data)
    assert (error.message, error.code) == (message, code)


def test_foreign_text_is_bounded_and_on_one_line():
    text = shown("a\x1b[31m\nb" + "c" * 10_000)
    assert text.startswith("a [31m b")
    assert len(text) <= 303


def test_wire_name_is_never_empty_or_long():
    assert wire_name("") == "_"
    assert len(wire_name("é" * 100)) == 64


def test_content_in_parts_is_joined():
    parts = [
        {"type": "text", "text": "Hello, "},
        {"type": "image"},
        {"type": "text", "text": "you"},
    ]
    assert read_reply(completion({"content": parts}), who="x").text == "Hello, you"
