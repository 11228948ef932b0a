"""Ids that sort by their time."""

import re
import time

from charter.ledger.ordered_id import ordered_id


def test_ids_are_unique_and_of_one_form():
    made = [ordered_id("x_") for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch("x_[0-9a-f]{32}", one) for one in made)


def test_ids_sort_by_the_time_they_were_made(monkeypatch):
    made = []
    for second in (1, 1_700_000_000, 1_700_000_001, 4_000_000_000):
        monkeypatch.setattr(time, "time_ns", lambda second=second: second * 10**9)
        made.append(ordered_id("x_"))
    assert made == sorted(made)
