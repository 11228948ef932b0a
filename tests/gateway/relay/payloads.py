"""Streams as the makers' servers write them, with made-up contents."""

from __future__ import annotations

from typing import Any

from tests.gateway.relay.scripted import sse

ARGUMENTS = ['{"ci', 'ty": "Zü', 'rich"}']


def chunk(*choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-7",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "model-1",
        "system_fingerprint": "fp_1",
        "choices": list(choices),
        "obfuscation": "aB3",
        **more,
    }


def choice(
    delta: dict[str, Any], finish: str | None = None, index: int = 0, **more: Any
) -> dict[str, Any]:
    return {"index": index, "delta": delta, "finish_reason": finish, **more}


def chat_text(pieces: list[str], **more: Any) -> bytes:
    return sse(
        chunk(choice({"role": "assistant", "content": "", "refusal": None})),
        *(chunk(choice({"content": piece})) for piece in pieces),
        chunk(choice({}, "stop")),
        chunk(usage={"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}, **more),
        "[DONE]",
    )


def chat_calls(*names: str) -> bytes:
    events: list[Any] = [chunk(choice({"role": "assistant", "content": None}))]
    for at, name in enumerate(names):
        call = {"index": at, "id": f"call_{at}", "type": "function"}
        first = {**call, "function": {"name": name, "arguments": ""}}
        events.append(chunk(choice({"tool_calls": [first]})))
        for piece in ARGUMENTS:
            more = {"index": at, "function": {"arguments": piece}}
            events.append(chunk(choice({"tool_calls": [more]})))
    return sse(*events, chunk(choice({}, "tool_calls")), "[DONE]")


def response(status: str = "in_progress", output: list[Any] | None = None) -> dict[str, Any]:
    return {
        "id": "resp_7",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": "Be brief. And here is a brief of the gateway.",
        "model": "model-1",
        "output": output or [],
        "parallel_tool_calls": True,
        "reasoning": {"effort": None, "summary": None},
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "metadata": {},
        "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
    }


def numbered(events: list[dict[str, Any]]) -> bytes:
    return sse(*({**one, "sequence_number": at} for at, one in enumerate(events)), named=True)


def message_events(pieces: list[str], at: int = 0) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    text = "".join(pieces)
    place = {"item_id": f"msg_{at}", "output_index": at, "content_index": 0}
    head = {"id": f"msg_{at}", "type": "message", "role": "assistant"}
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    done = {**head, "status": "completed", "content": [part]}
    begun = {**head, "status": "in_progress", "content": []}
    events = [
        {"type": "response.output_item.added", "output_index": at, "item": begun},
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
        *(
            {
                "type": "response.output_text.delta",
                **place,
                "delta": piece,
                "logprobs": [],
                "obfuscation": "x9",
            }
            for piece in pieces
        ),
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": at, "item": done},
    ]
    return events, done


def call_events(name: str, at: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    place = {"item_id": f"fc_{at}", "output_index": at}
    head = {"id": f"fc_{at}", "type": "function_call", "call_id": f"call_{at}", "name": name}
    done = {**head, "status": "completed", "arguments": "".join(ARGUMENTS)}
    stem = "response.function_call_arguments"
    events = [
        {
            "type": "response.output_item.added",
            "output_index": at,
            "item": {**head, "status": "in_progress", "arguments": ""},
        },
        *({"type": f"{stem}.delta", **place, "delta": piece} for piece in ARGUMENTS),
        {"type": f"{stem}.done", **place, "arguments": done["arguments"]},
        {"type": "response.output_item.done", "output_index": at, "item": done},
    ]
    return events, done


def reasoning_events(pieces: list[str], at: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    text = "".join(pieces)
    place = {"item_id": f"rs_{at}", "output_index": at, "summary_index": 0}
    head = {"id": f"rs_{at}", "type": "reasoning", "encrypted_content": "gAAAA=="}
    part = {"type": "summary_text", "text": text}
    done = {**head, "summary": [part]}
    stem = "response.reasoning_summary"
    events = [
        {"type": "response.output_item.added", "output_index": at, "item": {**head, "summary": []}},
        {"type": f"{stem}_part.added", **place, "part": {**part, "text": ""}},
        *({"type": f"{stem}_text.delta", **place, "delta": piece} for piece in pieces),
        {"type": f"{stem}_text.done", **place, "text": text},
        {"type": f"{stem}_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": at, "item": done},
    ]
    return events, done


def responses_stream(*items: tuple[list[dict[str, Any]], dict[str, Any]]) -> bytes:
    return numbered(
        [
            {"type": "response.created", "response": response()},
            {"type": "response.in_progress", "response": response()},
            *(event for events, _ in items for event in events),
            {
                "type": "response.completed",
                "response": response("completed", [done for _, done in items]),
            },
        ]
    )


def block(at: int, start: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": at, "content_block": start},
        *({"type": "content_block_delta", "index": at, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": at},
    ]


def text_block(at: int, pieces: list[str]) -> list[dict[str, Any]]:
    deltas = ({"type": "text_delta", "text": piece} for piece in pieces)
    return block(at, {"type": "text", "text": ""}, *deltas)


def thinking_block(at: int, pieces: list[str]) -> list[dict[str, Any]]:
    deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces]
    signature = {"type": "signature_delta", "signature": "EqQB=="}
    start = {"type": "thinking", "thinking": "", "signature": ""}
    return block(at, start, *deltas, signature)


def tool_block(at: int, name: str) -> list[dict[str, Any]]:
    start = {"type": "tool_use", "id": f"toolu_{at}", "name": name, "input": {}}
    deltas = ({"type": "input_json_delta", "partial_json": piece} for piece in ["", *ARGUMENTS])
    return block(at, start, *deltas)


def messages_stream(*blocks: list[dict[str, Any]], reason: str = "end_turn") -> bytes:
    start = {
        "id": "msg_7",
        "type": "message",
        "role": "assistant",
        "model": "model-1",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 3, "output_tokens": 1, "service_tier": "standard"},
    }
    ending = {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
        "usage": {"output_tokens": 9},
    }
    return sse(
        {"type": "message_start", "message": start},
        {"type": "ping"},
        *(event for one in blocks for event in one),
        ending,
        {"type": "message_stop"},
        named=True,
    )
