"""Alignment by similarity: symmetric, deterministic, bounded."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.load import load
from charter.spec.changes.align import MAX_WORK, Measure, Pair, align, best
from charter.spec.changes.match import CLAUSES_ELSEWHERE, CLAUSES_HERE, measure_of

WORDS = ("must", "not", "stamp", "file", "cards", "books", "clerk", "atlas", "chair", "red", "blue")
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=6)


def both(old, new, least=250):
    return align(old, new, Measure.of((*old, *new)), least)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_the_same_pairs_are_found_from_either_side(old, new):
    there = {(pair.old, pair.new, pair.similarity) for pair in both(old, new)}
    back = {(pair.new, pair.old, pair.similarity) for pair in both(new, old)}
    assert there == back


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_each_text_is_in_one_pair_that_is_similar_enough(old, new):
    pairs = both(old, new)
    assert len({pair.old for pair in pairs}) == len({pair.new for pair in pairs}) == len(pairs)
    measure = Measure.of((*old, *new))
    for pair in pairs:
        assert pair.similarity == measure.similarity(old[pair.old], new[pair.new]) >= 250


@settings(deadline=None)
@given(TEXTS, TEXTS, st.sampled_from([1, 250, 550, 900]))
def test_no_pair_that_is_similar_enough_is_overlooked(old, new, least):
    measure = Measure.of((*old, *new))
    every = [
        Pair(i, j, similarity)
        for i, one in enumerate(old)
        for j, other in enumerate(new)
        if (similarity := measure.similarity(one, other)) >= least
    ]
    assert align(old, new, measure, least) == sorted(best(every))


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join))
def test_a_text_is_wholly_similar_to_itself_and_to_its_other_forms(text):
    measure = Measure.of([text])
    assert measure.similarity(text, text.upper() + "!") == 1000
    assert measure.similarity(text, "") == 0


def test_function_words_alone_make_no_two_rules_alike():
    measure = Measure.of(["The assistant must not lie.", "The assistant must not steal."])
    assert measure.similarity("The assistant must not lie.", "The assistant must not steal.") < 250


def test_the_most_similar_pair_comes_first_then_the_nearest():
    old = ["stamp the red cards", "stamp the red cards today"]
    new = ["stamp the red cards today", "stamp the red cards"]
    assert [(p.old, p.new) for p in both(old, new)] == [(0, 1), (1, 0)]
    same = ["stamp the red cards"] * 3
    assert [(p.old, p.new) for p in both(same, same)] == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize("words", [20, 3000])
def test_work_is_bounded_for_many_unlike_texts(words):
    chance = random.Random(words)
    names = [f"w{i}" for i in range(words)]
    old, new = ([" ".join(chance.choices(names, k=20)) for _ in range(3000)] for _ in range(2))
    measure = Measure.of((*old, *new))
    align(old, new, measure, 250)
    assert measure.work.exhausted
    assert measure.work.left >= -400


@pytest.mark.data
@pytest.mark.parametrize(
    ("old", "new", "found", "rivals"),
    [("2025-02-12", "2025-10-27", 16, 0), ("2025-10-27", "2025-12-18", 1, 0)],
)
def test_marked_clauses_with_other_words_are_found_by_their_words_alone(
    data_dir, old, new, found, rivals
):
    """The author's markers say which clause is which: what similarity finds must agree.

    Counted are clauses that kept marker and section and changed their words.
    """
    specs = [load(data_dir / "model_spec" / version / "model_spec.md") for version in (old, new)]
    measure = measure_of(*specs)
    marked = {clause.marker: clause for clause in specs[0].clauses if clause.marker}
    right = wrong = 0
    for section in specs[1].sections:
        changed = [
            (marked[clause.marker], clause)
            for clause in section.clauses
            if clause.marker in marked
            and marked[clause.marker].section == clause.section
            and marked[clause.marker].text != clause.text
        ]
        if not changed:
            continue
        olds = [clause for clause in specs[0].clauses if clause.section == section.id]
        pairs = align(
            [clause.text for clause in olds],
            [clause.text for clause in section.clauses],
            measure,
            CLAUSES_HERE,
        )
        partner = {olds[p.old].id: section.clauses[p.new].id for p in pairs}
        for one, other in changed:
            right += partner.get(one.id) == other.id
            wrong += partner.get(one.id, other.id) != other.id
    assert (right, wrong) == (found, rivals)


@pytest.mark.data
@pytest.mark.parametrize("version", ["2025-02-12", "2025-10-27", "2025-12-18"])
def test_different_clauses_of_one_version_are_hardly_ever_alike(data_dir, version):
    spec = load(data_dir / "model_spec" / version / "model_spec.md")
    measure = measure_of(spec, spec)
    clauses = list(spec.clauses)
    here = elsewhere = near = far = 0
    for at, one in enumerate(clauses):
        for other in clauses[:at]:
            similarity = measure.similarity(one.text, other.text)
            if one.section == other.section:
                here += 1
                near += similarity >= CLAUSES_HERE
            else:
                elsewhere += 1
                far += similarity >= CLAUSES_ELSEWHERE
    assert near <= 0.025 * here
    assert far <= elsewhere / 50_000
    assert measure.work.left == MAX_WORK
