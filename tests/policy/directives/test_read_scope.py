"""Scopes and delegations; more in tests/cases/directives."""

import pytest

from charter.policy.conversation import Kind
from charter.policy.directives.read_scope import SOURCES, read_delegation, read_scope, source
from charter.policy.directives.read_value import Refused
from charter.policy.scope import Scope
from charter.spec.ladder import DEFAULT_LADDER


def test_a_scope_that_says_nothing_allows_nothing():
    scope = read_scope({}, "scope", level="user")
    assert scope == Scope(level="user")
    assert (scope.allowed_tools, scope.max_cost, scope.latest_time) == ((), 0.0, None)


def test_a_delegation_needs_no_more_than_a_source():
    found = read_delegation({"to": "tool:web"}, "delegate", ladder=DEFAULT_LADDER)
    assert found == (("tool:web",), None, ())


def test_every_kind_without_authority_can_be_named():
    assert {str(kind) for kind in Kind} - {"own", "directive"} <= set(SOURCES)


@pytest.mark.parametrize(
    "name", ["tool:web", "tool:*", "attachment:my notes.txt", "quote:user", "untrusted", "json*"]
)
def test_a_source_is_read_as_written(name):
    assert source(name, "to") == name


@pytest.mark.parametrize("name", ["*", "", ":x", "tool:", "Tool:x", "web", "tool:a\nb", None, 3])
def test_what_names_no_source_is_refused(name):
    with pytest.raises(Refused):
        source(name, "to")
