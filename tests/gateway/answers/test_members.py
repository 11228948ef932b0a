"""Members that no API has, in whole answers: they pass once their texts were decided on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gateway.relay.scripted import REQUEST, ScriptedJudge

from charter.gateway.answers.members import gone, readable, spoken
from charter.gateway.answers.settle import Settled, answer_of, settle
from charter.gateway.verdict import Edit, Verdict
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SECRET = {"word": "secret"}
REDACT = {"word": Effect.REDACT}
CALL = {"id": "c", "type": "function", "function": {"name": "a", "arguments": "{}"}}


def chat(more: Any) -> dict[str, Any]:
    function = {**CALL["function"], "provider_specific_fields": {"note": more}}
    call = {**CALL, "extra_content": {"google": {"thought_signature": more}}, "function": function}
    said = {"role": "assistant", "content": "Hi", "reasoning_details": [{"text": more}]}
    choice = {"index": 0, "message": {**said, "tool_calls": [call]}, "note": more}
    choice["finish_reason"] = "tool_calls"
    return {
        "id": "x",
        "choices": [choice],
        "citations": [more],
        "search_results": [{"title": more}],
    }


def response(more: Any) -> dict[str, Any]:
    part = {"type": "output_text", "text": "Hi", "annotations": [], "note": more}
    said = {"type": "message", "id": "m", "role": "assistant", "content": [part], "note": more}
    call = {"type": "function_call", "id": "f", "call_id": "c", "name": "a", "arguments": "{}"}
    return {"id": "r", "error": None, "output": [said, {**call, "note": more}], "note": more}


def message(more: Any) -> dict[str, Any]:
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "EqQB", "note": more},
        {"type": "redacted_thinking", "data": "c2Vh", "note": more},
        {"type": "text", "text": "Hi", "note": more},
        {"type": "tool_use", "id": "t", "name": "a", "input": {}, "note": more},
    ]
    return {"id": "m", "type": "message", "content": blocks, "stop_sequence": None, "note": more}


BODIES = {Api.CHAT: chat, Api.RESPONSES: response, Api.MESSAGES: message}


def settled(api: Api, body: Any, judge: ScriptedJudge) -> Settled:
    return settle(answer_of(api, json.dumps(body).encode(), REQUEST), judge)


@pytest.mark.parametrize("api", list(Api))
def test_what_is_allowed_passes_untouched(api: Api):
    body = BODIES[api]("see https://example.org/a b")
    judge = ScriptedJudge(SECRET)
    made = settled(api, body, judge)
    assert json.loads(made.body) == body
    (said,) = [text for channel, text, _ in judge.asked if channel.kind == "annotations"]
    assert "see https://example.org/a b" in said
    assert not made.edited
    assert made.released > len(said) - 8 * said.count("\0\0\0\0")


@pytest.mark.parametrize("api", list(Api))
def test_what_is_redacted_goes_and_nothing_else(api: Api):
    body = BODIES[api]("a secret")
    made = settled(api, body, ScriptedJudge(SECRET, REDACT))
    assert b"secret" not in made.body
    assert made.refused is None
    assert made.edited
    left = json.dumps(json.loads(made.body))
    for kept in ("Hi", '"a"', '"id"'):
        assert kept in left
    also = {**BODIES[api]("fine"), "more": {"note": "a secret"}}
    made = settled(api, also, ScriptedJudge(SECRET, REDACT))
    assert json.loads(made.body) == BODIES[api]("fine")


@pytest.mark.parametrize("api", list(Api))
def test_what_is_denied_refuses(api: Api):
    made = settled(api, BODIES[api]("a secret"), ScriptedJudge(SECRET))
    assert made.refused is not None
    assert made.body == b""


@pytest.mark.parametrize("api", list(Api))
@pytest.mark.parametrize("value", [[83, 69], {"ids": [1, 2]}, [[1]], {"n": 2**200}, "deep"])
def test_what_no_check_reads_is_left_out(api: Api, value: Any):
    if value == "deep":
        for _ in range(20):
            value = [value]
    judge = ScriptedJudge()
    answer = answer_of(api, json.dumps({**BODIES[api]("fine"), "odd": value}).encode(), REQUEST)
    assert "odd" in answer.stripped
    assert "odd" not in json.loads(settle(answer, judge).body)


def test_names_are_texts_too():
    body = {**chat("fine"), "note": {"a secret": 1}}
    assert settled(Api.CHAT, body, ScriptedJudge(SECRET)).refused is not None
    body = {**chat("fine"), "a secret": 1}
    assert "a secret" not in json.loads(settled(Api.CHAT, body, ScriptedJudge(SECRET, REDACT)).body)


def test_settings_that_hold_a_sentence_are_decided_on():
    body = {**chat("fine"), "provider": "A secret server", "usage": {"note": "Two words"}}
    made = json.loads(settled(Api.CHAT, body, ScriptedJudge(SECRET, REDACT)).body)
    assert "provider" not in made
    assert made["usage"] == {"note": "Two words"}


def test_a_text_is_read_as_it_is_and_not_as_json_writes_it():
    said = spoken({"k": ("note", ['a\n"secret"'])})
    assert 'a\n"secret"' in said.text


VALUES = st.recursive(
    st.text(max_size=6) | st.none() | st.booleans() | st.integers(-9, 9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(each for one in value.values() for each in texts_in(one))]
    return [each for one in value for each in texts_in(one)] if isinstance(value, list) else []


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.lists(VALUES, min_size=1, max_size=3)))
def test_all_texts_of_a_member_stand_in_its_range(members: dict[str, list[Any]]):
    said = spoken({name: (name, values) for name, values in members.items()})
    places = {key: said.text[low:high] for low, high, key in said.places}
    for name, values in members.items():
        for text in [name, *(each for value in values for each in texts_in(value))]:
            assert text in places[name]
    for low, high, key in said.places:
        verdict = Verdict(Effect.REDACT, "d", edits=(Edit(low, low + 1),))
        assert (key in gone(said.places, verdict)) is (high > low)


def test_pieces_are_joined_by_their_place():
    pieces = [{"text": "se", "at": "x"}, [{"text": "cr"}], {"text": "et"}]
    assert "secret" in spoken({"k": ("note", [pieces])}).text
    assert "secret" not in spoken({"k": ("note", pieces[:1])}).text
    assert "secret" in spoken({"k": ("note", [[{"text": "se"}], [{"text": "cret"}]])}).text
    assert "secret" in spoken({"k": ("note", ["se", "cret"])}).text


def test_what_can_be_read():
    assert readable({"a": ["x", None, True, {"n": 4}], "b": 2.5})
    assert not readable({"a": [1]})
    assert not readable({"a": 2**200})
