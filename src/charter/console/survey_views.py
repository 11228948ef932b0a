"""The pages of a survey, filled in."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from charter.console.guard import root_of
from charter.console.render import page
from charter.console.survey_guest import Guest
from charter.console.survey_post import Fields
from charter.console.survey_question import (
    candidates_shown,
    fields_of,
    said_lines,
    shown,
    title_of,
)
from charter.console.survey_refusal import TurnedAway
from charter.console.survey_words import NAMES, Frame, frame_of
from charter.evolve.surveys.answer import MOST_WHY
from charter.evolve.surveys.given import Said, answered, latest_of, own_answers, said_in
from charter.evolve.surveys.shown import progress_of
from charter.evolve.surveys.survey import Item, Question, Survey, question_id
from charter.evolve.surveys.wording import wording_of
from charter.records.survey import AnswerGiven

TRAITS = "traits"


def framed(  # noqa: PLR0913 - what every page has, each by name
    request: Request,
    template: str,
    *,
    frame: Frame,
    survey: Survey | None,
    title: str,
    status: int = 200,
    told: str = "",
    wrong: str = "",
    **values: Any,
) -> Response:
    """Fill a template in the words of one language. `told` and `wrong` are keys of words."""
    say = frame.say
    return page(
        request,
        template,
        status=status,
        frame=frame,
        say=say,
        names=NAMES,
        asked=wording_of(frame.language)[1],
        survey=survey,
        base=f"{root_of(request)}/{survey.id}" if survey is not None else "",
        title=title,
        told=say[told] if told else "",
        wrong=say[wrong].replace("{most}", f"{MOST_WHY:,}") if wrong else "",
        **values,
    )


def item_page(  # noqa: PLR0913 - what it shows, each by name
    guest: Guest,
    item: Item,
    *,
    status: int = 200,
    told: str = "",
    wrong: str = "",
    given: Fields | None = None,
) -> Response:
    """Show one item with what was said of it, or with what was just filled in."""
    survey, part, language = guest.survey, guest.part, guest.language
    place = next(at for at, each in enumerate(guest.items, 1) if each.id == item.id)
    progress = progress_of(survey, part.id, answered(guest.stand.ledger, part))
    number = guest.frame.say["question"].format(number=place, total=progress.total)
    return framed(
        guest.request,
        "survey_item.html.j2",
        frame=guest.frame,
        survey=survey,
        title=number,
        status=status,
        told=told,
        wrong=wrong,
        question=shown(item, part.id, language, _said(guest, item) if given is None else given),
        progress=progress,
        first=place == 1,
        hidden=guest.hidden(),
        receipt=guest.receipt,
        from_mine=guest.from_mine,
    )


def traits_page(
    guest: Guest, *, status: int = 200, told: str = "", wrong: str = "", given: Fields | None = None
) -> Response:
    """Show the questions about oneself, none of which has to be answered."""
    known: dict[str, list[str]] = {}
    for trait in guest.survey.traits:
        known |= {name: list(values) for name, values in _said(guest, trait).items()}
    given = known if given is None else given
    questions = [
        shown(trait, guest.part.id, guest.language, given)
        | {"answered": f"option.{trait.id}" in known}
        for trait in guest.survey.traits
    ]
    return framed(
        guest.request,
        "survey_traits.html.j2",
        frame=guest.frame,
        survey=guest.survey,
        title=wording_of(guest.language)[1].about_you,
        status=status,
        told=told,
        wrong=wrong,
        questions=questions,
        hidden=guest.hidden(),
        receipt=guest.receipt,
        from_mine=guest.from_mine,
    )


def left_page(guest: Guest, *, told: str = "") -> Response:
    """Say how many items are open, and let somebody choose."""
    return framed(
        guest.request,
        "survey_left.html.j2",
        frame=guest.frame,
        survey=guest.survey,
        title=guest.frame.say["left_heading"].format(count=len(guest.left)),
        told=told,
        hidden=guest.hidden(),
        receipt=guest.receipt,
    )


def end_page(guest: Guest, *, told: str = "", stopped: bool = False) -> Response:
    """Show the receipt, and what is kept."""
    progress = progress_of(guest.survey, guest.part.id, answered(guest.stand.ledger, guest.part))
    return framed(
        guest.request,
        "survey_end.html.j2",
        frame=guest.frame,
        survey=guest.survey,
        title=guest.frame.say["stopped_heading" if stopped else "end_heading"],
        told=told,
        progress=progress,
        hidden=guest.hidden(),
        receipt=guest.receipt,
        open=guest.open,
    )


def mine_page(guest: Guest, *, told: str = "") -> Response:
    """Show everything that somebody said, with ways to change and to withdraw it."""
    said = own_answers(guest.stand.ledger, guest.stand.vault(), guest.survey, guest.part)
    items = [each for each in said if guest.survey.item(each.question) is not None]
    return framed(
        guest.request,
        "survey_mine.html.j2",
        frame=guest.frame,
        survey=guest.survey,
        title=guest.frame.say["mine"],
        told=told,
        answers=[_row(guest, each) for each in items],
        traits=[_row(guest, each) for each in said if each not in items],
        hidden=guest.hidden(),
        open=guest.open,
    )


def turned_away(request: Request, error: TurnedAway, survey: Survey | None) -> Response:
    """Say in one sentence what cannot be done."""
    frame = frame_of(error.language or "en")
    response = framed(
        request,
        "survey_failure.html.j2",
        frame=frame,
        survey=survey,
        title=frame.say["failed"],
        status=error.status,
        sentence=frame.say[f"why_{error.key}"].replace("{wait}", str(error.wait)),
        words=error.words,
    )
    if error.wait:
        response.headers["retry-after"] = str(error.wait)
    return response


def _row(guest: Guest, said: Said) -> dict[str, Any]:
    question = guest.survey.question(said.question)
    assert question is not None  # noqa: S101 - `own_answers` returns no others
    return {
        "id": said.question,
        "title": title_of(question, guest.language),
        "lines": said_lines(question, said.answer, guest.part.id, guest.language),
        "candidates": candidates_shown(question, guest.part.id, guest.language),
    }


def _said(guest: Guest, question: Question) -> Fields:
    """Return what somebody said of one question before, as fields of a form; opens no other."""
    name = question_id(question)
    records = guest.stand.ledger.read(AnswerGiven, run=guest.part.id)
    latest = latest_of(each for each in records if each.item == name).get(name)
    found = said_in(guest.stand.vault(), guest.survey, latest) if latest is not None else None
    return fields_of(question, found.answer) if found is not None else {}
