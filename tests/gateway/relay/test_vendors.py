"""Shapes of vendors: harmless ones pass with nothing lost, and nothing hides in any place."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import anthropic
import pytest
from tests.gateway.relay.hostile import Strict, leaks, shown
from tests.gateway.relay.scripted import (
    REQUEST,
    ScriptedJudge,
    anthropic_client,
    data_of,
    openai_client,
    relay,
    run,
    sse,
    streaming,
)
from tests.gateway.relay.vendors import chat, messages, responses
from tests.gateway.relay.vendors.case import TOOL, Case
from tests.gateway.relay.vendors.joined import JOINED, missing

from charter.gateway.answers.settle import Settled, answer_of, settle
from charter.gateway.relay.step import Relay
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

CASES = [*chat.CASES, *messages.CASES, *responses.CASES]
STREAMS = [case for case in CASES if case.body is None]
WHOLE = [case for case in CASES if case.body is not None]
WORD = {"word": "secret"}
RESTRICT = [Effect.DENY, Effect.REDACT, Effect.REQUIRE_APPROVAL]
SEALED = {"data", "encrypted_content"}
"""What only its maker can read: a record says that it passed unread."""
Path = tuple[Any, ...]


def body_of(case: Case, events: Any = None) -> bytes:
    made = b""
    for event in case.events if events is None else events:
        if isinstance(event, str):
            made += event.encode() + b"\n\n"
        else:
            made += sse(event, named=case.api is not Api.CHAT)
    return made


def cut(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def settled(case: Case, body: Any, judge: ScriptedJudge) -> Settled:
    patterns = streaming(judge).patterns
    answer = answer_of(case.api, json.dumps(body).encode(), REQUEST, patterns=patterns)
    return settle(answer, judge, patterns)


def fed(
    case: Case, events: Any, judge: ScriptedJudge, size: int, *, whole: bool
) -> tuple[Relay, bytes]:
    one = relay(case.api, judge, whole=whole)
    out = b"".join(one.feed(piece).out for piece in cut(body_of(case, events), size))
    return one, out + one.end().out


# What is harmless.


@pytest.mark.parametrize("case", WHOLE, ids=str)
def test_a_harmless_answer_passes_as_it_was(case: Case):
    made = settled(case, case.body, ScriptedJudge(WORD))
    assert not made.edited
    assert list(missing(case.body, json.loads(made.body))) == []


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("case", STREAMS, ids=str)
def test_a_harmless_stream_passes_with_nothing_lost(case: Case, whole: bool):
    body = body_of(case)
    out = run(case.api, ScriptedJudge(WORD), [body], whole=whole)
    for size in (1, 7):
        assert run(case.api, ScriptedJudge(WORD), cut(body, size), whole=whole) == out
    given = [one for one in data_of(body) if one.get("type") not in case.lost]
    join = JOINED[case.api]
    assert list(missing(join(given), join(data_of(out)))) == []


def read(case: Case, body: bytes) -> Any:
    """Return what the SDK of an API's maker makes of a stream."""
    if case.api is Api.CHAT:
        made = openai_client(body).chat.completions.create(model="m", messages=[], stream=True)
        return [one.to_dict(warnings=False) for one in made]
    if case.api is Api.RESPONSES:
        events = openai_client(body).responses.create(model="m", input="a", stream=True)
        last = [one.to_dict(warnings=False) for one in events][-1]
        if last["type"] == "response.completed":
            with openai_client(body).responses.stream(model="m", input="a") as stream:
                assert stream.get_final_response().id == last["response"]["id"]  # type: ignore[index]
        return last
    given: Any = {"model": "m", "max_tokens": 9, "messages": []}
    with anthropic_client(body).messages.stream(**given) as stream:
        plain = stream.get_final_message().to_dict(warnings=False)
    with anthropic_client(body).beta.messages.stream(**given) as beta:
        return plain, beta.get_final_message().to_dict(warnings=False)


@pytest.mark.parametrize("case", STREAMS, ids=str)
def test_sdks_read_the_same_with_and_without_a_gateway(case: Case):
    body = body_of(case)
    given, made = read(case, body), read(case, run(case.api, ScriptedJudge(WORD), [body]))
    if case.api is Api.CHAT:
        given, made = JOINED[case.api](given), JOINED[case.api](made)
    if case.api is Api.RESPONSES:
        del given["sequence_number"]
    assert list(missing(given, made)) == []


# What is not.


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where texts stand in a value."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from places(one, (*path, name))
    elif isinstance(value, list | tuple):
        for at, one in enumerate(value):
            yield from places(one, (*path, at))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def with_text(value: Any, *given: tuple[Path, str]) -> Any:
    made = copy.deepcopy(value)
    for path, said in given:
        at(made, path[:-1])[path[-1]] = said
    return made


def hiding(value: Any) -> list[list[Path]]:
    """Return every place of a text by itself, and all of one text, which are copies of it."""
    by_text: dict[str, list[Path]] = {}
    for path in places(value):
        if isinstance(at(value, path[:-1]), dict | list):  # a line of a stream is none
            by_text.setdefault(at(value, path), []).append(path)
    copies = [listed for said, listed in by_text.items() if said and len(listed) > 1]
    return [[path] for listed in by_text.values() for path in listed] + copies


def complete(api: Api, out: bytes) -> bool:
    """Say whether a client takes a stream for complete."""
    events = data_of(out)
    if api is Api.RESPONSES:
        return bool(events[-1]["type"] == "response.completed")
    if api is Api.MESSAGES:
        reasons = [one["delta"]["stop_reason"] for one in events if one["type"] == "message_delta"]
        return events[-1]["type"] == "message_stop" and reasons[-1] != "refusal"
    ended = [one["finish_reason"] for event in events for one in event.get("choices", ())]
    return "error" not in events[-1] and [*filter(None, ended)][-1:] != ["content_filter"]


@pytest.mark.parametrize("case", STREAMS, ids=str)
def test_nothing_hides_in_any_place_of_a_stream(case: Case):
    random, events = Random(str(case)), list(case.events)
    for paths in hiding(events):
        said = random.choice(["secret", "see secret here"])
        judge = Strict(WORD, {"word": random.choice(RESTRICT)})
        hidden = with_text(events, *((path, said) for path in paths))
        size = random.choice([1, *[10_000] * 9])
        one, out = fed(case, hidden, judge, size, whole=random.random() < 0.4)
        assert leaks(shown(case.api, out)) == [], paths
        assert one.failure != "relay_failed"
        if one.failure or one.refused:
            assert not complete(case.api, out)


@pytest.mark.parametrize("case", WHOLE, ids=str)
def test_nothing_hides_in_any_place_of_an_answer(case: Case):
    random = Random(str(case))
    for paths in hiding(case.body):
        if SEALED.intersection(path[-1] for path in paths):
            continue
        said = random.choice(["secret", "see secret here"])
        judge = Strict(WORD, {"word": random.choice(RESTRICT)})
        try:
            made = settled(case, with_text(case.body, *((path, said) for path in paths)), judge)
        except ValueError:
            continue
        assert b"secret" not in made.body, paths


def halves(events: list[Any]) -> Iterator[tuple[Path, Path]]:
    """Yield the places of two pieces that a client joins."""
    last: dict[Any, Path] = {}
    for path in places(events):
        if "delta" not in path or path[-1] in ("arguments", "partial_json"):
            continue
        names = tuple(step for step in path[1:] if isinstance(step, str))
        kind = events[path[0]].get("type")
        if (kind, names) in last and last[kind, names][0] < path[0]:
            yield last[kind, names], path
        last[kind, names] = path


@pytest.mark.parametrize("case", STREAMS, ids=str)
def test_nothing_hides_in_two_pieces(case: Case):
    random, events = Random(str(case)), list(case.events)
    for first, second in halves([one for one in events if isinstance(one, dict)]):
        hidden = with_text(
            [one for one in events if isinstance(one, dict)],
            (first, "see sec"),
            (second, "ret here"),
        )
        for effect in RESTRICT:
            judge = Strict(WORD, {"word": effect})
            one, out = fed(case, hidden, judge, 10_000, whole=random.random() < 0.5)
            assert leaks(shown(case.api, out)) == [], (first, second)
            assert one.failure != "relay_failed"


def calls(value: Any) -> Iterator[str]:
    """Yield the names of all that looks like a call."""
    if isinstance(value, dict):
        if isinstance(value.get("name"), str) and ("arguments" in value or "input" in value):
            yield value["name"]
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from calls(one)


CALLING = [case for case in CASES if TOOL in calls(list(case.events) or case.body)]


@pytest.mark.parametrize("effect", RESTRICT)
@pytest.mark.parametrize("case", CALLING, ids=str)
def test_a_call_that_is_not_allowed_never_leaves(case: Case, effect: Effect):
    given = list(case.events) if case.body is None else case.body
    named = [path for path in places(given) if path[-1] == "name" and at(given, path) == TOOL]
    hidden = with_text(given, *((path, "rm") for path in named))
    judge = Strict(WORD, tools={"rm": effect})
    if case.body is not None:
        assert settled(case, hidden, judge).refused is not None
        return
    for whole in (False, True):
        one, out = fed(case, hidden, Strict(WORD, tools={"rm": effect}), 1, whole=whole)
        assert one.refused is not None
        assert "rm" not in calls(data_of(out))
        assert not complete(case.api, out)


HOSTED = {
    (Api.RESPONSES, "web-search"): "web_search",
    (Api.RESPONSES, "file-search"): "file_search",
    (Api.RESPONSES, "code"): "code_interpreter",
    (Api.RESPONSES, "picture"): "image_generation",
    (Api.RESPONSES, "computer"): "computer",
    (Api.RESPONSES, "local-shell"): "local_shell",
    (Api.RESPONSES, "shell"): "shell",
    (Api.RESPONSES, "patch"): "apply_patch",
    (Api.RESPONSES, "tool-search"): "tool_search",
    (Api.RESPONSES, "program"): "program",
    (Api.MESSAGES, "web-search"): "web_search",
    (Api.MESSAGES, "web-fetch"): "web_fetch",
    (Api.MESSAGES, "code"): "bash_code_execution",
    (Api.MESSAGES, "code-edits"): "text_editor_code_execution",
    (Api.MESSAGES, "tool-search"): "tool_search_tool_regex",
}
"""Tools that the provider runs, by cases in which the first thing said is a call of one."""


@pytest.mark.parametrize("effect", RESTRICT)
@pytest.mark.parametrize("case", [one for one in CASES if (one.api, one.name) in HOSTED], ids=str)
def test_calls_of_the_provider_s_own_tools_are_decided_on(case: Case, effect: Effect):
    tools = {HOSTED[case.api, case.name]: effect}
    if case.body is not None:
        assert settled(case, case.body, ScriptedJudge(WORD, tools=tools)).refused is not None
        return
    one, out = fed(case, case.events, ScriptedJudge(WORD, tools=tools), 10_000, whole=False)
    assert one.refused is not None
    assert not complete(case.api, out)
    for event in data_of(out):
        assert event.get("item", {}).get("type") in (None, "message")
        assert "content_block" not in event


@pytest.mark.parametrize("case", STREAMS, ids=str)
def test_a_stream_that_is_cut_is_an_error(case: Case):
    events = [one for one in case.events if isinstance(one, dict)]
    for end in range(1, len(events)):
        came = events[:end]
        if any(one.get("finish_reason") for each in came for one in each.get("choices", ())):
            break  # some servers say no more than this
        one, out = fed(case, came, ScriptedJudge(WORD), 10_000, whole=end % 2 == 0)
        assert one.failure == "upstream_cut"
        assert not complete(case.api, out)


def test_a_filter_that_was_late_is_told():
    said, ended = chat.chunk(chat.part({"content": "a"})), chat.chunk(chat.part({}, "stop"))
    late = chat.chunk(chat.part({}, "content_filter", content_filter_results=chat.HARM))
    case = chat.stream("late", said, ended, late)
    out = run(Api.CHAT, ScriptedJudge(), [body_of(case)])
    assert not complete(Api.CHAT, out)
    join = JOINED[Api.CHAT]
    assert list(missing(join(data_of(body_of(case))), join(data_of(out)))) == []


@pytest.mark.parametrize("whole", [False, True])
def test_an_error_in_the_middle_of_a_stream_is_one_for_the_sdk(whole: bool):
    failed = chat.chunk(chat.part({"content": ""}, "error"), provider="Some Provider",
                        error={"code": "server_error", "message": "a word of theirs"})  # fmt: skip
    events = [": OPENROUTER PROCESSING", chat.chunk(chat.part({"content": "Hel"})), failed]
    case = Case(Api.CHAT, "error", (*events, "data: [DONE]"))
    out = fed(case, case.events, ScriptedJudge(), 1, whole=whole)[1]
    assert b"theirs" not in out
    with pytest.raises(Exception, match="reported an error"):
        read(case, out)


def test_a_message_that_is_redacted_is_read_by_the_sdk():
    (case,) = [one for one in STREAMS if one.api is Api.MESSAGES and one.name == "thinking"]
    for word, kinds in (("First", ["redacted_thinking", "text"]),
                        ("Hello", ["thinking", "redacted_thinking", "text"])):  # fmt: skip
        judge = ScriptedJudge({"word": word}, {"word": Effect.REDACT})
        for made in read(case, run(case.api, judge, cut(body_of(case), 1))):
            assert [block["type"] for block in made["content"]] == kinds
            assert made["stop_reason"] == "end_turn"
            for block in made["content"]:
                if block["type"] == "thinking":
                    assert (block["thinking"], block["signature"]) == (
                        "First this.",
                        messages.SEALED,
                    )
            assert word not in json.dumps(made)


def test_a_failed_stream_raises_in_the_sdk():
    (case,) = [one for one in STREAMS if one.api is Api.MESSAGES and one.name == "thinking"]
    with pytest.raises(anthropic.APIStatusError):
        read(case, run(case.api, ScriptedJudge(), [body_of(case, case.events[:6])]))
