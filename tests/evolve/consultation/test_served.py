"""A part of the crowd takes part over real HTTP: what they said is kept, and crowds are noted."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.console.survey_front import Surveys

from charter.evolve.surveys.answer import NAMES, Compared, Rated, Voted
from charter.evolve.surveys.conduct import note_conduct
from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.invitation import invite
from charter.evolve.surveys.secret_code import participation_id

from .answers import replies
from .asked import survey
from .plan import HONEST, SYBIL, Plan
from .taking_part import AT, NETWORK, code

PLAN = Plan(seed=3, open=4, panel=2, sybils=7, straight=1, careless=1)
ITEMS = ("a0", "d0", "x-a0", "truth-0", "short")
ONE_NETWORK = "198.51.100.7"


def fields_of(answer):
    """What somebody fills in."""
    if isinstance(answer, Voted):
        return {"vote": NAMES[answer.value]}
    if isinstance(answer, Rated):
        return {"rating": str(answer.value)}
    assert isinstance(answer, Compared)
    found = {
        f"{scope}.{letter}": str(place)
        for scope, groups in (("personal", answer.personal), ("world", answer.world))
        for place, group in enumerate(groups or (), 1)
        for letter in group
    }
    if answer.unacceptable is not None:
        found["unacceptable"] = list(answer.unacceptable) or ["none"]
    return found | ({"why": answer.why} if answer.why else {})


def take_part(front, someone):
    """Somebody joins, answers what they would, leaves the rest; return their part and answers."""
    network = ONE_NETWORK if someone.kind == SYBIL else f"203.0.113.{someone.number}"
    guest = front.guest(network, language=someone.language)
    drawn = someone.channel == "panel"
    guest.join(**({"invitation": code(PLAN, f"panel/{someone.number}")} if drawn else {}))
    assert guest.page.status_code == 200
    run = participation_id(guest.receipt)
    wanted = {
        each.question.id: each.answer
        for each in replies(PLAN, front.survey, someone, run)
        if each.question.id in ITEMS
    }
    given = {}
    for _ in ITEMS:
        item = guest.item
        if item in wanted:
            guest.post(fields_of(wanted[item]), do="answer")
            given[item] = wanted[item]
        elif item in ITEMS:
            guest.post(do="skip")
        assert guest.page.status_code == 200
    assert given == wanted
    return run, given


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The gateway, who took part as whom, and what each said."""
    whole = survey()
    asked = survey(items=tuple(each for each in whole.items if each.id in ITEMS))
    with Surveys(tmp_path_factory.mktemp("served"), asked) as front:
        drawn = [each for each in PLAN.crowd() if each.channel == "panel"]
        codes = [code(PLAN, f"panel/{each.number}") for each in drawn]
        invite(front.service.ledger, asked.id, codes, frame="drawn", by="ada", at=AT)
        said = {}
        for someone in PLAN.crowd():
            run, given = take_part(front, someone)
            said[run] = (someone, given)
        note_conduct(front.service.ledger, front.service.vault, front.opening(), at=AT)
        yield front, said


def test_what_was_sent_is_what_is_gathered(served):
    front, said = served
    voices = gather(front.service.ledger, front.service.vault, front.opening())
    heard = {run: given for run, (_, given) in said.items() if given}
    assert {each.id for each in voices.people} == set(heard)
    votes = {(each.person, each.item): each.value for each in voices.votes}
    assert votes == {
        (run, item): answer.value
        for run, given in heard.items()
        for item, answer in given.items()
        if isinstance(answer, Voted)
    }
    reasons = {each.person: each.text for each in voices.reasons}
    assert reasons == {
        run: given["truth-0"].why
        for run, given in heard.items()
        if "truth-0" in given and given["truth-0"].why
    }
    by_id = {each.id: each for each in voices.people}
    assert all(by_id[run].channel == said[run][0].channel for run in heard)
    assert all(by_id[run].language == said[run][0].language for run in heard)


def test_the_network_of_the_sybils_is_noted_and_no_other(served):
    front, said = served
    voices = gather(front.service.ledger, front.service.vault, front.opening())
    found = Counter(said[each.id][0].kind for each in voices.people if NETWORK in each.noted)
    assert found == {SYBIL: PLAN.sybils}
    alike = Counter(said[each.id][0].kind for each in voices.people if "same_text" in each.noted)
    assert alike[SYBIL] == PLAN.sybils
    assert not alike[HONEST]


def test_no_address_is_in_the_ledger(served):
    front, _ = served
    front.service.ledger.check()
    kept = [each for each in front.folder.rglob("*") if "ledger" in each.name]
    assert kept
    assert not any(ONE_NETWORK.encode() in each.read_bytes() for each in kept)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"why": "x" * 1_000_000}, 413),
        ({"receipt": "0" * 26}, 404),
        ({"item": "none"}, 404),
        ({"item": "../../etc/passwd"}, 404),
    ],
)
def test_hostile_forms_are_turned_away_and_keep_nothing(served, body, status):
    front, _ = served
    before = gather(front.service.ledger, front.service.vault, front.opening()).digest
    guest = front.guest("203.0.113.99").join()
    guest.post({"vote": "agree", "rating": "1", "do": "answer"} | body)
    assert guest.page.status_code == status
    assert "Traceback" not in guest.page.text
    assert gather(front.service.ledger, front.service.vault, front.opening()).digest == before
