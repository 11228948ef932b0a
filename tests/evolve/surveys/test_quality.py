"""Notes of how people took part: what is found, and how rarely people who mean it are noted."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from charter.evolve.surveys.answer import Compared, Voted
from charter.evolve.surveys.quality import KINDS, LEAST_OTHERS, look
from charter.evolve.surveys.survey import Comparison

from .people import as_shown, careless, copied, honest, large, sitting, straight

SURVEY = large()
REASON = "I would rather read a short answer than a long one."


@pytest.fixture(scope="module")
def crowd():
    chance = random.Random(8)
    return [honest(SURVEY, number, chance) for number in range(500)]


def kinds(sittings, wanted):
    return [note.kind for note in look(SURVEY, sittings) if note.participation == wanted.id]


def statement(answer):
    return lambda item: None if isinstance(item, Comparison) else answer(item)


def test_people_who_mean_it_are_rarely_noted(crowd):
    """Camps that agree on nothing; expected 0, 0 and 0, and 1.4 % for contradictions."""
    found = Counter(note.kind for note in look(SURVEY, crowd))
    assert set(found) <= {"contradiction"}
    assert found["contradiction"] <= 0.03 * len(crowd)


def test_what_was_done_is_found_among_them(crowd):
    clicked, copies = straight(SURVEY, 9001), [copied(SURVEY, 9100 + n) for n in range(3)]
    everybody = [*crowd, clicked, *copies]
    assert kinds(everybody, clicked) == ["contradiction", "straight_line", "too_fast"]
    for each in copies:
        assert kinds(everybody, each) == ["same_text"]
    chance = random.Random(5)
    lots = [careless(SURVEY, 9200 + n, chance) for n in range(200)]
    noted = Counter(note.kind for note in look(SURVEY, [*crowd[:50], *lots]))
    assert 60 < noted["contradiction"] < 140, "half of those who answer by chance"


def test_the_order_of_people_does_not_matter(crowd):
    some = [*crowd[:60], straight(SURVEY, 9001)]
    assert look(SURVEY, some) == look(SURVEY, some[::-1])
    assert set(KINDS) >= {note.kind for note in look(SURVEY, some)}


def test_conviction_is_no_straight_line():
    """Yes to everything, and no to each opposite, is an opinion."""
    convinced = sitting(SURVEY, 1, statement(lambda item: Voted(-1 if item.repeats else 1)))
    assert kinds([convinced], convinced) == []
    no_opposites = large(again=0)
    agreeing = sitting(no_opposites, 1, statement(lambda _: Voted(1)))
    assert look(no_opposites, [agreeing]) == ()


def test_passing_on_everything_is_noted_only_where_others_decide(crowd):
    absent = sitting(SURVEY, 9001, statement(lambda _: Voted(0)))
    assert kinds([*crowd[: LEAST_OTHERS + 1], absent], absent) == ["straight_line"]
    assert kinds([*crowd[: LEAST_OTHERS - 1], absent], absent) == [], "too few to compare with"
    many = [sitting(SURVEY, 9100 + n, statement(lambda _: Voted(0))) for n in range(60)]
    assert look(SURVEY, many) == (), "where all pass, it is usual"


def orders(number, answer):
    return sitting(
        SURVEY, number, lambda item: answer(item) if isinstance(item, Comparison) else None
    )


def backwards(item, number):
    shown = as_shown(item, number).personal
    return Compared(world=shown[::-1])


def test_candidates_left_as_they_were_shown_are_noted():
    left = orders(1, lambda item: as_shown(item, 1))
    turned = orders(1, lambda item: backwards(item, 1))
    level = orders(1, lambda _: Compared(personal=(("A", "B", "C", "D"),)))
    fixed = orders(1, lambda _: Compared(personal=(("A",), ("B",), ("C",), ("D",))))
    assert [note.kind for note in look(SURVEY, [left])] == ["straight_line"]
    assert "backwards" in look(SURVEY, [turned])[0].detail
    assert look(SURVEY, [level]) == ()
    assert look(SURVEY, [fixed]) == (), "the same letters were shown elsewhere each time"
    two = orders(1, lambda item: as_shown(item, 1) if item.id in ("c0", "c1") else None)
    assert look(SURVEY, [two]) == (), "two may well be chance"


def test_one_fast_answer_is_nobody_s_haste():
    def timed(fast):
        votes = statement(lambda item: Voted(-1 if item.repeats else 1))
        return sitting(SURVEY, 1, votes, lambda item: 100 if item.id in fast else 5000)

    every = {item.id for item in SURVEY.items}
    assert look(SURVEY, [timed(set(sorted(every)[:10]))]) == ()
    assert [note.kind for note in look(SURVEY, [timed(every)])] == ["too_fast"]
    untimed = sitting(SURVEY, 1, statement(lambda item: Voted(-1 if item.repeats else 1)))
    assert look(SURVEY, [untimed]) == ()


@pytest.mark.parametrize(
    ("against", "passed", "noted"),
    [
        ((), (), False),
        (("x0",), (), False),
        (("x0", "x1"), (), True),
        (("x0", "x1", "x2"), (), True),
        (("x0",), ("x1", "x2"), False),
        (("x0", "x1"), ("x2",), True),
    ],
)
def test_one_slip_is_nobody_s_contradiction(against, passed, noted):
    def vote(item):
        if item.id in passed:
            return Voted(0)
        opposite = bool(item.repeats) and item.id not in against
        return Voted(-1 if opposite or item.id == "s1" else 1)

    found = look(SURVEY, [sitting(SURVEY, 1, statement(vote))])
    assert [note.kind for note in found] == (["contradiction"] if noted else [])


def test_a_reason_is_noted_by_three_people_or_three_times():
    def wrote(number, items, text=REASON):
        return orders(number, lambda item: Compared(why=text) if item.id in items else None)

    pair = [wrote(n, {"c0"}) for n in range(2)]
    assert look(SURVEY, pair) == ()
    other = wrote(2, {"c1"}, "  i would RATHER read a short answer\nthan a long one.")
    found = look(SURVEY, [*pair, other])
    assert [note.kind for note in found] == ["same_text"] * 3
    assert all("short" not in note.detail for note in found), "nobody is quoted"
    assert look(SURVEY, [wrote(1, {"c0", "c1"})]) == ()
    assert "3 times" in look(SURVEY, [wrote(1, {"c0", "c1", "c2"})])[0].detail
    short = [wrote(n, {"c0", "c1", "c2"}, "It is better.") for n in range(5)]
    assert look(SURVEY, short) == ()
