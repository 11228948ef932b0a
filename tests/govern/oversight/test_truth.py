"""Whose word counts as true, and whether anybody measured how true it is."""

from __future__ import annotations

import pytest

from charter.govern.oversight import truth
from charter.govern.oversight.queue import Queue
from charter.records.oversight import AnswerKnown, ItemQueued
from charter.records.review import ReviewRecorded

AT = "2026-11-22T08:00:00.000Z"


def review(by, decision):
    return ReviewRecorded(decision, AT, by, "adhered", None, None, "s", True, "random", 9)


def test_tested_are_those_who_judged_a_known_answer_however_they_are_spelled():
    records = [
        ItemQueued("it_1", AT, "eve", "x_1.2", "x_1", "a", "s", "random", 0, 1),
        AnswerKnown("it_1", AT, "eve", "c", "p", "s"),
        ItemQueued("it_2", AT, "eve", "x_2.2", "x_2", "a", "s", "random", 0, 1),
        review("ADA ", "x_1.2"),
        review("bob", "x_2.2"),
    ]
    queue = Queue(records)
    assert truth.tested(queue.reviews(), queue.seeds()) == {"ada"}


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([], ""),
        (["ada"], ""),
        (["bob"], "to the one person who judged"),
        (["bob", "bob"], "to the one person who judged"),
        (["bob", "eve"], "to any of the 2 who judged"),
        (["ada", "bob", "eve"], "to 2 of the 3 who judged"),
    ],
)
def test_what_is_said_of_them(people, said):
    start = "people's word counts as true, and no known answer was given "
    assert truth.caution(people, {"ada"}) == (start + said if said else "")
