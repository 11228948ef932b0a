"""The console as one ASGI app: pages under a mount, and an API beside them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from charter.console import (
    approval_pages,
    comment_pages,
    contain_pages,
    decision_pages,
    health_pages,
    incident_pages,
    objective_pages,
    opening_pages,
    proposal_pages,
    queue_pages,
    release_pages,
    review_pages,
    stop_pages,
    survey_pages,
)
from charter.console.accounts import Accounts
from charter.console.api import api_failure, api_routes
from charter.console.desk import Desk, Edits, Keeps, Opens
from charter.console.govern import Govern
from charter.console.guard import Page, guarded, root_of, session_of
from charter.console.headers import Headers
from charter.console.login import login, logout
from charter.console.render import STATIC, failure, static
from charter.console.roles import Right
from charter.console.sessions import IDLE, WHOLE, Sessions
from charter.errors import ConfigError
from charter.ledger.ledger import Ledger
from charter.policy.policy import Policy

LEAST_SECRET = 32
"""Bytes."""

PAGES: tuple[tuple[str, str, Page, Right], ...] = (
    ("GET", "/decisions", decision_pages.decisions, Right.METADATA),
    ("GET", "/decisions/{exchange}", decision_pages.decision, Right.METADATA),
    ("GET", "/review", review_pages.queue, Right.REVIEW),
    ("POST", "/review", review_pages.answer, Right.REVIEW),
    ("POST", "/review/skip", review_pages.skip, Right.REVIEW),
    ("POST", "/review/take", queue_pages.take_next, Right.REVIEW),
    ("POST", "/review/return", queue_pages.give_back, Right.REVIEW),
    ("GET", "/review/{exchange}", review_pages.chosen, Right.REVIEW),
    ("GET", "/queue", queue_pages.queue, Right.FIGURES),
    ("POST", "/queue/{item}", queue_pages.move_item, Right.ASSIGN),
    ("GET", "/agreement", review_pages.agreement, Right.FIGURES),
    ("GET", "/agreement/{scale}.jsonl", review_pages.labels, Right.FIGURES),
    ("GET", "/comments", comment_pages.queue, Right.REVIEW),
    ("POST", "/comments", comment_pages.moderate, Right.REVIEW),
    ("GET", "/surveys", survey_pages.listed, Right.METADATA),
    ("POST", "/surveys/{survey}", survey_pages.move, Right.SURVEYS),
    ("GET", "/surveys/{survey}/reasons", survey_pages.reasons, Right.REVIEW),
    ("POST", "/surveys/{survey}/reasons", survey_pages.moderate, Right.REVIEW),
    ("GET", "/approvals", approval_pages.approvals, Right.METADATA),
    ("GET", "/approvals/{approval}", approval_pages.approval, Right.METADATA),
    ("POST", "/approvals/{approval}", approval_pages.decide, Right.APPROVE),
    ("GET", "/stops", stop_pages.stops, Right.METADATA),
    ("POST", "/stops", stop_pages.order, Right.STOP),
    ("POST", "/stops/{stop}/lift", stop_pages.lift, Right.STOP),
    ("GET", "/incidents", incident_pages.incidents, Right.METADATA),
    ("GET", "/incidents/new", opening_pages.new, Right.REPORT),
    ("POST", "/incidents/new", opening_pages.open_one, Right.REPORT),
    ("GET", "/incidents/{incident}", incident_pages.incident, Right.METADATA),
    ("POST", "/incidents/{incident}/contain", contain_pages.contain, Right.STOP),
    ("POST", "/incidents/{incident}/{change}", incident_pages.amend, Right.INCIDENTS),
    ("GET", "/releases", release_pages.releases, Right.METADATA),
    ("POST", "/releases/pins/{pin}/lift", contain_pages.lift, Right.STOP),
    ("GET", "/releases/{release}", release_pages.release, Right.METADATA),
    ("POST", "/releases/{release}", release_pages.decide, Right.RELEASES),
    ("GET", "/proposals", proposal_pages.listing, Right.METADATA),
    ("GET", "/proposals/{proposal}", proposal_pages.proposal, Right.METADATA),
    ("POST", "/proposals/{proposal}", proposal_pages.act, Right.RELEASES),
    ("GET", "/objectives", objective_pages.objectives, Right.METADATA),
    ("GET", "/health", health_pages.health, Right.METADATA),
)
"""Every page, and the right it needs: there is no other way to one."""


def console(  # noqa: PLR0913 - what it works on, each by name
    ledger: Ledger,
    *,
    vault: Opens | None = None,
    policies: Callable[[str], Policy | None],
    accounts: Accounts,
    secret: bytes,
    clock: Keeps,
    edit: Edits | None = None,
    secure_cookie: bool | None = None,
    session_minutes: float = WHOLE / 60,
    idle_minutes: float = IDLE / 60,
    public: bool = True,
    govern: Govern | None = None,
) -> ASGIApp:
    """Return the console, to be mounted at /console.

    `policies` returns the policy of a digest, None where it is not at hand: decisions under it are
    then shown without sentences. Without `vault` no conversation is shown. `secret` signs the
    tokens of forms. `edit` makes the approval that changed arguments need. Without
    `secure_cookie` the cookie is for HTTPS only where the login came by it. Sessions and limits
    are kept in memory, for this process. Where the public cannot comment, `public` is False and no
    page leads to comments, unless some wait from before. Raises ConfigError for a secret that is
    too short.
    """
    if len(secret) < LEAST_SECRET:
        raise ConfigError(
            f"a console secret of {len(secret)} bytes", hint=f"at least {LEAST_SECRET} random bytes"
        )
    sessions = Sessions(
        secret, idle=idle_minutes * 60, whole=session_minutes * 60, secure=secure_cookie
    )
    desk = Desk(
        ledger, vault, policies, accounts, clock, sessions, edit, public, govern or Govern()
    )
    app = Starlette(
        routes=[*_routes(desk), *api_routes(desk)],
        exception_handlers={HTTPException: _missing(desk), Exception: _broken},
    )
    app.router.redirect_slashes = False  # it would send people to whatever host a request names
    return Headers(app)


def _routes(desk: Desk) -> Iterable[BaseRoute]:
    yield Route("/", _home)
    yield Route("/static/{name}", _static)
    yield Route("/login", login(desk), methods=["GET", "POST"])
    yield Route("/logout", logout(desk), methods=["POST"])
    for method, path, page, right in PAGES:
        yield Route(path, guarded(desk, page, right), methods=[method])


async def _home(request: Request) -> Response:
    return RedirectResponse(f"{root_of(request)}/decisions", status_code=303)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        return failure(request, 404, "There is no such page.")
    cached = {"cache-control": "public, max-age=300"}
    return Response(static(name), media_type=STATIC[name], headers=cached)


_NO_PAGE = {404: "There is no such page.", 405: "This page takes no such request."}


def _missing(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        text = _NO_PAGE.get(status, "This request is not understood.")
        if _in_api(request):
            response = api_failure(status, text)
        else:
            found = session_of(desk, request)
            response = failure(request, status, text, account=found[0] if found else None)
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
        return response

    return answer


async def _broken(request: Request, error: Exception) -> Response:
    text = "Something failed here. It is a defect of Charter's: please report it."
    return api_failure(500, text) if _in_api(request) else failure(request, 500, text)


def _in_api(request: Request) -> bool:
    return request.url.path.startswith(f"{root_of(request)}/api/")
