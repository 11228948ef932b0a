"""Validation gets its share of every section, and sources stay whole."""

from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.split import split

RECORDS = st.lists(
    st.fixed_dictionaries(
        {"section": st.sampled_from("abc"), "source": st.integers(0, 30).map(str)}
    ),
    max_size=120,
)


@given(RECORDS, st.floats(0.01, 0.5))
def test_every_record_is_in_one_part_and_sources_are_whole(records, share):
    parts = split(records, share)
    assert sorted(map(str, [*parts.train, *parts.validation])) == sorted(map(str, records))
    sources = [{(r["section"], r["source"]) for r in part} for part in parts]
    assert not sources[0] & sources[1]
    total = len(sources[0] | sources[1])
    assert abs(len(sources[1]) - share * total) <= 3


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(records, chance):
    shuffled = sorted(records, key=lambda record: record["section"])
    again = list(shuffled)
    by_section = {}
    for record in again:
        by_section.setdefault(record["section"], []).append(record)
    for part in by_section.values():
        chance.shuffle(part)
    mixed = [record for part in by_section.values() for record in part]
    one, other = split(shuffled, 0.2), split(mixed, 0.2)
    assert sorted(map(str, one.validation)) == sorted(map(str, other.validation))


def test_a_large_section_gives_its_share():
    records = [{"section": "a", "source": str(n)} for n in range(100) for _ in range(3)]
    assert len(split(records, 0.1).validation) == 30


def test_small_sections_give_together():
    records = [{"section": str(s), "source": str(n)} for s in range(20) for n in range(3)]
    parts = split(records, 0.1)
    assert len(parts.validation) == 6
