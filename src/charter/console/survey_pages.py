"""For operators: the surveys there are, and reasons that wait to be read before they are quoted."""

from __future__ import annotations

from starlette.responses import Response

from charter.console.actions import MOST_NOTE, NotDone
from charter.console.guard import Visit
from charter.console.roles import Right
from charter.console.view import view
from charter.errors import AlreadyRecorded
from charter.evolve.surveys.moderated import reason_id, reason_in, reasons_given
from charter.evolve.surveys.opening import Opening, close_survey, open_survey, opening
from charter.evolve.surveys.refused import Refused
from charter.ledger.vault import Vault
from charter.records.comment import ACCEPTED, REJECTED, CommentModerated
from charter.records.survey import AnswerGiven


def listed(visit: Visit) -> Response:
    """Show all surveys with their figures."""
    return view(
        visit,
        "survey_console.html.j2",
        surveys=visit.desk.surveys.of(visit.desk.ledger),
        at=visit.desk.at(),
        may_open=visit.may(Right.SURVEYS),
        may_read=visit.may(Right.REVIEW),
    )


def move(visit: Visit) -> Response:
    """Close a survey, or open it again in the same words."""
    found, by, desk = _opening(visit), visit.account.person, visit.desk
    try:
        if visit.form.get("to") == "open":
            open_survey(desk.ledger, found.survey, by=by, at=desk.at())
            return visit.go("/surveys", f"{found.id} takes answers again.")
        reason = visit.form.get("reason", "").strip()
        if not reason or len(reason) > MOST_NOTE:
            raise NotDone("say why it is closed: the reason is part of the record", 422)
        close_survey(desk.ledger, found.id, by=by, reason=reason, at=desk.at())
    except Refused as error:
        raise NotDone(error.message, 409) from error
    return visit.go("/surveys", f"{found.id} takes no more answers.")


def reasons(visit: Visit) -> Response:
    """Show the oldest reason that nobody has read yet, or the one behind a skipped one."""
    found = _opening(visit)
    waiting = _waiting(visit, found)
    after = visit.query.get("after", "")
    ids = [reason_id(each) for each in waiting]
    begin = ids.index(after) + 1 if after in ids else 0
    vault = _vault(visit)
    for answer in [*waiting[begin:], *waiting[:begin]]:
        words = reason_in(vault, found, answer)
        if words:
            return view(
                visit,
                "survey_reason.html.j2",
                survey=found.survey,
                item=found.survey.item(answer.item),
                answer=answer,
                id=reason_id(answer),
                words=words,
            )
    return view(visit, "survey_reason.html.j2", survey=found.survey, answer=None)


def moderate(visit: Visit) -> Response:
    """Record whether a reason may be quoted: once for each, and for good."""
    found, form = _opening(visit), visit.form
    verdict, why = form.get("verdict", ""), form.get("reason", "").replace("\r\n", "\n").strip()
    if verdict not in (ACCEPTED, REJECTED):
        raise NotDone("say whether the reason is accepted or rejected", 422)
    if len(why) > MOST_NOTE or (verdict == REJECTED and not why):
        raise NotDone(f"say why it is rejected, in at most {MOST_NOTE} characters", 422)
    wanted = form.get("id", "")
    answer = next((each for each in _waiting(visit, found) if reason_id(each) == wanted), None)
    if answer is None or not reason_in(_vault(visit), found, answer):
        raise NotDone("no such reason waits: it was changed, withdrawn or moderated meanwhile")
    record = CommentModerated(wanted, visit.desk.at(), visit.account.person, verdict, why)
    try:
        visit.desk.ledger.append(record)
    except AlreadyRecorded as error:
        raise NotDone("somebody has moderated this reason already") from error
    return visit.go(f"/surveys/{found.id}/reasons", f"Recorded: {wanted} {verdict}.")


def _waiting(visit: Visit, found: Opening) -> list[AnswerGiven]:
    ledger = visit.desk.ledger
    settled = {each.run for each in ledger.read(CommentModerated)}
    return [each for each in reasons_given(ledger, found) if reason_id(each) not in settled]


def _opening(visit: Visit) -> Opening:
    found = opening(visit.desk.ledger, visit.named("survey"))
    if found is None:
        raise NotDone("there is no such survey", 404)
    return found


def _vault(visit: Visit) -> Vault:
    if not isinstance(visit.desk.vault, Vault):
        raise NotDone("nothing that people say is kept here, so nothing can be read")
    return visit.desk.vault
