"""What people do with a receipt, which is posted and in no URL: see all they said, withdraw it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from charter.console.survey_guest import Guest, guest_of, language_of
from charter.console.survey_post import Fields, first
from charter.console.survey_refusal import TurnedAway
from charter.console.survey_stand import Stand
from charter.console.survey_views import framed, mine_page
from charter.console.survey_words import frame_of
from charter.errors import LedgerError
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.withdrawal import withdraw


def ask_receipt(stand: Stand, request: Request, survey: str) -> Response:
    """Ask for the receipt."""
    opening = stand.find(survey)
    language = language_of(request, opening.survey.languages, request.query_params.get("lang", ""))
    frame = frame_of(language)
    return framed(
        request,
        "survey_receipt.html.j2",
        frame=frame,
        survey=opening.survey,
        title=frame.say["mine"],
    )


def act_on_mine(stand: Stand, request: Request, survey: str, fields: Fields) -> Response:
    """Show what somebody said, or withdraw it. Raises TurnedAway."""
    guest = guest_of(stand, request, stand.find(survey), fields)
    guest = guest.at("") if first(fields, "do") != "withdraw-now" else guest
    if first(fields, "do") == "withdraw":
        return _sure(guest)
    if first(fields, "do") == "withdraw-now":
        return _withdraw(guest) if guest.ours else _sure(guest.at(""), wrong="wrong_old")
    return mine_page(guest)


def _sure(guest: Guest, *, wrong: str = "") -> Response:
    """Ask once more, as it cannot be undone."""
    return framed(
        guest.request,
        "survey_withdraw.html.j2",
        frame=guest.frame,
        survey=guest.survey,
        title=guest.frame.say["withdraw_heading"],
        wrong=wrong,
        status=409 if wrong else 200,
        hidden=guest.hidden(),
    )


def _withdraw(guest: Guest) -> Response:
    stand = guest.stand
    try:
        erased = withdraw(stand.ledger, stand.vault(), guest.part, at=stand.at())
    except (LedgerError, Refused) as error:
        survey, language = guest.opening.id, guest.language
        raise TurnedAway(503, "off", survey=survey, language=language) from error
    frame = guest.frame
    return framed(
        guest.request,
        "survey_withdrawn.html.j2",
        frame=frame,
        survey=guest.survey,
        title=frame.say["withdrawn_heading"],
        sentence=frame.say["withdrawn_text" if erased else "withdrawn_held"],
    )
