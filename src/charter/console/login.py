"""Logging in and out."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.console.accounts import NAME
from charter.console.desk import Desk
from charter.console.guard import (
    TOKEN_FIELD,
    Endpoint,
    address_of,
    drop_cookie,
    read_form,
    root_of,
    session_of,
    set_cookie,
    too_often,
)
from charter.console.render import failure, page
from charter.console.sessions import COOKIE

WRONG = "This name and password do not open an account."


def login(desk: Desk) -> Endpoint:
    """Return the page on which people log in.

    There is no session yet, so its form carries no token: SameSite and the fetch headers of
    browsers keep others from sending it, and whoever is logged in by force finds nothing of theirs.
    """

    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            known = session_of(desk, request) is not None
            return RedirectResponse(f"{root_of(request)}/", 303) if known else _form(request)
        form = await read_form(request)
        return form if isinstance(form, Response) else await _try(desk, request, form)

    return endpoint


async def _try(desk: Desk, request: Request, form: dict[str, str]) -> Response:
    name, password = form.get("name", "").strip().lower(), form.get("password", "")
    place, now = address_of(request), desk.now()
    known = name if NAME.fullmatch(name) else ""
    wait = max(
        desk.places.take(place, now),
        desk.logins.take(f"{known}\n{place}", now),
        desk.names.take(known, now),
    )
    if wait:
        return too_often(request, wait)
    async with desk.hashing:  # each takes 32 MiB and much of a core
        account = await run_in_threadpool(desk.accounts.login, known, password)
    if account is None:
        return _form(request, status=401, wrong=WRONG, name=name[:64])
    desk.sessions.close(request.cookies.get(COOKIE))
    cookie = desk.sessions.open(account, now)
    response = RedirectResponse(f"{root_of(request)}/", status_code=303)
    set_cookie(desk, request, response, cookie)
    return response


def logout(desk: Desk) -> Endpoint:
    """Return what ends a session; a form, so that no link can do it."""

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        if isinstance(form, Response):
            return form
        found = session_of(desk, request)
        if found is not None:
            if not desk.sessions.is_form_token(found[1], form.get(TOKEN_FIELD, "")):
                return failure(request, 403, "This form is not of your session. Open it again.")
            desk.sessions.end(found[1])
        response = RedirectResponse(f"{root_of(request)}/login", status_code=303)
        drop_cookie(desk, request, response)
        response.headers["clear-site-data"] = '"cache", "storage"'
        return response

    return endpoint


def _form(request: Request, *, status: int = 200, wrong: str = "", name: str = "") -> Response:
    return page(request, "login.html.j2", status=status, wrong=wrong, name=name)
