"""Withdrawing, and keeping the promise of how long answers are kept."""

from __future__ import annotations

import pytest

from charter.evolve.surveys.given import answered, own_answers
from charter.evolve.surveys.opening import close_survey
from charter.evolve.surveys.participation import find
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.taken_back import take_back
from charter.evolve.surveys.withdrawal import Kept, expire, withdraw
from charter.ledger.erasure import lift, place
from charter.records.erasure import SubjectErased
from charter.records.survey import ParticipantWithdrew

from .people import AT

LATER = "2026-12-21T12:00:00.000Z"
"""29 days after."""
DUE = "2026-12-22T12:00:00.000Z"


def left(world, part):
    return world.ledger.store.payload_ids(part.joined.subject)


def test_withdrawing_erases_everything_once(each_world):
    world = each_world
    receipt, part = world.join()
    _, other = world.join()
    for each in (part, other):
        world.give(each, "say", {"vote": "agree"})
    assert withdraw(world.ledger, world.vault, part, at=AT)
    assert withdraw(world.ledger, world.vault, part, at=AT)
    assert (left(world, part), len(left(world, other))) == ([], 1)
    assert len(list(world.ledger.read(ParticipantWithdrew))) == 1
    (erased,) = world.ledger.read(SubjectErased)
    assert (erased.payloads, erased.by) == (1, "participant")
    assert find(world.ledger, receipt).withdrawn
    assert own_answers(world.ledger, world.vault, world.survey, part) == ()
    with pytest.raises(Refused, match="was withdrawn"):
        world.give(part, "say", {"vote": "agree"})
    world.ledger.check()


def test_one_can_withdraw_after_closing_and_without_an_answer(world):
    _, part = world.join()
    close_survey(world.ledger, "small", by="ada", reason="over", at=AT)
    assert withdraw(world.ledger, world.vault, part, at=AT)
    assert len(list(world.ledger.read(ParticipantWithdrew))) == 1


def test_a_legal_hold_keeps_the_words_sealed_until_it_is_lifted(world):
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    subject = part.joined.subject
    place(world.ledger, subject, by="law", reason="a court asks", at=AT)
    assert not withdraw(world.ledger, world.vault, part, at=AT)
    assert not withdraw(world.ledger, world.vault, part, at=AT)
    assert (len(left(world, part)), len(list(world.ledger.read(ParticipantWithdrew)))) == (1, 1)
    assert expire(world.ledger, world.vault, world.now(), by="ada", at=AT) == Kept(0, 1)
    lift(world.ledger, subject, by="law", reason="over", at=AT)
    assert expire(world.ledger, world.vault, world.now(), by="ada", at=AT) == Kept(1, 0)
    assert left(world, part) == []


def test_answers_are_erased_when_the_promised_days_are_over(each_world):
    world = each_world
    _, early = world.join()
    world.give(early, "say", {"vote": "agree"})
    _, late = world.join()
    world.give(late, "say", {"vote": "agree"})
    world.give(late, "rate", {"rating": 1}, at="2026-11-23T12:00:00.000Z")
    world.join()

    def expired(at):
        return expire(world.ledger, world.vault, world.now(), by="ada", at=at)

    assert expired(LATER) == Kept(0, 0)
    assert expired(DUE) == Kept(1, 0)
    assert (left(world, early), len(left(world, late))) == ([], 2)
    assert expired(DUE) == Kept(0, 0)
    assert expired("2026-12-23T12:00:00.000Z") == Kept(1, 0)
    reasons = [record.reason for record in world.ledger.read(SubjectErased)]
    assert reasons == ["kept for 30 days, as promised"] * 2


def test_taking_one_answer_back_keeps_the_others_no_longer(each_world):
    world = each_world
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    world.give(part, "rate", {"rating": 1})
    assert take_back(world.ledger, part, "rate", at=LATER)
    assert expire(world.ledger, world.vault, world.now(), by="ada", at=DUE) == Kept(1, 0)
    assert left(world, part) == []


def test_who_comes_back_after_the_days_are_over_has_answered_nothing_and_may_again(each_world):
    world = each_world
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    assert answered(world.ledger, part) == {"say"}
    expire(world.ledger, world.vault, world.now(), by="ada", at=DUE)
    assert answered(world.ledger, part) == frozenset()
    again = world.give(part, "say", {"vote": "agree"}, at=DUE)
    assert (again.number, len(left(world, part))) == (2, 1)
    assert answered(world.ledger, part) == {"say"}
