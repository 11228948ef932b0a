"""A bare pass-through: Starlette on uvicorn, aiohttp to the upstream, nothing in between.

Usage: python passthrough.py UPSTREAM PORT
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

PATH = "/v1/chat/completions"
KEPT = {"content-type": "application/json", "authorization": "Bearer upstream"}


@asynccontextmanager
async def session(app: Starlette) -> AsyncIterator[None]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as client:
        app.state.client = client
        yield


async def forward(request: Request) -> Response:
    body = await request.body()
    client: aiohttp.ClientSession = request.app.state.client
    answer = await client.post(sys.argv[1] + PATH, data=body, headers=KEPT)
    kind = answer.headers.get("content-type")
    if kind == "text/event-stream":
        return StreamingResponse(passed(answer), answer.status, media_type=kind)
    async with answer:
        return Response(await answer.read(), answer.status, media_type=kind)


async def passed(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with answer:
        async for data in answer.content.iter_any():
            yield data


app = Starlette(routes=[Route(PATH, forward, methods=["POST"])], lifespan=session)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
