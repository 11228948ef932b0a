from __future__ import annotations

import pytest
from tests.policy.determinacy.small import LADDER, small_policy
from tests.policy.worlds import boundary, policy, rule

from charter.policy.determinacy.evaluate import strictness
from charter.policy.determinacy.firing import MAX_FIRINGS, firings, witness
from charter.policy.determinacy.sample import samples
from charter.policy.determinacy.world import World

PATTERNS = (
    "(?i)[?&](password|api_?key)=[^&]{8,}",
    r"\b4[0-9]{3}[ -][0-9]{4}\b",
    "^rm -[rf]+ /$",
    "a|(b|c)+d?",
    "[[:alpha:]]{3}",
    r"\d{2,5}\s\w",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_text_is_found_for_usual_patterns(pattern):
    assert samples(pattern)


@pytest.mark.parametrize("pattern", ["(", "[z-a]", r"\pL", "x" * 5000, "(" * 90 + "a" + ")" * 90])
def test_what_is_not_understood_gives_no_text_and_no_failure(pattern):
    assert samples(pattern) == ()


CONDITIONS = (
    ("tool_call", "tool == 'pay' && args.sum > 5"),
    ("tool_call", "has(args.url) && args.url.startsWith('https://') && levels.user > 0"),
    ("tool_call", "has(labels.to) && labels.to.level < levels.user"),
    ("tool_call", "asked_by == 'user'"),
    ("tool_call", "has(scope.max_cost) && double(scope.max_cost) > 1.0"),
    ("tool_call", "privileged > 4"),
    ("tool_call", "args.exists(name, name == 'to')"),
    ("output", "words > 120"),
    ("output", "has(settings.max_words) && words > int(settings.max_words)"),
    ("output", "text.matches('(?i)i am (a )?human')"),
    ("request", "has(settings.under_18) && settings.under_18 == true && text.contains('beer')"),
    ("tool_result", "tool in ['read', 'search'] && text.contains('ignore')"),
)


@pytest.mark.parametrize(("stage", "when"), CONDITIONS)
def test_what_is_found_for_a_condition_makes_it_fire_in_some_context(stage, when):
    section = rule("one", "user", ladder=LADDER)
    teens = rule("teens", "root", ladder=LADDER, conditions=("under_18",))
    one = boundary("it", section, when, "deny", stage)
    made = policy((section, teens), ladder=LADDER, boundaries=(one,))
    world = World(made, {})
    assert witness(made, one) is not None
    cells = (cell for cell in world.cells() if cell.event.firing.features)
    fired = (
        strictness(world.evaluator.answer(cell.context(combo), {})).boundaries
        for cell in cells
        for combo in cell.combos()
    )
    assert any(name == "it" for found in fired for name, _ in found)


def test_what_cannot_be_is_not_found_and_said():
    found = firings(small_policy())
    assert found.unseen == ("never",)
    assert found.left_out == ()
    assert [dict(firing.features)["fires"] for firing in found.firings] == [
        "no_pay",
        "long",
        "teen",
    ]


def test_boundaries_beyond_the_limit_are_named():
    section = rule("one", "user")
    many = tuple(
        boundary(f"b{at}", section, f"text.contains('word{at}')", "flag", "output")
        for at in range(MAX_FIRINGS + 3)
    )
    found = firings(policy((section,), boundaries=many))
    assert len(found.firings) == MAX_FIRINGS
    assert found.left_out == tuple(f"b{MAX_FIRINGS + at}" for at in range(3))
