"""What JSON says where it is read: escapes hide nothing from checks and boundaries."""

from __future__ import annotations

import json

import pytest
from tests.gateway.judging.scene import bound, call, check, opened, said, serve

from charter.gateway.check import Target, checks
from charter.gateway.checks import patterns
from charter.gateway.inside import inside
from charter.gateway.verdict import Channel
from charter.policy.decision import Effect

WORD = {"patterns": {"word": r"\bhush[0-9]{4}\b"}}
BODY = said("You help.", "Go on.", tools=("see",))
ESCAPED = ('{"a": "x\\nhush1234"}', '{"a": "\\u0068ush1234"}', '{"b": [{"\\u0068ush1234": 1}]}')


def served(effect="deny"):
    ready = patterns.build(WORD)
    fields = {"stages": patterns.STAGES, "channels": patterns.CHANNELS}
    return serve(check("word", ready, effect, **fields), boundaries=())


def test_texts_and_names_are_read():
    assert inside('{"a": "b"}') == ""
    assert inside("no \\ JSON") == ""
    assert inside('{"a\\n": ["b", 1, {"c": "d"}]}').split("\n\0\0\0\0\n") == ["a\n", "b", "c", "d"]
    assert "\u0041" in inside('{"a": "\\u0041", "a": "2"}'), "the first of two is read as well"


@pytest.mark.parametrize("channel", ["arguments", "annotations"])
@pytest.mark.parametrize("text", ESCAPED)
def test_checks_read_what_is_escaped(channel, text):
    ready = checks()["patterns"].build(WORD)
    assert ready.look(Target("tool_call", channel, text)).hit
    assert not ready.look(Target("output", "text", "a hush123 b")).hit


@pytest.mark.parametrize("arguments", ESCAPED)
def test_an_escaped_word_in_a_call_is_found(arguments):
    judge = opened(BODY, served()).judge
    assert judge.call(call("see", arguments)).effect is Effect.DENY
    assert judge.call(call("see", '{"a": "x\\nplain"}')).effect is Effect.ALLOW


def test_the_id_of_a_call_is_looked_at():
    judge = opened(BODY, served()).judge
    assert judge.call(call("see")._replace(id="hush1234")).effect is Effect.DENY


@pytest.mark.parametrize("effect", ["deny", "redact"])
def test_what_stands_beside_a_text_is_read_too(effect):
    judge = opened(BODY, served(effect)).judge
    cited = json.dumps([{"cited_text": "line\nhush1234"}])
    assert judge.text(Channel("annotations"), cited).effect is Effect(effect)
    rule = bound("no_word", "root_1", r"text.matches('\\bhush[0-9]{4}\\b')", effect, "output")
    judge = opened(BODY, serve(boundaries=[rule])).judge
    assert judge.text(Channel("annotations"), cited).effect is Effect(effect)
