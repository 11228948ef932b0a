"""Whatever of a stream waits for something is counted: no upstream fills the memory by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.gateway.relay.scripted import ScriptedJudge, relay

from charter.gateway.wire.asked import Api

MOST = 20_000
ROOM: dict[str, Any] = {"x": [{}] * 400}
"""No text, so that nobody decides on it; some 1,200 bytes."""
BEGUN = {"type": "response.created", "response": {"id": "r"}}
SEARCH = {"type": "web_search_call", "id": "w"}
ADDED = {"type": "response.output_item.added", "output_index": 0, "item": SEARCH}
STEP = {"type": "response.web_search_call.searching", "output_index": 0, "item_id": "w"}
FINISHED = [
    {"index": 0, "delta": {"content": "Hi."}, "finish_reason": None},
    {"index": 0, "delta": {}, "finish_reason": "stop"},
]
MESSAGE = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": []}


def chunk(**members: Any) -> dict[str, Any]:
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", **members}


CASES = {
    "events of an item": (Api.RESPONSES, [BEGUN, ADDED], STEP | ROOM),
    "counts of a choice that is finished": (
        Api.CHAT,
        [chunk(choices=[each]) for each in FINISHED],
        chunk(choices=[{"index": 0, "delta": {}}], usage=ROOM),
    ),
    "verdicts on a choice that is finished": (
        Api.CHAT,
        [chunk(choices=[each]) for each in FINISHED],
        chunk(choices=[{"index": 0, "delta": {}, "content_filter_results": ROOM}]),
    ),
    "counts of all": (
        Api.CHAT,
        [chunk(choices=[each]) for each in FINISHED],
        chunk(choices=[], usage=ROOM),
    ),
    "ends of a message": (
        Api.MESSAGES,
        [{"type": "message_start", "message": MESSAGE}],
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": ROOM},
    ),
}


def fed(made: Any, data: dict[str, Any]) -> bool:
    name = f"event: {data['type']}\n" if "type" in data else ""
    return bool(made.feed(f"{name}data: {json.dumps(data)}\n\n".encode()).done)


@pytest.mark.parametrize("name", CASES)
def test_what_waits_is_counted(name):
    api, first, again = CASES[name]
    made = relay(api, ScriptedJudge(), most=MOST)
    assert not any(fed(made, data) for data in first)
    assert not any(fed(made, again) for _ in range(5))
    assert any(fed(made, again) for _ in range(50))
    assert made.failure == "answer_too_large"


def test_items_that_were_begun_are_counted():
    made = relay(Api.RESPONSES, ScriptedJudge(), most=MOST)
    fed(made, BEGUN)
    begun = [ADDED | {"output_index": at, "item": SEARCH | ROOM} for at in range(55)]
    assert not any(fed(made, data) for data in begun[:5])
    assert any(fed(made, data) for data in begun[5:])
    assert made.failure == "answer_too_large"
