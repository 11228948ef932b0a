"""Messages streams, as the official SDK reads them."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest
from tests.gateway.relay.payloads import (
    block,
    messages_stream,
    text_block,
    thinking_block,
    tool_block,
)
from tests.gateway.relay.scripted import SAY, ScriptedJudge, anthropic_client, run, sse
from tests.gateway.relay.view import view

from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SECRET = {"word": "secret"}
MAIL = {"mail": "[a-z]{1,5}@[a-z]{1,5}"}
REDACT = {"mail": Effect.REDACT}
ASKED: dict[str, Any] = {"model": "m", "max_tokens": 9, "messages": []}


def out(judge: ScriptedJudge, body: bytes, *, whole: bool = False) -> bytes:
    return run(Api.MESSAGES, judge, [body], whole=whole)


def final(made: bytes) -> Any:
    with anthropic_client(made).messages.stream(**ASKED) as stream:
        return stream.get_final_message()


def test_the_helper_makes_a_complete_message():
    blocks = thinking_block(0, ["hm"]), text_block(1, ["Hel", "lo"]), tool_block(2, "weather")
    said = final(out(ScriptedJudge(SECRET), messages_stream(*blocks, reason="tool_use")))
    assert (said.content[0].thinking, said.content[0].signature) == ("hm", "EqQB==")
    assert said.content[1].text == "Hello"
    assert said.content[2].input == {"city": "Zürich"}
    assert (said.stop_reason, said.usage.output_tokens) == ("tool_use", 9)


def test_a_refusal_is_a_stop_reason():
    said = final(out(ScriptedJudge(SECRET), messages_stream(text_block(0, ["my sec", "ret"]))))
    assert said.content[0].text == "my "
    assert (said.stop_reason, said.stop_details.explanation) == ("refusal", SAY)


def test_a_failure_is_raised():
    body = messages_stream(text_block(0, ["Hello ", "world"]))
    for end in (0, body.index(b"world"), body.index(b"event: message_delta"), len(body) - 30):
        made = out(ScriptedJudge(SECRET), body[:end])
        with pytest.raises(anthropic.APIStatusError, match="before it was complete"):
            final(made)


def test_thinking_is_never_edited():
    blocks = thinking_block(0, ["ask me@ho", "me"]), text_block(1, ["Hello"])
    made = out(ScriptedJudge(MAIL, REDACT), messages_stream(*blocks))
    assert b"thinking" not in made
    assert b"EqQB==" not in made
    said = final(made)
    assert [each.type for each in said.content] == ["text"]
    kept = final(out(ScriptedJudge(MAIL, REDACT), messages_stream(thinking_block(0, ["hm"]))))
    assert (kept.content[0].thinking, kept.content[0].signature) == ("hm", "EqQB==")
    denied = out(ScriptedJudge(SECRET), messages_stream(thinking_block(0, ["a secret"])))
    assert b"EqQB==" not in denied
    assert final(denied).stop_reason == "refusal"


def test_thinking_without_text_and_encrypted_thinking_pass():
    start = {"type": "redacted_thinking", "data": "c2VhbGVk"}
    blocks = thinking_block(0, []), block(1, start), text_block(2, ["Hi"])
    said = final(out(ScriptedJudge(MAIL, REDACT), messages_stream(*blocks)))
    assert said.content[0].signature == "EqQB=="
    assert said.content[1].data == "c2VhbGVk"


def test_what_a_tool_of_the_provider_returns_is_decided_on():
    def blocks(title: str) -> tuple[list[dict[str, Any]], ...]:
        use = {"type": "server_tool_use", "id": "st", "name": "web_search", "input": {"q": "x"}}
        found = {"type": "web_search_result", "title": title, "url": "http://x",
                 "encrypted_content": "eHg=", "page_age": None}  # fmt: skip
        result = {"type": "web_search_tool_result", "tool_use_id": "st", "content": [found]}
        return block(0, use), block(1, result), text_block(2, ["Hi"])

    judge = ScriptedJudge(SECRET)
    said = final(out(judge, messages_stream(*blocks("A page"))))
    assert (judge.calls[0].tool, judge.calls[0].arguments) == ("web_search", '{"q":"x"}')
    assert said.content[0].input == {"q": "x"}
    assert said.content[1].content[0].title == "A page"
    assert b"secret" not in out(ScriptedJudge(SECRET), messages_stream(*blocks("secret")))
    said = final(out(ScriptedJudge(MAIL, REDACT), messages_stream(*blocks("me@home"))))
    assert [each.type for each in said.content] == ["server_tool_use", "text"]


def test_citations_belong_to_the_text_as_it_was():
    def body(text: str, cited: str) -> bytes:
        citation = {"type": "char_location", "cited_text": cited, "document_index": 0,
                    "document_title": None, "start_char_index": 0, "end_char_index": 4}  # fmt: skip
        start = {"type": "text", "text": "", "citations": []}
        deltas = (
            {"type": "text_delta", "text": text},
            {"type": "citations_delta", "citation": citation},
        )
        return messages_stream(block(0, start, *deltas))

    assert final(out(ScriptedJudge(SECRET), body("Hi", "said"))).content[0].citations
    assert b"secret" not in out(ScriptedJudge(SECRET), body("Hi", "secret"))
    assert b"said" not in out(ScriptedJudge(MAIL, REDACT), body("me@home", "said"))
    assert not final(out(ScriptedJudge(MAIL, REDACT), body("Hi", "me@home"))).content[0].citations


def test_how_it_stopped():
    body = messages_stream(text_block(0, ["Hi"]), reason="stop_sequence")
    said = body.replace(b'"stop_sequence": null}, "usage": {"output_tokens": 9',
                        b'"stop_sequence": "END"}, "usage": {"output_tokens": 9')  # fmt: skip
    assert final(out(ScriptedJudge(), said)).stop_sequence == "END"
    odd = said.replace(b'"END"', b'"secret"')
    assert final(out(ScriptedJudge(SECRET), odd)).stop_sequence is None


def test_a_refusal_of_the_model_s_own_maker_is_told():
    details = {"type": "refusal", "category": "cyber", "explanation": "Not me@home."}
    body = sse(
        {"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant",
         "model": "x", "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}},
        {"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_sequence": None,
         "stop_details": details}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"}, named=True,
    )  # fmt: skip
    said = final(out(ScriptedJudge(MAIL, REDACT), body))
    assert said.stop_details.category == "cyber"
    assert said.stop_details.explanation == "Not [removed]."


def test_blocks_out_of_order_are_garbage():
    first, second = text_block(0, ["a"]), text_block(1, ["b"])
    for blocks in ([second], [first[:-1], second], [first, first], [first[1:]]):
        made = out(ScriptedJudge(), messages_stream(*blocks))
        assert view(Api.MESSAGES, made).ended == "error"
