"""Moves and votes: one at a time, by a role, and whoever comes late is told."""

from __future__ import annotations

import pytest

from charter.evolve.proposals.agreement import agreement
from charter.evolve.proposals.fold import APPROVE, proposals
from charter.evolve.proposals.moves import move, record_move, vote, word
from charter.evolve.proposals.refused import Refused
from charter.govern.roles import read_roles
from charter.ledger.open import open_ledger
from charter.records.proposal import ADOPTED, ProposalMoved, ProposalVoted

from .made import AT, made, wording

ROLES = read_roles(
    """\
format: charter-roles/1
version: "1"
people:
  ada: {name: Ada, email: ada@example.com}
  ben: {name: Ben}
  gus: {name: Gus}
roles:
  - {role: owner, people: [ada]}
  - {role: approver, people: [ben, gus]}
""",
    "roles.yaml",
)


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as opened:
        opened.append(made(), wording())
        yield opened


def seen(ledger):
    found = proposals(ledger)
    return found, found.get("prop_1")


def moved(number, state, words=1, *, by="ada"):
    return ProposalMoved("prop_1", number, AT, by, "owner", state, words, "why")


def steps(ledger, *states):
    ledger.append(*(moved(at, state) for at, state in enumerate(states, start=1)))


def test_of_two_who_move_at_once_one_is_told(ledger):
    first, second = seen(ledger), seen(ledger)
    move(ledger, *first, ROLES, to="deferred", by="ada", reason="later", at=AT)
    with pytest.raises(Refused, match="ada moved it meanwhile, and it is deferred"):
        move(ledger, *second, ROLES, to="set_aside", by="ben", reason="never", at=AT)
    assert seen(ledger)[1].state == "deferred"


def test_of_two_who_word_at_once_one_is_told(ledger):
    first, second = seen(ledger), seen(ledger)
    word(ledger, *first, wording(2, by="ada", new="briefly."))
    with pytest.raises(Refused, match="ada worded it meanwhile"):
        word(ledger, *second, wording(2, by="ben", new="shortly."))


def test_words_that_come_while_it_is_validated_do_not_count(ledger):
    steps(ledger, "consultation")
    late = seen(ledger)
    ledger.append(moved(2, "validation"))
    with pytest.raises(Refused, match="it is validation meanwhile: these words came too late"):
        word(ledger, *late, wording(2, new="briefly."))
    _, state = seen(ledger)
    assert (state.words.number, state.numbers) == (1, (2, 2))


def test_a_move_of_words_that_were_replaced_does_not_count(ledger):
    steps(ledger, "consultation")
    late = seen(ledger)
    ledger.append(wording(2, new="briefly."))
    with pytest.raises(Refused, match="other words meanwhile"):
        record_move(ledger, *late, moved(2, "validation"))
    found, state = seen(ledger)
    assert (state.state, state.words.number) == ("consultation", 2)
    assert record_move(ledger, found, state, moved(3, "validation", 2)).state == "validation"


@pytest.mark.parametrize("name", ["Gus", "GUS", "gus\u200b"])
def test_whoever_proposed_does_not_vote_under_another_name(ledger, name):
    steps(ledger, "consultation", "validation")
    with pytest.raises(Refused, match="proposed it, or chose its words"):
        vote(ledger, *seen(ledger), ROLES, by=name, verdict=APPROVE, reason="x", at=AT)
    ledger.append(ProposalVoted("prop_1", 1, ADOPTED, AT, name, "approver", APPROVE, "x"))
    counted = agreement(seen(ledger)[1], ROLES, at=AT)
    assert counted.counted == ()
    assert "does not count" in counted.against[-1]


def test_one_person_votes_once_by_whatever_name(ledger):
    steps(ledger, "consultation", "validation")
    vote(ledger, *seen(ledger), ROLES, by="ada", verdict=APPROVE, reason="x", at=AT)
    with pytest.raises(Refused, match="has voted on these words already"):
        vote(ledger, *seen(ledger), ROLES, by="ADA@example.com", verdict="deny", reason="x", at=AT)
    ledger.append(ProposalVoted("prop_1", 1, ADOPTED, AT, "Ada", "owner", APPROVE, "x"))
    counted = agreement(seen(ledger)[1], ROLES, at=AT)
    assert [each.by for each in counted.counted] == ["ada"]
    assert counted.missing == ()


def test_whoever_chose_the_words_does_not_vote_on_them(ledger):
    ledger.append(wording(2, by="ben", new="briefly."))
    ledger.append(moved(1, "consultation", 2), moved(2, "validation", 2))
    with pytest.raises(Refused, match="ben proposed it, or chose its words"):
        vote(ledger, *seen(ledger), ROLES, by="ben", verdict=APPROVE, reason="x", at=AT)
