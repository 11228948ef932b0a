"""Errors of the gateway in the shapes of both makers."""

import json

import pytest

from charter.gateway.wire.asked import Api
from charter.gateway.wire.failure import Details, Failure, fail

DETAILS = Details("req_1", "Not allowed by clause a/b.", decision="d-1")
STATUS = {
    Failure.UNKNOWN_KEY: (401, "authentication_error"),
    Failure.DENIED: (403, "permission_error"),
    Failure.APPROVAL_NEEDED: (403, "permission_error"),
    Failure.STOPPED: (403, "permission_error"),
    Failure.BAD_REQUEST: (400, "invalid_request_error"),
    Failure.TOO_LARGE: (413, "invalid_request_error"),
    Failure.BODY_LATE: (408, "invalid_request_error"),
    Failure.WRONG_TYPE: (415, "invalid_request_error"),
    Failure.NOT_FOUND: (404, "not_found_error"),
    Failure.WRONG_METHOD: (405, "invalid_request_error"),
    Failure.TOO_MANY: (429, "rate_limit_error"),
    Failure.SPENT: (429, "rate_limit_error"),
    Failure.UPSTREAM_REFUSED: (502, "api_error"),
    Failure.UPSTREAM_GONE: (502, "api_error"),
    Failure.UPSTREAM_LATE: (504, "timeout_error"),
    Failure.NOT_READY: (503, "api_error"),
}
AGAIN = {Failure.TOO_MANY, Failure.UPSTREAM_GONE, Failure.UPSTREAM_LATE, Failure.NOT_READY}
"""What may be over in a moment."""


@pytest.mark.parametrize("api", Api)
@pytest.mark.parametrize("failure", Failure)
def test_every_failure_has_a_shape_for_every_api(failure, api):
    reply = fail(api, failure, Details("req_1", "No.", review="rev-1", param="/messages/0"))
    headers = dict(reply.headers)
    status, anthropic = STATUS[failure]
    assert reply.status == status
    assert status not in (202, 409)
    again = failure in AGAIN
    assert headers.get("x-should-retry") == (None if again else "false")
    json.dumps(reply.body)
    if api is Api.MESSAGES:
        assert headers["request-id"] == "req_1"
        assert reply.body["error"]["type"] == anthropic
        assert reply.body.keys() == {"type", "error", "request_id"}
    else:
        assert headers["x-request-id"] == "req_1"
        assert {"message", "type", "code", "param"} <= reply.body["error"].keys()


def test_a_denial_of_openai_says_why_and_how_to_go_on():
    details = Details("req_1", "No.", steer="Ask for less.", review="rev-1", decision="d-1")
    reply = fail(Api.CHAT, Failure.APPROVAL_NEEDED, details)
    assert reply.body == {
        "error": {
            "message": "No.",
            "type": "permission_error",
            "code": "approval_required",
            "param": None,
            "misalignment": {
                "error_type": "other",
                "detailed_explanation": "No.",
                "review_target": "rev-1",
                "steer": {"message": "Ask for less."},
            },
        }
    }
    assert reply.headers == (
        ("content-type", "application/json"),
        ("x-request-id", "req_1"),
        ("x-should-retry", "false"),
        ("x-charter-decision", "d-1"),
        ("x-charter-review", "rev-1"),
    )


def test_a_denial_of_anthropic_says_so_in_its_message():
    details = Details("req_1", "No.", steer="Ask for less.", review="rev-1")
    reply = fail(Api.MESSAGES, Failure.APPROVAL_NEEDED, details)
    assert reply.body == {
        "type": "error",
        "error": {"type": "permission_error", "message": "No. Review: rev-1. Ask for less."},
        "request_id": "req_1",
    }


def test_only_what_was_judged_speaks_of_misalignment():
    judged = {
        failure
        for failure in Failure
        if "misalignment"
        in fail(Api.RESPONSES, failure, Details("r", "No.", review="v")).body["error"]
    }
    assert judged == {Failure.DENIED, Failure.APPROVAL_NEEDED, Failure.STOPPED}


@pytest.mark.parametrize("bad", ["", "a\r\nset-cookie: x", "a b", "é", "a" * 201, "\x7f"])
def test_an_id_that_cannot_stand_in_a_header_is_refused(bad):
    for details in [Details(bad, "No."), Details("r", "No.", decision=bad)]:
        with pytest.raises(ValueError, match="no id for a header"):
            fail(Api.CHAT, Failure.DENIED, details)


def test_an_approval_needs_its_id():
    with pytest.raises(ValueError, match="review"):
        fail(Api.CHAT, Failure.APPROVAL_NEEDED, DETAILS)
