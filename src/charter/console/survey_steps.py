"""What somebody does on the pages of a survey, one step at a time, each of which may be repeated.

A page says that an answer is kept only after the ledger has it on disk. Sent twice, a form does
once what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from charter.console.form_code import form_code, seed_of
from charter.console.survey_crowd import TOO_MANY
from charter.console.survey_guest import Guest, guest_of, language_of
from charter.console.survey_post import Fields, first
from charter.console.survey_question import answer_in, wrong_with
from charter.console.survey_refusal import TurnedAway
from charter.console.survey_stand import Stand
from charter.console.survey_views import (
    TRAITS,
    end_page,
    framed,
    item_page,
    left_page,
    mine_page,
    traits_page,
)
from charter.console.survey_words import frame_of
from charter.errors import LedgerError
from charter.evolve.surveys.answer import MOST_WHY, Answer
from charter.evolve.surveys.given import Reply, answered, give
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.participation import consent_digest, find, join
from charter.evolve.surveys.quality import Note
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.secret_code import new_code, read_code
from charter.evolve.surveys.shown import progress_of
from charter.evolve.surveys.survey import Item, Question, question_id
from charter.evolve.surveys.taken_back import take_back
from charter.records.survey import OPEN, PANEL

JOINING = {
    "consent": "wrong_consent",
    "unknown": "wrong_code",
    "used": "wrong_used",
}
STATUS = {"closed": 409, "withdrawn": 410, "many": 429, "question": 404, "channel": 403}


def start_page(  # noqa: PLR0913 - what it shows, each by name
    stand: Stand,
    request: Request,
    opening: Opening,
    language: str,
    *,
    status: int = 200,
    wrong: str = "",
    receipt: str = "",
    code: str = "",
    agreed: bool = False,
) -> Response:
    """Say what the survey is and what becomes of answers, before anybody agrees to it."""
    survey = opening.survey
    receipt = receipt or new_code()
    return framed(
        request,
        "survey_start.html.j2",
        frame=frame_of(language),
        survey=survey,
        title=survey.title[language],
        status=status,
        wrong=wrong,
        open=stand.takes(opening),
        panel=PANEL in survey.channels,
        anybody=OPEN in survey.channels,
        invitation=code,
        agreed=agreed,
        hidden=(
            ("do", "join"),
            ("lang", language),
            ("receipt", receipt),
            ("consent_digest", consent_digest(survey, language)),
            ("code", _join_code(stand, opening, receipt)),
        ),
    )


def act(stand: Stand, request: Request, survey: str, fields: Fields) -> Response:
    """Do what a form asks for. Raises TurnedAway."""
    opening = stand.find(survey)
    if first(fields, "do") == "join":
        return _join(stand, request, opening, fields)
    guest = guest_of(stand, request, opening, fields)
    if first(fields, "to"):
        return _switch(guest, first(fields, "to"))
    if first(fields, "change"):
        return _change(replace(guest, from_mine=True), first(fields, "change"))
    if first(fields, "take"):
        return _take_back(guest, first(fields, "take"))
    step = STEPS.get(first(fields, "do"))
    if step is None:
        raise _away(guest, 400, "request")
    return step(guest)


def show_next(guest: Guest, *, told: str = "") -> Response:
    """Show what comes next: an item, what was left open, questions about oneself, the end."""
    if guest.from_mine:
        return mine_page(replace(guest, from_mine=False).at(""), told=told)
    known = answered(guest.stand.ledger, guest.part)
    progress = progress_of(guest.survey, guest.part.id, known, left=guest.left)
    item = progress.next
    if item is None:
        return _after_items(guest, told=told)
    if item.id in guest.left:
        still = replace(guest, left=guest.left - known)
        return left_page(still.at("", 0), told=told)
    assert guest.survey.item(item.id) is not None  # noqa: S101 - traits are not counted
    return item_page(guest.at(item.id), item, told=told)  # type: ignore[arg-type]


def _after_items(guest: Guest, *, told: str = "") -> Response:
    known = answered(guest.stand.ledger, guest.part)
    asked = any(question_id(trait) not in known for trait in guest.survey.traits)
    if asked and guest.open:
        return traits_page(guest.at(TRAITS), told=told)
    return end_page(guest.at(""), told=told)


def _join(stand: Stand, request: Request, opening: Opening, fields: Fields) -> Response:
    language = language_of(request, opening.survey.languages, first(fields, "lang"))
    receipt, code = read_code(first(fields, "receipt")), first(fields, "invitation")

    def again(wrong: str, status: int = 422) -> Response:
        agreed = bool(first(fields, "consent"))
        return start_page(
            stand, request, opening, language,
            status=status, wrong=wrong, receipt=receipt, code=code, agreed=agreed,
        )  # fmt: skip

    wanted = _wanted(opening, receipt)
    seed = seed_of(stand.form_secret(), first(fields, "code"), stand.now(), wanted, opening.digest)
    if seed is None:
        receipt = ""
        return again("wrong_old", 409)
    if not first(fields, "consent"):
        return again("wrong_consent")
    before = find(stand.ledger, receipt)
    if before is None:
        stand.admit(request)
    try:
        part = join(
            stand.ledger,
            stand.vault(),
            opening,
            receipt=receipt,
            language=language,
            consent=first(fields, "consent_digest"),
            code=code,
            at=stand.at(),
        )
    except Refused as error:
        if error.why in JOINING:
            return again(JOINING[error.why])
        key = error.why if error.why in STATUS else "request"
        status = STATUS.get(error.why, 400)
        raise TurnedAway(status, key, survey=opening.id, language=language) from error
    if before is None:
        network = stand.network(request)
        stand.note(opening.id, *stand.crowd.joined(opening.id, network, part.id, stand.now()))
    if part.withdrawn:
        raise TurnedAway(410, "withdrawn", survey=opening.id, language=language)
    return show_next(Guest(stand, request, opening, part, receipt, language))


def _answer(guest: Guest) -> Response:
    """Keep an answer, and show what comes next."""
    if guest.item == TRAITS:
        return _answer_traits(guest)
    item = _item(guest)
    if not guest.ours:
        return item_page(guest.at(item.id), item, status=409, wrong="wrong_old", given=guest.fields)
    try:
        answer = answer_in(item, guest.fields)
    except Refused:
        wrong = wrong_with(item, guest.fields)
        return item_page(guest, item, status=422, wrong=wrong, given=guest.fields)
    _keep(guest, item, answer, ms=guest.now_ms() - guest.shown)
    return show_next(replace(guest, left=guest.left - {item.id}), told="kept")


def _answer_traits(guest: Guest) -> Response:
    if not guest.ours:
        return traits_page(guest.at(TRAITS), status=409, wrong="wrong_old", given=guest.fields)
    try:
        chosen = [
            (trait, answer_in(trait, guest.fields))
            for trait in guest.survey.traits
            if first(guest.fields, f"option.{trait.id}")
        ]
    except Refused:
        return traits_page(guest, status=422, wrong="wrong_choice", given=guest.fields)
    for trait, answer in chosen:
        _keep(guest, trait, answer)
    told = "kept" if chosen else ""
    return show_next(guest, told=told) if guest.from_mine else end_page(guest.at(""), told=told)


def _keep(guest: Guest, question: Question, answer: Answer, *, ms: int | None = None) -> None:
    """Record an answer: it is on disk when this returns. Raises TurnedAway."""
    stand, words = guest.stand, first(guest.fields, "why", MOST_WHY)
    try:
        give(
            stand.ledger,
            stand.vault(),
            guest.opening,
            guest.part,
            Reply(question, answer, ms),
            at=stand.at(),
        )
    except Refused as error:
        if error.why == "many":
            detail = "more changes than anybody needs: nothing more is taken"
            stand.note(guest.opening.id, Note(guest.part.id, TOO_MANY, detail))
        key = error.why if error.why in STATUS else "request"
        raise _away(guest, STATUS.get(error.why, 400), key, words) from error
    except LedgerError as error:
        raise _away(guest, 503, "off", words) from error


def _skip(guest: Guest) -> Response:
    if guest.item == TRAITS:
        return show_next(guest) if guest.from_mine else end_page(guest.at(""))
    if guest.from_mine:
        return show_next(guest)
    return show_next(replace(guest, left=guest.left | {_item(guest).id}))


def _back(guest: Guest) -> Response:
    if guest.from_mine:
        return show_next(guest)
    places = [item.id for item in guest.items]
    at = places.index(guest.item) if guest.item in places else len(places)
    item = guest.items[max(0, at - 1)]
    return item_page(guest.at(item.id), item)


def _change(guest: Guest, wanted: str) -> Response:
    """Show a question that was answered before, to come back to the list after it."""
    if not guest.open:
        raise _away(guest, 409, "closed")
    if wanted == TRAITS and guest.survey.traits:
        return traits_page(guest.at(TRAITS))
    item = _item(guest.at(wanted))
    return item_page(guest.at(item.id), item)


def _take_back(guest: Guest, question: str) -> Response:
    """Take back one answer, and show the others."""
    stand = guest.stand
    if guest.survey.question(question) is None:
        raise _away(guest, 400, "request")
    try:
        take_back(stand.ledger, guest.part, question, at=stand.at())
    except Refused as error:
        raise _away(guest, STATUS[error.why], error.why) from error
    except LedgerError as error:
        raise _away(guest, 503, "off") from error
    return mine_page(replace(guest, from_mine=False).at(""), told="taken_back")


def _switch(guest: Guest, language: str) -> Response:
    """Show the same place in another language, with what is filled in already."""
    if language in guest.survey.languages:
        guest = replace(guest, language=language)
    if not guest.ours:
        guest = guest.at(guest.item)  # when it was shown is signed again, and may be made up
    if guest.item == TRAITS:
        return traits_page(guest, given=guest.fields)
    if guest.item:
        return item_page(guest, _item(guest), given=guest.fields)
    where = first(guest.fields, "page")
    if where == "left":
        return left_page(guest)
    if where == "mine":
        return mine_page(guest)
    return end_page(guest, stopped=where == "stopped")


def _item(guest: Guest) -> Item:
    found = guest.survey.item(guest.item)
    if found is None:
        raise _away(guest, 404, "question")
    return found


def _away(guest: Guest, status: int, key: str, words: str = "") -> TurnedAway:
    return TurnedAway(status, key, survey=guest.opening.id, language=guest.language, words=words)


def _join_code(stand: Stand, opening: Opening, receipt: str) -> str:
    return form_code(stand.form_secret(), stand.now(), _wanted(opening, receipt), opening.digest)


def _wanted(opening: Opening, receipt: str) -> str:
    return f"survey\njoin\n{opening.id}\n{receipt}"


STEPS: Mapping[str, Callable[[Guest], Response]] = {
    "answer": _answer,
    "skip": _skip,
    "back": _back,
    "stop": lambda guest: end_page(guest.at(""), stopped=True),
    "again": lambda guest: show_next(replace(guest, left=frozenset(), from_mine=False)),
    "finish": _after_items,
    "go": lambda guest: show_next(replace(guest, from_mine=False)),
}
"""What a button does."""
