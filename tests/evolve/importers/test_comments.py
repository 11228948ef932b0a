"""Comments of a real ledger as votes: accepted ones only."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from charter.errors import ConfigError, LedgerUnavailable
from charter.evolve.importer import Wanted, named
from charter.ledger.open import open_ledger
from charter.records.comment import CommentModerated, CommentReceived

from .made import comments


@pytest.fixture
def wanted(tmp_path):
    """A ledger in which some comments were accepted, and others not."""
    return comments(tmp_path / "ledger", 3, Random(0))


def read(wanted, **changes):
    return named("comments").read(replace(wanted, **changes))


def test_accepted_comments_are_votes_on_their_clause(wanted):
    with open_ledger(wanted.path, create=False) as ledger:
        verdicts = {e.run: e.verdict for e in ledger.read(CommentModerated)}
        received = list(ledger.read(CommentReceived))
    accepted = [each for each in received if verdicts.get(each.run) == "accepted"]
    assert 0 < len(accepted) < len(received)
    found = read(wanted)
    number = {"agree": 1, "disagree": -1, "unclear": 0}
    said = {(each.person, each.item, each.value) for each in found.voices.votes}
    assert said == {(each.run, each.clause, number[each.stance]) for each in accepted}
    assert all(each.clauses == (each.id,) for each in found.voices.asked)
    assert {e.text for e in found.voices.reasons} == {f"words of {e.run}" for e in accepted}
    assert found.facts["accepted"] == len(accepted)


def test_without_a_key_no_words_are_read(wanted):
    assert not read(wanted, master_key=None).voices.reasons


def test_erased_words_are_counted_and_the_vote_stays(wanted):
    whole = read(wanted)
    one = whole.voices.people[0].id
    with open_ledger(wanted.path, create=False) as ledger:
        record = next(each for each in ledger.read(CommentReceived) if each.run == one)
        ledger.store.destroy(record.subject)
    found = read(wanted)
    assert found.facts["words_gone"] == 1
    assert len(found.voices.votes) == len(whole.voices.votes)
    assert any(each.rule == "voices/words-gone" for each in found.voices.findings)


def test_a_ledger_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(LedgerUnavailable):
        named("comments").read(Wanted(str(tmp_path / "none.sqlite")))


def test_an_importer_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="no importer 'fax'"):
        named("fax")
