"""GET /v1/models: the upstream's list, for callers that are known."""

from __future__ import annotations

import asyncio
from typing import Any

from charter.gateway.headers import Said
from charter.gateway.send import Scope
from charter.gateway.service import Service
from charter.gateway.upstream import Upstream, UpstreamFailed
from charter.gateway.wire.asked import Api
from charter.gateway.wire.failure import Details, Failure, Reply, fail
from charter.gateway.wire.json_body import parse

MAX_BYTES = 4 * 1024 * 1024
SECONDS = 30.0


async def list_models(service: Service, api: Api, identity: str, said: Said, scope: Scope) -> Reply:
    """Return the upstream's answer, or why there is none."""
    if said.failure is not None:
        return fail(api, said.failure, Details(identity, said.message))
    caller = service.table.callers.find(said.key)
    if caller is None:
        message = "No key that this gateway knows came with the request."
        return fail(api, Failure.UNKNOWN_KEY, Details(identity, message))
    spent = service.budgets.take(caller, service.clock.now(), repeated=said.retry > 0)
    if spent is not None:
        message = f"The budget of {spent.what} has run out."
        reply = fail(api, Failure.TOO_MANY, Details(identity, message))
        return reply._replace(headers=(*reply.headers, ("retry-after", str(spent.seconds))))
    try:
        async with asyncio.timeout(SECONDS):
            status, body = await _ask(service.upstream, api, scope)
    except (UpstreamFailed, TimeoutError) as error:
        failure = getattr(error, "failure", Failure.UPSTREAM_LATE)
        message = "The upstream did not list its models."
        return fail(api, failure, Details(identity, message))
    if status != 200 or not isinstance(body, dict):
        unknown = status == 404
        failure = Failure.NOT_FOUND if unknown else Failure.UPSTREAM_REFUSED
        message = "The upstream has no such model." if unknown else "The upstream lists no models."
        return fail(api, failure, Details(identity, message))
    name = "request-id" if api is Api.MESSAGES else "x-request-id"
    return Reply(200, (("content-type", "application/json"), (name, identity)), body)


async def _ask(upstream: Upstream, api: Api, scope: Scope) -> tuple[int, Any]:
    """Return status and parsed body of what the upstream says. Raises UpstreamFailed."""
    path = scope["raw_path"].decode("latin-1")
    headers = upstream.headers(api, scope["headers"])
    response = await upstream.get(api, path, headers, scope["query_string"])
    pieces, size = [], 0
    try:
        async for piece in upstream.pieces(response, MAX_BYTES):
            pieces.append(piece)
            size += len(piece)
        return response.status, parse(b"".join(pieces))
    except ValueError:
        return response.status, None
    finally:
        response.release()
