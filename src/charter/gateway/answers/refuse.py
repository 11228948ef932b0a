"""A verdict that restricts -> the answer a client gets in the place of the model's."""

from __future__ import annotations

from typing import Any

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


def refused(  # noqa: PLR0913 - what the bodies of three APIs are made of, by name
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
        body = _refusal(api, told(verdict), id, model, created)
        if api is Api.CHAT:
            body["choices"] = [{**body["choices"][0], "index": index} for index in range(n)]
        return Reply(200, _headers(api, verdict, id), body)
    needed = Failure.APPROVAL_NEEDED if verdict.approval else Failure.DENIED
    details = Details(
        request=id,
        message=verdict.say or f"Withheld by decision {verdict.decision}.",
        decision=verdict.decision or None,
        review=verdict.approval or None,
        steer=verdict.steer or None,
    )
    return fail(api, needed, details)


def _refusal(api: Api, text: str, identity: str, model: str, created: int) -> dict[str, Any]:
    if api is Api.CHAT:
        return chat_refusal(text, id=f"chatcmpl-{identity}", model=model, created=created)
    name = f"msg_{identity}"
    if api is Api.MESSAGES:
        return messages_refusal(text, id=name, model=model)
    return responses_refusal(
        text, id=f"resp_{identity}", message_id=name, model=model, created_at=created
    )


def _headers(api: Api, verdict: Verdict, identity: str) -> tuple[tuple[str, str], ...]:
    headers = [("content-type", "application/json")]
    headers.append(("request-id" if api is Api.MESSAGES else "x-request-id", identity))
    headers.append((DECISION_HEADER, verdict.decision))
    if verdict.approval:
        headers.append((REVIEW_HEADER, verdict.approval))
    return tuple(headers)
