"""A policy that is small enough to look at in every way."""

from __future__ import annotations

from tests.policy.worlds import boundary, policy, rule

from charter.policy.determinacy.world import World
from charter.spec.ladder import Ladder, Level, Yields
from charter.spec.reading import DEFAULTS

LADDER = Ladder(
    (
        Level("root"),
        Level("system", ("system",), Yields.EXPLICIT, "system"),
        Level("user", ("user",), Yields.EXPLICIT, "user"),
        Level("guideline", (), Yields.IMPLICIT, "user"),
    )
)


def small_policy(*, boundaries: bool = True, **fields):
    """Return a policy of two levels that speak, with five sections."""
    rules = (
        rule("honest", "root", ladder=LADDER),
        rule("harmless", "root", ladder=LADDER, prohibits=True),
        rule("teens", "root", ladder=LADDER, conditions=("under_18",)),
        rule("mail", "user", ladder=LADDER),
        rule("brief", "guideline", ladder=LADDER),
    )
    by = {each.id: each for each in rules}
    found = (
        boundary("no_pay", by["harmless"], "tool == 'pay' && args.sum > 5", "deny", "tool_call"),
        boundary("ask_pay", by["mail"], "tool == 'pay' && args.sum > 5", "flag", "tool_call"),
        boundary("never", by["honest"], "words < 0", "deny", "output"),
        boundary("long", by["mail"], "words > 40", "flag", "output"),
        boundary("teen", by["teens"], "text.contains('beer')", "deny", "request"),
    )
    return policy(rules, ladder=LADDER, boundaries=found if boundaries else (), **fields)


def without(*kept: str) -> dict[str, str]:
    """Return all readings but some, as if they were moot."""
    return {name: "left out here" for name in DEFAULTS if name not in kept}


def small_world(*kept: str, **fields) -> World:
    """Return the contexts of the small policy, with a few readings that are varied."""
    return World(small_policy(**fields), without(*kept))
