"""Sub-agents work under the scope of the agent that started them, changes and stops included."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import directive, directives, policy, readings, thorough

from charter.policy.conversation import EMPTY
from charter.policy.decision import Call, Effect, Facts
from charter.policy.decisions.decide import decide
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope, is_within, narrow

POLICY = policy()
PARENT = Scope(
    ("read", "mail*"),
    latest_time=100.0,
    max_cost=5.0,
    tool_constraints={"read": {"path": {"prefix": "/home/"}}},
    level="user",
    id="parent",
)
TOOLS = st.lists(st.sampled_from(["read", "mail", "mail*", "pay", "*"]), max_size=3).map(tuple)
ENDS = st.sampled_from([None, 10.0, 50.0, 100.0, 200.0])
LIMITS = st.sampled_from(
    [{}, {"prefix": "/home/a"}, {"prefix": "/"}, {"in": ["/home/x", "/etc"]}, {"prefix": "/etc"}]
)
SCOPES = st.builds(
    lambda tools, end, cost, limits, revoked: Scope(
        tools,
        end,
        cost,
        {"read": {"path": limits}} if limits else {},
        issued_at=0.0,
        level="user",
        id="own",
        revoked=revoked,
    ),
    TOOLS,
    ENDS,
    st.sampled_from([0.0, 1.0, 9.0]),
    LIMITS,
    st.booleans(),
)


def stated(scope):
    return directive("own", "user", 1, act="scope", scope=replace(scope, id="own"))


def effect(found, tool, *, now, cost=0.0, **args):
    call = Call(tool, args, cost=cost)
    return decide(POLICY, found, Facts("tool_call", call=call, now=now)).effect


def test_an_agent_without_a_scope_of_its_own_has_that_of_the_agent_above():
    found = resolve(POLICY, within=PARENT)
    assert found.scope == PARENT
    assert effect(found, "read", now=1.0, path="/home/a") is Effect.ALLOW
    assert effect(found, "pay", now=1.0) is Effect.DENY


def test_what_an_agent_is_told_never_widens_the_scope_of_the_agent_above():
    wide = stated(Scope(("*",), latest_time=900.0, max_cost=50.0, level="user"))
    found = resolve(POLICY, directives=[wide], within=PARENT)
    assert found.in_force("own")
    assert effect(found, "mail", now=1.0, cost=5.0) is Effect.ALLOW
    assert effect(found, "mail", now=1.0, cost=6.0) is Effect.DENY
    assert effect(found, "mail", now=101.0) is Effect.DENY
    assert effect(found, "pay", now=1.0) is Effect.DENY
    assert effect(found, "read", now=1.0, path="/etc/passwd") is Effect.DENY


def test_to_stop_the_agent_above_stops_those_below():
    narrower = stated(Scope(("read",), latest_time=50.0, level="user"))
    found = resolve(POLICY, directives=[narrower], within=replace(PARENT, revoked=True))
    assert effect(found, "read", now=1.0, path="/home/a") is Effect.DENY


def test_both_scopes_are_named():
    found = resolve(POLICY, directives=[stated(Scope(("read",), level="user"))], within=PARENT)
    assert found.scope.id == "parent+own"


@thorough
@given(directives(), readings(), SCOPES, SCOPES)
def test_a_sub_agent_never_has_more_than_the_agent_above(asked, chosen, parent, own):
    compiled = policy(readings=chosen)
    found = resolve(compiled, directives=[*asked, stated(own)], within=parent)
    assert is_within(found.scope, parent)


@thorough
@given(SCOPES, SCOPES, SCOPES)
def test_narrowing_only_narrows(one, other, third):
    both = narrow(one, other)
    assert is_within(both, one)
    assert is_within(both, other)
    assert is_within(narrow(both, third), one)


def started(found, scope, *, spent=0.0, cost=0.0):
    call = Call("mail", {}, cost=cost, hands_on=scope)
    return decide(POLICY, found, Facts("tool_call", call=call, now=1.0, spent=spent))


def test_a_call_hands_on_no_more_than_is_left():
    found = resolve(POLICY, within=PARENT)
    part = Scope(("mail_tom",), latest_time=50.0, max_cost=3.0, tool_constraints={})
    limits = PARENT.tool_constraints
    assert started(found, replace(part, tool_constraints=limits)).effect is Effect.ALLOW
    for wider in (
        replace(part, allowed_tools=("*",), tool_constraints=limits),
        replace(part, latest_time=None, tool_constraints=limits),
        replace(part, latest_time=101.0, tool_constraints=limits),
        replace(part, max_cost=6.0, tool_constraints=limits),
        replace(part, allowed_tools=("read",)),
    ):
        decision = started(found, wider)
        assert decision.effect is Effect.DENY
        assert "wider scope" in next(one.reason for one in decision.checks if one.id == "scope")
    within = replace(part, tool_constraints=limits)
    assert started(found, within, spent=2.0).effect is Effect.ALLOW
    assert started(found, within, spent=1.5, cost=1.0).effect is Effect.DENY


def test_where_the_tools_offered_are_the_scope_no_other_tool_is_handed_on():
    offered = resolve(POLICY, replace(EMPTY, tools=("mail", "read")))
    assert started(offered, Scope(("mail",))).effect is Effect.ALLOW
    assert started(offered, Scope(("mail", "pay"))).effect is Effect.DENY
