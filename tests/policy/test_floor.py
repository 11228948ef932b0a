"""How much authority it takes: the whole table, for every flag and for other ladders."""

from __future__ import annotations

from math import inf

import pytest

from charter.policy.floor import floors
from charter.spec.ladder import DEFAULT_LADDER, Ladder, Level, Yields

IMPLICIT = {"root": inf, "system": inf, "developer": inf, "user": inf, "guideline": 2}
"""Ranks of the default ladder: system 4, developer 3, user 2, guideline 1."""


@pytest.mark.parametrize(
    ("as_developer", "steering", "explicit"),
    [
        (False, True, {"root": inf, "system": 4, "developer": 3, "user": 2, "guideline": 2}),
        (True, True, {"root": inf, "system": 4, "developer": 2, "user": 2, "guideline": 2}),
        (False, False, {"root": inf, "system": 4, "developer": 3, "user": 3, "guideline": 2}),
        (True, False, {"root": inf, "system": 4, "developer": 3, "user": 3, "guideline": 2}),
    ],
)
def test_the_table_of_the_default_ladder(as_developer, steering, explicit):
    found = floors(DEFAULT_LADDER, as_developer=as_developer, steering=steering)
    assert found == {True: explicit, False: IMPLICIT}


def test_users_who_act_as_developers_get_all_that_yields_between_the_two():
    ladder = Ladder(
        (
            Level("boss", ("boss",), Yields.EXPLICIT, "boss"),
            Level("developer", ("developer",), Yields.IMPLICIT, "developer"),
            Level("lead", ("lead",), Yields.IMPLICIT, "lead"),
            Level("user", ("user",), Yields.EXPLICIT, "user"),
        )
    )
    found = floors(ladder, as_developer=True, steering=True)
    assert found[True] == {"boss": 4, "developer": 1, "lead": 1, "user": 1}
    assert found[False] == {"boss": inf, "developer": 1, "lead": 1, "user": inf}


def test_without_a_developer_level_nobody_acts_as_one():
    ladder = Ladder(
        (
            Level("board", ("board",), Yields.EXPLICIT, "board"),
            Level("user", ("user",), Yields.IMPLICIT, "user"),
        )
    )
    found = floors(ladder, as_developer=True, steering=True)
    assert found == {True: {"board": 2, "user": 1}, False: {"board": inf, "user": 1}}


def test_users_above_developers_keep_what_is_theirs():
    ladder = Ladder(
        (
            Level("user", ("user",), Yields.EXPLICIT, "user"),
            Level("developer", ("developer",), Yields.EXPLICIT, "developer"),
        )
    )
    assert floors(ladder, as_developer=True, steering=True)[True] == {"user": 2, "developer": 1}


def test_without_steering_what_yields_below_users_needs_more_than_users_too():
    ladder = Ladder(
        (
            Level("developer", ("developer",), Yields.EXPLICIT, "developer"),
            Level("user", ("user",), Yields.EXPLICIT, "user"),
            Level("guest", ("guest",), Yields.EXPLICIT, "guest"),
            Level("style", (), Yields.IMPLICIT, "guest"),
        )
    )
    found = floors(ladder, as_developer=False, steering=False)
    assert found[True] == {"developer": 4, "user": 4, "guest": 4, "style": 2}
