"""Who may change a rule, in words."""

from __future__ import annotations

import pytest

from charter.load import load_policy
from charter.publish.standing import standing, standing_at


@pytest.fixture(scope="module")
def policy():
    """That of the starter spec."""
    return load_policy("starter", cache=False)


@pytest.mark.parametrize(
    ("level", "kind", "who"),
    [
        ("root", "nobody", "Nobody"),
        ("system", "operator", "The operator"),
        ("developer", "developer", "The developer"),
        ("user", "user", "The user"),
        ("guideline", "context", "Anyone, by context"),
    ],
)
def test_each_level_says_who(policy, level, kind, who):
    found = standing_at(policy, level)
    assert (found.kind, found.who) == (kind, who)


def test_those_above_may_too(policy):
    assert standing_at(policy, "user").how.startswith("The operator, the developer or the user")
    assert standing_at(policy, "system").how.startswith("Only the operator")


def test_what_does_not_bind_has_no_standing(policy):
    assert standing(policy, "overview") is None
    assert standing(policy, "no_such_section") is None


def test_conditions_are_named(policy):
    conditional = next(rule for rule in policy.rules if rule.conditions)
    assert standing(policy, conditional.id).conditions == conditional.conditions
