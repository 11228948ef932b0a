"""From a ledger to voices."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.surveys.answer import Compared, Rated, Told, Voted
from charter.evolve.surveys.conduct import note, note_conduct
from charter.evolve.surveys.gathered import gather, voices_of
from charter.evolve.surveys.given import Said
from charter.evolve.surveys.invitation import invite, new_codes
from charter.evolve.surveys.opening import open_survey
from charter.evolve.surveys.quality import Note
from charter.evolve.surveys.sitting import Sitting, Sittings, sittings_of
from charter.evolve.surveys.withdrawal import expire, withdraw
from charter.evolve.voices import Barred, Order, Person, Rating, Reason, Vote
from charter.records.survey import ConductNoted

from .people import AT, joined, small


def gathered(world):
    return gather(world.ledger, world.vault, world.now())


def rules(voices):
    return {finding.rule: finding.message for finding in voices.findings}


def test_what_everybody_said_last_is_gathered_by_key(each_world):
    world = each_world
    (code,) = new_codes(1)
    invite(world.ledger, "small", (code,), frame="x", by="ada", at=AT)
    _, one = world.join()
    _, two = world.join(code=code)
    world.give(one, "say", {"vote": "agree"})
    world.give(one, "say", {"vote": "disagree"})
    world.give(one, "trait:age", {"option": "old"})
    world.give(two, "rate", {"rating": 3})
    picked = {"personal": [["C"], ["A", "B"]], "unacceptable": [], "why": "So."}
    world.give(two, "pick", picked)
    voices = gathered(world)
    people = {
        one.id: Person(one.id, "open", "en", {"age": "old"}),
        two.id: Person(two.id, "panel", "en"),
    }
    assert voices.people == tuple(people[key] for key in sorted(people))
    assert voices.votes == (Vote(one.id, "say", -1),)
    assert voices.ratings == (Rating(two.id, "rate", 3),)
    assert voices.orders == (Order(two.id, "pick", "personal", (("C",), ("A", "B"))),)
    assert voices.barred == (Barred(two.id, "pick", ()),)
    assert voices.reasons == (Reason(two.id, "pick", "both", "So."),)
    assert [(each.id, each.kind) for each in voices.asked] == [
        ("again", "statement"),
        ("pick", "comparison"),
        ("rate", "rubric"),
        ("say", "statement"),
    ]
    pick = voices.asked[1]
    assert (pick.text, pick.prompt, pick.answers) == ("Help?", "user: Help?", ("A", "B", "C"))
    assert pick.candidates["B"] == "Answer B"
    assert voices.findings == ()
    assert gathered(world) == voices


def test_who_withdrew_is_gone_and_what_expired_is_counted(world):
    _, gone = world.join()
    _, stays = world.join()
    _, silent = world.join()
    for part in (gone, stays):
        world.give(part, "say", {"vote": "agree"})
    world.give(silent, "trait:age", {"option": "old"})
    before = gathered(world)
    withdraw(world.ledger, world.vault, gone, at=AT)
    voices = gathered(world)
    assert [person.id for person in voices.people] == [stays.id]
    assert voices.digest != before.digest
    assert rules(voices) == {
        "survey-withdrawn": "1 people withdrew what they said",
        "survey-silent": "1 people joined, and there is no answer of theirs to an item",
    }
    expire(world.ledger, world.vault, world.now(), by="ada", at="2027-01-01T00:00:00.000Z")
    voices = gathered(world)
    assert (voices.people, voices.votes) == ((), ())
    assert rules(voices)["survey-erased"] == "2 answers were erased or have expired"


def test_a_damaged_answer_counts_nowhere_and_is_told(world):
    _, part = world.join()
    world.give(part, "rate", {"rating": 1})
    world.give(part, "say", {"vote": "agree"})
    with sqlite3.connect(world.folder / "ledger.sqlite") as file:
        file.execute("UPDATE payloads SET blob = zeroblob(80) WHERE rowid = 1")
    voices = gathered(world)
    assert (voices.ratings, len(voices.votes)) == ((), 1)
    assert "does not match its digest" in rules(voices)["survey-damaged"]


def test_two_surveys_in_one_ledger_are_kept_apart(world):
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    second = open_survey(world.ledger, small("second"), by="ada", at=AT)
    assert gather(world.ledger, world.vault, second).people == ()
    assert len(gathered(world).people) == 1


def test_notes_are_written_once_and_stay_with_the_voice(world):
    _, part = world.join()
    world.give(part, "say", {"vote": "agree"})
    seen = Note(part.id, "same_network", "with 5 others")
    assert note(world.ledger, "small", seen, at=AT)
    assert not note(world.ledger, "small", replace(seen, detail="with 6 others"), at=AT)
    assert gathered(world).people[0].noted == ("same_network",)
    assert len(gathered(world).votes) == 1, "a note takes nobody's voice"


def test_conduct_is_looked_at_again_without_noting_twice(world):
    why = "These are the words that everybody was told to write in here."
    parts = [world.join()[1] for _ in range(3)]
    for part in parts:
        world.give(part, "pick", {"why": why})
    assert note_conduct(world.ledger, world.vault, world.now(), at=AT) == 3
    assert note_conduct(world.ledger, world.vault, world.now(), at=AT) == 0
    records = list(world.ledger.read(ConductNoted))
    assert {record.kind for record in records} == {"same_text"}
    assert all("words that" not in record.detail for record in records)
    assert all(person.noted == ("same_text",) for person in gathered(world).people)
    found = sittings_of(world.ledger, world.vault, world.now()).sittings
    assert [each.id for each in found] == sorted(part.id for part in parts)


SAID = st.dictionaries(
    st.sampled_from(["say", "again", "pick", "rate", "trait:age"]), st.just(None), min_size=1
)
ANSWER = {
    "say": Voted(1),
    "again": Voted(0),
    "pick": Compared(world=(("A",), ("B", "C"))),
    "rate": Rated(2),
    "trait:age": Told("old"),
}


@given(st.lists(SAID, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_read_changes_nothing(everybody, chance: random.Random):
    def sat(number, names):
        said = [Said(name, ANSWER[name], None, at, AT) for at, name in enumerate(names)]
        return Sitting(joined(number), tuple(said))

    sittings = [sat(number, names) for number, names in enumerate(everybody)]
    shuffled = [
        replace(each, said=tuple(chance.sample(each.said, len(each.said)))) for each in sittings
    ]
    chance.shuffle(shuffled)
    first = voices_of(small(), Sittings(tuple(sittings), 0))
    assert voices_of(small(), Sittings(tuple(shuffled), 0)) == first
