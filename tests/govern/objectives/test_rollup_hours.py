"""Hours with their minutes packed in them: there and back, and added to what stands there."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charter.errors import LedgerUnavailable
from charter.govern.objectives.rollup_hours import Cell, add, packed, unpacked
from charter.govern.objectives.rollup_sqlite import SqliteRollups

NUMBERS = st.one_of(st.integers(0, 300), st.integers(0, 2**63 - 1))
MINUTES = st.dictionaries(st.integers(0, 59), st.tuples(NUMBERS, NUMBERS).map(list), max_size=60)


@given(MINUTES)
@example({})
@example({59: [255, 255]})
@example({0: [0, 256]})
@example({1: [65536, 2**32 - 1]})
@example({1: [0, 2**32]})
def test_minutes_come_back_in_their_order(minutes):
    found = list(unpacked(packed(minutes)))
    assert found == [(minute, *minutes[minute]) for minute in sorted(minutes)]


def test_a_minute_of_few_events_takes_three_bytes():
    assert len(packed({minute: [1, 200] for minute in range(60)})) == 1 + 3 * 60


@pytest.mark.parametrize("data", [b"", b"x\1\2\3", b"B\1\2", b"H\1\2\3", b"\xff\xff"])
def test_bytes_that_nobody_packed_are_damage(data):
    with pytest.raises(LedgerUnavailable, match="damaged"):
        list(unpacked(data))


CELLS = st.builds(
    Cell,
    st.sampled_from(["s", "t"]),
    st.sampled_from(["", "a"]),
    st.integers(-3, 40),
    st.just("shop"),
    st.sampled_from(["m", "n"]),
)
SMALL = st.dictionaries(st.integers(0, 59), st.tuples(st.just(1), st.integers(1, 9)).map(list))


@given(st.lists(st.dictionaries(CELLS, SMALL, max_size=30), max_size=5))
def test_what_comes_later_is_added_whatever_hour_it_is_of(batches):
    store, wanted = SqliteRollups(None), {}
    for batch in batches:
        for cell, minutes in batch.items():
            mine = wanted.setdefault(cell, {})
            for minute, (bad, total) in minutes.items():
                before = mine.get(minute, (0, 0))
                mine[minute] = (before[0] + bad, before[1] + total)
        with store.changing() as session:
            add(session, {cell: {m: [*n] for m, n in each.items()} for cell, each in batch.items()})
    with store.reading() as session:
        rows = session.all("SELECT * FROM hours")
    store.close()
    found = {Cell(*row[:5]): {m: (b, t) for m, b, t in unpacked(row[7])} for row in rows}
    assert found == wanted
    sums = {Cell(*row[:5]): row[5:7] for row in rows}
    assert sums == {
        cell: (sum(b for b, _ in each.values()), sum(t for _, t in each.values()))
        for cell, each in wanted.items()
    }
