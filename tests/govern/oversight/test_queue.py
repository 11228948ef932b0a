"""Items as their records leave them, and who may do what with one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import LedgerError
from charter.govern.oversight.item import Item, State
from charter.govern.oversight.moves import (
    Refusal,
    assign,
    may_judge,
    rank,
    return_,
    take,
    withdraw,
)
from charter.govern.oversight.queue import Queue, item_id
from charter.ledger.board import folded
from charter.ledger.open import open_ledger
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved, ItemQueued
from charter.records.review import ReviewRecorded

START = datetime(2026, 2, 28, 23, 50, tzinfo=UTC)


def at(minutes: float = 0) -> str:
    moment = START + timedelta(minutes=minutes)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def queued(name="it_1", *, minutes=0.0, decision="", **given) -> ItemQueued:
    whole = {
        "run": name, "at": at(minutes), "by": "sampler", "decision": decision or f"x_{name}.2",
        "exchange": f"x_{name}", "application": "mail", "section": "no_lies", "drawn": "random",
        "priority": 0, "needed": 1,
    }  # fmt: skip
    return ItemQueued(**whole | given)


def opinion(by="ada", *, item="it_1", minutes=1.0, section="no_lies", blind=True, label="adhered"):
    return ReviewRecorded(
        f"x_{item}.2", at(minutes), by, label, None, None, section, blind, "random", 9
    )


def only(*records) -> Item:
    (item,) = Queue(records).items()
    return item


def done(made) -> ItemMoved:
    assert isinstance(made, ItemMoved), made
    return made


def why(made) -> str:
    assert isinstance(made, Refusal), made
    return made.why


def test_a_lock_ends_by_itself():
    item = only(queued())
    taken = done(take(item, "ada", now=at(5)))
    assert (taken.number, taken.until) == (1, at(35))
    item = only(queued(), taken)
    assert [item.state(at(m)) for m in (5, 34.99, 35)] == [State.TAKEN, State.TAKEN, State.WAITING]
    assert item.held_by(at(34)) == "ada"
    assert why(take(item, "bob", now=at(34))) == f"ada works on this item until {at(35)}"
    assert done(take(item, "bob", now=at(35))).number == 2
    assert done(take(item, "ADA", now=at(34))).number == 2


@pytest.mark.parametrize(
    ("begun", "until", "held"),
    [
        (at(0), "9999-12-31T23:59:59.000Z", 480),
        ("2999-01-01T00:00:00.000Z", "2999-01-01T00:10:00.000Z", 0),
        (at(4), at(20), 20),
        (at(0), "soon", 0),
        ("now", at(20), 0),
        (at(0), "", 0),
        (at(10), at(5), 0),
    ],
)
def test_a_lock_holds_no_longer_than_it_may(begun, until, held):
    """Minutes after the start up to which it holds, for whatever a record says."""
    item = only(queued(), ItemMoved("it_1", 1, begun, "ada", "taken", until=until))
    minutes = [m for m in range(0, 1000, 1) if item.held_by(at(m))]
    assert (minutes[-1] + 1 if minutes else 0) == held


def test_who_judged_it_sees_it_as_open_no_more():
    item = only(queued(needed=2), opinion("Ada"))
    assert item.state(at(9)) is State.WAITING
    assert why(take(item, " ada ", now=at(9))) == "you have judged this answer already"
    assert Queue([queued(needed=2), opinion("Ada")]).open_to("ada", at(9)) == ()
    assert done(take(item, "bob", now=at(9)))
    item = only(queued(needed=2), opinion("ada"), opinion("bob"))
    assert item.state(at(9)) is State.DONE
    assert why(take(item, "cyd", now=at(9))) == "this item is done"


@pytest.mark.parametrize(
    ("review", "counts"),
    [
        (opinion(), True),
        (opinion(blind=False), False),
        (opinion(section="other"), False),
        (opinion("ADA"), True),
    ],
)
def test_only_blind_opinions_on_its_section_count(review, counts):
    for records in ((queued(), review), (review, queued())):
        item = only(*records)
        assert (item.state(at(9)) is State.DONE) is counts
        assert item.judged_by("ada")


def test_one_person_counts_once():
    item = only(queued(needed=2), opinion("ada"), opinion("A\u200bDA"))
    assert len(item.given) == 1


def test_whoever_chose_or_planted_it_cannot_judge_it():
    chosen = only(queued(drawn="chosen", by="ada"))
    assert "somebody else has to judge it" in why(take(chosen, "Ada", now=at(1)))
    drawn = only(queued(drawn="random", by="ada"))
    assert done(take(drawn, "ada", now=at(1)))
    planted = only(queued(by="x"), AnswerKnown("it_1", at(), "ada", "0" * 64, "p", "s"))
    assert why(take(planted, "ada", now=at(1))) == why(take(chosen, "ada", now=at(1)))
    assert done(take(planted, "bob", now=at(1)))


def test_assignment_is_to_a_person_and_ends_locks():
    taken = done(take(only(queued()), "ada", now=at(1)))
    item = only(queued(), taken)
    given_to = done(assign(item, "bob", by="lead", now=at(2)))
    item = only(queued(), taken, given_to)
    assert item.state(at(3)) is State.ASSIGNED
    assert why(take(item, "ada", now=at(3))) == "this item is assigned to bob"
    assert why(may_judge(item, "ada", now=at(3)) and Refusal("x")) == "x"
    assert done(take(item, "BOB", now=at(3))).number == 3
    free = done(assign(item, "", by="lead", now=at(4)))
    item = only(queued(), taken, given_to, free)
    assert item.state(at(5)) is State.WAITING
    assert why(assign(item, "", by="lead", now=at(5))) == "this item is assigned to nobody"
    assert "cyd has judged" in why(
        assign(only(queued(needed=2), opinion("cyd")), "cyd", by="lead", now=at(5))
    )


def test_an_assignment_is_for_one_opinion():
    given_to = ItemMoved("it_1", 1, at(1), "lead", "assigned", to="ada")
    item = only(queued(needed=2), given_to, opinion("ada"))
    assert item.state(at(5)) is State.WAITING
    assert done(take(item, "bob", now=at(5)))


def test_what_somebody_gave_back_is_offered_to_others_first():
    taken = done(take(only(queued()), "ada", now=at(1)))
    item = only(queued(), taken)
    assert why(return_(item, "bob", now=at(2))) == "ada holds this item, not you"
    back = done(return_(item, "ada", now=at(2)))
    queue = Queue([queued(), taken, back])
    assert queue.open_to("ada", at(3)) == ()
    assert [each.id for each in queue.open_to("bob", at(3))] == ["it_1"]
    assert done(take(queue.items()[0], "ada", now=at(3)))
    assert why(return_(queue.items()[0], "ada", now=at(3))) == "nobody holds this item"
    assert done(return_(item, "lead", now=at(2), lead=True)).by == "lead"
    queue.take(ItemMoved("it_1", 3, at(3), "lead", "assigned", to="ada"))
    assert [each.id for each in queue.open_to("ada", at(4))] == ["it_1"]


def test_withdrawing_needs_a_reason_and_keeps_opinions():
    item = only(queued(needed=2), opinion())
    assert "say why" in why(withdraw(item, by="lead", now=at(2), reason=" "))
    gone = done(withdraw(item, by="lead", now=at(2), reason="a test account"))
    item = only(queued(needed=2), opinion(), gone)
    assert item.state(at(3)) is State.WITHDRAWN
    assert len(item.given) == 1
    for made in (
        take(item, "bob", now=at(3)),
        assign(item, "bob", by="lead", now=at(3)),
        rank(item, 3, by="lead", now=at(3)),
        withdraw(item, by="lead", now=at(3), reason="again"),
    ):
        assert why(made) == "this item is withdrawn"
    assert Queue([queued(), gone]).on("x_it_1") == ()


def test_priority_then_age_with_ones_own_first():
    records = [
        queued("it_a", minutes=3),
        queued("it_b", minutes=2),
        queued("it_c", minutes=9, priority=5),
        queued("it_d", minutes=1),
        queued("it_e", minutes=0),
        ItemMoved("it_d", 1, at(9), "lead", "ranked", priority=7),
        ItemMoved("it_e", 1, at(9), "lead", "assigned", to="bob"),
        ItemMoved("it_a", 1, at(9), "bob", "taken", until=at(30)),
    ]
    queue = Queue(records)
    assert [each.id for each in queue.waiting(at(10))] == ["it_d", "it_c", "it_e", "it_b", "it_a"]
    assert [each.id for each in queue.open_to("bob", at(10))] == [
        "it_a", "it_e", "it_d", "it_c", "it_b",
    ]  # fmt: skip
    assert [each.id for each in queue.open_to("ada", at(10))] == ["it_d", "it_c", "it_b"]
    assert [each.id for each in queue.open_to("ada", at(10), {"x_it_c"})] == ["it_d", "it_b"]


def test_numbers_are_within_bounds():
    item = only(queued(needed=10**9, priority=-4))
    assert (item.needed, item.priority) == (10, 0)
    assert only(queued(needed=0)).needed == 1
    assert "0 to 9" in why(rank(item, 10, by="lead", now=at()))
    assert "already" in why(rank(item, 0, by="lead", now=at()))
    assert "2000" in why(rank(item, 1, by="lead", now=at(), reason="x" * 2001))
    for minutes in (0, -1, 481, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="a lock of"):
            take(item, "ada", now=at(), minutes=minutes)
    with pytest.raises(ValueError, match="a lock of"):
        take(item, "ada", now="now")
    for name in ("", " ", "\u200b", "x" * 201, "a\nb"):
        assert "a name of at most" in why(take(item, name, now=at()))


def test_an_opening_that_does_not_fit_its_commitment_counts_for_nothing():
    known = AnswerKnown("it_1", at(), "lead", "0" * 64, "p", "s")
    for salt in ("00" * 32, "no hex", ""):
        item = only(queued(), known, AnswerShown("it_1", at(1), "violated", salt))
        assert item.shown is None
        assert item.state(at(2)) is State.WAITING


def test_two_who_queue_one_answer_make_one_item():
    assert item_id("x.2", "a") == item_id("x.2", "a")
    names = {item_id("x.2", "a"), item_id("x.2", "b"), item_id("x.2", "a", 2), item_id("x.3", "a")}
    assert len(names) == 4


def test_an_answer_is_queued_again_only_once_its_item_was_withdrawn():
    first = item_id("x.2", "a")
    assert Queue().next_id("x.2", "a", at()) == first
    queue = Queue([queued(first, decision="x.2", section="a")])
    assert queue.next_id("x.2", "a", at()) == ""
    assert queue.next_id("x.2", "b", at()) == item_id("x.2", "b")
    queue.take(done(withdraw(queue.item(first), by="lead", now=at(), reason="a mistake")))
    assert queue.next_id("x.2", "a", at(1)) == item_id("x.2", "a", 2)


def test_of_two_at_once_the_ledger_keeps_one(tmp_path):
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.append(queued())
        queue = Queue()
        queue.poll(ledger)
        moves = [done(take(queue.items()[0], name, now=at(1))) for name in ("ada", "bob")]
        ledger.append(moves[0])
        with pytest.raises(LedgerError, match="already holds ItemMoved"):
            ledger.append(moves[1])
        queue.poll(ledger)
        queue.poll(ledger)
        assert queue.items()[0].held_by(at(2)) == "ada"


PEOPLE = ("ada", "bob", "Cyd", "cyd")
_STEP = st.tuples(
    st.sampled_from(("take", "return", "assign", "judge", "rank", "withdraw", "wait")),
    st.sampled_from(PEOPLE),
    st.integers(0, 40),
)


def step_of(item, step, person, number, minutes):
    """Return the record or the refusal of a step; None where time passes."""
    now = at(minutes)
    match step:
        case "take":
            return take(item, person, now=now)
        case "return":
            return return_(item, person, now=now)
        case "assign":
            return assign(item, person if number % 3 else "", by="lead", now=now)
        case "rank":
            return rank(item, number % 10, by="lead", now=now)
        case "withdraw":
            return withdraw(item, by="lead", now=now, reason="x" if number == 7 else "")
        case "judge" if not may_judge(item, person, now=now):
            return opinion(person, minutes=minutes)
        case _:
            return None


@given(st.integers(1, 3), st.lists(_STEP, max_size=40))
def test_whatever_people_do_the_rules_hold(needed, steps):
    """Nobody holds what another does, judges twice, or judges more than is needed."""
    queue, minutes = Queue([queued(needed=needed)]), 0.0
    for step, person, number in steps:
        item, now = queue.items()[0], at(minutes)
        made = step_of(item, step, person, number, minutes)
        minutes += number if made is None else 0
        if isinstance(made, ItemMoved):
            assert made.number == item.moves + 1
        if made is not None and not isinstance(made, Refusal):
            queue.take(made)
        after = queue.items()[0]
        people = [folded(each.by) for each in after.given]
        assert len(people) == len(set(people)) <= needed
        assert after.state(now) is not State.DONE or len(people) == needed
        open_to = {folded(name) for name in PEOPLE if queue.open_to(name, now)}
        assert not open_to & set(people)
        if holder := after.held_by(now):
            assert open_to <= {folded(holder)}


def test_records_past_a_size_are_left_for_later(tmp_path):
    """A report speaks of the ledger at one size: what is opened afterwards is not in it."""
    known = AnswerKnown("it_1", at(0), "eve", "c", "p", "s")
    with open_ledger(tmp_path) as ledger:
        ledger.append(queued(), known, opinion())
        size = ledger.size()
        ledger.append(queued("it_2"), opinion("bob"))
        queue = Queue()
        queue.poll(ledger, size=size)
        assert [each.id for each in queue.items()] == ["it_1"]
        assert len(queue.reviews()) == 1
        queue.poll(ledger)
    assert [each.id for each in queue.items()] == ["it_1", "it_2"]
    assert len(queue.reviews()) == 2
