"""Short runs of the gateway's fuzz targets, each in its own process, from real payloads."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.gateway.relay.payloads import (
    call_events,
    chat_calls,
    chat_text,
    message_events,
    messages_stream,
    reasoning_events,
    response,
    responses_stream,
    text_block,
    thinking_block,
    tool_block,
)

STREAMS = (
    chat_text(["Hello ", "me@x"]),
    chat_calls("weather"),
    responses_stream(reasoning_events(["hm"], 0), message_events(["Hi"], 1), call_events("a", 2)),
    messages_stream(thinking_block(0, ["hm"]), text_block(1, ["Hi"]), tool_block(2, "a")),
)
MESSAGE = {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
BODIES = (
    {"model": "m", "messages": [{"role": "system", "content": "x"}, MESSAGE], "n": 2},
    {"model": "m", "input": [{"type": "message", **MESSAGE}], "instructions": "x"},
    {"model": "m", "system": "x", "messages": [MESSAGE], "max_tokens": 9},
    {"choices": [{"message": {"content": "sesame", "tool_calls": []}, "finish_reason": "stop"}]},
    response("completed", [message_events(["me@x"])[1], call_events("a", 1)[1]]),
    {"content": [{"type": "thinking", "thinking": "me@x", "signature": "s"}], "role": "assistant"},
)


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize(
    ("target", "runs"), [("sse", 600), ("requests", 1500), ("answers", 1500), ("relays", 250)]
)
def test_fuzz_target_finds_nothing(target: str, runs: int, root: Path, tmp_path: Path) -> None:
    seeds = STREAMS if target in ("sse", "relays") else (json.dumps(one).encode() for one in BODIES)
    for at, seed in enumerate(seeds):
        (tmp_path / f"seed-{at}").write_bytes(seed)
    script = root / "tests" / "fuzz" / "fuzz_gateway.py"
    options = [f"-runs={runs}", "-seed=7", "-max_len=4000"]
    done = subprocess.run(
        [sys.executable, str(script), target, *options, str(tmp_path)],
        check=False, cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"Done {runs} runs" in done.stderr
