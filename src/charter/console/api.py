"""The API under /console/api: decisions, approvals, stops, reviews and health, for programs.

A bearer token stands for an account and has its rights. Cookies count for nothing here, so no form
of another site can reach it. Every answer is JSON; what went wrong is `{"error": {...}}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from charter.console import api_models as m
from charter.console.accounts import Account
from charter.console.actions import NotDone
from charter.console.api_calls import CALLS, Ask, Call
from charter.console.desk import Desk
from charter.console.guard import Endpoint, address_of, read_body
from charter.console.openapi import document
from charter.errors import LedgerError

JSON = "application/json"
LINES = "application/x-ndjson"
MOST_BODY = 512 * 1024


def api_routes(desk: Desk) -> Iterable[BaseRoute]:
    """Yield the routes of the API."""
    yield Route("/api/openapi.json", _document)
    paths: dict[str, list[Call]] = {}
    for call in CALLS:
        paths.setdefault(call.path, []).append(call)
    for path, calls in paths.items():
        yield Route(path, _endpoint(desk, calls), methods=[call.method for call in calls])


def api_failure(status: int, message: str) -> Response:
    """Return what went wrong, as JSON."""
    body = m.Failure(error=m.FailureBody(status=status, message=message))
    response = _json(body.model_dump(), status)
    if status == 401:
        response.headers["www-authenticate"] = "Bearer"
    return response


async def _document(request: Request) -> Response:
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return _json(document(root))


def _endpoint(desk: Desk, calls: list[Call]) -> Endpoint:
    by_method = {call.method: call for call in calls}

    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        call = by_method[method]
        account = _caller(desk, request)
        if isinstance(account, Response):
            return account
        acting = method == "POST"
        wait = (desk.actions if acting else desk.reads).take(account.name, desk.now())
        if wait:
            return _wait(wait)
        if not account.may(call.right):
            return api_failure(403, "the roles of this account do not allow this")
        try:
            body = await read_body(request, MOST_BODY) if acting else b""
        except TimeoutError:
            return api_failure(408, "this request came in too slowly")
        if body is None:
            return api_failure(413, "this request is too large")
        return await run_in_threadpool(_answer, desk, call, account, request, body)

    return endpoint


def _caller(desk: Desk, request: Request) -> Account | Response:
    """Return who asks. Wrong tokens are counted for each address; right ones are not."""
    place, now = f"api {address_of(request)}", desk.now()
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    account = desk.accounts.bearer(token.strip()) if kind.lower() == "bearer" else None
    if account is not None:
        return account
    wait = desk.tokens.take(place, now) if token else 0
    return (
        _wait(wait)
        if wait
        else api_failure(401, "send the token of an account: Authorization: Bearer chc_...")
    )


def _answer(desk: Desk, call: Call, account: Account, request: Request, body: bytes) -> Response:
    try:
        query = _read(call.query, _parameters(request))
        given = _read(call.body, _object(request, body)) if call.body is not None else None
        path = {key: str(value) for key, value in request.path_params.items()}
        found = call.answer(Ask(desk, account, path, query, given))
    except NotDone as error:
        return api_failure(error.status, error.message)
    except LedgerError as error:
        return api_failure(503, f"the ledger cannot be used: {error}")
    if isinstance(found, BaseModel):
        return _json(found.model_dump(mode="json"), call.status)
    return StreamingResponse(_encoded(found), media_type=LINES)


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield line.encode("utf-8", "replace")


def _parameters(request: Request) -> dict[str, str]:
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotDone("a parameter stands there twice", 422)
    return found


def _object(request: Request, body: bytes) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise NotDone("send application/json", 415)
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError) as cause:
        raise NotDone("this is no JSON", 400) from cause


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _read(model: type[BaseModel], given: Any) -> Any:
    try:
        return model.model_validate(given)
    except ValidationError as cause:
        error = cause.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, error["loc"]))[:100] or "the body"
        raise NotDone(f"{where}: {error['msg']}", 422) from cause


def _wait(wait: int) -> Response:
    response = api_failure(429, f"too many requests: try again in {wait} seconds")
    response.headers["retry-after"] = str(wait)
    return response


def _json(value: Any, status: int = 200) -> Response:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status_code=status, media_type=JSON)
