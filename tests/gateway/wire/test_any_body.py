"""Readers on bodies nobody wrote: a view whose places hold, or one ValueError."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charter.gateway.wire import chat, messages, responses
from charter.gateway.wire.pointer import under, value_at

READERS = {"chat": chat.read, "responses": responses.read, "messages": messages.read}
KINDS = [
    *("text", "input_text", "output_text", "refusal", "image_url", "input_image", "hologram"),
    *("tool_result", "tool_use", "thinking", "redacted_thinking", "document", "search_result"),
    *("message", "reasoning", "function_call", "function_call_output", "web_search_call"),
    *("item_reference", "mcp_list_tools", "web_search_tool_result", "compaction", "image"),
]
KEYS = [
    *("type", "role", "content", "text", "name", "id", "call_id", "tool_call_id", "tool_use_id"),
    *("tool_calls", "function", "arguments", "output", "result", "results", "source", "data"),
    *("title", "context", "thinking", "summary", "reasoning", "charter", "settings", "a/b~c", ""),
]
WORDS = st.sampled_from([*KINDS, "user", "assistant", "system", "tool", "one", "", "Zoë 🚢"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | WORDS
ANY = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=12,
)
WORDED = ["text", "name", "id", "call_id", "tool_use_id", "title", "context", "thinking", "refusal"]
INNER = st.deferred(lambda: WORDS | st.lists(TYPED, max_size=3))
SOURCE = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "content", "url"]), "data": WORDS},
    optional={"content": INNER},
)
TYPED = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS), "role": st.sampled_from(["user", "assistant"])},
    optional={
        **dict.fromkeys(WORDED, WORDS),
        **dict.fromkeys(["content", "summary", "output"], INNER),
        **dict.fromkeys(["arguments", "encrypted_content"], WORDS),
        **dict.fromkeys(["input", "result", "results", "error", "action", "charter"], ANY),
        "source": SOURCE,
        "a/b~c": ANY,
    },
)
"""Parts, blocks and items that are mostly of the right types, in places right or wrong."""
CALLS = st.lists(
    st.fixed_dictionaries(
        {"id": WORDS, "function": st.fixed_dictionaries({"name": WORDS, "arguments": WORDS})}
    ),
    max_size=2,
)


def spoken(roles: list[str]) -> st.SearchStrategy[Any]:
    """Messages of an API."""
    one = st.fixed_dictionaries(
        {"role": st.sampled_from(roles), "content": INNER},
        optional={"tool_calls": CALLS, "charter": ANY, "name": WORDS, "tool_call_id": WORDS},
    )
    return st.lists(one | TYPED, max_size=4)


USUAL = ["user", "assistant"]
OTHERS = ["system", "developer", "tool", "function", "guest"]
SHAPED = {
    "chat": st.fixed_dictionaries({"messages": spoken(USUAL + OTHERS)}),
    "responses": st.fixed_dictionaries(
        {"input": spoken(USUAL + OTHERS) | WORDS},
        optional={
            "instructions": INNER,
            "prompt": st.fixed_dictionaries(
                {"variables": st.dictionaries(WORDS, WORDS | TYPED, max_size=3)}
            ),
        },
    ),
    "messages": st.fixed_dictionaries(
        {"messages": spoken(USUAL)}, optional={"system": INNER, "container": WORDS}
    ),
}
BODIES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(["model", "messages", "input", "system", "tools", "metadata"], ANY)
)


@pytest.mark.parametrize("api", READERS)
@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_body_gives_a_view_or_a_value_error(api, data):
    body = data.draw(SHAPED[api] | SHAPED[api] | BODIES | ANY)
    before = copy.deepcopy(body)
    try:
        asked = READERS[api](body)
    except ValueError as problem:
        asked, said = None, str(problem)
    assert body == before
    if asked is None:
        assert said
        assert "\n" not in said
        return
    check_places(asked, body)
    for place in [*asked.tools, *asked.results, *asked.unseen, *asked.claims]:
        value_at(body, place.pointer)
    for pointer in asked.signed:
        value_at(body, pointer)


def check_places(asked: Any, body: Any) -> None:
    """Check that texts tile every message, and that exact ones stand where they say."""
    conversation = asked.conversation
    for at, message in enumerate(conversation.messages):
        texts = [text for text in asked.texts if text.message == at]
        assert "".join(message.text[text.start : text.end] for text in texts) == message.text
        assert [text.start for text in texts[1:]] == [text.end for text in texts[:-1]]
        for text in texts:
            found = value_at(body, text.pointer)
            assert not text.exact or found == message.text[text.start : text.end]
    for passage in conversation.passages:
        pieces = asked.where(passage)
        assert sum(piece.end - piece.start for piece in pieces) == passage.end - passage.start
        if all(piece.exact for piece in pieces):
            said = [value_at(body, piece.pointer)[piece.start : piece.end] for piece in pieces]
            assert "".join(said) == conversation.text_of(passage)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
OPENAI = {"chat": "text", "responses": "input_text"}


@pytest.mark.parametrize("api", OPENAI)
@given(contents=st.lists(TEXT | st.lists(TEXT, max_size=4), max_size=5))
@settings(max_examples=80, deadline=None)
def test_every_text_of_a_plain_request_is_exact(api, contents):
    kind = OPENAI[api]
    spoken = [
        {
            "role": "user",
            "content": each
            if isinstance(each, str)
            else [{"type": kind, "text": text} for text in each],
        }
        for each in contents
    ]
    body = {"model": "m", "messages" if api == "chat" else "input": spoken}
    asked = READERS[api](body)
    assert all(text.exact for text in asked.texts)
    assert not asked.partial
    check_places(asked, body)


BLOCKS = st.lists(
    st.builds(lambda text: {"type": "text", "text": text}, TEXT)
    | st.builds(lambda text: {"type": "tool_result", "tool_use_id": "t", "content": text}, TEXT)
    | st.just({"type": "image", "source": {}})
    | st.just({"type": "text", "text": "", "charter": {"settings": {"a": 1}}}),
    max_size=6,
)


@given(contents=st.lists(TEXT | BLOCKS, max_size=4))
@settings(max_examples=120, deadline=None)
def test_tool_results_cut_messages_and_keep_their_places(contents):
    spoken = [{"role": "user", "content": content} for content in contents]
    body = {"model": "m", "max_tokens": 1, "messages": spoken}
    asked = messages.read(body)
    assert all(text.exact for text in asked.texts)
    check_places(asked, body)
    for result in asked.results:
        inside = under(result.pointer, "content")
        for passage in asked.conversation.passages:
            if any(place.pointer == inside for place in asked.where(passage)):
                assert passage.authority == "none"


def test_a_long_body_of_odd_parts_is_read_to_its_end():
    parts = [{"type": "text", "text": "a"}, {"type": "odd"}, {"type": "odd", "x": 1}] * 200
    asked = chat.read({"model": "m", "messages": [{"role": "user", "content": parts}]})
    assert len(asked.unseen) == 400
    assert asked.texts[0].pointer == "/messages/0/content/0/text"
    assert not asked.texts[1].exact


def test_a_conversation_beyond_the_limits_is_a_value_error():
    with pytest.raises(ValueError, match="longer than"):
        chat.read({"model": "m", "messages": [{"role": "user", "content": "a" * 4_000_001}]})
