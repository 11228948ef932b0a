"""What is spread over several texts of one answer is found, streamed and whole."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.answers.test_settle import message, settled
from tests.gateway.judging.scene import bound, opened, said, serve
from tests.gateway.relay.payloads import (
    message_events,
    messages_stream,
    numbered,
    reasoning_events,
    response,
    responses_stream,
    text_block,
    thinking_block,
    tool_block,
)
from tests.gateway.relay.scripted import ScriptedJudge, data_of, relay, run
from tests.gateway.relay.view import COMPLETE, REFUSED, view

from charter.gateway.answers.settle import answer_of, settle
from charter.gateway.relay.relay import relay_for
from charter.gateway.relay.step import RelayTerms
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import redactions, replaced
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect
from charter.records.decision import DecisionRecorded

SECRET = {"word": "secret"}
REDACT = {"word": Effect.REDACT}
APIS = (Api.MESSAGES, Api.RESPONSES)


def stream(api: Api, texts: list[str], *, size: int = 1) -> bytes:
    """Return a stream of several texts, in pieces of `size` characters."""
    pieces = [[text[at : at + size] for at in range(0, len(text), size)] for text in texts]
    if api is Api.RESPONSES:
        return responses_stream(*(message_events(each, at) for at, each in enumerate(pieces)))
    return messages_stream(*(text_block(at, each) for at, each in enumerate(pieces)))


WORDS = st.sampled_from(["secret", "sec", "ret", "s", "e", "cret", "a", " ", "é"])
TEXTS = st.lists(st.lists(WORDS, max_size=3).map("".join), min_size=1, max_size=5)


@pytest.mark.parametrize("api", APIS)
@given(texts=TEXTS, places=st.lists(st.integers(0, 100_000), max_size=9), whole=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_client_that_joins_texts_reads_nothing_that_is_not_allowed(
    api: Api, texts: list[str], places: list[int], whole: bool
):
    body = stream(api, texts, size=3)
    within = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    chunks = [body[low:high] for low, high in itertools.pairwise(within)]
    for effects, ended in ((REDACT, COMPLETE), ({}, REFUSED)):
        out = run(api, ScriptedJudge(SECRET, effects), [body], whole=whole)
        assert run(api, ScriptedJudge(SECRET, effects), chunks, whole=whole) == out
        finer = run(api, ScriptedJudge(SECRET, effects), [stream(api, texts)], whole=whole)
        seen = view(api, out)
        assert view(api, finer) == seen
        assert "secret" not in seen.text
        holds = "secret" in "".join(texts)
        assert seen.ended == (ended if holds else COMPLETE)[api]
        if not holds:
            assert seen.text == "".join(texts)


@pytest.mark.parametrize("api", APIS)
@given(texts=TEXTS)
@settings(max_examples=60, deadline=None)
def test_whole_answers_too(api: Api, texts: list[str]):
    body: Any = message(*({"type": "text", "text": text} for text in texts))
    if api is Api.RESPONSES:
        body = response("completed", [message_events([one], at)[1] for at, one in enumerate(texts)])
    holds = "secret" in "".join(texts)
    assert (settled(api, body, ScriptedJudge(SECRET)).refused is not None) is holds
    made = json.loads(settled(api, body, ScriptedJudge(SECRET, REDACT)).body)
    left = made.get("content") or [part for item in made["output"] for part in item["content"]]
    joined = "".join(part["text"] for part in left)
    whole = "".join(texts)
    assert joined == replaced(whole, redactions(Patterns(SECRET), whole))


def test_tools_between_two_texts_make_no_difference():
    blocks = text_block(0, ["it is sec"]), tool_block(1, "a"), text_block(2, ["ret, so"])
    made = view(Api.MESSAGES, run(Api.MESSAGES, ScriptedJudge(SECRET), [messages_stream(*blocks)]))
    assert (made.text, made.ended) == ("it is sec", "refusal")
    assert [name for name, _ in made.calls] == ["a"]
    items = (
        message_events(["it is sec"], 0),
        reasoning_events(["hm"], 1),
        message_events(["ret"], 2),
    )
    out = run(Api.RESPONSES, ScriptedJudge(SECRET, REDACT), [responses_stream(*items)])
    assert "".join(view(Api.RESPONSES, out).text) == "it is sechm[removed]"


@pytest.mark.parametrize("effects", [{}, REDACT])
def test_thinking_in_two_blocks(effects: dict[str, Effect]):
    blocks = thinking_block(0, ["a se"]), text_block(1, ["Hi"]), thinking_block(2, ["cret"])
    out = run(Api.MESSAGES, ScriptedJudge(SECRET, effects), [messages_stream(*blocks)])
    assert b"cret" not in out.replace(b"secret", b"")
    assert view(Api.MESSAGES, out).ended == ("end_turn" if effects else "refusal")
    body = message(
        {"type": "thinking", "thinking": "a se", "signature": "EqQB"},
        {"type": "thinking", "thinking": "cret", "signature": "EqQB"},
        {"type": "thinking", "thinking": "so", "signature": "EqQB"},
    )
    if effects:
        made = json.loads(settled(Api.MESSAGES, body, ScriptedJudge(SECRET, effects)).body)
        assert [each["thinking"] for each in made["content"]] == ["so"]


def test_parts_that_no_event_ends_are_ended_by_the_next():
    first, done = message_events(["it is sec"], 0)
    second, also = message_events(["ret"], 1)
    events = [
        {"type": "response.created", "response": response()},
        *first[:3],
        *second[:3],
        {"type": "response.completed", "response": response("completed", [done, also])},
    ]
    out = run(Api.RESPONSES, ScriptedJudge(SECRET), [numbered(events)])
    assert view(Api.RESPONSES, out).text == "it is sec"
    out = run(Api.RESPONSES, ScriptedJudge({"x": "zzz"}), [numbered(events)])
    assert view(Api.RESPONSES, out).ended == "response.completed"


def test_joined_texts_are_bounded():
    one = ScriptedJudge()
    made = relay(Api.MESSAGES, one, whole=True, most=1_000)
    step = made.feed(stream(Api.MESSAGES, ["x" * 9] * 100, size=9))
    assert step.done
    assert made.failure == "answer_too_large"
    assert data_of(step.out)[-1]["type"] == "error"


def test_records_say_what_left():
    body = said("You help.", "Hi")
    served = serve(
        boundaries=[bound("cut", "system_2", "text.matches('secret')", "redact", "output")]
    )
    judge = opened(body, served).judge
    texts = ["it is sec", "ret, so", "fine"]
    blocks = [{"type": "text", "text": text} for text in texts]
    made = settle(answer_of(Api.MESSAGES, json.dumps(message(*blocks)).encode(), body), judge)
    assert b"sec" not in made.body
    records = [one for one in made.records if isinstance(one, DecisionRecorded)]
    assert [(one.done, one.released) for one in records] == [
        ("edited", len("it is [removed]")), ("edited", len(", so")), ("forwarded", 4),
        ("edited", 0),
    ]  # fmt: skip

    judge = opened(body | {"stream": True}, served)
    one = relay_for(Api.MESSAGES, judge.streaming, judge.judge, request=RelayTerms("x_1"))
    step = one.feed(stream(Api.MESSAGES, texts, size=2))
    records = [each for each in step.before if isinstance(each, DecisionRecorded)]
    assert [(each.done, each.released) for each in records] == [
        ("forwarded", 9), ("edited", len("[removed], so")), ("forwarded", 4), ("edited", 0),
    ]  # fmt: skip
    assert view(Api.MESSAGES, step.out).text == "it is sec[removed], sofine"
