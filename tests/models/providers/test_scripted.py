"""Replies from a file."""

import asyncio
import json

import pytest

from charter.errors import BadModelReply, ConfigError, ModelRefusedRequest, ModelUnavailable
from charter.models.open import open_model
from charter.models.provider import ChatMessage, Request, Stop, ToolCall

SCRIPT = """
replies:
  - match: weather
    text: It is sunny.
  - match: forbidden
    stop: filtered
  - match: long
    text: Once upon
    stop: length
  - match: look up
    tool_calls: [{name: search, arguments: '{"q": "x"}'}]
  - match: denied
    error: {kind: refused, status: 403}
  - match: gone
    error: {kind: unavailable, message: no server}
  - match: garbled
    error: {kind: bad_reply}
  - First.
  - text: Second.
    output_tokens: 2
default: Nothing more.
"""


@pytest.fixture
def ask(tmp_path):
    path = tmp_path / "script.yaml"
    path.write_text(SCRIPT)
    model = open_model(f"scripted:{path}", {})

    def ask(*texts):
        async def all_at_once():
            requests = [Request((ChatMessage("user", text),)) for text in texts]
            return await asyncio.gather(*(model.reply(request) for request in requests))

        return asyncio.run(all_at_once())

    return ask


def test_matched_replies_depend_on_the_conversation_alone(ask):
    texts = ["long", "the weather?", "forbidden", "weather", "look up"] * 3
    replies = ask(*texts)
    assert [reply.stop for reply in replies[:5]] == [
        Stop.LENGTH,
        Stop.STOP,
        Stop.FILTERED,
        Stop.STOP,
        Stop.TOOL_CALLS,
    ]
    assert replies[:5] == replies[5:10] == replies[10:]
    assert replies[4].tool_calls == (ToolCall("search", '{"q": "x"}'),)


def test_other_replies_come_in_order_then_the_default(ask):
    assert [r.text for r in ask("a", "b", "c", "d")] == [
        "First.",
        "Second.",
        "Nothing more.",
        "Nothing more.",
    ]


def test_errors_are_scripted(ask):
    with pytest.raises(ModelRefusedRequest) as caught:
        ask("denied")
    assert caught.value.status == 403
    with pytest.raises(ModelUnavailable, match="no server"):
        ask("gone")
    with pytest.raises(BadModelReply):
        ask("garbled")


def test_json_is_read_and_the_end_without_default_is_an_error(tmp_path):
    path = tmp_path / "script.json"
    path.write_text(json.dumps({"replies": ["\U0001f600"]}))
    model = open_model(f"scripted:{path}", {})
    request = Request((ChatMessage("system", "s"),))
    assert asyncio.run(model.reply(request)).text == "\U0001f600"
    with pytest.raises(ModelUnavailable, match="no reply left"):
        asyncio.run(model.reply(request))


def test_identity_names_the_text_of_the_script(tmp_path):
    path = tmp_path / "script.yaml"
    path.write_text("default: a\n")
    one = open_model(f"scripted:{path}", {}).identity
    path.write_text("default: b\n")
    two = open_model(f"scripted:{path}", {}).identity
    assert one.name == two.name == str(path)
    assert one.digest != two.digest


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("s.yaml", "replies:\n  - a\n  - txt: b\n", 3),
        ("s.yaml", "replies:\n  - a\n  - stop: never\n", 3),
        ("s.yaml", "default: a\nreplies: b\n", 2),
        ("s.yaml", "default: [\n", 2),
        ("s.yaml", "default: &a {text: x}\nreplies: [*a]\n", 1),
        ("s.yaml", "- a\n", 1),
        ("s.json", '{"default":\n 5}', 2),
        ("s.json", '{"default":\n x}', 2),
        ("s.json", "[" * 60_000, 1),
    ],
)
def test_malformed_script_is_a_config_error_with_its_place(tmp_path, name, text, line):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        open_model(f"scripted:{path}", {})
    assert caught.value.place is not None
    assert (caught.value.place.path, caught.value.place.line) == (str(path), line)


def test_unreadable_script_is_a_config_error(tmp_path):
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    endless = tmp_path / "e.yaml"
    endless.write_text("a" * 100_000)
    for path in (tmp_path / "none.yaml", tmp_path, binary, endless, ""):
        with pytest.raises(ConfigError):
            open_model(f"scripted:{path}", {})
