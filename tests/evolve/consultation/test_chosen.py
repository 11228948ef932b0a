"""What the spec would choose beside what people chose: planted disagreements, and none."""

from __future__ import annotations

import pytest

from charter.evolve.choices.choices import choices_of

from .plan import PER_SECTION
from .ranked import REPEATS, rank, script
from .spec import SECTIONS

OPPOSED = ("politics",)


@pytest.fixture(scope="module")
def choose(held, heard, spec, tmp_path_factory):
    """Rank by a script that is against people in some sections, and compare."""

    def made(opposed):
        file = script(held.plan, tmp_path_factory.mktemp("script") / "script.yaml", opposed)
        return choices_of(heard, rank(held, spec.source.path, heard.asked, file))

    return made


def test_the_planted_disagreement_is_found_for_both_channels_and_scopes(choose):
    found = choose(OPPOSED)
    assert {(row.channel, row.scope, row.section) for row in found.parted} == {
        (channel, scope, section)
        for channel in ("open", "panel")
        for scope in ("personal", "world")
        for section in OPPOSED
    }
    for row in found.rows:
        assert row.raw.interval.low <= row.raw.value <= row.raw.interval.high
        if row.section in OPPOSED:
            assert row.raw.interval.high < 0.5
        elif not row.over_all:
            assert row.raw.interval.low > 0.5
    assert not found.missing
    assert not found.failures
    assert not found.unranked


def test_none_is_found_where_none_is_planted(choose):
    found = choose(())
    assert not found.parted
    assert {row.section for row in found.rows if not row.over_all} == set(SECTIONS)


def test_people_of_both_channels_are_never_in_one_figure(choose, held, heard):
    open_people = {each.id for each in heard.people if each.channel == "open"}
    for row in choose(OPPOSED).rows:
        limit = len(open_people) if row.channel == "open" else held.plan.panel
        assert row.people <= limit


def test_every_order_is_a_record(choose, held, heard, spec, tmp_path):
    file = script(held.plan, tmp_path / "script.yaml", ("brief",))
    ranked = rank(held, spec.source.path, heard.asked, file)
    assert ranked.finished
    assert len(ranked.by_item) == len(SECTIONS) * PER_SECTION
    assert all(len(orders) == REPEATS for orders in ranked.by_item.values())
