"""Which section stands beside which, what the score is made of, and what is nearest."""

from __future__ import annotations

import pytest

from charter.compare.align import STRUCTURE, Corrections, Grid
from charter.compare.compare import compare
from charter.compare.meaning import ByWords, meaning
from charter.compare.tree import bare, inside, parents
from charter.errors import SpecError
from charter.source import Source
from charter.spec.build import build
from charter.spec.spec import Spec
from charter.syntax.reader import parse


def spec(text: str, name: str = "one") -> Spec:
    return build(parse(Source(f"{name}.md", text)), name=name)


class Given:
    """Meanings that a test sets."""

    name = "meaning"
    least = 0.55

    def __init__(self, *tables):
        self.found = tables

    def tables(self, specs):
        places = [(0, 1)] if len(specs) == 2 else [(0, 1), (0, 2), (1, 2)]
        return dict(zip(places, self.found, strict=True))


def flat(*ids: str, name: str = "one") -> Spec:
    parts = (f"# {each} {{#{each} authority=user}}\n\nThe clerk must {each}.\n" for each in ids)
    return spec("\n".join(parts), name)


NESTED = """# Lending {#a}

## Loans {#c}

The clerk must lend books.

# Closing {#b}

## Doors {#d}

The clerk must lock doors.
"""


def test_of_equals_the_one_in_a_like_section_is_nearest():
    one, other = spec(NESTED), spec(NESTED, "other")
    table = [  # c is as near to c as to d; a is nearer to a
        [0.9, 0.1, 0.2, 0.1],
        [0.1, 0.6, 0.1, 0.6],
        [0.2, 0.1, 0.9, 0.1],
        [0.1, 0.6, 0.1, 0.6],
    ]
    grid = Grid(one, other, table, Given(table))
    found = grid.likeness(1, 1)
    assert (found.meaning, found.structure) == (0.6, 0.9)
    assert found.score == pytest.approx((1 - STRUCTURE) * 0.6 + STRUCTURE * 0.9, abs=1e-4)
    assert [(p.first, p.second) for p in grid.pairs()] == [(x, x) for x in "acbd"]
    assert grid.likeness(0, 1).structure is None


def test_structure_lets_nothing_over_the_bar():
    one, other = spec(NESTED), spec(NESTED, "other")
    table = [[1.0 if at == to else 0.5 for to in range(4)] for at in range(4)]
    table[1][1] = 0.54
    grid = Grid(one, other, table, Given(table))
    assert "c" not in {pair.first for pair in grid.pairs()}
    assert not grid.likeness(1, 1).enough


def test_a_title_alone_needs_more():
    one, other = spec("# A {#a}\n\nDo a.\n"), spec("# A {#a}\n", "other")
    assert not Grid(one, other, [[0.7]], Given([[0.7]])).pairs()
    assert Grid(one, other, [[0.8]], Given([[0.8]])).pairs()


def test_sections_of_one_text_stand_in_their_order():
    one = flat("x1", "x2", "x3")
    table = [[1.0] * 3] * 3
    pairs = Grid(one, one, table, Given(table)).pairs()
    assert [(pair.first, pair.second) for pair in pairs] == [(x, x) for x in ("x1", "x2", "x3")]


@pytest.mark.parametrize("by", [None, ByWords()])
def test_one_text_twice_is_aligned_whole(by):
    again = flat("lend", "lend_again") if by is None else spec(NESTED)
    made = compare((again, again), by=by)
    assert [row.sections for row in made.rows] == [(s.id, s.id) for s in again.sections]
    assert {row.score for row in made.rows} == {1.0}


def test_what_stands_alone_shows_what_is_nearest_and_why_that_does_not_count():
    one, other = flat("a", "b"), flat("c", "d", name="other")
    made = compare((one, other), by=Given([[0.9, 0.2], [0.7, 0.41]]))
    assert [row.sections for row in made.shared()] == [("a", "c")]
    (beside,) = made.beside(0)  # b is near enough to c, which is nearer to a
    assert beside.nearest[1].section == "c"
    assert beside.nearest[1].likeness.enough
    assert made.partners(1, "c", 0) == ("a",)
    assert not made.only(0)
    (alone,) = made.only(1)
    assert (alone.nearest[0].section, alone.nearest[0].likeness.meaning) == ("b", 0.41)
    assert not alone.nearest[0].likeness.enough


def test_what_people_said_to_be_apart_is_never_nearest():
    one, other = flat("a"), flat("c", "d", name="other")
    said = {(0, 1): Corrections(apart=frozenset({("a", "c")}))}
    made = compare((one, other), by=Given([[0.9, 0.2]]), corrections=said)
    assert not made.shared()
    assert made.only(0)[0].nearest[1].section == "d"


def three():
    return flat("a", name="one"), flat("b", name="two"), flat("c", name="three")


@pytest.mark.parametrize(
    ("tables", "rows"),
    [
        (([[0.9]], [[0.1]], [[0.8]]), [("a", "b", "c")]),  # c by way of b
        (([[0.9]], [[0.1]], [[0.1]]), [("a", "b", None), (None, None, "c")]),
        (([[0.1]], [[0.1]], [[0.8]]), [("a", None, None), (None, "b", "c")]),
    ],
)
def test_three_are_joined_by_any_pair(tables, rows):
    made = compare(three(), by=Given(*tables))
    assert [row.sections for row in made.rows] == rows


def test_a_row_has_one_section_of_each_and_the_surest_come_first():
    specs = flat("a", "z", name="one"), flat("b", name="two"), flat("c", name="three")
    made = compare(specs, by=Given([[0.9], [0.1]], [[0.1], [0.7]], [[0.8]]))
    # z and c are nearest to each other, but c stands with b, and b with a
    assert [row.sections for row in made.rows] == [("a", "b", "c"), ("z", None, None)]
    (left,) = made.beside(0)
    assert left.nearest[2].section == "c"


def test_what_is_apart_is_not_joined_by_way_of_a_third():
    said = {(0, 2): Corrections(apart=frozenset({("a", "c")}))}
    made = compare(three(), by=Given([[0.9]], [[0.1]], [[0.8]]), corrections=said)
    assert [row.sections for row in made.rows] == [("a", "b", None), (None, None, "c")]


def test_empty_specs_and_specs_of_one_section():
    one, empty = flat("a"), spec("", "empty")
    for specs in ((one, empty), (empty, one), (empty, empty), (one, empty, empty)):
        for by in (None, ByWords()):
            made = compare(specs, by=by)
            assert not made.shared()
            assert sum(len(row.sides) for row in made.rows) == sum(len(s.sections) for s in specs)
            assert all(found is None for row in made.rows for found in row.nearest)


def test_two_sections_of_one_id_are_refused_and_so_are_too_many():
    twice = spec("# A {#a}\n\nDo a.\n\n# B {#a}\n\nDo b.\n")
    with pytest.raises(SpecError, match="two sections with the id 'a'"):
        compare((twice, twice), by=ByWords())
    many = spec("".join(f"# A {{#a{at}}}\n\n" for at in range(2_001)))
    with pytest.raises(SpecError, match=r"2,001 sections"):
        compare((many, many), by=ByWords())


def test_the_tree_of_sections():
    one = spec(NESTED)
    assert parents(one) == [None, 0, None, 2]
    assert inside(one) == [[1], [], [3], []]
    assert bare(one) == [True, False, True, False]


def test_parts_are_known_by_what_stands_in_them():
    first = "# X {#x}\n\n## Privacy {#p}\n\nThe clerk must never tell who borrowed a book.\n"
    second = "# Y {#y}\n\n## Secrets {#s}\n\nThe clerk must never tell who borrowed a book.\n"
    for by in (meaning(), ByWords()):
        table = by.tables((spec(first), spec(second, "other")))[0, 1]
        assert table[0][0] > 0.5 if by.name == "meaning" else table[0][0] > 0.2
