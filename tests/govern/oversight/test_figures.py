"""Figures of reviewers and sections, worked out by hand."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from charter.govern.oversight.figures import figures
from charter.govern.oversight.load import load, seen_within
from charter.govern.oversight.queue import Queue
from charter.govern.oversight.share import share
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved, ItemQueued
from charter.records.review import ReviewRecorded

from .test_queue import at, opinion, queued


def review(run, by, label="adhered", **given):
    whole = {
        "refusal": None, "decision_right": None, "section": "a", "blind": True,
        "drawn": "random", "seconds": 10,
    } | given  # fmt: skip
    return ReviewRecorded(run, at(), by, label, **whole)


def test_each_figure_is_what_a_hand_makes_of_it():
    reviews = []
    for number in range(12):
        wrong = number < 3
        reviews.append(review(f"x{number}.1", "ada", decision_right=not wrong, seconds=number + 1))
        reviews.append(review(f"x{number}.1", "bob", "violated" if number == 0 else "adhered"))
    found = figures(reviews, {})
    ada, bob = found.people
    assert (ada.name, ada.reviews, ada.overrides.count, ada.overrides.n) == ("ada", 12, 3, 12)
    assert ada.overrides.value == 0.25
    assert ada.overrides.interval.low == pytest.approx(0.0549, abs=5e-5)  # of published tables
    assert ada.overrides.interval.high == pytest.approx(0.5719, abs=5e-5)
    assert (ada.spent.median, ada.spent.low, ada.spent.high) == (6.5, 3.75, 9.25)
    assert (bob.overrides.n, bob.overrides.value, bob.overrides.too_few) == (0, None, True)
    assert (found.whole.units, found.whole.unanimous, found.whole.opinions) == (12, 11, 24)
    assert found.whole.too_few
    assert found.whole.alpha == pytest.approx(0.0)  # 1 - 23 * 2 / (24^2 - 23^2 - 1)
    assert (found.reviews, found.right, found.judged) == (24, 9, 12)
    (section,) = found.sections
    assert (section.name, section.reviews, section.agreement) == ("a", 24, found.whole)


def test_only_blind_opinions_on_one_section_are_compared():
    reviews = [
        review("x.1", "ada"),
        review("x.1", "bob", "violated", blind=False),
        review("x.1", "cyd", "violated", section="b"),
        review("x.1", "dan"),
    ]
    found = figures(reviews, {})
    assert (found.whole.units, found.whole.opinions, found.whole.unanimous) == (1, 2, 1)
    assert [each.agreement.units for each in found.people] == [1, 0, 0, 1]
    assert found.spent.n == 3


def test_people_are_persons_and_not_spellings():
    found = figures([review("x.1", "Ada"), review("y.1", "ada ")], {})
    assert [(each.name, each.reviews) for each in found.people] == [("Ada", 2)]


def test_nothing_is_nothing():
    found = figures([], {})
    assert (found.people, found.sections, found.spent.median) == ((), (), None)
    assert found.vigilance.too_few
    assert found.whole.alpha is None


def test_known_error_rates_of_fifteen_reviewers_are_recovered():
    """Vigilance lies within its 95 % interval about as often as it says."""
    source, held = random.Random(7), 0
    rates = [0.5 + 0.03 * number for number in range(15)]
    queue, reviews = Queue(), []
    for number in range(200):
        name = f"it_{number}"
        queue.take(queued(name, needed=15))
        queue.take(AnswerKnown(name, at(), "lead", "0" * 64, "p", "s"))
    seeds = {key: _opened(item) for key, item in queue.seeds().items()}
    for person, rate in enumerate(rates):
        for decision in seeds:
            right = source.random() < rate
            reviews.append(
                review(decision, f"r{person:02}", "violated" if right else "adhered", section="s")
            )
    found = figures(reviews, seeds)
    for person, rate in zip(found.people, rates, strict=True):
        assert person.vigilance.n == 200
        held += person.vigilance.interval.holds(rate)
    assert held >= 13


def _opened(item):
    return replace(item, shown=AnswerShown(item.id, at(), "violated", "00"))


@pytest.mark.parametrize(("count", "n"), [(2, 1), (-1, 3), (0, -1)])
def test_a_share_is_of_a_whole(count, n):
    with pytest.raises(ValueError, match="is no share"):
        share(count, n, enough=1)


def item(number, *, minutes=0.0, **given) -> ItemQueued:
    return queued(f"it_{number}", minutes=minutes, **given)


def test_the_load_of_a_queue():
    queue = Queue(
        [
            item(1),
            item(2, minutes=10, needed=3),
            item(3, minutes=20),
            item(4, minutes=0),
            item(5, minutes=0),
            opinion(item="it_2"),
            opinion(item="it_3"),
            ItemMoved("it_4", 1, at(1), "lead", "withdrawn", reason="x"),
            AnswerKnown("it_5", at(), "lead", "0" * 64, "p", "s"),
        ]
    )
    found = load(queue.items(), now=at(60))
    assert (found.waiting, found.opinions, found.unseen, found.oldest) == (2, 3, 1, 3600.0)
    empty = load((), now=at())
    assert (empty.waiting, empty.oldest) == (0, None)
    with pytest.raises(ValueError, match="not a time"):
        load((), now="now")


def test_the_share_seen_in_time():
    """Ten in time, three late, one never; what may still be in time is on neither side."""
    records = []
    for number in range(10):
        records += [item(number), opinion(f"p{number}", item=f"it_{number}", minutes=30)]
    for number in range(10, 13):
        records += [item(number), opinion("q", item=f"it_{number}", minutes=31)]
    records += [
        item(13),
        item(14, minutes=50),
        item(15), ItemMoved("it_15", 1, at(1), "lead", "withdrawn", reason="x"),
        item(16), AnswerKnown("it_16", at(), "lead", "0" * 64, "p", "s"),
    ]  # fmt: skip
    items = Queue(records).items()
    found = seen_within(items, within=1800, now=at(60))
    assert (found.count, found.n) == (10, 14)
    later = seen_within(items, within=1800, now=at(80))
    assert (later.count, later.n) == (10, 15)
    assert seen_within(items, within=1800, now=at(80), since=at(40)).n == 1
    assert seen_within(items, within=1800, now=at(80), since=at(40)).too_few
    assert seen_within(items, within=1800, now=at(80), until=at(50)).n == 14
    with pytest.raises(ValueError, match="within"):
        seen_within(items, within=0, now=at())
