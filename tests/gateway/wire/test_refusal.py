"""Answers that refuse, in exact shapes; read by the official SDKs' types where they are there."""

import pytest

from charter.gateway.wire.refusal import chat_refusal, messages_refusal, responses_refusal

CHAT = chat_refusal("No.", id="chatcmpl-1", model="m", created=7, n=2)
RESPONSE = responses_refusal("No.", id="resp_1", message_id="msg_1", model="m", created_at=7)
MESSAGE = messages_refusal("No.", id="msg_1", model="m", category="cyber")


def test_chat_refuses_in_every_choice():
    assert CHAT["object"] == "chat.completion"
    assert CHAT["choices"] == [
        {
            "index": index,
            "message": {"role": "assistant", "content": None, "refusal": "No."},
            "logprobs": None,
            "finish_reason": "content_filter",
        }
        for index in (0, 1)
    ]


def test_a_response_is_incomplete_for_its_content():
    assert RESPONSE["status"] == "incomplete"
    assert RESPONSE["incomplete_details"] == {"reason": "content_filter"}
    (message,) = RESPONSE["output"]
    assert message["content"] == [{"type": "refusal", "refusal": "No."}]


def test_a_message_stops_with_a_refusal_and_no_content():
    assert MESSAGE["content"] == []
    assert MESSAGE["stop_reason"] == "refusal"
    assert MESSAGE["stop_details"] == {
        "type": "refusal",
        "category": "cyber",
        "explanation": "No.",
    }


def test_openai_reads_them():
    openai = pytest.importorskip("openai")
    completion = openai.types.chat.ChatCompletion.model_validate(CHAT)
    assert completion.choices[1].message.refusal == "No."
    response = openai.types.responses.Response.model_validate(RESPONSE)
    assert response.incomplete_details.reason == "content_filter"
    assert response.output_text == ""


def test_anthropic_reads_it():
    anthropic = pytest.importorskip("anthropic")
    message = anthropic.types.Message.model_validate(MESSAGE)
    assert message.stop_reason == "refusal"
