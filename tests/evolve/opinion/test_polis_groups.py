"""Groups found in published conversations beside the groups exported with them.

What is counted is a fact and must match. Groups are one algorithm's view on either side: bounds are
wide, and the numbers stand in docs/statistics-of-voices.md.
"""

import csv

import numpy as np
import pytest

from charter.evolve.opinion.ari import likeness
from charter.evolve.opinion.groups import groups_of
from charter.evolve.opinion.mixture import fit, placed, responsibilities
from charter.evolve.opinion.tally import tally
from charter.evolve.opinion.votes import votes_of

pytestmark = pytest.mark.data

SHOWN = {"1", "0"}
"""Marks of moderation that leave a statement in."""


def read(folder):
    """Return the last vote of each person on each statement left in, and exported groups."""

    def rows(name):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    shown = {row["comment-id"] for row in rows("comments.csv") if row["moderated"] in SHOWN}
    last = {}
    for row in sorted(rows("votes.csv"), key=lambda row: int(row["timestamp"])):
        if row["comment-id"] in shown:
            last[row["voter-id"], row["comment-id"]] = int(row["vote"])
    votes = votes_of(((p, i, v) for (p, i), v in last.items()), shown)
    given = {row["participant"]: row["group-id"] for row in rows("participants-votes.csv")}
    exported = np.array([int(given.get(p) or -1) for p in votes.people])
    return votes, exported


@pytest.mark.parametrize(
    ("name", "size", "groups"),
    [
        ("15-per-hour-seattle", (337, 31, 2849), [99, 39]),
        ("brexit-consensus", (204, 50, 5303), [106, 91]),
        ("vtaiwan.uberx", (1912, 119, 49348), [330, 889]),
    ],
)
def test_what_was_exported_is_read(data_dir, name, size, groups):
    table, exported = read(data_dir / "polis" / name)
    assert (len(table.people), len(table.items), len(table)) == size
    assert tally(table).counts.sum() == size[2]
    assert np.bincount(exported[exported >= 0]).tolist() == groups


@pytest.mark.parametrize(
    ("name", "all_of_them", "sure"),
    [
        ("15-per-hour-seattle", (0.3, 0.6), (0.5, 0.9)),
        ("brexit-consensus", (0.65, 0.95), (0.85, 1.0)),
        ("vtaiwan.uberx", (0.6, 0.85), (0.65, 0.95)),
    ],
)
def test_two_groups_are_much_like_the_exported_two(data_dir, name, all_of_them, sure):
    table, exported = read(data_dir / "polis" / name)
    belonging = responsibilities(table, fit(table, 2, seed=0))
    for least, (low, high) in ((0.0, all_of_them), (0.8, sure)):
        found = likeness(exported, placed(belonging, least), seed=0, draws=200)
        assert low < found.value <= high
        assert found.interval.low < found.value <= found.interval.high
        assert found.people + found.left_out == len(table.people)


def test_groups_are_found_in_a_real_conversation(data_dir):
    table, exported = read(data_dir / "polis" / "brexit-consensus")
    found = groups_of(table, seed=0, permutations=19)
    assert found.k == 2
    assert found.structure.p == 0.05
    assert found.one_sided < 0.8
    assert likeness(exported, found.labels, seed=0, draws=200).value > 0.8
