"""Surveys in figures, each record read once."""

from __future__ import annotations

from charter.evolve.surveys.conduct import note
from charter.evolve.surveys.counts import SurveyCounts
from charter.evolve.surveys.invitation import invite, new_codes
from charter.evolve.surveys.opening import open_survey
from charter.evolve.surveys.quality import Note
from charter.evolve.surveys.taken_back import take_back
from charter.evolve.surveys.withdrawal import withdraw

from .people import AT, small


def test_figures_grow_with_the_ledger_and_are_those_of_a_fresh_count(each_world, monkeypatch):
    world, counts = each_world, SurveyCounts()
    open_survey(world.ledger, small("empty"), by="ada", at=AT)
    (empty, none) = counts.of(world.ledger)
    assert (empty.opening.id, none.opening.id) == ("empty", "small")
    assert none.channels["open"].answers == none.codes == 0
    codes = new_codes(2)
    invite(world.ledger, "small", codes, frame="2 of 9", by="ada", at=AT)
    _, one = world.join(code=codes[0])
    _, other = world.join()
    world.give(one, "say", {"vote": "agree"})
    world.give(one, "say", {"vote": "pass"})
    world.give(one, "rate", {"rating": 1})
    world.give(one, "trait:age", {"option": "old"})
    world.give(other, "say", {"vote": "agree"})
    note(world.ledger, "small", Note(one.id, "too_many", "many"), at=AT)
    (_, found) = counts.of(world.ledger)
    panel, free = found.channels["panel"], found.channels["open"]
    assert (found.codes, found.used) == (2, 1)
    assert (panel.joined, panel.answers, panel.withdrew) == (1, 4, 0)
    assert (free.joined, free.answers, free.withdrew) == (1, 1, 0)
    assert panel.languages == free.languages == {"en": 1}
    assert (panel.progress, free.progress) == ({5: 1}, {2: 1})
    assert (panel.notes, free.notes) == ({"too_many": 1}, {})
    take_back(world.ledger, one, "rate", at=AT)
    withdraw(world.ledger, world.vault, other, at=AT)
    (_, after) = counts.of(world.ledger)
    assert after.channels["panel"].progress == {2: 1}
    assert (after.channels["panel"].answers, after.channels["open"].withdrew) == (4, 1)
    assert panel.progress == {5: 1}, "what was shown before stays as it was"
    assert counts.of(world.ledger) == SurveyCounts().of(world.ledger)

    def again(*_, after=0, **__):
        assert after > 0
        return iter(())

    monkeypatch.setattr(world.ledger, "read_any", again, raising=True)
    assert counts.of(world.ledger)[1] == after
