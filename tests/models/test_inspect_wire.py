"""Requests and replies to Inspect's types and back."""

import pytest

from charter.errors import BadModelReply, ConfigError
from charter.models.provider import ChatMessage, Reply, Request, Stop, Tool, ToolCall

pytest.importorskip("inspect_ai", reason="needs the extra `inspect`")

from inspect_ai.model import ContentReasoning, ContentText, ModelOutput, ModelUsage

from charter.models.inspect_wire import (
    charter_messages,
    charter_tool,
    generate_config,
    inspect_messages,
    output_of,
    read_output,
    tool_info,
)

SEND = Tool(
    "send mail",
    "Send.",
    {
        "type": "object",
        "properties": {"to": {"type": "string", "format": "email"}, "n": {"enum": [1, 2]}},
        "required": ["to"],
    },
)


def test_messages_and_back():
    said = (
        ChatMessage("developer", "Be brief."),
        ChatMessage("user", "Hello"),
        ChatMessage("assistant", '{"q": 1}', "find"),
        ChatMessage("tool", "found", "find"),
        ChatMessage("assistant", "Yes."),
        ChatMessage("user", "More"),
    )
    sent = inspect_messages(said)
    roles = [message.role for message in sent]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "user"]
    assert sent[0].text == "Be brief."
    assert sent[2].tool_calls[0].id == sent[3].tool_call_id
    assert charter_messages(sent) == said


def test_a_developer_beside_the_system_is_named():
    said = (ChatMessage("system", "S"), ChatMessage("developer", "D"), ChatMessage("user", "U"))
    sent = inspect_messages(said)
    assert [m.text for m in sent] == ["S", "[developer message]\nD", "U"]
    assert charter_messages(sent) == said


def test_a_call_without_result_gets_one():
    sent = inspect_messages((ChatMessage("assistant", "{}", "f"), ChatMessage("user", "U")))
    assert [m.role for m in sent] == ["assistant", "tool", "user"]


def test_arguments_that_are_no_object_are_kept():
    said = (ChatMessage("assistant", "rm -rf", "sh"), ChatMessage("tool", "ok", "sh"))
    sent = inspect_messages(said)
    assert sent[0].tool_calls[0].arguments == {"input": "rm -rf"}
    assert sent[0].tool_calls[0].parse_error is None  # what was sent is an object by then


def test_tools():
    info = tool_info(SEND)
    assert (info.name, info.description) == ("send_mail", "Send.")
    assert info.parameters.properties["n"].description == "n"
    assert info.parameters.required == ["to"]
    back = charter_tool(info)
    assert back.parameters["properties"]["to"]["format"] == "email"
    assert tool_info(Tool("t", "", {"type": "object"})).description == "t"
    with pytest.raises(ConfigError, match="'t' at type"):
        tool_info(Tool("t", "", {"type": "array"}))


@pytest.mark.parametrize(
    "reply",
    [
        Reply("Hi.", Stop.STOP, (), 3, 4, 0.5),
        Reply("Hi", Stop.LENGTH, (), 3, 4),
        Reply("", Stop.FILTERED),
        Reply("", Stop.TOOL_CALLS, (ToolCall("send mail", '{"to": "a"}'),), 1, 1),
        Reply("", Stop.TOOL_CALLS, (ToolCall("sh", "rm -rf"),), 1, 1),
    ],
)
def test_replies_and_back(reply):
    assert read_output(output_of(reply, model="m"), tools=(SEND,), who="m") == reply


def test_names_of_tools_come_back():
    output = ModelOutput.for_tool_call("m", "send_mail", {"to": "a"})
    assert read_output(output, tools=(SEND,), who="m").tool_calls[0].name == "send mail"


def test_reasoning_is_no_part_of_the_text_and_cached_tokens_count():
    parts = [ContentReasoning(reasoning="hm"), ContentText(text="One."), ContentText(text="Two.")]
    output = ModelOutput.from_content("m", parts)
    output.usage = ModelUsage(input_tokens=3, input_tokens_cache_read=4, output_tokens=5)
    reply = read_output(output, who="m")
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("One.\nTwo.", 7, 5)


def test_a_reply_that_is_none():
    with pytest.raises(BadModelReply, match="m gave no reply: too much"):
        read_output(ModelOutput(error="too  much"), who="m")
    with pytest.raises(BadModelReply, match="'unknown'"):
        read_output(ModelOutput.from_content("m", "x", "unknown"), who="m")


@pytest.mark.parametrize("stop", ["max_tokens", "model_length"])
def test_both_ways_of_being_cut_off(stop):
    assert read_output(ModelOutput.from_content("m", "x", stop), who="m").stop is Stop.LENGTH


def test_settings():
    config = generate_config(Request((), max_tokens=9, temperature=0.5, seed=3))
    assert (config.max_tokens, config.temperature, config.seed) == (9, 0.5, 3)
