"""The command line in a process of its own, and a real endpoint on the loopback."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web

SMALL = Path(__file__).parent.parent / "cases" / "suites" / "small"
LIMIT = 60
"""Seconds after which a command counts as hanging."""

# Shells start background jobs with SIGINT ignored, and so would their children.
_PYTHON = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "os.execv(sys.executable, [sys.executable, '-m', 'charter', *sys.argv[1:]])"
)


class Done:
    """What became of a command."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def failure(self, code, *words):
        """Assert that it failed in one line which holds some words, and return that line."""
        assert self.code == code, self.err
        assert "Traceback" not in self.err
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("charter: ")
        assert self.err.strip().isprintable()
        for word in words:
            assert word in self.err
        return self.err


class Charter:
    """Runs `charter` in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.env = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("CHARTER_", "OPENAI_", "COLUMNS", "LC_", "PYTHON"))
        }

    def start(self, *arguments, env=None, **options):
        """Start a command without waiting for it."""
        return subprocess.Popen(
            [sys.executable, "-c", _PYTHON, *map(str, arguments)],
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": self.folder} | options,
            env={**self.env, **(env or {})},
        )

    def end(self, process):
        """Wait for a command that was started."""
        try:
            out, err = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
            process.wait()
        return Done(
            process.returncode,
            (out or b"").decode("utf-8", "replace"),
            (err or b"").decode("utf-8", "replace"),
        )

    def __call__(self, *arguments, env=None, **options):
        return self.end(self.start(*arguments, env=env, **options))


@pytest.fixture
def charter(tmp_path):
    """The command, in an empty folder."""
    return Charter(tmp_path)


def reply(text="fine", **changes):
    """Return the body of a good answer."""
    message = {"role": "assistant", "content": text}
    return {
        "choices": [{"message": message, "finish_reason": "stop"} | changes],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2},
    }


class Endpoint:
    """A server that counts what it is asked; `answer` is a coroutine that tests may replace."""

    def __init__(self):
        self.asked = []
        self.keys = set()
        self.answered = Counter()
        self.enough = threading.Event()
        self.expected = 0
        """How many answers set `enough`."""

    async def answer(self, body):
        return web.json_response(reply())

    async def serve(self, request):
        body = await request.json()
        self.asked.append(body)
        self.keys.add(request.headers.get("Authorization"))
        response = await self.answer(body)
        self.answered[json.dumps([body["messages"], body.get("seed")])] += 1
        if self.expected and self.answered.total() >= self.expected:
            self.enough.set()
        return response

    def run(self, started):
        """Serve in a thread of its own until `stop`."""

        async def main():
            app = web.Application()
            app.router.add_post("/v1/chat/completions", self.serve)
            runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
            self.loop, self.over = asyncio.get_running_loop(), asyncio.Event()
            started.set()
            await self.over.wait()
            await runner.cleanup()

        asyncio.run(main())

    def stop(self):
        self.loop.call_soon_threadsafe(self.over.set)


@pytest.fixture
def endpoint():
    """An endpoint on the loopback."""
    server = Endpoint()
    started = threading.Event()
    thread = threading.Thread(target=server.run, args=(started,))
    thread.start()
    assert started.wait(10)
    yield server
    server.stop()
    thread.join(10)
    assert not thread.is_alive()
