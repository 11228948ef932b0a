"""What stands before every page: who asks, whether they may, and from where a form came.

A page is a plain function that runs in a worker thread, so that reading the ledger never holds up
the gateway in the same process. Nothing is served without a right, but logging in and files of our
own.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from charter.console.accounts import Account
from charter.console.actions import NotDone
from charter.console.desk import Desk
from charter.console.render import failure
from charter.console.roles import Right
from charter.console.sessions import COOKIE, Session, mark_of
from charter.errors import LedgerError

MOST_FORM = 512 * 1024
MOST_FIELDS = 50
MOST_QUERY = 4000
BODY_S = 30.0
"""Seconds that a body may take: whoever sends one byte at a time holds a connection no longer."""
TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one person."""

    desk: Desk
    request: Request
    account: Account
    session: Session
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the address, each once."""
        return {key: value[:1000] for key, value in self.request.query_params.items()}

    @property
    def root(self) -> str:
        """Where the console is mounted."""
        return root_of(self.request)

    def named(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params.get(name, ""))[:300]

    def may(self, right: Right) -> bool:
        """Whether this person has a right."""
        return self.account.may(right)

    def go(self, path: str, said: str = "") -> Response:
        """Return a redirection after a form, with what the next page tells."""
        if said:
            self.session.said = said
        return RedirectResponse(self.root + path, status_code=303)


Page = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(desk: Desk, page: Page, right: Right) -> Endpoint:
    """Return the endpoint of a page: it is shown to whoever is logged in and has the right."""

    async def endpoint(request: Request) -> Response:
        if len(request.url.query) > MOST_QUERY:
            return failure(request, 414, "This address is too long.")
        found = session_of(desk, request)
        if found is None:
            return _to_login(request)
        account, session = found
        if not account.may(right):
            return failure(request, 403, "Your roles do not allow this.", account=account)
        form: Mapping[str, str] = {}
        acting = request.method == "POST"
        wait = (desk.actions if acting else desk.reads).take(account.name, desk.now())
        if wait:
            return too_often(request, wait, account)
        if acting:
            read = await read_form(request)
            if isinstance(read, Response):
                return read
            if not desk.sessions.is_form_token(session, read.get(TOKEN_FIELD, "")):
                return failure(request, 403, "This form is not of your session. Open it again.")
            form = read
        visit = Visit(desk, request, account, session, form)
        return await run_in_threadpool(_shown, page, visit)

    return endpoint


def _shown(page: Page, visit: Visit) -> Response:
    try:
        return page(visit)
    except NotDone as error:
        said = error.message[:1].upper() + error.message[1:] + "."
        return failure(visit.request, error.status, said, account=visit.account)
    except LedgerError as error:
        return failure(visit.request, 503, f"The ledger cannot be used: {error}.")


def session_of(desk: Desk, request: Request) -> tuple[Account, Session] | None:
    """Return who is logged in; a changed or removed account is no longer."""
    session = desk.sessions.find(request.cookies.get(COOKIE), desk.now())
    if session is None:
        return None
    account = desk.accounts.get(session.account)
    if account is None or mark_of(account) != session.mark:
        desk.sessions.end(session)
        return None
    return account, session


async def read_form(request: Request) -> dict[str, str] | Response:
    """Return the fields of a form, or the answer to one that is none of ours."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return failure(request, 403, "This form was sent by another site.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return failure(request, 415, "A form of the console is sent url-encoded.")
    try:
        body = await read_body(request)
    except TimeoutError:
        return failure(request, 408, "This form came in too slowly.")
    if body is None:
        return failure(request, 413, "This form is too large.")
    try:
        pairs = parse_qsl(
            body.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return failure(request, 400, "This form has too many fields.")
    return dict(pairs)


async def read_body(request: Request, most: int = MOST_FORM) -> bytes | None:
    """Return the body of a request, or None where it is larger than it may be.

    Raises TimeoutError for one that does not come in `BODY_S`.
    """
    found = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                found += chunk
                if len(found) > most:
                    return None
    except ClientDisconnect:
        return None
    return bytes(found)


def set_cookie(desk: Desk, request: Request, response: Response, cookie: str) -> None:
    """Give the browser its cookie: for this console only, unseen by scripts and other sites."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(desk.sessions.whole),
        path=root_of(request) or "/",
        secure=_secure(desk, request),
        httponly=True,
        samesite="strict",
    )


def drop_cookie(desk: Desk, request: Request, response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(
        COOKIE,
        path=root_of(request) or "/",
        secure=_secure(desk, request),
        httponly=True,
        samesite="strict",
    )


def _secure(desk: Desk, request: Request) -> bool:
    said = desk.sessions.secure
    return request.url.scheme == "https" if said is None else said


def root_of(request: Request) -> str:
    """Return where the console is mounted, without a slash at the end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def address_of(request: Request) -> str:
    """Return where a request comes from, as far as the server knows."""
    return request.client.host if request.client is not None else "unknown"


def too_often(request: Request, wait: int, account: Account | None = None) -> Response:
    """Return the answer to somebody who asks too often."""
    said = f"Too many requests. Try again in {wait} seconds."
    response = failure(request, 429, said, account=account)
    response.headers["retry-after"] = str(wait)
    return response


def nonce() -> str:
    """Return what names an open form."""
    return secrets.token_urlsafe(16)


def _to_login(request: Request) -> Response:
    if request.method == "GET":
        return RedirectResponse(f"{root_of(request)}/login", status_code=303)
    return failure(request, 401, "Your session has ended. Log in, and do it again.")
