"""The pages on which people take part in surveys, as one ASGI app: no account, cookie or script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from charter.console.desk import Keeps as Clock
from charter.console.headers import Headers
from charter.console.render import STATIC, static
from charter.console.survey_own import act_on_mine, ask_receipt
from charter.console.survey_post import Fields, read_fields
from charter.console.survey_refusal import TurnedAway
from charter.console.survey_stand import Stand, Terms
from charter.console.survey_steps import act, start_page
from charter.console.survey_views import framed, turned_away
from charter.console.survey_words import all_words, chosen_language, frame_of
from charter.errors import CharterError, LedgerError
from charter.evolve.surveys.opening import openings
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.records.survey import OPEN

MOUNT = "/survey"
FILES = ("survey.css", "icon.svg")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
MOST_LISTED = 100

Step = Callable[[Stand, Request, str, Fields], Response]


def surveys(
    ledger: Ledger,
    *,
    vault: Callable[[], Vault | None],
    clock: Clock,
    secret: bytes,
    terms: Terms,
) -> ASGIApp:
    """Return the pages, to be mounted at /survey. `vault` gives what seals words now.

    While there is no vault nothing is taken. Limits, and what is known of networks, are kept in
    memory, for this process.
    """
    stand = Stand(ledger, vault, clock, terms, secret)
    failing = _failing(stand)
    app = Starlette(
        routes=list(_routes(stand)),
        exception_handlers=dict.fromkeys(
            (TurnedAway, LedgerError, HTTPException, Exception), failing
        ),
    )
    app.router.redirect_slashes = False
    return Headers(app, policy=POLICY, mount=MOUNT)


def _routes(stand: Stand) -> Iterable[BaseRoute]:
    def posted(step: Step) -> Callable[..., object]:
        async def endpoint(request: Request) -> Response:
            stand.count(request)
            fields = await read_fields(request)
            return await run_in_threadpool(step, stand, request, _survey(request), fields)

        return endpoint

    def seen(page: Callable[[Stand, Request, str], Response]) -> Callable[..., object]:
        async def endpoint(request: Request) -> Response:
            stand.count(request)
            return await run_in_threadpool(page, stand, request, _survey(request))

        return endpoint

    yield Route("/", seen(_index), methods=["GET"])
    yield Route("/{survey}", seen(_start), methods=["GET"])
    yield Route("/{survey}", posted(act), methods=["POST"])
    yield Route("/{survey}/mine", seen(ask_receipt), methods=["GET"])
    yield Route("/{survey}/mine", posted(act_on_mine), methods=["POST"])
    yield Route("/static/{name}", _file, methods=["GET"])


def _survey(request: Request) -> str:
    return str(request.path_params.get("survey", ""))


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        raise TurnedAway(404, "page")
    cached = {"cache-control": "public, max-age=300"}
    return Response(static(name), media_type=STATIC[name], headers=cached)


def _index(stand: Stand, request: Request, _: str) -> Response:
    """List the surveys that anybody may take part in now."""
    browser = request.headers.get("accept-language", "")
    frame = frame_of(chosen_language(tuple(all_words()), "", browser))
    found = [
        each.survey
        for each in openings(stand.ledger)
        if stand.takes(each) and OPEN in each.survey.channels
    ]
    named = [
        (each.id, language, each.title[language])
        for each in found[:MOST_LISTED]
        for language in (chosen_language(each.languages, "", browser),)
    ]
    return framed(
        request,
        "survey_index.html.j2",
        frame=frame,
        survey=None,
        title=frame.say["surveys"],
        named=named,
    )


def _start(stand: Stand, request: Request, survey: str) -> Response:
    opening = stand.find(survey)
    browser = request.headers.get("accept-language", "")
    wanted = request.query_params.get("lang", "")
    language = chosen_language(opening.survey.languages, wanted, browser)
    return start_page(stand, request, opening, language)


def _failing(stand: Stand) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        away = _away_of(error)
        browser = request.headers.get("accept-language", "")
        away.language = away.language or chosen_language(tuple(all_words()), "", browser)
        response = await run_in_threadpool(_failure, stand, request, away)
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
        return response

    return answer


def _failure(stand: Stand, request: Request, away: TurnedAway) -> Response:
    survey = None
    if away.survey:
        try:
            survey = stand.find(away.survey).survey
        except (TurnedAway, CharterError):
            survey = None  # what failed may be the ledger: the sentence is enough
    if survey is not None and away.language not in survey.languages:
        survey = None
    return turned_away(request, away, survey)


def _away_of(error: Exception) -> TurnedAway:
    if isinstance(error, TurnedAway):
        return error
    if isinstance(error, LedgerError):
        return TurnedAway(503, "off")
    status = error.status_code if isinstance(error, HTTPException) else 500
    key = {404: "page", 405: "request", 500: "broken"}.get(status, "request")
    return TurnedAway(status, key)
