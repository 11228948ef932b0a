"""Joining, by either way, and being found again."""

from __future__ import annotations

import sqlite3

import pytest

from charter.evolve.surveys.invitation import invite, is_invited, new_codes
from charter.evolve.surveys.opening import close_survey, open_survey
from charter.evolve.surveys.participation import consent_digest, find, join, participation
from charter.evolve.surveys.read import survey_of, text_of
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.secret_code import digest_of_code, new_code
from charter.records.survey import InvitationsMade, InvitationUsed, ParticipantJoined

from .people import AT, small


def test_whoever_has_the_receipt_is_found_however_they_type_it(each_world):
    world = each_world
    receipt, part = world.join()
    assert (part.joined.channel, part.joined.invitation, part.withdrawn) == ("open", "", False)
    assert part.joined.digest == world.now().digest
    assert find(world.ledger, f" {receipt.lower().replace('-', '')} ") == part
    assert participation(world.ledger, part.id) == part
    for wrong in ("", "x", new_code(), part.id):
        assert find(world.ledger, wrong) is None


def test_the_receipt_is_stored_nowhere(world):
    receipt, _ = world.join()
    with sqlite3.connect(world.folder / "ledger.sqlite") as file:
        dump = "\n".join(file.iterdump())
    assert digest_of_code(receipt) in dump
    for form in (receipt, receipt.replace("-", ""), receipt.lower()):
        assert form not in dump


def test_the_same_form_sent_twice_joins_once(each_world):
    receipt, part = each_world.join()
    assert each_world.join(receipt)[1] == part
    assert len(list(each_world.ledger.read(ParticipantJoined))) == 1


def test_a_receipt_of_another_survey_joins_nothing(world):
    receipt, _ = world.join()
    second = open_survey(world.ledger, small("second"), by="ada", at=AT)
    agreed = consent_digest(second.survey, "en")
    with pytest.raises(Refused) as caught:
        join(
            world.ledger,
            world.vault,
            second,
            receipt=receipt,
            language="en",
            consent=agreed,
            at=AT,
        )
    assert caught.value.why == "unknown"


def test_an_invitation_is_good_for_one_participation(each_world):
    world = each_world
    codes = new_codes(2)
    made = invite(world.ledger, "small", codes, frame="all customers", by="ada", at=AT)
    assert (made.number, len(made.codes)) == (1, 2)
    receipt, part = world.join(code=codes[0].lower())
    assert (part.joined.channel, part.joined.invitation) == ("panel", digest_of_code(codes[0]))
    assert world.join(receipt, code=codes[0])[1] == part, "the same form again"
    with pytest.raises(Refused, match="was used before"):
        world.join(code=codes[0])
    with pytest.raises(Refused, match="no invitation"):
        world.join(code=new_code())
    with pytest.raises(Refused, match="no invitation"):
        world.join(code="who knows")
    assert len(list(world.ledger.read(InvitationUsed))) == 1
    assert len(list(world.ledger.read(ParticipantJoined))) == 1


def test_draws_are_numbered_and_bounded(world):
    for number in (1, 2):
        made = invite(world.ledger, "small", new_codes(1), frame="x", by="ada", at=AT)
        assert made.number == number
    assert len(list(world.ledger.read(InvitationsMade))) == 2
    assert not is_invited(world.ledger, "small", new_code())
    for codes in ((), new_codes(1) * 10_001):
        with pytest.raises(Refused, match="1 to 10000"):
            invite(world.ledger, "small", codes, frame="x", by="ada", at=AT)
    with pytest.raises(Refused, match="no survey"):
        invite(world.ledger, "none", new_codes(1), frame="x", by="ada", at=AT)


def test_a_survey_may_have_one_channel_only(world):
    panel = small("panel", channels=("panel",))
    calls = small("calls", channels=("open",))
    for survey in (panel, calls):
        assert survey_of(text_of(survey)).channels == survey.channels
        open_survey(world.ledger, survey, by="ada", at=AT)
    world.survey = panel
    with pytest.raises(Refused, match="it takes an invitation") as caught:
        world.join()
    assert caught.value.why == "channel"
    with pytest.raises(Refused, match="has no panel"):
        invite(world.ledger, "calls", new_codes(1), frame="x", by="ada", at=AT)


def test_joining_takes_an_open_survey_its_language_and_its_promise(world):
    found, agreed = world.now(), consent_digest(world.survey, "en")

    def refused(opening=found, **changes):
        given = {"receipt": new_code(), "language": "en", "consent": agreed, "at": AT} | changes
        with pytest.raises(Refused) as caught:
            join(world.ledger, world.vault, opening, **given)
        return caught.value.why

    assert refused(language="de") == "language"
    assert refused(consent="sha256:0") == "consent"
    assert refused(receipt="guess") == "unknown"
    close_survey(world.ledger, "small", by="ada", reason="over", at=AT)
    assert refused(world.now()) == "closed"
    assert not list(world.ledger.read(ParticipantJoined))


def test_consent_is_to_all_that_was_promised():
    survey = small()
    longer = small(promise=type(survey.promise)({"en": "I agree."}, {"en": "To learn."}, "x", 31))
    assert consent_digest(survey, "en") != consent_digest(longer, "en")
