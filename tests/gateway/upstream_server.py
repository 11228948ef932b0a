"""A real local upstream on raw sockets, that speaks the three APIs and can misbehave.

Raw asyncio, since no framework lets a server break HTTP on purpose. `say` sets what is answered;
`asked` keeps what came. Texts are split across pieces by bytes, so that UTF-8 and lines break.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """One request as the upstream got it."""

    method: str
    target: str
    headers: dict[str, str]
    raw: bytes

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def body(self):
        return json.loads(self.raw)


@dataclass
class Script:
    """What the upstream answers; the defaults are a good answer."""

    text: str = "It is fine."
    calls: tuple[tuple[str, str], ...] = ()
    """Tool and JSON text of its arguments."""
    refusal: str = ""
    reasoning: str = ""
    n: int = 1
    piece: int = 0
    """Bytes of one write of a stream; 0: one event each."""
    pause: float = 0.0
    """Seconds between two writes."""
    mode: str = "good"
    """good, or how it misbehaves: see `_misbehave`."""
    status: int = 200
    error: dict[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    after: int = 3
    """Events after which a stream breaks."""
    more: dict[str, Any] = field(default_factory=dict)
    """Members beside the API's own."""


class Upstream:
    """A server in a thread of its own; `url` is where it listens."""

    def __init__(self):
        self.script = Script()
        self.asked: list[Asked] = []
        self.gone = 0
        """Connections that the other side ended before the answer was complete."""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def say(self, text="It is fine.", **changes):
        """Set what is answered, and forget what was asked."""
        self.script = Script(text, **changes)
        self.asked = []
        self.gone = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.loop.call_soon_threadsafe(self.over.set)
        self._thread.join(10)

    def _run(self):
        asyncio.run(self._main())

    async def _main(self):
        self.loop, self.over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=64 * 2**20)
        self.port = server.sockets[0].getsockname()[1]
        self.tasks = set()
        self._ready.set()
        await self.over.wait()
        server.close()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone += 1
        except asyncio.CancelledError:
            pass
        finally:
            self.tasks.discard(task)
            writer.close()

    async def _one(self, reader, writer):
        """Answer one request; say whether the connection goes on."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return False
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {}
        for line in filter(None, lines[1:]):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        asked = Asked(method, target, headers, raw)
        self.asked.append(asked)
        script = self.script
        if asked.path.startswith("/v1/models"):
            listed = {"object": "list", "data": [{"id": "m", "object": "model"}]}
            return await self._send(writer, 200, json.dumps(listed).encode())
        if script.mode not in ("good", "event_error"):
            early = await self._misbehave(script, writer, asked)
            if early is not None:
                return early
        if script.status != 200:
            error = script.error or {"error": {"message": "No.", "type": "x", "code": "y"}}
            return await self._send(
                writer, script.status, json.dumps(error).encode(), headers=script.headers
            )
        api = asked.path.rsplit("/", 1)[-1]
        body = asked.body
        if body.get("stream"):
            return await self._stream(writer, script, EVENTS[api](script, body))
        answer = json.dumps(ANSWERS[api](script, body) | script.more).encode()
        return await self._send(writer, 200, answer, headers=script.headers)

    async def _send(self, writer, status, body, *, kind="application/json", headers=()):
        head = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers]
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode() + body)
        await writer.drain()
        return True

    async def _misbehave(self, script, writer, asked):  # noqa: C901, PLR0912 - one branch a fault
        """Do what `mode` says instead of answering; None: go on with the answer."""
        mode = script.mode
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode == "drop":
            writer.transport.abort()
            return False
        if mode == "garbage":
            writer.write(b"\x00\xff not HTTP at all\r\n\r\n")
            await writer.drain()
            return False
        if mode == "no_json":
            return await self._send(writer, 200, b"<html>busy</html>", kind="text/html")
        if mode == "html_error":
            return await self._send(writer, 502, b"<html>bad gateway</html>", kind="text/html")
        if mode == "redirect":
            return await self._send(writer, 302, b"", headers=(("location", "http://127.0.0.1/"),))
        if mode == "short":
            writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 5000\r\n\r\n{")
            await writer.drain()
            return False
        if mode == "gzip":
            api = asked.path.rsplit("/", 1)[-1]
            body = gzip.compress(json.dumps(ANSWERS[api](script, asked.body)).encode())
            return await self._send(writer, 200, body, headers=(("content-encoding", "gzip"),))
        if mode == "bomb":
            body = gzip.compress(b" " * (200 * 2**20))
            return await self._send(writer, 200, body, headers=(("content-encoding", "gzip"),))
        if mode == "wrong_encoding":
            return await self._send(writer, 200, b"{}", headers=(("content-encoding", "gzip"),))
        if mode == "brotli":
            return await self._send(writer, 200, b"{}", headers=(("content-encoding", "br"),))
        if mode == "long_line":
            await self._begin_stream(writer)
            line = b"data: " + b"x" * (10 * 2**20)
            await self._chunk(writer, line)
            await self._chunk(writer, b"\n\n")
            writer.write(b"0\r\n\r\n")
            await writer.drain()
            return True
        if mode == "huge":
            return await self._send(writer, 200, b'{"x": "' + b"x" * (40 * 2**20) + b'"}')
        return None

    async def _begin_stream(self, writer):
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )
        await writer.drain()

    async def _chunk(self, writer, data):
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await writer.drain()

    async def _stream(self, writer, script, events):
        await self._begin_stream(writer)
        if script.mode.startswith("stream_"):
            return await self._break_stream(writer, script, events)
        if script.mode == "event_error":
            events = [*events[: script.after], b'data: {"error": {"message": "overloaded"}}\n\n']
        pieces = events
        if script.piece:
            whole = b"".join(events)
            pieces = [whole[at : at + script.piece] for at in range(0, len(whole), script.piece)]
        for piece in pieces:
            await self._chunk(writer, piece)
            if script.pause:
                await asyncio.sleep(script.pause)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _break_stream(self, writer, script, events):
        for piece in events[: script.after]:
            await self._chunk(writer, piece)
        if script.mode == "stream_drop":
            writer.transport.abort()
        elif script.mode == "stream_end":
            writer.write(b"0\r\n\r\n")
        elif script.mode == "stream_hang":
            await asyncio.sleep(3600)
        elif script.mode == "stream_garbage":
            await self._chunk(writer, b"data: \xff\xfe{]\n\n")
            writer.write(b"0\r\n\r\n")
        elif script.mode == "stream_bad_chunk":
            writer.write(b"zz\r\nnonsense")
        await writer.drain()
        return False


def _words(text):
    return [word + " " for word in text.split(" ")[:-1]] + [text.split(" ")[-1]]


def chat_answer(script, body):
    message = {"role": "assistant", "content": script.text, "refusal": script.refusal or None}
    if script.calls:
        message["content"] = script.text or None
        message["tool_calls"] = [
            {"id": f"call_{at}", "type": "function", "function": {"name": name, "arguments": args}}
            for at, (name, args) in enumerate(script.calls)
        ]
    reason = "tool_calls" if script.calls else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body.get("model", "m"),
        "choices": [
            {"index": at, "message": message, "logprobs": None, "finish_reason": reason}
            for at in range(body.get("n") or 1)
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    }


def _data(value):
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def _named(value):
    return b"event: " + value["type"].encode() + b"\n" + _data(value)


def chat_events(script, body):
    model = body.get("model", "m")

    def chunk(at, delta, reason=None):
        choice = {"index": at, "delta": delta, "logprobs": None, "finish_reason": reason}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
        return _data(head | {"model": model, "choices": [choice]})

    events = []
    for at in range(body.get("n") or 1):
        events.append(chunk(at, {"role": "assistant", "content": ""}))
        events += [chunk(at, {"content": word}) for word in _words(script.text) if word]
        for index, (name, args) in enumerate(script.calls):
            start = {"index": index, "id": f"call_{index}", "type": "function"}
            call = start | {"function": {"name": name, "arguments": ""}}
            events.append(chunk(at, {"tool_calls": [call]}))
            half = len(args) // 2
            events += [
                chunk(at, {"tool_calls": [{"index": index, "function": {"arguments": part}}]})
                for part in (args[:half], args[half:])
            ]
        events.append(chunk(at, {}, "tool_calls" if script.calls else "stop"))
    if (body.get("stream_options") or {}).get("include_usage"):
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
        events.append(_data(head | {"model": model, "choices": [], "usage": usage}))
    return [*events, b"data: [DONE]\n\n"]


def _response(script, body, output, status="completed"):
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": body.get("model", "m"),
        "output": output,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": None,
    }


def _items(script):
    items = []
    if script.text:
        part = {"type": "output_text", "text": script.text, "annotations": []}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
        items.append(message | {"content": [part]})
    for at, (name, args) in enumerate(script.calls):
        call = {"id": f"fc_{at}", "type": "function_call", "call_id": f"call_{at}"}
        items.append(call | {"name": name, "arguments": args, "status": "completed"})
    return items


def responses_answer(script, body):
    return _response(script, body, _items(script))


def responses_events(script, body):
    events = [
        {"type": "response.created", "response": _response(script, body, [], "in_progress")},
        {"type": "response.in_progress", "response": _response(script, body, [], "in_progress")},
    ]
    items = _items(script)
    for at, item in enumerate(items):
        place = {"output_index": at, "item_id": item["id"]}
        bare = item | {"status": "in_progress"}
        if item["type"] == "message":
            part = {"type": "output_text", "text": "", "annotations": []}
            where = place | {"content_index": 0}
            opened = bare | {"content": []}
            added = {"type": "response.output_item.added", "output_index": at, "item": opened}
            events.append(added)
            events.append({"type": "response.content_part.added", "part": part} | where)
            events += [
                {"type": "response.output_text.delta", "delta": word, "logprobs": []} | where
                for word in _words(script.text)
                if word
            ]
            done = {"type": "response.output_text.done", "text": script.text, "logprobs": []}
            events.append(done | where)
            whole = part | {"text": script.text}
            events.append({"type": "response.content_part.done", "part": whole} | where)
        else:
            opened = bare | {"arguments": ""}
            added = {"type": "response.output_item.added", "output_index": at, "item": opened}
            events.append(added)
            args = item["arguments"]
            kind = "response.function_call_arguments"
            events.append({"type": f"{kind}.delta", "delta": args} | place)
            events.append({"type": f"{kind}.done", "arguments": args, "name": item["name"]} | place)
        events.append({"type": "response.output_item.done", "output_index": at, "item": item})
    events.append({"type": "response.completed", "response": _response(script, body, items)})
    return [_named(event | {"sequence_number": at}) for at, event in enumerate(events)]


def _blocks(script):
    blocks = [{"type": "text", "text": script.text}] if script.text else []
    for at, (name, args) in enumerate(script.calls):
        call = {"type": "tool_use", "id": f"toolu_{at}", "name": name}
        blocks.append(call | {"input": json.loads(args)})
    return blocks


def _message(script, body, content, reason):
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": body.get("model", "m"),
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }


def messages_answer(script, body):
    reason = "tool_use" if script.calls else "end_turn"
    return _message(script, body, _blocks(script), reason)


def messages_events(script, body):
    events = [{"type": "message_start", "message": _message(script, body, [], None)}]
    events.append({"type": "ping"})
    for at, block in enumerate(_blocks(script)):
        if block["type"] == "text":
            opened = {"type": "text", "text": ""}
            deltas = [{"type": "text_delta", "text": w} for w in _words(script.text) if w]
        else:
            opened = block | {"input": {}}
            args = json.dumps(block["input"])
            half = len(args) // 2
            deltas = [
                {"type": "input_json_delta", "partial_json": part}
                for part in (args[:half], args[half:])
            ]
        events.append({"type": "content_block_start", "index": at, "content_block": opened})
        events += [{"type": "content_block_delta", "index": at, "delta": d} for d in deltas]
        events.append({"type": "content_block_stop", "index": at})
    reason = "tool_use" if script.calls else "end_turn"
    delta = {"stop_reason": reason, "stop_sequence": None}
    events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 2}})
    events.append({"type": "message_stop"})
    return [_named(event) for event in events]


ANSWERS = {
    "completions": chat_answer,
    "responses": responses_answer,
    "messages": messages_answer,
}
EVENTS = {
    "completions": chat_events,
    "responses": responses_events,
    "messages": messages_events,
}
