"""Answers: numbered, sealed, changed, and sent again."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from charter.errors import LedgerError
from charter.evolve.surveys.answer import Compared, Rated, Voted
from charter.evolve.surveys.given import (
    CHANGES,
    SPARE,
    Reply,
    answered,
    give,
    own_answers,
    said_in,
)
from charter.evolve.surveys.opening import close_survey
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.survey import Statement
from charter.evolve.surveys.withdrawal import withdraw
from charter.ledger.erasure import erase
from charter.records.survey import AnswerGiven

from .conftest import opened_world
from .people import AT, small

YES = Voted(1)


def own(world, part):
    return own_answers(world.ledger, world.vault, world.survey, part)


def test_answers_are_sealed_and_come_back_in_the_survey_s_order(each_world):
    world = each_world
    _, part = world.join()
    world.give(part, "trait:age", {"option": "old"})
    world.give(part, "rate", {"rating": -2}, ms=1500)
    world.give(part, "pick", {"personal": [["B"], ["A", "C"]], "why": "A secret."})
    world.give(part, "say", {"vote": "pass"}, ms=10**12)
    found = own(world, part)
    assert [each.question for each in found] == ["say", "pick", "rate", "trait:age"]
    assert found[0].answer == Voted(0)
    assert found[1].answer == Compared(personal=(("B",), ("A", "C")), why="A secret.")
    assert (found[2].answer, found[2].ms, found[2].number) == (Rated(-2), 1500, 2)
    assert found[0].ms == 24 * 60 * 60 * 1000
    assert answered(world.ledger, part) == {"say", "pick", "rate", "trait:age"}


def test_no_word_of_an_answer_is_in_the_ledger(world):
    _, part = world.join()
    world.give(part, "pick", {"why": "A secret."})
    world.give(part, "say", {"vote": "agree"})
    with sqlite3.connect(world.folder / "ledger.sqlite") as file:
        kept = [str(row) for row in file.execute("SELECT body FROM records WHERE kind LIKE 'A%'")]
        dump = "\n".join(file.iterdump())
    assert len(kept) == 2
    assert "secret" not in dump
    assert not any("agree" in row or "vote" in row for row in kept)


def test_the_last_answer_counts_and_the_same_one_makes_no_second_record(each_world):
    world = each_world
    _, part = world.join()
    first = world.give(part, "say", {"vote": "agree"}, ms=5)
    assert world.give(part, "say", {"vote": "agree"}, ms=99) == first
    second = world.give(part, "say", {"vote": "disagree"})
    back = world.give(part, "say", {"vote": "agree"})
    assert [first.number, second.number, back.number] == [1, 2, 3]
    (said,) = own(world, part)
    assert (said.answer, said.number) == (Voted(1), 3)


def test_nobody_answers_without_end(world):
    _, part = world.join()
    most = (len(world.survey.items) + 1) * CHANGES + SPARE
    for n in range(most):
        world.give(part, "say", {"vote": ("agree", "disagree")[n % 2]})
    with pytest.raises(Refused) as caught:
        world.give(part, "rate", {"rating": 0})
    assert caught.value.why == "many"
    assert len(list(world.ledger.read(AnswerGiven))) == most
    world.give(part, "say", {"vote": ("agree", "disagree")[(most - 1) % 2]})


def test_answers_take_an_open_survey_a_question_and_a_participation_in_it(world):
    _, part = world.join()
    say = world.survey.item("say")

    def refused(part=part, question=say, answer=YES):
        with pytest.raises(Refused) as caught:
            give(
                world.ledger,
                world.vault,
                world.now(),
                part,
                Reply(question, answer),
                at=AT,
            )
        return caught.value.why

    assert refused(question=Statement("say", (), {"en": "Other words."})) == "question"
    assert refused(question=Statement("none", (), {"en": "Say why."})) == "question"
    assert refused(answer=Rated(1)) == "answer"
    assert refused(answer=Voted(5)) == "answer"
    other = replace(part, joined=replace(part.joined, survey="other"))
    assert refused(part=other) == "unknown"
    close_survey(world.ledger, "small", by="ada", reason="over", at=AT)
    assert refused() == "closed"
    assert not list(world.ledger.read(AnswerGiven))


def test_an_answer_that_meets_a_withdrawal_is_refused_and_erased(world, monkeypatch):
    """Somebody withdraws in another tab just while an answer is being written down."""
    from charter.evolve.surveys import given as module  # noqa: PLC0415 - to come in between

    _, part = world.join()
    append = module._append

    def slowly(*given, **more):
        withdraw(world.ledger, world.vault, part, at=AT)
        return append(*given, **more)

    monkeypatch.setattr(module, "_append", slowly)
    with pytest.raises(Refused) as caught:
        world.give(part, "say", {"vote": "agree"})
    assert caught.value.why == "withdrawn"
    assert world.ledger.store.payload_ids(part.joined.subject) == []


def test_what_was_erased_is_gone_and_can_be_said_again(world):
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    erase(
        world.ledger,
        world.vault,
        part.joined.subject,
        by="ada",
        reason="asked for",
        basis="law",
        at=AT,
    )
    assert own(world, part) == ()
    assert world.give(part, "say", {"vote": "agree"}).number == 2
    assert [each.answer for each in own(world, part)] == [Voted(1)]


def test_an_answer_under_another_record_is_not_believed(world):
    _, part = world.join()
    record = world.give(part, "say", {"vote": "agree"})
    world.give(part, "again", {"vote": "agree"})
    for changed in (
        replace(record, item="again"),
        replace(record, content="0" * 64),
        replace(record, item="gone"),
    ):
        with pytest.raises(LedgerError, match="answer 1 of pa_"):
            said_in(world.vault, world.survey, changed)


def test_a_change_keeps_the_time_of_the_answer_that_it_changes(world):
    _, part = world.join()
    world.give(part, "rate", {"rating": 1}, ms=9000)
    world.give(part, "rate", {"rating": 2}, ms=300)
    world.give(part, "rate", {"rating": 3})
    (said,) = own(world, part)
    assert (said.answer, said.ms) == (Rated(3), 9000)


def test_nothing_is_taken_after_the_last_day(tmp_path):
    made = opened_world(tmp_path, tmp_path, small(closes="2026-11-30"))
    late = "2026-12-01T00:00:00.000Z"
    _, part = made.join(at="2026-11-30T23:59:59.999Z")
    made.give(part, "say", {"vote": "agree"}, at="2026-11-30T23:59:59.999Z")
    with pytest.raises(Refused, match="takes no more answers") as refused:
        made.give(part, "say", {"vote": "pass"}, at=late)
    assert refused.value.why == "closed"
    with pytest.raises(Refused, match="takes no more answers"):
        made.join(at=late)
    assert [each.answer for each in own(made, part)] == [YES]
    assert withdraw(made.ledger, made.vault, part, at=late)
    made.ledger.close()
