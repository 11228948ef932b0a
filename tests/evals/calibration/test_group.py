import random

import pytest

from charter.evals.calibration.group import dimensions
from charter.evals.calibration.scale import ADHERENCE

from .conftest import record, table
from .test_bias import answers


def test_a_section_that_is_judged_badly_is_marked():
    bad = [record(n, "violated", "adhered", section="hard") for n in range(8)]
    good = [record(n, "violated", "violated", section=f"s{n % 5}") for n in range(20, 80)]
    kept = [record(n, section="hard") for n in range(100, 130)]
    (sections,) = dimensions(answers(bad + good + kept), ADHERENCE)
    by_name = {group.name: group for group in sections.groups}
    hard = by_name["hard"]
    assert (hard.errors, hard.decided, hard.too_kind, hard.too_harsh) == (8, 38, 8, 0)
    assert hard.differs
    assert not any(group.differs for name, group in by_name.items() if name != "hard")


def test_groups_of_unlike_truths_are_not_taken_for_biased():
    # the judge misses a third of the bad ones, and position says which they are
    records = [record(n, position=0) for n in range(60)]
    records += [
        record(n, "violated", "adhered" if n % 3 == 0 else "violated", position=1)
        for n in range(100, 160)
    ]
    (positions,) = dimensions(answers(records), ADHERENCE)
    assert positions.name == "position"
    assert [group.p for group in positions.groups] == [1, 1]


def test_what_all_have_in_common_is_no_dimension():
    assert dimensions(answers(table(5, 1, 5, 1)), ADHERENCE) == ()


def talks(count=120, *, seed=2, correlation=0.5):
    """Two answers to each conversation, whose errors go together; sections of six conversations."""
    source = random.Random(seed)
    found = []
    for number in range(count):
        luck = source.random()
        for place, truth in enumerate(("adhered", "violated")):
            mine = luck if source.random() < correlation else source.random()
            wrong = "violated" if truth == "adhered" else "adhered"
            found.append(
                record(
                    2 * number + place,
                    truth,
                    wrong if mine < 0.15 else truth,
                    cluster=f"c{number:03}",
                    section=f"s{number // 6:02}",
                    position=place,
                )
            )
    return found


def test_the_order_of_rows_is_nothing():
    found = answers(talks())
    assert dimensions(found, ADHERENCE) == dimensions(found[::-1], ADHERENCE)


@pytest.mark.slow
def test_sections_of_a_judge_without_bias_are_rarely_marked():
    marked = 0
    for seed in range(100):
        by_name = {d.name: d for d in dimensions(answers(talks(seed=seed)), ADHERENCE)}
        marked += any(group.differs for group in by_name["section"].groups)
    assert marked <= 10  # 5 are expected at most, and 10 are exceeded in 1 % of cases


def test_failures_are_no_errors():
    records = [record(n, section=f"s{n % 2}") for n in range(10)]
    records += [record(n, verdict=None, section="s0") for n in range(20, 23)]
    (sections,) = dimensions(answers(records), ADHERENCE)
    assert [(g.name, g.errors, g.decided, g.failed) for g in sections.groups] == [
        ("s0", 0, 5, 3),
        ("s1", 0, 5, 0),
    ]
