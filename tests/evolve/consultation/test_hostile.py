"""Somebody who wants to break a consultation, or to have more than one voice in it.

Every attempt ends in a refusal that is one line, or in a note; the figures stay what they were.
"""

from __future__ import annotations

import json

import pytest

from charter.errors import AlreadyRecorded
from charter.evolve.choices.answered import placed
from charter.evolve.choices.choices import choices_of
from charter.evolve.choices.export import export_choices
from charter.evolve.choices.reasons import sides_of
from charter.evolve.results.export import results_json
from charter.evolve.results.results_of import reading_of, results_of
from charter.evolve.surveys.answer import Voted, answer_of_form, read_answer
from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.invitation import invite
from charter.evolve.surveys.opening import open_survey
from charter.evolve.surveys.participation import consent_digest, find, join, participation
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.secret_code import digest_of_code, new_code, participation_id
from charter.evolve.surveys.withdrawal import withdraw
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.survey import AnswerGiven, ParticipantJoined

from .answers import COPIED, SCRIPT
from .asked import ID, survey
from .conftest import QUICK
from .plan import Plan
from .ranked import rank, script
from .taking_part import AT, code, hold, receipt

SMALL = Plan(open=3, panel=2, sybils=0, straight=0, careless=0)
MEGABYTE = 1_000_000


@pytest.fixture
def small(spec, tmp_path):
    """A consultation of a few, to be attacked, and what it said before."""
    with open_ledger(tmp_path) as ledger:
        vault = Vault(ledger.store, MasterKey.load_or_create(tmp_path / "master.key"))
        held = hold(ledger, vault, survey(spec), SMALL)
        before = gather(ledger, vault, held.opening)
        yield held
        assert gather(ledger, vault, held.opening).digest == before.digest


def enter(held, opening=None, **given):
    opening = opening or held.opening
    asked = {
        "receipt": new_code(),
        "language": "en",
        "consent": consent_digest(opening.survey, "en"),
        "at": AT,
    }
    return join(held.ledger, held.vault, opening, **(asked | given))


def leave(held, part):
    withdraw(held.ledger, held.vault, part, at=AT)


def count(held, kind):
    return sum(1 for _ in held.ledger.read(kind))


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("a0", {"vote": "agree" * MEGABYTE}),
        ("a0", {"vote": ["agree"] * 1000}),
        ("a0", {"vote": True}),
        ("a0", {"vote": "agree", "weight": 100}),
        ("a0", {"vote": 1}),
        ("a0", [["agree"]] * 1000),
        ("short", {"rating": 10**400}),
        ("short", {"rating": True}),
        ("short", {"rating": float("nan")}),
        ("short", {"rating": 11}),
        ("truth-0", {"why": "x" * MEGABYTE}),
        ("truth-0", {"personal": [["A"], ["A"], ["B"], ["C"], ["D"]]}),
        ("truth-0", {"personal": [["A", "B", "C", "D"]] * 1000}),
        ("truth-0", {"personal": [["A"], ["B"], ["C"], ["E"]]}),
        ("truth-0", {"unacceptable": ["A", {"B": 1}]}),
        ("truth-0", {"unacceptable": ["A"] * MEGABYTE}),
        ("truth-0", {"why": {"$ne": ""}}),
        ("truth-0", {}),
        ("trait:use", {"option": "daily' OR 1=1 --"}),
    ],
    ids=lambda each: str(each)[:40],
)
def test_what_is_no_answer_is_refused_in_one_line(question, values):
    asked = survey().question(question)
    with pytest.raises(Refused) as refused:
        read_answer(asked, values)
    assert len(refused.value.message) < 300
    assert refused.value.message.isprintable()
    assert refused.value.why == "answer"


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("a0", {"vote": ["agree", "agree"]}),
        ("a0", {"vote": ["agree\x00"]}),
        ("short", {"rating": ["9" * MEGABYTE]}),
        ("short", {"rating": ["\u0665"]}),
        ("truth-0", {"personal.A": ["1"], "personal.B": ["99999"]}),
        ("truth-0", {"unacceptable": ["none", "A"]}),
        ("truth-0", {"why": ["y" * MEGABYTE]}),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_forged_form_is_refused_in_one_line(question, fields):
    with pytest.raises(Refused) as refused:
        answer_of_form(survey().question(question), fields)
    assert len(refused.value.message) < 300
    assert refused.value.message.isprintable()


def test_a_receipt_that_is_replayed_is_the_same_voice(small):
    mine = new_code()
    first = enter(small, receipt=mine)
    joined = count(small, ParticipantJoined)
    spelt = mine.lower().replace("-", " ")
    assert enter(small, receipt=spelt) == first
    assert (
        enter(small, receipt=mine, language="de", consent=consent_digest(survey(), "de")) == first
    )
    assert count(small, ParticipantJoined) == joined
    leave(small, first)
    assert enter(small, receipt=mine).withdrawn
    with pytest.raises(Refused, match="withdrawn"):
        vote(small, first, "a0")


def vote(held, part, item, value=1, opening=None):
    asked = (opening or held.opening).survey.question(item)
    reply = Reply(asked, Voted(value))
    return give(held.ledger, held.vault, opening or held.opening, part, reply, at=AT)


def test_a_receipt_opens_nothing_in_another_survey(small):
    other = open_survey(small.ledger, survey(id="other-2026"), by="ada", at=AT)
    mine = new_code()
    part = enter(small, other, receipt=mine)
    with pytest.raises(Refused) as refused:
        enter(small, receipt=mine)
    assert refused.value.why == "unknown"
    with pytest.raises(Refused) as refused:
        vote(small, part, "a0")
    assert refused.value.why == "unknown"


def test_forged_ids_find_nobody(small):
    someone = SMALL.crowd()[0]
    real = receipt(SMALL, someone)
    run = participation_id(real)
    assert find(small.ledger, real).id == run
    public = participation(small.ledger, run).joined
    for known in (run, public.receipt, public.subject, digest_of_code(real), real[:-1], "", "pa_"):
        assert find(small.ledger, known) is None
        with pytest.raises(Refused):
            enter(small, receipt=known)
    assert find(small.ledger, new_code()) is None
    assert participation(small.ledger, "pa_" + "0" * 32) is None


def test_an_invitation_counts_once_and_only_where_it_was_given(small):
    used = code(SMALL, f"panel/{SMALL.open}")
    for forged, why in ((used, "used"), (new_code(), "unknown"), ("1' OR '1", "unknown")):
        with pytest.raises(Refused) as refused:
            enter(small, code=forged)
        assert refused.value.why == why
    other = open_survey(small.ledger, survey(id="other-2026"), by="ada", at=AT)
    mine = new_code()
    invite(small.ledger, other.id, [mine], frame="drawn", by="ada", at=AT)
    with pytest.raises(Refused) as refused:
        enter(small, code=mine)
    assert refused.value.why == "unknown"
    assert enter(small, other, code=mine).joined.channel == "panel"
    with pytest.raises(Refused, match="used"):
        enter(small, other, code=mine)


def test_an_item_of_another_survey_takes_no_answer(small):
    part = enter(small)
    theirs = survey(id="other-2026", again=()).question("a0")
    strange = type(theirs)("zz", (), theirs.text)
    for question in (strange, type(theirs)("a0", (), theirs.text)):
        with pytest.raises(Refused) as refused:
            give(small.ledger, small.vault, small.opening, part, Reply(question, Voted(1)), at=AT)
        assert refused.value.why == "question"
    leave(small, part)


def test_stuffing_one_item_is_one_vote_and_ends(small):
    part = enter(small)
    for _ in range(30):
        vote(small, part, "a0")
    assert sum(1 for _ in small.ledger.read(AnswerGiven, run=part.id)) == 1
    for turn in range(5):
        vote(small, part, "a0", -1 if turn % 2 else 1)
    said = gather(small.ledger, small.vault, small.opening)
    assert [v.value for v in said.votes if v.person == part.id] == [1]
    with pytest.raises(Refused) as refused:
        stuff(small, part)
    assert refused.value.why == "many"
    leave(small, part)


def stuff(held, part):
    for turn in range(1000):
        vote(held, part, "a1", turn % 3 - 1)


def test_no_record_can_be_written_twice_over(small):
    record = next(small.ledger.read(AnswerGiven))
    with pytest.raises(AlreadyRecorded):
        small.ledger.append(record)


def test_the_ledger_holds_no_word_that_anybody_said_in_clear(held):
    held.ledger.check()
    for place in (held.ledger.read(AnswerGiven), held.ledger.read(ParticipantJoined)):
        for record in place:
            assert SCRIPT not in str(record)
            assert COPIED not in str(record)


def test_scripts_of_participants_are_in_nothing_that_is_published(
    held, heard, spec, results, tmp_path
):
    assert any(SCRIPT in each.text for each in heard.reasons)
    published = json.dumps(results_json(results))
    assert SCRIPT not in published
    assert not any(each.id in published for each in heard.people)
    file = script(held.plan, tmp_path / "script.yaml", ())
    ranked = rank(held, spec.source.path, heard.asked, file)
    found, items = choices_of(heard, ranked), placed(ranked)
    sides = {
        (row.channel, row.scope, row.section): sides_of(row, heard, ranked, items, frozenset())
        for row in found.rows
        if not row.over_all
    }
    assert SCRIPT not in json.dumps(export_choices(found, sides))


def test_another_id_or_other_words_take_no_answers_of_this_survey(small):
    with pytest.raises(Refused, match="open already"):
        open_survey(small.ledger, survey(), by="eve", at=AT)
    assert small.opening.id == ID


def test_sybils_in_the_open_call_do_not_touch_the_panel(heard, held, results):
    reading = reading_of(held.opening.survey)
    (own,) = results_of(heard, reading, effort=QUICK, channels=("panel",)).channels
    drawn = {each.id for each in heard.people if each.channel == "panel"}
    assert own.people == len(drawn) == held.plan.panel
    assert own == next(each for each in results.channels if each.channel == "panel")
