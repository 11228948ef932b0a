"""What a ranker's own chance takes away, and that taking it out again brings the truth."""

import random

import pytest

from charter.evolve.choices.noise import Ceiling, ceiling_of, consistency_of, corrected
from charter.evolve.choices.share import Value, share_of
from charter.evolve.intake.ranking_text import parse_ranking


def orders(*texts):
    return [parse_ranking(text) for text in texts]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("A>B>C", "A>B>C", "A>B>C"), 1.0),
        (("A>B", "B>A"), -1.0),
        (("A>B>C", "A>C>B"), 1 / 3),
        (("A=B>C", "A=B>C"), 1.0),  # level each time: as sure as can be
        (("A=B", "A>B"), 0.0),
        (("A>B",), None),
    ],
)
def test_consistency_is_how_alike_repeats_are(given, found):
    got = consistency_of(orders(*given))
    assert got == (found if found is None else pytest.approx(found))


def test_a_section_of_few_items_takes_the_ceiling_of_all():
    sure, unsure = orders("A>B", "A>B"), orders("A>B", "B>A")
    few = ceiling_of({"x": sure}, {"x": sure, "y": unsure})
    assert (few.consistency, few.items, few.own) == (0.0, 2, False)
    assert few.most is None
    many = {str(n): sure for n in range(5)}
    own = ceiling_of(many, {**many, "y": unsure})
    assert (own.consistency, own.own, own.most) == (1.0, True, 1.0)


def test_ranked_once_has_no_ceiling():
    assert ceiling_of({"x": orders("A>B")}, {"x": orders("A>B")}) is None


@pytest.mark.parametrize("flips", [0.1, 0.25])
def test_correction_brings_back_agreement_without_noise(flips):
    """A ranker that turns each pair round by chance; people agree with its true mind in 80 %."""
    dice = random.Random(5)
    values, kept = [], {}
    for item in range(400):
        repeats = [("A>B" if dice.random() > flips else "B>A") for _ in range(3)]
        kept[str(item)] = orders(*repeats)
        for person in range(20):
            likes = "A>B" if dice.random() < 0.8 else "B>A"
            values.append(Value(str(person), str(item), sum(r == likes for r in repeats) / 3))
    raw, ceiling = share_of(values), ceiling_of(kept, kept)
    assert ceiling.most == pytest.approx(1 - flips, abs=0.03)
    assert raw.value == pytest.approx(0.8 * (1 - flips) + 0.2 * flips, abs=0.03)
    found = corrected(raw, ceiling)
    assert found.value == pytest.approx(0.8, abs=0.04)
    assert found.low < 0.8 < found.high
    assert not found.beyond


def test_next_to_no_consistency_is_not_divided_by():
    raw = share_of([Value(str(n), "x", 0.6 + 0.01 * (n % 5)) for n in range(30)])
    assert corrected(raw, None) is None
    assert corrected(raw, Ceiling(0.05, 0.1, 5, own=True)) is None
    assert corrected(raw, Ceiling(-0.2, 0.01, 5, own=True)) is None


def test_beyond_all_is_cut_and_said():
    raw = share_of([Value(str(n), "x", 0.95 + 0.01 * (n % 5)) for n in range(30)])
    found = corrected(raw, Ceiling(0.3, 0.01, 5, own=True))
    assert (found.value, found.beyond) == (1.0, True)
