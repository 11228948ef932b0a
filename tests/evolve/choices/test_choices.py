"""Planted partings are found, none where none is planted; nothing about few people is told."""

import random
from dataclasses import replace

import pytest

from charter.evolve.choices.answered import placed
from charter.evolve.choices.choices import choices_of
from charter.evolve.choices.export import export_choices, half_tested
from charter.evolve.choices.reasons import sides_of
from charter.evolve.voices import Barred, Order, Person
from charter.records.ranking import AnswersRanked

from .simulated import groups, rankings, simulated


def sections(found, **changes):
    return {
        row.section
        for row in found.parted
        if all(getattr(row, name) == value for name, value in changes.items())
    }


def test_planted_partings_are_found_in_both_scopes_and_channels():
    voices, ranked = simulated(opposed=(1, 4), channels=("open", "panel"), people=20)
    found = choices_of(voices, ranked)
    for channel in ("open", "panel"):
        for scope in ("personal", "world"):
            where = sections(found, channel=channel, scope=scope)
            assert where == {"section_1", "section_4"}


def test_where_the_spec_is_of_peoples_mind_nothing_parts():
    for seed in range(10):
        voices, ranked = simulated(people=15, items=3, spec_noise=0.35, seed=seed)
        assert not choices_of(voices, ranked).parted


def test_where_people_are_of_no_mind_false_alarms_are_as_rare_as_said():
    """The hardest case of no disagreement: both tests stand on their boundary."""
    against, apart, alarms = [], [], 0
    for seed in range(40):
        voices, ranked = simulated(
            people=15, items=3, sections=4, indifferent=True, spec_noise=0.3, seed=200 + seed
        )
        found = choices_of(voices, ranked)
        rows = [row for row in found.rows if not row.over_all]
        against += [row.against <= 0.05 for row in rows]
        apart += [row.apart <= 0.05 for row in rows if row.apart is not None]
        alarms += bool(found.parted)
    assert sum(against) / len(against) < 0.10
    assert sum(apart) / len(apart) < 0.10
    assert alarms <= 6  # of 40, with 5 % at most meant: more has a chance below 2 %


def test_intervals_of_agreement_hold_the_truth_and_are_no_wider_than_need_be():
    found = [
        row
        for seed in range(40)
        for row in choices_of(
            *simulated(people=30, items=5, sections=1, spec_noise=0.3, seed=seed)
        ).rows
        if not row.over_all
    ]
    truth = sum(row.raw.value for row in found) / len(found)  # the same for every seed
    held = sum(row.raw.interval.holds(truth) for row in found) / len(found)
    assert held >= 0.9
    assert sum(row.raw.interval.high - row.raw.interval.low for row in found) / len(found) < 0.13


def test_a_spec_that_parts_on_some_pairs_is_found_by_people_among_themselves():
    """It has the best answer right and all others in reverse: agreement stays at one half."""
    voices, ranked = simulated(people_noise=0.1, spec_noise=0.1, people=30)
    turned = {
        item: tuple(
            replace(each, order=(each.order[0], *each.order[:0:-1]))
            if item.startswith("s2-")
            else each
            for each in orders
        )
        for item, orders in ranked.by_item.items()
    }
    found = choices_of(voices, replace(ranked, by_item=turned))
    assert sections(found) == {"section_2"}
    row = next(row for row in found.parted if row.scope == "world")
    assert row.against_adjusted > 0.3
    assert row.apart_adjusted < 0.001


def test_a_ranker_without_a_mind_is_not_said_to_part():
    for seed in range(6):
        voices, ranked = simulated(people_noise=0.05, people=30, seed=seed)
        dice = random.Random(seed)
        by_chance = {
            item: tuple(replace(each, order=groups(dice.sample("ABCD", 4))) for each in orders)
            for item, orders in ranked.by_item.items()
        }
        assert not choices_of(voices, replace(ranked, by_item=by_chance)).parted


def test_a_spec_that_has_all_level_takes_no_side_and_does_not_part():
    voices, ranked = simulated(people_noise=0.05, people=30, sections=3)
    level = {
        item: tuple(replace(each, order=(("A", "B", "C", "D"),)) for each in orders)
        for item, orders in ranked.by_item.items()
    }
    found = choices_of(voices, replace(ranked, by_item=level))
    assert not found.parted
    for row in found.rows:
        assert row.raw.value == 0.5
        assert row.level.value == 1
        assert row.against is row.apart is None
    said = {row["says_nothing"] for row in export_choices(found, {})["rows"] if row["section"]}
    assert said == {"the spec has all candidates level: it takes no side"}


def test_pairs_that_the_spec_has_level_are_not_held_against_it():
    """It has the best answer right, no mind on the others, and no noise."""
    for seed in range(5):
        voices, ranked = simulated(
            people_noise=0.1, spec_noise=0.0, people=30, level=True, seed=seed
        )
        found = choices_of(voices, ranked)
        assert not found.parted
        row = next(row for row in found.rows if not row.over_all)
        assert row.level.value == pytest.approx(0.5, abs=0.01)
        assert row.apart > 0.05
    voices, ranked = simulated(people_noise=0.1, people=30, level=True, opposed=(3,))
    assert sections(choices_of(voices, ranked)) == {"section_3"}


def test_ranked_once_nothing_is_said_to_part():
    voices, ranked = simulated(opposed=(0,), repeats=1)
    found = choices_of(voices, ranked)
    assert not found.parted
    assert all(row.against is None and row.ceiling is None for row in found.rows)
    values = export_choices(found, {})
    assert "noise and disagreement" in values["rows"][1]["says_nothing"]


def test_figures_of_sections_stand_below_their_ceiling_and_correct_upwards():
    voices, ranked = simulated(people_noise=0.0, spec_noise=0.3, items=6, people=12)
    rows = [row for row in choices_of(voices, ranked).rows if row.scope == "world"]
    for row in rows:
        assert row.raw.value < row.corrected.value
        assert row.others.value == pytest.approx(1)
    over_all = rows[0]
    # Neighbours are swapped one after the other, which is not quite independent flipping.
    assert over_all.corrected.value == pytest.approx(1.0, abs=0.06)


def test_the_order_of_voices_and_rankings_changes_nothing():
    voices, ranked = simulated(opposed=(1,), people=12, sections=3)
    dice = random.Random(1)
    mixed = replace(
        voices,
        people=tuple(dice.sample(voices.people, len(voices.people))),
        orders=tuple(dice.sample(voices.orders, len(voices.orders))),
        asked=voices.asked[::-1],
    )
    turned = replace(ranked, by_item=dict(reversed(list(ranked.by_item.items()))))
    first, other = choices_of(voices, ranked), choices_of(mixed, turned)
    assert export_choices(first, {}) == export_choices(other, {})


def test_relevance_counts_five_alone_and_weighs():
    voices, ranked = simulated(sections=1, items=4, people=12, people_noise=0.0, spec_noise=0.0)
    by_item = {}
    for at, (item, orders) in enumerate(sorted(ranked.by_item.items())):
        low = at < 2  # half of the items: relevance 1, and the spec against everybody
        by_item[item] = tuple(
            replace(each, relevance=1 if low else 5, order=each.order[::-1] if low else each.order)
            for each in orders
        )
    row = choices_of(voices, replace(ranked, by_item=by_item)).rows[0]
    assert row.published.value == 1
    assert row.raw.value == pytest.approx(2 / (2 + 2 / 5))


def test_relevance_that_was_not_said_counts_whole():
    voices, ranked = simulated(sections=1, items=2, people=12)
    silent = {
        item: tuple(replace(each, relevance=0) for each in orders)
        for item, orders in ranked.by_item.items()
    }
    first = choices_of(voices, ranked).rows[0]
    found = choices_of(voices, replace(ranked, by_item=silent)).rows[0]
    assert found.raw == first.raw
    assert found.published.value == found.raw.value


def test_the_section_is_the_one_that_most_repeats_name():
    voices, ranked = simulated(sections=1, items=1, people=12)
    named = ("b", "a", "b")
    by_item = {
        item: tuple(replace(each, section=name) for each, name in zip(orders, named, strict=True))
        for item, orders in ranked.by_item.items()
    }
    found = choices_of(voices, replace(ranked, by_item=by_item))
    assert {row.section for row in found.rows if not row.over_all} == {"b"}


def few(channel="open"):
    """Return voices where one section was answered by 9 people only, of 30."""
    voices, ranked = simulated(sections=3, people=30, channels=(channel,))
    kept = tuple(
        each
        for each in voices.orders
        if not each.item.startswith("s1-") or int(each.person[-3:]) < 9
    )
    return replace(voices, orders=kept), ranked


def test_nothing_is_told_of_few_people_nor_by_subtraction():
    voices, ranked = few()
    found = choices_of(voices, ranked, smallest=10)
    hidden = [row for row in found.rows if row.section == "section_1"]
    assert hidden
    for row in hidden:
        assert row.people is row.raw is row.tau is row.against is None
    without = replace(voices, orders=tuple(o for o in voices.orders if not o.item.startswith("s1")))
    for row, other in zip(
        [row for row in found.rows if row.over_all],
        [row for row in choices_of(without, ranked).rows if row.over_all],
        strict=True,
    ):
        assert (row.raw, row.items, row.people) == (other.raw, other.items, other.people)


def test_the_published_figure_is_withheld_where_few_make_the_difference():
    voices, ranked = few()
    by_item = {
        item: tuple(
            replace(each, section="one", relevance=3 if item.startswith("s1") else 5)
            for each in orders
        )
        for item, orders in ranked.by_item.items()
    }
    assert choices_of(voices, replace(ranked, by_item=by_item)).rows[0].published is None


def test_what_a_section_keeps_back_is_not_told_by_the_rest():
    """In one section 3 people answered the items of relevance 5, and 30 the others."""
    voices, ranked = simulated(sections=2, items=3, people=30)
    kept = tuple(each for each in voices.orders if each.item != "s1-0" or int(each.person[-3:]) < 3)
    low = {
        item: tuple(
            replace(each, relevance=2 if item in ("s1-1", "s1-2") else 5) for each in orders
        )
        for item, orders in ranked.by_item.items()
    }
    found = choices_of(replace(voices, orders=kept), replace(ranked, by_item=low))
    for scope in ("personal", "world"):
        by = {row.section: row for row in found.rows if row.scope == scope}
        assert by["section_1"].raw is not None
        assert by["section_1"].published is None
        assert by["section_0"].published is not None
        assert by[""].published is None  # less that of section 0 it would be what the 3 said


def test_failures_and_what_has_no_order_are_counted():
    voices, ranked = simulated(sections=1, items=2, people=12)
    failed = AnswersRanked("r", "s0-1", 0, "", (), "", (), 0, failure="void: odd")
    known = list(ranked.by_item["s0-0"])
    found = choices_of(voices, rankings([*known, failed], 3, items=["s0-0", "s0-1"]))
    assert (found.failures, found.missing, found.unranked) == (1, 2, ("s0-1",))


def test_an_item_that_a_moderator_took_out_is_in_no_figure():
    voices, ranked = simulated(sections=1, items=3, people=12)
    hidden = replace(voices, asked=tuple(replace(a, withheld=a.id == "s0-1") for a in voices.asked))
    without = replace(voices, orders=tuple(o for o in voices.orders if o.item != "s0-1"))
    found = choices_of(hidden, ranked)
    assert [row.items for row in found.rows] == [2] * 4
    assert found.rows[0].raw == choices_of(without, ranked).rows[0].raw
    row = next(row for row in found.rows if not row.over_all)
    texts = {
        item: tuple(replace(each, reason=f"of {item}") for each in orders)
        for item, orders in ranked.by_item.items()
    }
    said = replace(ranked, by_item=texts)
    quoted = sides_of(row, hidden, said, placed(said), frozenset())[2]
    assert {quote.item for theme in quoted.themes for quote in theme.quotes} == {"s0-0", "s0-2"}
    del texts["s0-1"]
    assert choices_of(hidden, replace(ranked, by_item=texts)).unranked == ()


@pytest.mark.parametrize(("shared", "shown"), [(9, False), (10, True)])
def test_how_few_people_agree_with_each_other_is_not_told(shared, shown):
    """Of 24 people in a section only so many have an item in common, or one that the spec orders.

    Another section has figures of its own, which those over both less it would tell.
    """
    voices, ranked = simulated(sections=2, items=24, people=24, spec_noise=0.0, people_noise=0.0)
    person = {each.id: at for at, each in enumerate(voices.people)}

    def kept(order):
        section, number = order.item[1:].split("-")
        at = person[order.person]
        return section == "1" or int(number) == (0 if at < shared else at)

    orders = tuple(each for each in voices.orders if kept(each))
    level = {
        item: tuple(replace(each, order=(("A", "B", "C", "D"),)) for each in known)
        if item.startswith("s0") and item != "s0-0"
        else known
        for item, known in ranked.by_item.items()
    }
    found = choices_of(replace(voices, orders=orders), replace(ranked, by_item=level))
    over_all, first, second = (row for row in found.rows if row.scope == "world")
    assert (first.people, second.people) == (24, 24)
    assert (first.raw is not None, second.others is not None, second.tau is not None) == (True,) * 3
    for row in (first, over_all):
        assert (row.others is not None) == (row.tau is not None) == shown
    assert (first.apart is not None) == shown
    assert half_tested(found) == (0 if shown else 2)


@pytest.mark.parametrize(
    ("people", "answers", "item", "said"),
    [
        (10, ("A",), "s0-0", True),
        (9, ("A",), "s0-0", False),
        (10, (), "s0-0", False),
        (10, ("A",), "s9-9", False),
    ],
)
def test_that_unacceptable_answers_play_no_part_is_said_where_enough_named_some(
    people, answers, item, said
):
    voices, ranked = simulated(sections=1, items=1, people=12)
    barred = tuple(Barred(each.id, item, answers) for each in voices.people[:people])
    found = choices_of(replace(voices, barred=barred), ranked)
    assert found.barred == said
    assert export_choices(found, {})["unacceptable_left_out"] == said
    assert found.rows == choices_of(voices, ranked).rows


def test_nobody_and_no_side_taken_are_no_rows():
    voices, ranked = simulated(sections=1, items=1, people=12)
    assert choices_of(replace(voices, people=(), orders=()), ranked).rows == ()
    level = tuple(replace(each, groups=(("A", "B", "C", "D"),)) for each in voices.orders)
    assert choices_of(replace(voices, orders=level), ranked).rows == ()


def test_an_order_of_somebody_unknown_counts_nowhere():
    voices, ranked = simulated(sections=1, items=1, people=12)
    stray = Order("nobody", "s0-0", "world", groups("ABCD"))
    more = replace(voices, orders=(*voices.orders, stray))
    assert choices_of(more, ranked) == choices_of(voices, ranked)
    joined = replace(more, people=(*voices.people, Person("nobody", "panel")))
    assert [row.channel for row in choices_of(joined, ranked).rows if row.raw] == ["open"] * 4
