"""When something began."""

from datetime import UTC, datetime

from charter.evals.moment import new_id, stamp

THEN = datetime(2026, 11, 21, 8, 5, 9, tzinfo=UTC)


def test_a_stamp_and_ids_that_sort_by_it():
    assert stamp(THEN) == "2026-11-21T08:05:09Z"
    assert new_id(THEN).startswith("20261121-080509-")
    assert len({new_id(THEN) for _ in range(50)}) > 45
