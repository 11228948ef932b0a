"""Which answers can flow."""

from __future__ import annotations

import pytest
from tests.gateway.judging.scene import SERVED, Finds, bound, check, serve

from charter.gateway.judging.plan import bounded, literals, planned
from charter.policy.decision import Effect

PLANS = [
    ("text.matches('key [0-9]{4}')", "deny", ["key [0-9]{4}"]),
    ("output.text.matches('key(.*)')", "deny", ["key"]),
    ("text.matches('key(.*)')", "redact", None),
    ("text.matches('a b') || text.contains('x.y')", "deny", ["a b", r"x\.y"]),
    ("text.startsWith('No')", "deny", [r"\ANo"]),
    ("text.endsWith('?')", "deny", [r"\?\z"]),
    ("text.contains('x')", "redact", None),
    ("text.matches('a.*b')", "deny", None),
    ("text.matches('a') && words > 3", "deny", None),
    ("request.text.matches('a')", "deny", None),
    ("!text.matches('a')", "deny", None),
    ("text.matches('a*')", "deny", None),
    ("text.contains('')", "deny", None),
    ("text.contains('\ufb01')", "deny", None),  # a ligature never stands in normalised text
    ("words > 3", "deny", None),
]


@pytest.mark.parametrize(("when", "effect", "expected"), PLANS)
def test_a_boundary_is_decided_by_bounded_patterns_or_needs_the_whole_text(when, effect, expected):
    found = bounded(bound("b", "root_1", when, effect, "output"))
    assert (None if found is None else list(found.values())) == expected


def test_the_plan_of_a_policy_with_checks():
    ready = Finds("x", patterns={"one": "secret [0-9]{3}"})
    slow = Finds("y", patterns={"one": "secret.*word"})
    served = serve(
        check("fast", ready, "redact"),
        check("slow", slow),
        check("noted", Finds("z"), "flag"),
        check("incoming", Finds("z"), stages=frozenset({"request"})),
    )
    streaming = served.streaming
    assert streaming.effects == {
        "boundary:no_leak:0": Effect.DENY,
        "boundary:no_cards:0": Effect.REDACT,
        "boundary:no_poems:0": Effect.DENY,
        "check:fast:one": Effect.REDACT,
    }
    assert set(streaming.patterns.ids) == set(streaming.effects)
    assert streaming.whole == ("ask_quote", "slow")  # people are shown whole answers


def test_what_is_set_aside_is_not_planned():
    found = planned(SERVED.policy, (), frozenset({"user_1"}))
    assert "boundary:no_poems:0" not in found.streaming.effects
    assert "boundary:no_leak:0" in found.streaming.effects


def test_more_patterns_than_one_set_takes_make_the_answer_wait():
    many = {f"p{n}": f"word{n}" for n in range(999)}
    served = serve(check("many", Finds("x", patterns=many)))
    assert "many" in served.streaming.whole


def test_patterns_in_a_condition():
    root = bound(
        "b",
        "root_1",
        "text.matches('a') && !(output.text.matches('b') || request.text.matches('c'))",
        "redact",
        "output",
    ).condition.root
    assert literals(root, "output") == ("a", "b")
