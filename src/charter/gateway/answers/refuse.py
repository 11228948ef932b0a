"""A verdict that restricts -> the answer a client gets in the place of the model's."""

from __future__ import annotations

from charter.gateway.verdict import Verdict
from charter.gateway.wire.asked import Api
from charter.gateway.wire.failure import (
    DECISION_HEADER,
    REVIEW_HEADER,
    Details,
    Failure,
    Reply,
    fail,
)
from charter.gateway.wire.refusal import chat_refusal, messages_refusal, responses_refusal


def told(verdict: Verdict) -> str:
    """Return what a client is told of a verdict, in one text."""
    said = [verdict.say or f"Withheld by decision {verdict.decision}."]
    if verdict.approval and verdict.approval not in verdict.say:
        said.append(f"Approval: {verdict.approval}.")
    if verdict.steer:
        said.append(verdict.steer)
    return " ".join(said)


def refused(
    api: Api,
    verdict: Verdict,
    *,
    id: str,  # noqa: A002 - the name in the body
    model: str = "",
    created: int = 0,
    n: int = 1,
    refuse_as: str = "error",
) -> Reply:
    """Return the reply for a verdict that denies or asks for approval.

    `refuse_as` is that of `Served`: `error` gives 403, `refusal` 200 in the API's own shape.
    """
    if refuse_as == "refusal":
        return _refusal(api, verdict, id, model, created, n)
    needed = Failure.APPROVAL_NEEDED if verdict.approval else Failure.DENIED
    details = Details(
        request=id,
        message=verdict.say or f"Withheld by decision {verdict.decision}.",
        decision=verdict.decision or None,
        review=verdict.approval or None,
        steer=verdict.steer or None,
    )
    return fail(api, needed, details)


def _refusal(api: Api, verdict: Verdict, identity: str, model: str, created: int, n: int) -> Reply:
    text = told(verdict)
    if api is Api.CHAT:
        name = f"chatcmpl-{identity}"
        body = chat_refusal(text, id=name, model=model, created=created, n=n)
    elif api is Api.RESPONSES:
        body = responses_refusal(
            text,
            id=f"resp_{identity}",
            message_id=f"msg_{identity}",
            model=model,
            created_at=created,
        )
    else:
        body = messages_refusal(text, id=f"msg_{identity}", model=model)
    headers = [("content-type", "application/json")]
    headers.append(("request-id" if api is Api.MESSAGES else "x-request-id", identity))
    headers.append((DECISION_HEADER, verdict.decision))
    if verdict.approval:
        headers.append((REVIEW_HEADER, verdict.approval))
    return Reply(200, tuple(headers), body)
