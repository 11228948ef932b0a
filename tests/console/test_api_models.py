"""What the API takes: free texts without characters that no record keeps."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from charter.console import api_models as m

STOP = {"reach": "app", "name": "shop", "reason": "r"}
VOTE = {"verdict": "deny", "binding": "b"}
REVIEW = {"decision": "x_" + "a" * 32 + ".1", "label": "adhered", "section": "s"}
PLACES = [
    (m.StopGiven, STOP, "reason"),
    (m.StopGiven, STOP, "name"),
    (m.StopGiven, {"reach": "all", "reason": "r"}, "reason"),
    (m.LiftGiven, {"reason": "r"}, "reason"),
    (m.VoteGiven, VOTE, "note"),
    (m.ReviewGiven, REVIEW, "note"),
    (m.ReviewGiven, REVIEW, "section"),
]


@pytest.mark.parametrize(("model", "body", "field"), PLACES)
@pytest.mark.parametrize("text", ["cut\x00off", "\x1b[2J", "del\x7f", "\x85", "ok\x9b31m"])
def test_a_control_character_is_refused_where_it_would_be_recorded(model, body, field, text):
    TypeAdapter(model).validate_python(body)
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(model).validate_python({**body, field: text})
    (error,) = refused.value.errors(include_url=False)
    assert error["loc"][-1] == field
    assert "is a control character: leave it out of the record" in error["msg"]
    assert "\n" not in error["msg"]


@pytest.mark.parametrize("text", ["two\nlines", "tab\there", "naïve 漢字 👩‍🚀", " x "])
def test_what_people_write_is_taken_as_it_is(text):
    assert m.LiftGiven.model_validate({"reason": text}).reason == text
    assert m.VoteGiven.model_validate({**VOTE, "note": text}).note == text


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u2003"])
def test_a_reason_says_something(text):
    with pytest.raises(ValidationError):
        m.LiftGiven.model_validate({"reason": text})


def test_the_api_says_it_in_one_line_and_records_nothing(lively):
    served, _ = lively
    client = served.bearer("olga")
    before = client.get("/api/stops").json()
    answer = client.post("/api/stops", json={"reach": "all", "reason": "stop\x00 it"})
    assert answer.status_code == 422
    message = answer.json()["error"]["message"]
    assert "U+0000 is a control character: leave it out of the record" in message
    assert client.get("/api/stops").json() == before
