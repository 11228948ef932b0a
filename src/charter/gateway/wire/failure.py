"""Errors of the gateway -> status, headers and body that the official SDKs understand.

What is decided or wrong goes with `x-should-retry: false`, so that no SDK asks again. What may be
over in a moment (429 of a minute, 502, 503, 504) goes without it: the SDKs then repeat as their
users set them to.
A block is never 409, 202 or 5xx, which are repeated or taken for success.
Source: `openai` 3.52.0 and `anthropic` 2.11.0, their types and their behaviour on each status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from charter.gateway.wire.asked import Api

DECISION_HEADER = "x-charter-decision"
"""Id of the decision that an answer rests on."""
REVIEW_HEADER = "x-charter-review"
"""Id under which a person is asked to approve."""
MAX_ID = 200
"""Characters of an id in a header."""


class Shape(NamedTuple):
    """How one failure is told."""

    status: int
    code: str
    """OpenAI's `code`; a stable name."""
    openai: str
    """OpenAI's `type`."""
    anthropic: str
    """Anthropic's `type`."""
    final: bool
    """Whether asking again gives the same answer."""


class Failure(Enum):
    """What kept a request from being answered."""

    UNKNOWN_KEY = Shape(
        401, "invalid_api_key", "invalid_request_error", "authentication_error", final=True
    )
    DENIED = Shape(
        403, "misalignment_policy_violation", "permission_error", "permission_error", final=True
    )
    APPROVAL_NEEDED = Shape(
        403, "approval_required", "permission_error", "permission_error", final=True
    )
    STOPPED = Shape(403, "stopped", "permission_error", "permission_error", final=True)
    """A person has stopped the application, the tool, or everything."""
    BAD_REQUEST = Shape(
        400, "invalid_request", "invalid_request_error", "invalid_request_error", final=True
    )
    TOO_LARGE = Shape(
        413, "request_too_large", "invalid_request_error", "invalid_request_error", final=True
    )
    BODY_LATE = Shape(
        408, "request_timeout", "invalid_request_error", "invalid_request_error", final=True
    )
    """The body did not arrive in time."""
    WRONG_TYPE = Shape(
        415, "unsupported_media_type", "invalid_request_error", "invalid_request_error", final=True
    )
    NOT_FOUND = Shape(404, "not_found", "invalid_request_error", "not_found_error", final=True)
    WRONG_METHOD = Shape(
        405, "method_not_allowed", "invalid_request_error", "invalid_request_error", final=True
    )
    TOO_MANY = Shape(
        429, "rate_limit_exceeded", "rate_limit_error", "rate_limit_error", final=False
    )
    """A budget that refills in a moment; it goes with `retry-after`."""
    SPENT = Shape(429, "insufficient_quota", "insufficient_quota", "rate_limit_error", final=True)
    """A budget of the day."""
    UPSTREAM_REFUSED = Shape(502, "upstream_refused", "server_error", "api_error", final=True)
    """The upstream does not take the gateway's own key, or answered with what cannot be checked."""
    UPSTREAM_GONE = Shape(502, "upstream_unavailable", "server_error", "api_error", final=False)
    UPSTREAM_LATE = Shape(504, "upstream_timeout", "server_error", "timeout_error", final=False)
    NOT_READY = Shape(503, "not_ready", "server_error", "api_error", final=False)


@dataclass(frozen=True, slots=True)
class Details:
    """What a client may know; nothing secret of the policy, and nothing of its texts."""

    request: str
    """Id of the request; it goes into the header that the SDKs read."""
    message: str
    """One sentence for a person: what, and the ids of clause and decision."""
    param: str | None = None
    """The pointer of what is wrong with a request."""
    decision: str | None = None
    review: str | None = None
    """Id of an approval or a review that waits for a person."""
    steer: str | None = None
    """How the client, often a model, may go on."""
    error_type: str | None = "other"
    """Of `misalignment`: `potentially_unintended_data_transfer`, `_data_access`,
    `_destructive_activity`, or `other`."""


class Reply(NamedTuple):
    """An answer that the gateway gives itself."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """Names in lower case."""
    body: Mapping[str, Any]
    """To be written as JSON."""


_JUDGED = frozenset({Failure.DENIED, Failure.APPROVAL_NEEDED, Failure.STOPPED})


def fail(api: Api, failure: Failure, details: Details) -> Reply:
    """Return the answer for a failure, in the shape of the maker whose API was called.

    Raises ValueError for an id that cannot stand in a header, and for an approval without one.
    """
    if failure is Failure.APPROVAL_NEEDED and not details.review:
        raise ValueError("an approval that is needed has an id: give `review`")
    shape = failure.value
    anthropic = api is Api.MESSAGES
    headers = [("content-type", "application/json")]
    headers.append(("request-id" if anthropic else "x-request-id", _id(details.request)))
    if shape.final:
        headers.append(("x-should-retry", "false"))
    if details.decision is not None:
        headers.append((DECISION_HEADER, _id(details.decision)))
    if details.review is not None:
        headers.append((REVIEW_HEADER, _id(details.review)))
    body = _anthropic(shape, details) if anthropic else _openai(failure, details)
    return Reply(shape.status, tuple(headers), body)


def _openai(failure: Failure, details: Details) -> dict[str, Any]:
    shape = failure.value
    error: dict[str, Any] = {
        "message": details.message,
        "type": shape.openai,
        "code": shape.code,
        "param": details.param,
    }
    if failure in _JUDGED:
        error["misalignment"] = {
            "error_type": details.error_type,
            "detailed_explanation": details.message,
            "review_target": details.review,
            "steer": None if details.steer is None else {"message": details.steer},
        }
    return {"error": error}


def _anthropic(shape: Shape, details: Details) -> dict[str, Any]:
    """Return Anthropic's body; it has a message only, so that says what to do next as well."""
    said = [details.message]
    if details.param is not None and details.param not in details.message:
        said.append(f"At {details.param}.")
    if details.review is not None:
        said.append(f"Review: {details.review}.")
    if details.steer is not None:
        said.append(details.steer)
    error = {"type": shape.anthropic, "message": " ".join(said)}
    return {"type": "error", "error": error, "request_id": details.request}


def _id(value: str) -> str:
    """Return an id that is safe in a header (RFC 9110, section 5.5: visible characters)."""
    visible = value.isascii() and value.isprintable() and " " not in value
    if not visible or not 0 < len(value) <= MAX_ID:
        raise ValueError(f"no id for a header: {value[:80]!a}")
    return value
