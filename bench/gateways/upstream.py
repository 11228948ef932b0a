"""A model's server that answers at once: a raw protocol, so that it costs nearly nothing.

Usage: python upstream.py PORT
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast

WORDS = "Thank you for asking. The parcel left the house today and should be with you by Friday. "
TEXT = (WORDS * 4).strip()
PIECES = 32


def answer() -> bytes:
    """Return a whole answer with its headers."""
    message = {"role": "assistant", "content": TEXT}
    body = json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 60, "completion_tokens": 70, "total_tokens": 130},
        }
    ).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def stream() -> bytes:
    """Return a streamed answer with its headers, a chunk for each event."""
    step = -(-len(TEXT) // PIECES)
    pieces = [TEXT[at : at + step] for at in range(0, len(TEXT), step)]
    deltas: list[dict[str, object]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in pieces]
    events = [
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
        }
        for delta in deltas
    ]
    events.append({**events[0], "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    lines = [b"data: " + json.dumps(event).encode() + b"\n\n" for event in events]
    lines.append(b"data: [DONE]\n\n")
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(line), line) for line in lines)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    return head + b"\r\n" + chunks + b"0\r\n\r\n"


ANSWER, STREAM = answer(), stream()


class Server(asyncio.Protocol):
    """Reads requests as far as it must to tell them apart."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            head = self.held[:end].lower()
            if b"expect: 100-continue" in head:
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            size = body_size(head, self.held, end + 4)
            if size is None:
                return
            body = self.held[end + 4 : end + 4 + size]
            self.held = self.held[end + 4 + size :]
            wanted = b'"stream":true' in body or b'"stream": true' in body
            self.transport.write(STREAM if wanted else ANSWER)


def body_size(head: bytes, held: bytes, start: int) -> int | None:
    """Return the bytes that the body takes; None where it is not all there."""
    if b"transfer-encoding: chunked" in head:
        end = held.find(b"0\r\n\r\n", start)
        return None if end < 0 else end + 5 - start
    at = head.find(b"content-length:")
    size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return size if len(held) >= start + size else None


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        import uvloop

        uvloop.run(main())
    except ImportError:
        asyncio.run(main())
