"""`--within` and `hands_on`: the scope of the agent above, and of the one below."""

from __future__ import annotations

import json

import pytest

from charter.cli.main import exit_code
from charter.cli.scope_file import read_scope_file
from charter.errors import ParseError

SCOPE = {
    "allowed_tools": ["mail*"],
    "latest_time": "2030-01-01T12:00:00Z",
    "max_cost": 2,
    "tool_constraints": {"mail_tom": {"to": {"in": ["tom@example.com"]}}},
}
CHAT = {
    "messages": [
        {"role": "user", "content": "~~~directive\n" + json.dumps({"scope": SCOPE}) + "\n~~~"}
    ]
}


def code_of(*arguments):
    return exit_code([str(each) for each in arguments])


@pytest.fixture
def files(tmp_path):
    def write(name, value):
        path = tmp_path / name
        path.write_text(json.dumps(value), encoding="utf-8")
        return str(path)

    return write


def decide(files, action, *more):
    call = files("call.json", action)
    chat = files("chat.json", {"messages": [{"role": "user", "content": "Go on."}]})
    now = ("--now", "2030-01-01T10:00:00Z")
    return code_of("decide", "starter", chat, "--action", call, *now, *more)


def test_a_scope_and_an_answer_of_resolve_say_the_same(files, tmp_path):
    out = tmp_path / "above.json"
    chat = files("above-chat.json", CHAT)
    assert code_of("resolve", "starter", chat, "--json", "--out", out) == 0
    answered, written = read_scope_file(str(out)), read_scope_file(files("scope.json", SCOPE))
    assert answered.allowed_tools == written.allowed_tools
    assert answered.latest_time == written.latest_time
    assert answered.max_cost == written.max_cost
    assert answered.tool_constraints == written.tool_constraints


def test_a_sub_agent_is_bound_by_the_scope_above(files):
    above = ("--within", files("scope.json", SCOPE))
    inside = {"tool": "mail_ann", "effects": {"effects": False}}
    assert decide(files, inside, *above) == 0
    assert decide(files, inside | {"tool": "pay"}, *above) == 1
    assert decide(files, inside | {"cost": 3}, *above) == 1


def test_a_call_hands_on_part_of_its_scope(files):
    above = ("--within", files("scope.json", SCOPE))
    part = {"allowed_tools": ["mail_ann"], "latest_time": "2030-01-01T11:00:00Z", "max_cost": 1}
    call = {"tool": "mail_ann", "effects": {"effects": False}, "hands_on": part}
    assert decide(files, call, *above) == 0
    wide = call | {"hands_on": part | {"max_cost": 5}}
    assert decide(files, wide, *above) == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "a scope is an object"),
        ({"allowed": []}, "allowed"),
        ({"max_cost": "much"}, "max_cost"),
        ({"latest_time": "noon"}, "latest_time"),
        ({"format": "charter-resolution/1", "scope": None}, "has no scope"),
        ({"format": "charter-resolution/1", "scope": {"revoked": 3}}, "allowed_tools"),
    ],
)
def test_what_is_no_scope_is_one_error(files, value, said):
    with pytest.raises(ParseError, match=said):
        read_scope_file(files("scope.json", value))


def test_a_bad_scope_ends_in_two(files, capsys):
    call = {"tool": "mail_ann", "hands_on": {"max_cost": "much"}}
    assert decide(files, call) == 2
    assert "hands_on: max_cost" in capsys.readouterr().err
