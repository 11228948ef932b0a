"""Opening and closing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.errors import ConfigError
from charter.evolve.surveys.opening import close_survey, open_survey, opening, openings
from charter.evolve.surveys.read import digest_of_survey
from charter.evolve.surveys.refused import Refused

from .people import AT, small


def test_a_survey_is_opened_closed_and_opened_again_in_the_same_words(world):
    found = opening(world.ledger, "small")
    assert found.open
    assert found.survey == world.survey
    assert found.digest == digest_of_survey(world.survey)
    with pytest.raises(Refused, match="open already"):
        open_survey(world.ledger, world.survey, by="ben", at=AT)
    close_survey(world.ledger, "small", by="ben", reason="over", at=AT)
    assert not opening(world.ledger, "small").open
    with pytest.raises(Refused, match="closed already"):
        close_survey(world.ledger, "small", by="ben", reason="over", at=AT)
    other = replace(world.survey, title={"en": "Other"})
    with pytest.raises(Refused, match="in other words before"):
        open_survey(world.ledger, other, by="ben", at=AT)
    again = open_survey(world.ledger, world.survey, by="ben", at=AT)
    assert (again.record.number, again.open) == (2, True)
    assert opening(world.ledger, "small").open


def test_surveys_are_listed_and_what_was_never_opened_is_none(world):
    open_survey(world.ledger, small("a-second"), by="ada", at=AT)
    close_survey(world.ledger, "a-second", by="ada", reason="over", at=AT)
    found = [(each.id, each.open) for each in openings(world.ledger)]
    assert found == [("a-second", False), ("small", True)]
    assert opening(world.ledger, "none") is None
    with pytest.raises(Refused, match="no survey 'none'"):
        close_survey(world.ledger, "none", by="ada", reason="over", at=AT)


def test_a_survey_made_in_code_is_held_to_the_same_bounds(world):
    with pytest.raises(ConfigError, match="it has no text in en"):
        open_survey(world.ledger, small("odd", title={"de": "Post"}), by="ada", at=AT)
    spaced = open_survey(world.ledger, small("spaced", title={"en": "Mail \n"}), by="ada", at=AT)
    assert spaced.survey.title == {"en": "Mail"}
    assert spaced.digest == digest_of_survey(spaced.survey)


def test_a_survey_takes_answers_to_the_end_of_its_last_day(world):
    limited = small("limited", closes="2026-11-30")
    found = open_survey(world.ledger, limited, by="ada", at=AT)
    assert found.survey.closes == "2026-11-30"
    assert found.takes("2026-11-30T23:59:59.999Z")
    assert not found.takes("2026-12-01T00:00:00.000Z")
    assert opening(world.ledger, "small").takes("2999-01-01T00:00:00.000Z")
    assert opening(world.ledger, "limited") == found
    close_survey(world.ledger, "limited", by="ada", reason="over", at=AT)
    assert not opening(world.ledger, "limited").takes(AT)


def test_nothing_is_opened_after_its_last_day(world):
    late = "2026-12-01T00:00:00.000Z"
    limited = small("limited", closes="2026-11-30")
    with pytest.raises(Refused, match="the last day of limited is past"):
        open_survey(world.ledger, limited, by="ada", at=late)
    open_survey(world.ledger, limited, by="ada", at=AT)
    close_survey(world.ledger, "limited", by="ada", reason="done", at=late)
    with pytest.raises(Refused, match="the last day of limited is past"):
        open_survey(world.ledger, limited, by="ada", at=late)
