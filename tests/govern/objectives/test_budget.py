"""What is left of a budget, in words."""

from fractions import Fraction

import pytest

from charter.estimates.interval import Interval
from charter.govern.objectives.budget import LEFT, SPENT, UNKNOWN, UNSURE, Budget
from charter.govern.objectives.objective import spoken


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget(UNKNOWN, None, None), "unknown"),
        (Budget(LEFT, Fraction(34, 100), None), "34 % left"),
        (Budget(LEFT, Fraction(1), None), "100 % left"),
        (Budget(SPENT, Fraction(0), None), "spent: 1.0 times what it allows"),
        (Budget(SPENT, Fraction(-9169, 1000), None), "spent: 10.2 times what it allows"),
        (Budget(LEFT, Fraction(1, 2), Interval(0.2, 0.7)), "50 % left (20 to 70 % left)"),
        (
            Budget(UNSURE, Fraction(-1, 10), Interval(-0.5, 0.2)),
            "perhaps spent: 1.1 times what it allows (-50 to 20 % left)",
        ),
    ],
)
def test_what_is_left(budget, said):
    assert budget.said == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(5, "5 minutes"), (60, "1 hour"), (90, "90 minutes"), (1440, "1 day"), (4320, "3 days")],
)
def test_windows_are_spoken_of_in_their_largest_unit(minutes, said):
    assert spoken(minutes) == said
