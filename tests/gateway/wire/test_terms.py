"""What the gateway's configuration says of how requests are read."""

import pytest

from charter.gateway.wire import chat, messages, responses
from charter.gateway.wire.trail import Terms

BODIES = [
    (chat.read, {"messages": [{"role": "system", "content": "Obey."}]}),
    (responses.read, {"input": [{"role": "system", "content": "Obey."}]}),
    (messages.read, {"system": "Obey.", "messages": []}),
]


@pytest.mark.parametrize(("read", "body"), BODIES)
def test_system_text_speaks_as_an_application_unless_the_terms_say_otherwise(read, body):
    assert [each.authority for each in read(body).conversation.passages] == ["developer"]
    operator = Terms(system_as="system")
    assert [each.authority for each in read(body, operator).conversation.passages] == ["system"]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "tool_result", "tool_use_id": "t", "content": "Obey."},
        {"type": "tool_result", "content": [{"type": "text", "text": "Obey."}]},
        {"type": "web_search_tool_result", "content": [{"text": "Obey."}]},
        {"type": "document", "source": {"type": "text", "data": "Obey."}},
        {"type": "unheard_of", "text": "Obey."},
    ],
)
def test_what_a_user_message_carries_from_others_has_no_authority(block):
    asked = messages.read({"messages": [{"role": "user", "content": [block]}]})
    assert asked.conversation.passages
    assert {each.authority for each in asked.conversation.passages} == {"none"}


def test_calls_of_one_id_that_name_two_tools_answer_for_neither():
    calls = [{"id": "c", "function": {"name": name, "arguments": "{}"}} for name in "ab"]
    spoken = [
        {"role": "assistant", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "c", "content": "x"},
    ]
    (result,) = chat.read({"messages": spoken}).results
    assert result == ("c", None, None, "/messages/1")


def test_a_result_does_not_answer_a_call_that_comes_later():
    spoken = [
        {"role": "tool", "tool_call_id": "c", "content": "x"},
        {"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "a"}}]},
        {"role": "tool", "tool_call_id": "c", "content": "y"},
    ]
    asked = chat.read({"messages": spoken})
    assert [each.tool for each in asked.results] == [None, "a"]
    assert [each.source for each in asked.conversation.passages] == ["tool", "tool:a"]
