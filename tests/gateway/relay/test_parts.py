"""Content of Chat messages that is a list of parts, streamed and whole."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.relay.payloads import choice, chunk
from tests.gateway.relay.scripted import REQUEST, ScriptedJudge, data_of, relay, run, sse

from charter.gateway.answers.settle import Settled, answer_of, settle
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import redactions, replaced
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SECRET = {"word": "secret"}
REDACT = {"word": Effect.REDACT}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def thinking(*said: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": [text(one) for one in said]}


def thinking_of(part: Any) -> dict[str, Any]:
    return {"type": "thinking", "thinking": [part]}


def stream(contents: list[Any], reason: str = "stop") -> bytes:
    events = [chunk(choice({"content": one})) for one in contents]
    return sse(*events, chunk(choice({}, reason)), "[DONE]")


def seen(out: bytes) -> tuple[str, str, str]:
    """Return text, thinking and how it ended."""
    said, thought, ended = "", "", ""
    for data in data_of(out):
        for each in data.get("choices", ()):
            content = each["delta"].get("content") or ""
            for part in [text(content)] if isinstance(content, str) else content:
                if part["type"] == "text":
                    said += part["text"]
                elif part["type"] == "thinking":
                    thought += "".join(one["text"] for one in part["thinking"])
            ended = each["finish_reason"] or ended
    return said, thought, ended


WORD = st.sampled_from(["secret", "sec", "ret", "a", " ", "é", "s"])
CONTENT = st.one_of(
    WORD,
    st.lists(WORD.map(text), max_size=3),
    st.lists(WORD, max_size=2),
    st.lists(st.one_of(WORD.map(text), st.lists(WORD, max_size=2).map(lambda w: thinking(*w))),
             max_size=3),
)  # fmt: skip


def parts_of(contents: list[Any], kind: str) -> str:
    made = ""
    for content in contents:
        for part in [content] if isinstance(content, str) else content:
            one = text(part) if isinstance(part, str) else part
            if one["type"] == kind == "text":
                made += one["text"]
            elif one["type"] == kind:
                made += "".join(each["text"] for each in one["thinking"])
    return made


@given(st.lists(CONTENT, min_size=1, max_size=6), st.lists(st.integers(0, 9999), max_size=9))
@settings(max_examples=150, deadline=None)
def test_a_client_gets_what_the_whole_text_allows(contents: list[Any], places: list[int]):
    body = stream(contents)
    within = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    chunks = [body[low:high] for low, high in itertools.pairwise(within)]
    out = run(Api.CHAT, ScriptedJudge(SECRET, REDACT), [body])
    assert run(Api.CHAT, ScriptedJudge(SECRET, REDACT), chunks) == out
    said, thought, ended = seen(out)
    for given_text, left in ((parts_of(contents, "text"), said),
                             (parts_of(contents, "thinking"), thought)):  # fmt: skip
        assert left == replaced(given_text, redactions(Patterns(SECRET), given_text))
    assert ended == "stop"
    denied = run(Api.CHAT, ScriptedJudge(SECRET), chunks)
    assert b"secret" not in denied
    holds = "secret" in parts_of(contents, "text") or "secret" in parts_of(contents, "thinking")
    assert seen(denied)[2] == ("content_filter" if holds else "stop")


def test_parts_leave_in_the_form_they_came_in():
    contents = [[thinking("hm")], [{**thinking(), "closed": True}], [text("Hel")], "lo"]
    out = run(Api.CHAT, ScriptedJudge(), [stream(contents)])
    deltas = [each["choices"][0]["delta"] for each in data_of(out)]
    assert [delta["content"] for delta in deltas if "content" in delta] == [
        [thinking("hm")], [{**thinking(""), "closed": True}], [text("Hel")], "lo",
    ]  # fmt: skip


def test_other_parts_wait_and_are_decided_on():
    def body(said: str) -> bytes:
        picture = {"type": "image_url", "image_url": {"url": said}}
        spelled = {"type": "reference", "reference_ids": list(b"secret") * 3}
        return stream([[text("Hi"), picture], [spelled]])

    made = relay(Api.CHAT, ScriptedJudge(SECRET))
    out = made.feed(body("http://x")).out
    assert b'"content":[{"type":"image_url","image_url":{"url":"http://x"}}]' in out
    assert b"reference" not in out
    assert "reference" in made.stripped
    assert b"image" not in run(Api.CHAT, ScriptedJudge(SECRET, REDACT), [body("a secret")])
    assert b"image" not in run(Api.CHAT, ScriptedJudge(SECRET), [body("a secret")])


def test_a_part_that_refuses():
    out = run(Api.CHAT, ScriptedJudge(), [stream([[{"type": "refusal", "refusal": "No."}]])])
    assert b'"content":[{"type":"refusal","refusal":"No."}]' in out


@pytest.mark.parametrize("part", [7, {}, {"type": "two words"}, {"type": "text", "text": 7},
                                  thinking_of({"type": "two words"}), thinking_of(7)])  # fmt: skip
def test_what_is_no_part_is_garbage(part: Any):
    assert b"upstream_garbage" in run(Api.CHAT, ScriptedJudge(), [stream([[part]])])
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        whole([part], ScriptedJudge())


def whole(content: list[Any], judge: ScriptedJudge, **more: Any) -> Settled:
    message = {"role": "assistant", "content": content, **more}
    body = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    return settle(answer_of(Api.CHAT, json.dumps(body).encode(), REQUEST), judge)


def content_of(made: Settled) -> Any:
    return json.loads(made.body)["choices"][0]["message"]["content"]


def test_a_whole_list_passes_as_it_was():
    content = [thinking("hm", "so"), {"type": "thinking", "thinking": "plain", "closed": True},
               text("Hello"), {**text("you"), "note": "a note"}, "there",
               {"type": "image_url", "image_url": {"url": "http://x"}}]  # fmt: skip
    judge = ScriptedJudge(SECRET)
    assert content_of(whole(content, judge)) == content
    channels = [channel for channel, _, _ in judge.asked]
    assert len(set(channels)) == len(channels)
    said = [said for channel, said, _ in judge.asked if channel.kind == "text"]
    assert said == ["Hello", "you", "there", "Helloyouthere"]


def test_a_whole_list_is_edited_where_it_stands():
    content = [text("a secret"), text("b se"), text(""), text("cret c"), "sec", "ret",
               {"type": "image_url", "image_url": {"url": "secret"}}]  # fmt: skip
    made = whole(content, ScriptedJudge(SECRET, REDACT))
    assert content_of(made) == [
        text("a [removed]"), text("b [removed]"), text(""), text(" c"), "[removed]", "",
    ]  # fmt: skip
    assert made.released == len("a [removed]b [removed] c[removed]")
    assert whole(content, ScriptedJudge(SECRET)).refused is not None
    assert whole([text("sec"), text("ret")], ScriptedJudge(SECRET)).refused is not None
    assert whole([thinking("sec", "ret")], ScriptedJudge(SECRET)).refused is not None


@given(st.lists(WORD, min_size=2, max_size=6))
def test_no_list_joins_to_what_is_redacted(words: list[str]):
    made = whole([text(one) for one in words], ScriptedJudge(SECRET, REDACT))
    assert "secret" not in "".join(part["text"] for part in content_of(made))
