"""Judgements that look automatic: honest people are left alone, stamps are found."""

from __future__ import annotations

import math
import random

import pytest

from charter.govern.oversight.automatic import Judgement, look, of_reviews, of_votes
from charter.records.approval import ApprovalVoted
from charter.records.review import ReviewRecorded

HONEST = 12
CASES = 80
KNOWN = 12


def honest(source, name):
    """Judgements of somebody who reads: as quick and as lenient as the tolerances at most allow."""
    for number in range(CASES):
        quick = source.random() < 0.1
        seconds = 1 if quick else 5 + source.randrange(100)
        yield Judgement(name, "vote", source.random() < 0.9, seconds)
        yield Judgement(name, "review", source.random() < 0.85, seconds, 200)
        if number < KNOWN:
            yield Judgement(name, "review", source.random() < 0.2, seconds, 200, known=False)


def stamping(source, name):
    """Judgements of somebody who passes everything, at once."""
    for number in range(CASES):
        yield Judgement(name, "vote", passed=True, seconds=1)
        known = False if number < KNOWN else None
        yield Judgement(name, "review", passed=True, seconds=source.randrange(3), known=known)


def test_a_look_at_honest_people_warns_as_rarely_as_it_says():
    """At most 1 % of looks; of 300 looks more than 9 would come up once in a thousand times."""
    source = random.Random(11)
    warned = 0
    for _ in range(300):
        every = [each for n in range(HONEST) for each in honest(source, f"p{n}")]
        warned += any(each.warns for each in look(every))
    assert warned <= 9


def test_stamps_are_found_among_honest_people():
    source = random.Random(12)
    for _ in range(40):
        every = [each for n in range(HONEST) for each in honest(source, f"p{n}")]
        every += stamping(source, "stamp")
        found = {each.name: each for each in look(every)}
        assert found["stamp"].warns
        names = {each.name for each in found["stamp"].patterns if each.warns}
        assert names == {"quick", "passing", "let through"}


def test_one_who_takes_time_and_passes_everything_is_found_by_what_others_turn_down():
    source = random.Random(13)
    every = [each for n in range(6) for each in honest(source, f"p{n}")]
    every += [Judgement("slow", "vote", passed=True, seconds=60) for _ in range(150)]
    found = {each.name: each for each in look(every)}
    assert [each.name for each in found["slow"].patterns if each.warns] == ["passing"]


def test_where_nobody_turns_anything_down_passing_is_no_sign():
    every = [Judgement(name, "vote", True, 60) for name in ("ada", "bob") for _ in range(200)]
    assert not any(each.warns for each in look(every))


def test_alone_nobody_is_compared():
    (found,) = look([Judgement("ada", "vote", True, 60)] * 500)
    passing = next(each for each in found.patterns if each.name == "passing")
    assert (passing.p, found.warns) == (None, False)


def test_few_judgements_are_said_to_be_few():
    (found,) = look([Judgement("ada", "vote", True, 1)] * 29)
    assert found.too_few
    assert not found.warns
    (found,) = look([Judgement("ada", "vote", True, 1)] * 30)
    assert found.warns


@pytest.mark.parametrize(
    ("seconds", "characters", "quick"),
    [(0, 0, True), (1, 0, True), (2, 0, False), (9, 600, True), (10, 600, False),
     (None, 6000, False)],
)  # fmt: skip
def test_quick_is_sooner_than_anybody_reads(seconds, characters, quick):
    assert Judgement("a", "vote", True, seconds, characters).quick is quick


def test_the_p_values_are_those_of_the_tables():
    (found,) = look([Judgement("a", "vote", n % 2 == 0, 1 if n < 8 else 9) for n in range(30)])
    quick = found.patterns[0]
    exact = sum(math.comb(30, k) * 0.1**k * 0.9 ** (30 - k) for k in range(8, 31))
    assert (quick.count, quick.n) == (8, 30)
    assert quick.p == pytest.approx(exact)
    every = [Judgement("a", "vote", True, 9)] * 40
    every += [Judgement("b", "vote", n >= 10, 9) for n in range(60)]
    passing = look(every)[0].patterns[1]
    ways = math.comb(90, 40) / math.comb(100, 40)
    assert passing.p == pytest.approx(ways)


def test_records_become_judgements():
    votes = [
        ApprovalVoted("a", "t", "ada", "approve", "b", seconds=4),
        ApprovalVoted("a", "t", "bob", "edit", "b"),
    ]
    assert list(of_votes(votes)) == [
        Judgement("ada", "vote", True, 4),
        Judgement("bob", "vote", False, None),
    ]
    reviews = [
        ReviewRecorded("x.1", "t", "ada", "adhered", None, None, "s", blind, "random", 0)
        for blind in (True, False)
    ]
    assert list(of_reviews(reviews, {}, {"x.1": 90})) == [Judgement("ada", "review", True, 0, 90)]


def test_nobody_is_nobody():
    assert look([]) == ()
