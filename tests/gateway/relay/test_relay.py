"""Properties of all relays: no cut matters, nothing unchecked leaves, no end is silent."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.relay.payloads import (
    ARGUMENTS,
    call_events,
    chat_calls,
    chat_text,
    choice,
    chunk,
    message_events,
    messages_stream,
    reasoning_events,
    responses_stream,
    text_block,
    thinking_block,
    tool_block,
)
from tests.gateway.relay.scripted import SAY, ScriptedJudge, relay, run, sse
from tests.gateway.relay.view import COMPLETE, FAILED, REFUSED, view

from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import REMOVED, redactions, replaced
from charter.gateway.verdict import Channel, Edit, Verdict
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

APIS = list(Api)
DENY = {"word": r"\bsecret", "key": "k-[0-9]{3,5}"}
REDACT = {"mail": "[a-z]{1,5}@[a-z]{1,5}"}
EFFECTS = {"mail": Effect.REDACT}
WORDS = ["secret", "se", "cret", "a@b", "me@home", "k-1234", "k-", "12", "é", "😀", "\u0301", " ",
         ".", "ﬁ", "\u200b", "xyz", "\n", '"', "data: x\n\n", "@"]  # fmt: skip
PIECES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8)


def judge() -> ScriptedJudge:
    return ScriptedJudge({**DENY, **REDACT}, EFFECTS)


def text_stream(api: Api, pieces: list[str]) -> bytes:
    if api is Api.CHAT:
        return chat_text(pieces)
    if api is Api.RESPONSES:
        return responses_stream(message_events(pieces))
    return messages_stream(text_block(0, pieces))


def call_stream(api: Api, *names: str) -> bytes:
    if api is Api.CHAT:
        return chat_calls(*names)
    if api is Api.RESPONSES:
        return responses_stream(*(call_events(name, at) for at, name in enumerate(names)))
    return messages_stream(*(tool_block(at, name) for at, name in enumerate(names)))


def mixed_stream(api: Api, thought: list[str], pieces: list[str]) -> bytes:
    if api is Api.CHAT:
        return sse(
            *(chunk(choice({"reasoning_content": piece}, index=1)) for piece in thought),
            *(chunk(choice({"content": piece})) for piece in pieces),
            chunk(choice({}, "stop")),
            chunk(choice({}, "stop", index=1)),
            "[DONE]",
        )
    if api is Api.RESPONSES:
        return responses_stream(
            reasoning_events(thought, 0), message_events(pieces, 1), call_events("a", 2)
        )
    return messages_stream(thinking_block(0, thought), text_block(1, pieces), tool_block(2, "a"))


def cut(body: bytes, places: list[int]) -> list[bytes]:
    within = sorted(place % (len(body) + 1) for place in places)
    return [body[low:high] for low, high in itertools.pairwise([0, *within, len(body)])]


def assert_clean(text: str) -> None:
    """Fail where a text still holds a match; what was replaced makes none of its own."""
    assert not redactions(Patterns(DENY), text.replace(REMOVED, "x"))
    assert not redactions(Patterns(REDACT), text.replace(REMOVED, "\n"))


def allowed(text: str) -> str:
    """Return what the whole text's decision allows, without a stream."""
    stops = redactions(Patterns(DENY), text)
    end = stops[0][0] if stops else len(text)
    ranges = [each for each in redactions(Patterns(REDACT), text) if each[0] < end]
    if ranges:
        ranges[-1] = (ranges[-1][0], min(ranges[-1][1], end))
    return replaced(text[:end], tuple(ranges))


@pytest.mark.parametrize("api", APIS)
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_client_gets_what_the_whole_text_allows_however_it_is_cut(api: Api, data: st.DataObject):
    pieces = data.draw(PIECES)
    places = data.draw(st.lists(st.integers(0, 100_000), max_size=12))
    body = text_stream(api, pieces)
    whole = run(api, judge(), [body])
    assert run(api, judge(), cut(body, places)) == whole
    text = "".join(pieces)
    seen = view(api, whole)
    assert seen.text == allowed(text)
    assert_clean(seen.text)
    denied = bool(redactions(Patterns(DENY), text))
    assert seen.ended == (REFUSED if denied else COMPLETE)[api]
    assert seen.explained == (SAY if denied else "")
    anew = view(api, run(api, judge(), [text_stream(api, list(text))]))
    assert (anew.text, anew.ended) == (seen.text, seen.ended)


@pytest.mark.parametrize("api", APIS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_whole_text_that_is_waited_for_is_edited_the_same(api: Api, data: st.DataObject):
    pieces = data.draw(PIECES)
    body = text_stream(api, pieces)
    seen = view(api, run(api, judge(), [body], whole=True))
    text = "".join(pieces)
    if redactions(Patterns(DENY), text):
        assert (seen.text, seen.ended) == ("", REFUSED[api])
    else:
        assert (seen.text, seen.ended) == (allowed(text), COMPLETE[api])


@pytest.mark.parametrize("api", APIS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_several_channels_do_not_make_the_cuts_matter(api: Api, data: st.DataObject):
    body = mixed_stream(api, data.draw(PIECES), data.draw(PIECES))
    places = data.draw(st.lists(st.integers(0, 100_000), max_size=12))
    whole = run(api, judge(), [body])
    assert run(api, judge(), cut(body, places)) == whole
    seen = view(api, whole)
    for text in seen.texts.values():
        assert_clean(text)


@pytest.mark.parametrize("api", APIS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_an_upstream_that_is_cut_never_looks_complete(api: Api, data: st.DataObject):
    body = text_stream(api, data.draw(PIECES))
    end = data.draw(st.integers(0, body.rfind(b"data:")))
    last = body.rfind(b"event: message_stop") if api is Api.MESSAGES else len(body)
    one, started = judge(), body[: min(end, last)]
    seen = view(api, run(api, one, [started]))
    events = started if started.endswith(b"}") else started.rpartition(b"\n\n")[0]
    finished = api is Api.CHAT and b'"finish_reason": "stop"' in events
    refused = any(hits for _, _, hits in one.asked)
    if finished and not refused:  # all choices are complete, `[DONE]` alone is missing
        assert seen.ended in ("stop", "error")
    else:
        assert seen.ended == (REFUSED if refused else FAILED)[api]
        assert refused or one.cuts == [("upstream_cut", len(seen.text))]


@pytest.mark.parametrize("api", APIS)
def test_calls_leave_after_their_verdict_only(api: Api):
    body = call_stream(api, "weather", "time")
    one = judge()
    made = relay(api, one)
    for at in range(len(body)):
        step = made.feed(body[at : at + 1])
        for name, arguments in view(api, step.out).calls:
            records = [said for what, said in step.before if what == "call"]
            assert (name, arguments) in [(said.tool, said.arguments) for said in records]
    if not step.done:
        made.end()
    assert [call.tool for call in one.calls] == ["weather", "time"]
    assert one.calls[0].arguments == "".join(ARGUMENTS)


@pytest.mark.parametrize("api", APIS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_records_come_no_later_than_what_follows_from_them(api: Api, data: st.DataObject):
    pieces, whole = data.draw(PIECES), data.draw(st.booleans())
    places = data.draw(st.lists(st.integers(0, 100_000), max_size=12))
    made = relay(api, judge(), whole=whole)
    recorded, out = set(), b""
    for piece in cut(mixed_stream(api, pieces, pieces), places):
        step = made.feed(piece)
        recorded |= {kind for kind, _ in step.before}
        out += step.out
        seen = view(api, out)
        assert "call" in recorded or not seen.calls
        assert "text" in recorded or not (whole and seen.text)
        assert "text" in recorded or not (seen.ended or step.done)
        assert made.released >= len(seen.text)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("effect", [Effect.DENY, Effect.REQUIRE_APPROVAL, Effect.REDACT])
def test_a_call_that_is_not_allowed_never_leaves(api: Api, effect: Effect):
    one = ScriptedJudge(tools={"transfer": effect})
    out = run(api, one, [call_stream(api, "transfer")])
    seen = view(api, out)
    assert seen.calls == []
    assert b"transfer" not in out
    assert b"rich" not in out
    assert seen.ended == REFUSED[api]
    approval = effect is Effect.REQUIRE_APPROVAL
    assert seen.explained == (f"{SAY} Approval: apr_1." if approval else SAY)


@pytest.mark.parametrize("api", APIS)
def test_while_approval_is_waited_for_the_rest_is_decided_on_and_not_sent(api: Api):
    one = ScriptedJudge(tools={"transfer": Effect.REQUIRE_APPROVAL})
    seen = view(api, run(api, one, [call_stream(api, "transfer", "time")]))
    assert [call.tool for call in one.calls] == ["transfer", "time"]
    assert seen.calls == []
    denied = ScriptedJudge(tools={"transfer": Effect.REQUIRE_APPROVAL, "time": Effect.DENY})
    seen = view(api, run(api, denied, [call_stream(api, "transfer", "time")]))
    assert seen.explained == SAY


@pytest.mark.parametrize("api", APIS)
def test_a_check_that_failed_ends_the_stream_as_an_error(api: Api):
    one = ScriptedJudge(tools={"transfer": Effect.DENY}, failing=True)
    seen = view(api, run(api, one, [call_stream(api, "transfer")]))
    assert seen.ended == FAILED[api]
    assert SAY in seen.explained


class Finding(ScriptedJudge):
    """Finds, in the whole text, what no pattern of the stream looks for."""

    def text(self, channel: Channel, text: str, hits: tuple[str, ...] = ()) -> Verdict:
        made = super().text(channel, text, hits)
        return Verdict(Effect.REDACT, "x_1.2", say=SAY, edits=(Edit(0, 5),), records=made.records)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("patterns", [{}, {"word": "other"}])
def test_an_edit_of_what_has_left_ends_the_stream_as_refused(api: Api, patterns: dict[str, str]):
    one = Finding(patterns, {"word": Effect.REDACT})
    seen = view(api, run(api, one, [text_stream(api, ["Hello ", "world"])]))
    assert seen.ended == REFUSED[api]
    assert SAY in seen.explained
    waited = view(api, run(api, Finding(), [text_stream(api, ["Hello ", "world"])], whole=True))
    assert (waited.text, waited.ended) == (f"{REMOVED} world", COMPLETE[api])


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "noise",
    [
        b"data: {\n\n",
        b"data: [1]\n\n",
        b"data: \xff\n\n",
        b"data: 1e999\n\n",
        b"<html>502</html>\n\ndata: no\n\n",
        b'data: {"type": 7, "choices": 7}\n\n',
        b'data: {"type": "response.output_text.delta", "choices": [{"index": -1}]}\n\n',
        b'data: {"choices": [{"index": 0, "delta": {"content": [7]}}], "type": ""}\n\n',
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
)
def test_garbage_ends_as_an_error(api: Api, noise: bytes):
    body = text_stream(api, ["Hello ", "world"])
    start = body[: body.index(b"\n\n") + 2]
    one = judge()
    seen = view(api, run(api, one, [start, noise, body]))
    assert seen.ended == FAILED[api]
    assert one.cuts == [("upstream_garbage", 0)]


@pytest.mark.parametrize("api", APIS)
def test_the_upstream_s_own_error_is_not_repeated(api: Api):
    error = {"type": "error", "error": {"message": "secret prompt", "type": "x"}, "message": "s3"}
    out = run(api, judge(), [sse(error, named=True)])
    assert b"secret" not in out
    assert b"s3" not in out
    assert view(api, out).ended == FAILED[api]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("failure", ["upstream_timeout", "client_gone"])
def test_a_failure_from_outside_is_told_and_texts_are_recorded(api: Api, failure: str):
    body = text_stream(api, ["Hello ", "world"])
    one = judge()
    seen = view(api, run(api, one, [body[: body.index(b"world")]], failure=failure))
    assert seen.ended == FAILED[api]
    assert [each[1] for each in one.asked] == ["Hello "]
    assert one.cuts == [(failure, len(seen.text))]


@pytest.mark.parametrize("api", APIS)
def test_a_person_s_stop_ends_the_stream_as_refused(api: Api):
    body = text_stream(api, ["Hello ", "world"])
    one = judge()
    made = relay(api, one)
    first = made.feed(body[: body.index(b"world")])
    why = one._restrict(Effect.DENY, "stop")
    last = made.stop(why)
    assert last.done
    assert last.before[0] == "stop"
    seen = view(api, first.out + last.out)
    assert (seen.ended, seen.explained) == (REFUSED[api], SAY)
    assert one.cuts == [("stopped", made.released)]
    assert made.feed(body).out == made.end().out == made.stop(why).out == b""


@pytest.mark.parametrize("api", APIS)
def test_an_answer_without_end_is_cut(api: Api):
    body = text_stream(api, ["x" * 100] * 50)
    made = relay(api, judge(), most=2_000)
    step = made.feed(body)
    assert step.done
    assert made.failure == "answer_too_large"
    assert view(api, step.out).ended == FAILED[api]


@pytest.mark.parametrize("api", APIS)
def test_comments_noise_and_what_no_check_reads_do_not_leave(api: Api):
    body = text_stream(api, ["Hello"])
    odd = sse({"type": "response.odd", "note": "unchecked"}, named=True)
    if api is Api.CHAT:
        ids = {"note": "unchecked", "ids": [83, 69]}
        odd = sse(chunk(choice({"content": " you", "note": ids}, note=ids), note=ids))
    end = body.index(b"Hello")
    end = body.index(b"\n\n", end) + 2
    one = judge()
    made = relay(api, one)
    out = made.feed(body[:end] + b": unchecked\nid: unchecked\n\n" + odd + body[end:]).out
    assert b"unchecked" not in out
    assert b"obfuscation" not in out
    assert made.stripped
    assert view(api, out).ended == COMPLETE[api]


@pytest.mark.parametrize("api", APIS)
def test_halves_of_pairs_are_joined(api: Api):
    body = text_stream(api, ["x", "y", "z"]).replace(b'"y"', rb'"\ud83d"').replace(
        b'"z"', rb'"\ude00!"'
    ).replace(b'"xyz"', rb'"x\ud83d\ude00!"')  # fmt: skip
    one = judge()
    seen = view(api, run(api, one, [body]))
    assert (seen.text, seen.ended) == ("x😀!", COMPLETE[api])
    assert [each[1] for each in one.asked] == ["x😀!"]
