"""Scopes that several stated: who makes one, who only narrows, and what the tools offered say."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from tests.policy.worlds import directive, directives, policy, readings, thorough

from charter.policy.conversation import EMPTY
from charter.policy.decision import Call, Effect, Facts, ToolFacts
from charter.policy.decisions.decide import decide
from charter.policy.directive import Act, Delegation
from charter.policy.fate import Ground, State
from charter.policy.fates.resolve import resolve
from charter.policy.scope import Scope, is_within

POLICY = policy()
OFFERED = replace(EMPTY, tools=("read", "pay"))
LENT = directive("lend", act="delegate", delegation=Delegation(("tool:search",)))


def stated(name, level, *tools, order=0, **fields):
    fields = {"latest_time": 100.0, "max_cost": 9.0} | fields
    scope = Scope(tools, level=level, id=name, **fields)
    return directive(name, level, order, act="scope", scope=scope)


def pay(found, cost=1.0):
    call = Call("pay", cost=cost, facts=ToolFacts())
    return decide(POLICY, found, Facts("tool_call", call=call, now=1.0)).effect


def test_lent_words_make_no_scope():
    wide = stated("wide", "none", "pay", order=1, max_cost=1e6)
    found = resolve(POLICY, directives=[LENT, wide])
    assert found.in_force("wide")
    assert found.scope is None
    assert pay(found) is Effect.DENY


def test_lent_words_narrow_and_agree_to_nothing_in_advance():
    asked = [LENT, stated("part", "none", "pay", order=1)]
    assert pay(resolve(POLICY, OFFERED, asked)) is Effect.REQUIRE_APPROVAL
    assert pay(resolve(POLICY, OFFERED, [LENT, stated("part", "none", "read", order=1)])) == "deny"
    own = [stated("own", "developer", "pay", "read"), LENT]
    assert pay(resolve(POLICY, OFFERED, own)) is Effect.ALLOW
    less = resolve(POLICY, OFFERED, [*own, stated("part", "none", "read", order=1)])
    assert pay(less) is Effect.DENY


def test_a_scope_names_no_tool_that_the_request_does_not_offer():
    found = resolve(POLICY, replace(EMPTY, tools=("read",)), [stated("own", "user", "pay", "read")])
    assert found.scope.allowed_tools == ("read",)
    assert pay(found) is Effect.DENY
    unlisted = resolve(POLICY, directives=[stated("own", "user", "pay")])
    assert pay(unlisted) is Effect.ALLOW


def test_a_pattern_is_no_name_where_tools_are_offered():
    found = resolve(POLICY, OFFERED, [stated("own", "user", "p*")])
    assert found.scope.allowed_tools == ("pay",)
    assert pay(found) is Effect.REQUIRE_APPROVAL


def test_a_doubted_scope_narrows_while_somebody_is_asked():
    doubted = replace(stated("maybe", "developer", "read"), mistaken="possibly quoted")
    found = resolve(POLICY, OFFERED, [doubted])
    assert found.fate("maybe").state is State.SUSPENDED
    assert pay(found) is Effect.DENY
    wide = replace(stated("maybe", "developer", "pay"), mistaken="possibly quoted")
    assert resolve(POLICY, directives=[wide]).scope is None


def test_a_doubted_keep_holds_while_somebody_is_asked():
    asked = [
        directive("k", "developer", act="keep", targets=("user_1",), mistaken="possibly quoted"),
        directive("o", "user", 1, act="override", targets=("user_1",)),
    ]
    found = resolve(POLICY, directives=asked)
    assert found.in_force("user_1")
    assert (found.fate("o").ground, found.fate("o").by) == (Ground.MISALIGNED, "k")


@pytest.mark.parametrize(
    "said",
    [
        {"act": "override", "targets": ("user_1",)},
        {"act": "soften", "targets": ("guideline_1",)},
        {"act": "keep", "targets": ("user_1",)},
        {"act": "supersede", "targets": ("lend",)},
        {"act": "clash", "targets": ("user_1", "root_1")},
        {"act": "delegate", "delegation": Delegation(("tool:files",))},
        {"act": "scope", "scope": Scope(("pay",), latest_time=100.0, max_cost=9.0)},
        {"conflicts": ("user_1",)},
    ],
    ids=lambda said: said.get("act", "conflicts"),
)
def test_a_part_lent_for_a_subject_moves_nothing_else(said):
    only = Delegation(("tool:search",), None, ("style",))
    lend = directive("lend", "developer", act="delegate", delegation=only)
    asked = [lend, directive("e", "none", 1, subject="style", value="terse", **said)]
    found = resolve(POLICY, directives=asked)
    assert found.fate("e").ground is Ground.NOT_DELEGATED
    plain = directive("e", "none", 1, subject="style", value="terse")
    assert resolve(POLICY, directives=[lend, plain]).in_force("e")


@thorough
@given(directives(), readings())
def test_scopes_of_words_without_authority_only_narrow(asked, chosen):
    compiled = policy(readings=chosen)
    own = [one for one in asked if one.level != "none"]
    lent = [one for one in asked if one.level == "none" and one.act is Act.SCOPE]
    for conversation in (EMPTY, replace(EMPTY, tools=("a", "b1"))):
        alone = resolve(compiled, conversation, own).scope
        together = resolve(compiled, conversation, [*own, *lent]).scope
        bound = alone or Scope(conversation.tools, max_cost=inf)
        assert together is None or is_within(together, bound)
        assert together is not None or alone is None
