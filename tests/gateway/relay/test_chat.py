"""Chat streams, as the official SDK reads them."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import ContentFilterFinishReasonError
from pydantic import BaseModel
from tests.gateway.relay.payloads import chat_calls, chat_text, choice, chunk
from tests.gateway.relay.scripted import SAY, ScriptedJudge, openai_client, run, sse
from tests.gateway.relay.view import view

from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import redactions
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SECRET = {"word": "secret"}
MAIL = {"mail": "[a-z]{1,5}@[a-z]{1,5}"}
REDACT = {"mail": Effect.REDACT}
ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "x"}]}


class Said(BaseModel):
    a: int


def out(judge: ScriptedJudge, body: bytes, *, whole: bool = False) -> bytes:
    return run(Api.CHAT, judge, [body], whole=whole)


def token(text: str, *others: str) -> dict[str, Any]:
    def one(said: str) -> dict[str, Any]:
        return {"token": said, "bytes": list(said.encode()), "logprob": -0.5}

    return {**one(text), "top_logprobs": [one(other) for other in (text, *others)]}


def with_tokens(pieces: list[str], *others: str) -> bytes:
    return sse(
        *(
            chunk(choice({"content": one}, logprobs={"content": [token(one, *others)],
                                                     "refusal": None}))
            for one in pieces
        ),
        chunk(choice({}, "stop", logprobs=None)),
        "[DONE]",
    )  # fmt: skip


def tokens_of(made: bytes) -> list[str]:
    found = []
    stream = openai_client(made).chat.completions.create(**ASKED, stream=True)
    for each in stream:
        logprobs = each.choices[0].logprobs
        found += [one.token for one in (logprobs.content or ())] if logprobs else []
    return found


def reasons_of(made: bytes) -> list[str]:
    with openai_client(made).chat.completions.stream(**ASKED, n=2) as stream:
        list(stream)
        return [each.finish_reason for each in stream.current_completion_snapshot.choices]


def test_the_helper_makes_a_complete_answer():
    made = out(ScriptedJudge(SECRET), chat_text(["Hello ", "wor", "ld"]))
    with openai_client(made).chat.completions.stream(**ASKED) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.content == "Hello world"
    assert final.choices[0].finish_reason == "stop"
    assert final.usage is not None
    assert final.usage.total_tokens == 7


def test_the_helper_reports_a_refusal():
    made = out(ScriptedJudge(SECRET), chat_text(["Hello ", "my sec", "ret is"]))
    with openai_client(made).chat.completions.stream(**ASKED) as stream:
        list(stream)
        final = stream.current_completion_snapshot
        with pytest.raises(ContentFilterFinishReasonError):
            stream.get_final_completion()
    assert final.choices[0].message.content == "Hello my "
    assert final.choices[0].message.refusal == SAY
    assert final.choices[0].finish_reason == "content_filter"
    made = out(ScriptedJudge(SECRET), chat_text(['{"a": ', "1, secret}"]))
    client = openai_client(made)
    with (
        pytest.raises(ContentFilterFinishReasonError),
        client.chat.completions.stream(**ASKED, response_format=Said) as stream,
    ):
        stream.get_final_completion()


def test_structured_output_passes():
    made = out(ScriptedJudge(SECRET), chat_text(['{"a"', ": 4", "2}"]), whole=True)
    with openai_client(made).chat.completions.stream(**ASKED, response_format=Said) as stream:
        assert stream.get_final_completion().choices[0].message.parsed == Said(a=42)


def test_an_upstream_that_is_cut_is_an_error():
    body = chat_text(["Hello ", "world"])
    made = out(ScriptedJudge(SECRET), body[: body.index(b"world")])
    with pytest.raises(openai.APIError, match="before it was complete"):
        list(openai_client(made).chat.completions.create(**ASKED, stream=True))


def test_calls_come_in_one_piece_each():
    made = out(ScriptedJudge(SECRET), chat_calls("weather", "time"))
    with openai_client(made).chat.completions.stream(**ASKED) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert calls is not None
    assert [(each.id, each.function.name) for each in calls] == [
        ("call_0", "weather"),
        ("call_1", "time"),
    ]
    assert calls[1].function.arguments == '{"city": "Zürich"}'


def test_calls_that_are_not_counted_and_old_ones_are_read():
    call = {"id": "c", "type": "function", "function": {"name": "a", "arguments": "{}"}}
    more = {**call, "id": "d", "extra": {"ids": [7, 8], "note": "unchecked"}}
    judge = ScriptedJudge()
    made = out(judge, sse(
        chunk(choice({"tool_calls": [call, more]})),
        chunk(choice({"function_call": {"name": "b", "arguments": "{"}})),
        chunk(choice({"function_call": {"arguments": "}"}}, "tool_calls")), "[DONE]",
    ))  # fmt: skip
    assert [(each.id, each.tool, each.arguments) for each in judge.calls] == [
        ("c", "a", "{}"), ("d", "a", "{}"), ("", "b", "{}"),
    ]  # fmt: skip
    assert b"unchecked" not in made


def test_choices_are_apart_and_end_apart():
    body = sse(
        chunk(choice({"role": "assistant", "content": "good "}),
              choice({"role": "assistant", "content": "sec"}, index=1)),
        chunk(choice({"content": "ret"}, index=1), choice({"content": "day"})),
        chunk(choice({}, "stop")),
        chunk(choice({}, "stop", index=1)),
        "[DONE]",
    )  # fmt: skip
    made = out(ScriptedJudge(SECRET), body)
    seen = view(Api.CHAT, made)
    assert seen.texts == {(0, "content"): "good day"}
    assert reasons_of(made) == ["stop", "content_filter"]


def test_a_choice_that_ended_keeps_its_end():
    body = sse(
        chunk(choice({"content": "good"})), chunk(choice({}, "stop")),
        chunk(choice({"content": "secret"}, index=1)), chunk(choice({}, "stop", index=1)), "[DONE]",
    )  # fmt: skip
    made = out(ScriptedJudge(SECRET), body)
    assert reasons_of(made) == ["stop", "content_filter"]


def test_text_after_the_end_of_a_choice_is_garbage():
    body = sse(chunk(choice({"content": "a"}, "stop")), chunk(choice({"content": "b"})), "[DONE]")
    assert view(Api.CHAT, out(ScriptedJudge(), body)).ended == "error"


def test_an_end_without_done_is_complete_where_all_choices_are():
    body = chat_text(["Hello"]).replace(b"data: [DONE]\n\n", b"")
    assert out(ScriptedJudge(), body).endswith(b"data: [DONE]\n\n")
    assert out(ScriptedJudge(), chat_text(["Hello"])[:-2]).endswith(b"data: [DONE]\n\n")


def test_tokens_leave_with_their_text():
    pieces = ["Hel", "lo ", "my ", "fri", "end"]
    made = out(ScriptedJudge(SECRET), with_tokens(pieces, "Hi"))
    assert tokens_of(made) == pieces
    assert b'"Hi"' in made
    so_far = text_so_far = ""
    for each in openai_client(made).chat.completions.create(**ASKED, stream=True):
        text_so_far += each.choices[0].delta.content or ""
        logprobs = each.choices[0].logprobs
        so_far += "".join(one.token for one in (logprobs.content or ())) if logprobs else ""
        assert text_so_far.startswith(so_far)


def test_tokens_vanish_with_what_is_withheld():
    made = out(ScriptedJudge(MAIL, REDACT), with_tokens(["to ", "me", "@ho", "me", ", ok"]))
    assert tokens_of(made) == ["to ", ", ok"]
    made = out(ScriptedJudge(SECRET), with_tokens(["my ", "sec", "ret", " is"]))
    assert tokens_of(made) == ["my "]
    assert b"ret" not in made.replace(b"secret", b"")


@given(st.lists(st.sampled_from(["me", "@", "hom", "é", "😀", " ", "x"]), min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_tokens_are_of_text_that_left(pieces: list[str]):
    text = "".join(pieces)
    made = out(ScriptedJudge(MAIL, REDACT), with_tokens(pieces))
    withheld = redactions(Patterns(MAIL), text)
    expected, place = [], 0
    for piece in pieces:
        end = place + len(piece)
        if not any(low < end and place < high for low, high in withheld):
            expected.append(piece)
        place = end
    assert tokens_of(made) == expected


def test_alternatives_are_searched_and_are_left_out_where_whole_texts_are_asked_for():
    assert b"secret" not in out(ScriptedJudge(SECRET), with_tokens(["Hello"], "secret"))
    made = out(ScriptedJudge(SECRET), with_tokens(["Hello"], "Hi"), whole=True)
    assert tokens_of(made) == ["Hello"]
    assert b'"Hi"' not in made


def test_tokens_that_are_not_the_text_are_lost():
    body = with_tokens(["Hello", " you"]).replace(b'"token": "Hello"', b'"token": "other"')
    odd = body.replace(b'"bytes": [72, 101, 108, 108, 111]', b'"bytes": [104, 105]')
    assert tokens_of(out(ScriptedJudge(SECRET), odd)) == []
    assert tokens_of(out(ScriptedJudge(SECRET), body)) == ["Hello", " you"]  # said by its bytes


def test_parts_of_characters_in_tokens():
    raw = "😀".encode()

    def part(at: int) -> dict[str, Any]:
        return {"token": f"\\x{raw[at]:x}", "bytes": [raw[at]], "logprob": -1, "top_logprobs": []}

    body = sse(
        chunk(choice({"content": ""}, logprobs={"content": [part(0), part(1)]})),
        chunk(choice({"content": "😀"}, logprobs={"content": [part(2), part(3)]})),
        chunk(choice({}, "stop")), "[DONE]",
    )  # fmt: skip
    assert tokens_of(out(ScriptedJudge(SECRET), body)) == [f"\\x{one:02x}" for one in raw]


def test_sound_waits_for_its_transcript():
    def body(last: str) -> bytes:
        return sse(
            chunk(choice({"role": "assistant", "audio": {"id": "a", "transcript": "to "}})),
            chunk(choice({"audio": {"data": "U09VTkQ="}})),
            chunk(choice({"audio": {"transcript": last}})),
            chunk(choice({"audio": {"expires_at": 5}})),
            chunk(choice({}, "stop")), "[DONE]",
        )  # fmt: skip

    made = out(ScriptedJudge(SECRET), body("you"))
    assert made.index(b"U09VTkQ=") > made.index(b"yo")
    assert b"U09VTkQ=" not in out(ScriptedJudge(SECRET), body("secret"))
    assert b"U09VTkQ=" not in out(ScriptedJudge(MAIL, REDACT), body("me@home"))


def test_annotations_are_decided_on_and_belong_to_the_text_as_it_was():
    def body(text: str, title: str) -> bytes:
        cited = {"type": "url_citation", "url_citation": {"url": "http://x", "title": title}}
        return sse(
            chunk(choice({"content": text, "annotations": [cited]})),
            chunk(choice({}, "stop")), "[DONE]",
        )  # fmt: skip

    assert b"A page" in out(ScriptedJudge(SECRET), body("Hello", "A page"))
    denied = out(ScriptedJudge(SECRET), body("Hello", "secret"))
    assert b"secret" not in denied
    assert view(Api.CHAT, denied).ended == "content_filter"
    assert b"A page" not in out(ScriptedJudge(MAIL, REDACT), body("me@home", "A page"))
    kept = out(ScriptedJudge(MAIL, REDACT), body("Hello", "me@home"))
    assert b"me@" not in kept
    assert view(Api.CHAT, kept).ended == "stop"


def test_one_member_twice_is_read_as_it_was_checked():
    body = chat_text(["Hello"]).replace(
        b'"content": "Hello"', b'"content": "secret", "content": "ok"'
    )
    assert b"secret" not in out(ScriptedJudge(SECRET), body)


def test_names_of_events_and_line_ends_make_no_difference():
    body = chat_text(["Hello ", "world"])
    plain = out(ScriptedJudge(SECRET), body)
    assert out(ScriptedJudge(SECRET), b"\xef\xbb\xbf" + body.replace(b"\n", b"\r\n")) == plain
    assert out(ScriptedJudge(SECRET), body.replace(b"data: {", b"event: x\ndata:{")) == plain


def test_usage_in_a_chunk_of_a_choice_that_is_finished_is_given_on():
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    body = sse(
        chunk(choice({"content": "Hi"})),
        chunk(choice({}, "stop")),
        {**chunk(choice({"role": "assistant", "content": ""})), "usage": usage},
        "[DONE]",
    )
    made = list(
        openai_client(out(ScriptedJudge(), body)).chat.completions.create(**ASKED, stream=True)
    )
    assert [one.usage.total_tokens for one in made if one.usage] == [3]
    assert made[-2].choices[0].finish_reason == "stop"
