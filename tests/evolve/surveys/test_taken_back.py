"""Taking back one answer."""

from __future__ import annotations

import pytest

from charter.evolve.surveys.answer import Voted
from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.given import CHANGES, SPARE, answered, own_answers
from charter.evolve.surveys.moderated import reasons_given
from charter.evolve.surveys.opening import close_survey
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.taken_back import take_back
from charter.evolve.surveys.withdrawal import withdraw
from charter.records.survey import AnswerGiven

from .people import AT


def own(world, part):
    found = own_answers(world.ledger, world.vault, world.survey, part)
    return {each.question: each.answer for each in found}


def back(world, part, question):
    return take_back(world.ledger, part, question, at=AT)


def test_one_answer_is_taken_back_and_the_others_stay(each_world):
    world = each_world
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    world.give(part, "rate", {"rating": 2})
    world.give(part, "trait:age", {"option": "old"})
    assert back(world, part, "say")
    assert not back(world, part, "say")
    assert not back(world, part, "pick")
    assert not back(world, part, "no such question")
    assert set(own(world, part)) == {"rate", "trait:age"}
    assert answered(world.ledger, part) == {"rate", "trait:age"}
    found = gather(world.ledger, world.vault, world.now())
    assert (found.votes, len(found.ratings), found.findings) == ((), 1, ())
    assert len(list(world.ledger.read(AnswerGiven))) == 4
    assert back(world, part, "trait:age")
    assert gather(world.ledger, world.vault, world.now()).people[0].traits == {}


def test_somebody_who_took_all_back_is_nobody_s_voice(world):
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    back(world, part, "say")
    found = gather(world.ledger, world.vault, world.now())
    assert found.people == ()
    assert [each.rule for each in found.findings] == ["survey-silent"]


def test_the_same_answer_can_be_given_again(world):
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"}, ms=5000)
    back(world, part, "say")
    again = world.give(part, "say", {"vote": "agree"}, ms=700)
    assert again.number == 3
    assert own(world, part) == {"say": Voted(1)}


def test_a_closed_survey_still_gives_an_answer_back_and_however_often_it_was_changed(world):
    _, part = world.join()
    most = 5 * CHANGES + SPARE
    for number in range(most):
        world.give(part, "rate", {"rating": number % 2})
    with pytest.raises(Refused, match="too many changes"):
        world.give(part, "rate", {"rating": 3})
    close_survey(world.ledger, "small", by="ada", reason="over", at=AT)
    assert back(world, part, "rate")
    assert own(world, part) == {}


def test_the_reason_of_what_was_taken_back_waits_for_nobody(world):
    _, part = world.join()
    world.give(part, "pick", {"why": "A reason."})
    assert [bool(each.payload) for each in reasons_given(world.ledger, world.now())] == [True]
    back(world, part, "pick")
    assert list(reasons_given(world.ledger, world.now())) == []


def test_nothing_is_left_to_take_back_after_withdrawing_and_the_words_are_gone(world):
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    back(world, part, "say")
    assert len(world.ledger.store.payload_ids(part.joined.subject)) == 1
    withdraw(world.ledger, world.vault, part, at=AT)
    assert world.ledger.store.payload_ids(part.joined.subject) == []
    with pytest.raises(Refused, match="was withdrawn"):
        back(world, part, "say")
