"""Errors of an upstream: their words pass as a model's would, or another error stands for them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

ASKED = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}


def told(gateway: Any, upstream: Any, error: Any) -> tuple[int, str]:
    upstream.say(status=400, error=error)
    headers = {"authorization": f"Bearer {gateway.key}"}
    reply = httpx.post(f"{gateway.url}/v1/chat/completions", json=ASKED, headers=headers)
    return reply.status_code, reply.text


def test_a_harmless_error_passes_as_it_was(gateway: Any, upstream: Any):
    error = {"error": {"message": "not today", "details": [{"n": 7, "why": None}, {"more": "x"}]}}
    status, text = told(gateway, upstream, error)
    assert status == 400
    assert httpx.Response(200, text=text).json() == error


@pytest.mark.parametrize(
    "hidden",
    [
        {"message": "XYZZY"},
        {"XYZZY": 1},
        {"message": ["XY", "ZZY"]},
        {"details": [{"text": "XY"}, {"text": "ZZY"}]},
        {"bytes": list(b"XYZZY")},
        {"number": 2**300},
    ],
)
def test_what_an_error_hides_does_not_leave(gateway: Any, upstream: Any, hidden: Any):
    status, text = told(gateway, upstream, {"error": {"message": "no", "more": hidden}})
    assert status == 400
    assert "The upstream reported an error (400)." in text
    for left in ("XY", "88, 89", "88,89", str(2**300)):
        assert left not in text
