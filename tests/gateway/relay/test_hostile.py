"""Nothing that may not leave gets past a relay, whatever an upstream does, however it is cut."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from tests.gateway.relay.hostile import NUMBER, PATTERNS, TOOLS, Strict, hostile, leaks, shown
from tests.gateway.relay.payloads import (
    block,
    chat_text,
    choice,
    chunk,
    message_events,
    messages_stream,
    response,
    responses_stream,
)
from tests.gateway.relay.scripted import ScriptedJudge, data_of, relay, run, sse

from charter.gateway.relay.step import Relay
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

RESTRICT = [Effect.DENY, Effect.REDACT, Effect.REQUIRE_APPROVAL]
SECRET = {"word": "secret"}
REDACT = {"word": Effect.REDACT}


def fed(api: Api, chunks: list[bytes], effects: Any, *, whole: bool) -> tuple[Relay, bytes]:
    one = relay(api, Strict(PATTERNS, effects, TOOLS), whole=whole)
    out = b"".join(one.feed(each).out for each in chunks)
    return one, out + one.end().out


@pytest.mark.parametrize("seed", range(120))
@pytest.mark.parametrize("api", list(Api))
def test_hostile_streams_leak_nothing(api: Api, seed: int):
    random = Random(f"{api.value} {seed}")
    body = hostile(api, random)
    effects = {name: random.choice(RESTRICT) for name in PATTERNS}
    whole = random.random() < 0.3
    one, out = fed(api, [body], effects, whole=whole)
    size = random.choice([1, 7, 50])
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    assert fed(api, pieces, effects, whole=whole)[1] == out
    assert leaks(shown(api, out)) == []
    assert one.failure != "relay_failed"
    if one.failure or one.refused:
        assert b'"response.completed"' not in out
        assert not _complete(api, out)


def _complete(api: Api, out: bytes) -> bool:
    """Say whether a client could take what was stopped for complete."""
    last = out.decode().rstrip().removesuffix("data: [DONE]").rstrip().splitlines()[-1]
    stopped = {
        Api.CHAT: ('"content_filter"', 'data: {"error"'),
        Api.RESPONSES: ('"response.incomplete"', '"response.failed"'),
        Api.MESSAGES: ('"message_stop"', '"error"'),
    }
    refused = (
        api is not Api.MESSAGES or '"error"' in last or '"stop_reason":"refusal"' in out.decode()
    )
    return not (refused and any(each in last for each in stopped[api]))


def _secrets(api: Api) -> list[bytes]:
    """Return streams with a secret where names, ids and settings stand."""
    if api is Api.CHAT:
        return [
            chat_text(["a"], secret=1),
            chat_text(["a"], id="x-secret"),
            chat_text(["a"], x={"y": {"secret": None}}),
            sse(chunk(choice({"content": "a", "secret": 1})), chunk(choice({}, "stop")), "[DONE]"),
            sse(
                chunk(choice({"content": "a", "secret": None})), chunk(choice({}, "stop")), "[DONE]"
            ),
            sse(chunk(choice({"content": "a"}), provider="secret"), chunk(choice({}, "secret"))),
            sse(chunk(choice({"content": "a", "n": NUMBER})), chunk(choice({}, "stop")), "[DONE]"),
            sse(chunk(choice({"audio": {"id": "secret"}})), chunk(choice({}, "stop")), "[DONE]"),
        ]
    if api is Api.RESPONSES:
        events, done = message_events(["a"])
        named = [
            {**each, "item": {**done, "id": "secret"}} if "item" in each else each
            for each in events
        ]
        more = [{"type": "response.secret.x", "n": 1}, {"type": "response.x", "secret": 1}]
        extra = {
            "type": "response.created",
            "response": {**response(), "secret": 1, "user": "secret"},
        }
        return [responses_stream((named, {**done, "id": "secret"})),
                responses_stream(([*more, extra, *events], done))]  # fmt: skip
    start = {"type": "thinking", "thinking": "", "signature": "secret"}
    return [
        messages_stream(block(0, start, {"type": "thinking_delta", "thinking": "a"})),
        messages_stream(block(0, {"type": "text", "text": "", "secret": 1})),
        messages_stream([{"type": "secret"}, {"type": "x", "secret": 1}]),
        messages_stream([], reason="secret"),
    ]


@pytest.mark.parametrize("api", list(Api))
@pytest.mark.parametrize("effect", RESTRICT)
def test_names_ids_and_settings_are_searched(api: Api, effect: Effect):
    for body in _secrets(api):
        out = fed(api, [body], dict.fromkeys(PATTERNS, effect), whole=False)[1]
        assert leaks(shown(api, out)) == []


def test_an_id_in_which_something_is_found_is_the_gateways_own():
    events = chunk(choice({"content": "a"}), id="secret"), chunk(choice({}, "stop"), id="secret")
    out = run(Api.CHAT, ScriptedJudge(SECRET, REDACT), [sse(*events, "[DONE]")])
    assert {each["id"] for each in data_of(out)} == {"chatcmpl-x_1"}


@pytest.mark.parametrize("how", ["denied", "stopped"])
def test_an_answer_that_is_refused_at_its_end_never_looks_complete(how: str):
    judge = ScriptedJudge(SECRET)
    note = "secret" if how == "denied" else "ok"
    body = sse(chunk(choice({"content": "a"}), note=note), chunk(choice({}, "stop")))
    one = relay(Api.CHAT, judge)
    out = one.feed(body).out
    last = one.feed(sse("[DONE]")) if how == "denied" else one.stop(judge._restrict(Effect.DENY, 0))
    ended = [each["choices"][0]["finish_reason"] for each in data_of(out + last.out)]
    assert ended[-1] == "content_filter"
    assert "stop" not in ended


def test_texts_of_one_list_are_searched_joined():
    delta = {"content": "a", "details": [{"text": "se"}, {"text": "cret"}]}
    body = sse(chunk(choice(delta)), chunk(choice({}, "stop")), "[DONE]")
    assert b"cret" not in run(Api.CHAT, ScriptedJudge(SECRET, REDACT), [body])


@pytest.mark.parametrize("given", [5, 2**70, "a", {}])
def test_bytes_of_tokens_that_are_no_list_lose_them(given: Any):
    tokens = {"content": [{"token": "a", "logprob": -1.0, "bytes": given}]}
    body = sse(
        chunk(choice({"content": "a"}, logprobs=tokens)), chunk(choice({}, "stop")), "[DONE]"
    )
    one, out = fed(Api.CHAT, [body], {}, whole=False)
    assert one.failure == ""
    assert b'logprob"' not in out


def test_a_reason_that_is_no_text_ends_a_message_as_garbage_only():
    one, out = fed(Api.MESSAGES, [messages_stream([], reason=["max_tokens"])], {}, whole=False)  # type: ignore[arg-type]
    assert one.failure != "relay_failed"
    assert out
