"""Responses streams, as the official SDK reads them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from tests.gateway.relay.payloads import (
    call_events,
    message_events,
    numbered,
    reasoning_events,
    response,
    responses_stream,
)
from tests.gateway.relay.scripted import SAY, ScriptedJudge, data_of, openai_client, run
from tests.gateway.relay.view import view

from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SECRET = {"word": "secret"}
MAIL = {"mail": "[a-z]{1,5}@[a-z]{1,5}"}
REDACT = {"mail": Effect.REDACT}
ASKED: dict[str, Any] = {"model": "m", "input": "x"}


def out(judge: ScriptedJudge, body: bytes, *, whole: bool = False) -> bytes:
    made = run(Api.RESPONSES, judge, [body], whole=whole)
    numbers = [data["sequence_number"] for data in data_of(made)]
    assert numbers == list(range(len(numbers)))
    return made


def final(made: bytes) -> Any:
    with openai_client(made).responses.stream(**ASKED) as stream:
        return list(stream)[-1].response


def test_the_helper_makes_a_complete_response():
    items = reasoning_events(["think", "ing"], 0), message_events(["Hello ", "you"], 1)
    made = out(ScriptedJudge(SECRET), responses_stream(*items))
    with openai_client(made).responses.stream(**ASKED) as stream:
        said = stream.get_final_response()
    assert said.output_text == "Hello you"
    assert said.output[0].summary[0].text == "thinking"
    assert said.output[0].encrypted_content == "gAAAA=="
    assert said.status == "completed"
    assert said.instructions == "Be brief."  # as the client sent them


def test_a_refusal_ends_as_incomplete():
    made = out(ScriptedJudge(SECRET), responses_stream(message_events(["my sec", "ret is"])))
    said = final(made)
    assert said.status == "incomplete"
    assert said.incomplete_details.reason == "content_filter"
    assert said.output[0].content[0].text == "my "
    assert said.output[0].content[1].refusal == SAY


class Said(BaseModel):
    a: int


def test_structured_output():
    def last(pieces: list[str], *, whole: bool = False) -> Any:
        made = out(ScriptedJudge(SECRET), responses_stream(message_events(pieces)), whole=whole)
        with openai_client(made).responses.stream(**ASKED, text_format=Said) as stream:
            return list(stream)[-1].response

    assert last(['{"a"', ": 4", "2}"]).output_parsed == Said(a=42)
    assert last(['{"a"', ": 4", "2}"], whole=True).output_parsed == Said(a=42)
    assert last(['{"a"', ": 4", "2, secret}"]).incomplete_details.reason == "content_filter"


def test_all_copies_are_edited():
    items = reasoning_events(["a me@ho", "me"], 0), message_events(["to you@ho", "me now"], 1)
    made = out(ScriptedJudge(MAIL, REDACT), responses_stream(*items))
    assert b"me@" not in made
    assert b"you@" not in made
    assert made.count(b"to [removed] now") == 4  # text, part, item, response
    said = final(made)
    assert said.output_text == "to [removed] now"
    assert said.output[0].encrypted_content is None


def test_a_call_comes_whole():
    made = out(ScriptedJudge(), responses_stream(call_events("weather", 0), call_events("b", 1)))
    with openai_client(made).responses.stream(**ASKED) as stream:
        said = stream.get_final_response()
    assert [(each.name, each.arguments) for each in said.output] == [
        ("weather", '{"city": "Zürich"}'),
        ("b", '{"city": "Zürich"}'),
    ]


def test_a_refusal_after_an_item_has_an_item_of_its_own():
    items = message_events(["Hello"], 0), call_events("transfer", 1)
    judge = ScriptedJudge(tools={"transfer": Effect.REQUIRE_APPROVAL})
    said = final(out(judge, responses_stream(*items)))
    assert [each.type for each in said.output] == ["message", "message"]
    assert said.output[1].content[0].refusal == f"{SAY} Approval: apr_1."


def test_a_failure_is_a_failed_response():
    body = responses_stream(message_events(["Hello ", "world"]))
    made = out(ScriptedJudge(SECRET), body[: body.index(b'"world"')])
    said = final(made)
    assert said.status == "failed"
    assert "upstream_cut" in said.error.message
    assert said.output[0].status == "incomplete"
    assert final(out(ScriptedJudge(), b"")).status == "failed"


def test_a_response_that_comes_whole_at_its_end_is_decided_on():
    def body(text: str) -> bytes:
        _, done = message_events([text])
        _, call = call_events("weather", 1)
        return numbered(
            [
                {"type": "response.created", "response": response()},
                {"type": "response.completed", "response": response("completed", [done, call])},
            ]
        )

    judge = ScriptedJudge(SECRET)
    said = final(out(judge, body("Hello")))
    assert (said.output_text, said.output[1].name) == ("Hello", "weather")
    assert [call.tool for call in judge.calls] == ["weather"]
    refused = out(ScriptedJudge(SECRET), body("my secret"))
    assert b"secret" not in refused
    assert final(refused).status == "incomplete"


def test_a_copy_that_says_something_else_is_garbage():
    body = responses_stream(message_events(["Hello"]))
    for copy in (1, 2, 3, 4):
        parts = body.split(b'"text": "Hello"')
        odd = b'"text": "Hello"'.join(parts[:copy]) + b'"text": "other"'
        odd += b'"text": "Hello"'.join(parts[copy:])
        made = out(ScriptedJudge(), odd)
        assert b"other" not in made
        if copy < 4:  # the last one, of the whole response, is written from the others
            assert view(Api.RESPONSES, made).ended == "response.failed"


def item_stream(item: dict[str, Any], *between: dict[str, Any]) -> bytes:
    events = [
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        *between,
        {"type": "response.output_item.done", "output_index": 0, "item": item},
    ]
    return responses_stream((events, item))


def test_what_the_provider_s_tools_return_is_decided_on():
    def item(found: str) -> dict[str, Any]:
        return {
            "id": "fs_0",
            "type": "file_search_call",
            "status": "completed",
            "queries": ["weather"],
            "results": [{"text": found, "filename": "a.txt"}],
        }

    judge = ScriptedJudge(SECRET)
    step = {"type": "response.file_search_call.searching", "output_index": 0, "item_id": "fs_0"}
    made = out(judge, item_stream(item("sunny"), step))
    assert final(made).output[0].results[0].text == "sunny"
    assert (judge.calls[0].tool, judge.calls[0].arguments) == (
        "file_search",
        '{"queries":["weather"]}',
    )
    assert b"secret" not in out(ScriptedJudge(SECRET), item_stream(item("secret")))
    made = out(ScriptedJudge(MAIL, REDACT), item_stream(item("me@home")))
    assert b"me@" not in made
    assert final(made).output[0].results is None
    denied = ScriptedJudge(tools={"file_search": Effect.DENY})
    assert b"sunny" not in out(denied, item_stream(item("sunny")))


def test_pictures_pass_uncovered_and_unfinished_ones_do_not():
    item = {"id": "ig", "type": "image_generation_call", "status": "completed", "result": "UE5H"}
    piece = {
        "type": "response.image_generation_call.partial_image",
        "output_index": 0,
        "item_id": "ig",
        "partial_image_b64": "SEFMRg==",
    }
    made = out(ScriptedJudge(SECRET), item_stream(item, piece))
    assert b"SEFMRg==" not in made
    assert final(made).output[0].result == "UE5H"


def test_client_run_and_unknown_items_are_decided_on():
    shell = {"id": "s", "type": "local_shell_call", "call_id": "c", "status": "completed",
             "action": {"type": "exec", "command": ["ls"]}}  # fmt: skip
    judge = ScriptedJudge()
    out(judge, item_stream(shell))
    assert judge.calls[0].tool == "local_shell"
    assert '"command":["ls"]' in judge.calls[0].arguments
    odd = {"id": "o", "type": "oracle", "says": "secret"}
    assert b'"says"' not in out(ScriptedJudge(SECRET), item_stream(odd))


def test_annotations_and_tokens():
    events, done = message_events(["Hel", "lo"])
    cited = {"type": "url_citation", "url": "http://x", "title": "A page", "start_index": 0}
    place = {"item_id": "msg_0", "output_index": 0, "content_index": 0, "annotation_index": 0}
    events.insert(
        4, {"type": "response.output_text.annotation.added", **place, "annotation": cited}
    )
    for event, text in ((events[2], "Hel"), (events[3], "lo")):
        event["logprobs"] = [{"token": text, "bytes": list(text.encode()), "logprob": -1}]
    made = out(ScriptedJudge(SECRET), responses_stream((events, done)))
    part = final(made).output[0].content[0]
    assert part.annotations[0].title == "A page"
    assert [each.token for each in part.logprobs] == ["Hel", "lo"]
    cited["title"] = "secret"
    assert b"secret" not in out(ScriptedJudge(SECRET), responses_stream((events, done)))


def test_progress_of_items_that_are_known_passes():
    events, done = message_events(["Hello"])
    events.insert(2, {"type": "response.odd", "output_index": 0, "item_id": "msg_0", "n": 1})
    assert b"response.odd" in out(ScriptedJudge(), responses_stream((events, done)))
