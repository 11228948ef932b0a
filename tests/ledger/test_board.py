"""Approvals and stops, folded from records."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.ledger.board import KINDS, Board
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import SqliteStore
from charter.records.approval import (
    ApprovalAsked,
    ApprovalExpired,
    ApprovalUsed,
    ApprovalVoted,
)
from charter.records.stop import StopLifted, StopOrdered

START = 1_800_000_000.0  # 2027-01-15T08:00:00Z
AT, SOON, END, LATE = (f"2027-01-15T0{hour}:00:00.000Z" for hour in (8, 8, 9, 9))


def asked(run: str = "apr_1", *, needed: int = 1, **more) -> ApprovalAsked:
    fields = {
        "run": run,
        "at": AT,
        "expires": END,
        "binding": "b1",
        "conversation": "c1",
        "attempt": 1,
        "stage": "tool_call",
        "tool": "pay",
        "arguments": "d1",
        "policy": "p",
        "caller": "web",
        "application": "shop",
        "subject": "",
        "principal": "Ann",
        "boundary": "pay_ask",
        "section": "s",
        "say": "",
        "needed": needed,
        "exchange": "x_1",
        "payload": "",
    }
    return ApprovalAsked(**fields | more)


def vote(by: str, verdict: str = "approve", at: str = SOON, binding: str = "b1", **more):
    return ApprovalVoted(more.pop("run", "apr_1"), at, by, verdict, binding, **more)


def folded(*records) -> Board:
    board = Board()
    for index, record in enumerate(records, 1):
        board.take(index, record)
    return board


def status(*records, now: float = START + 60) -> str:
    state = folded(*records).approval("apr_1")
    assert state is not None
    return state.status(now)


CASES = [
    ("pending", [asked()]),
    ("approved", [asked(), vote("bob")]),
    ("pending", [asked(needed=2), vote("bob")]),
    ("approved", [asked(needed=2), vote("bob"), vote("cyd")]),
    ("pending", [asked(needed=2), vote("bob"), vote("bob")]),
    ("pending", [asked(needed=2), vote("bob"), vote(" BOB ")]),
    ("pending", [asked(), vote("ann")]),
    ("pending", [asked(), vote(" ANN")]),
    ("denied", [asked(), vote("ann", "deny")]),
    ("denied", [asked(), vote("bob"), vote("cyd", "deny")]),
    ("denied", [asked(), vote("bob"), vote("bob", "deny")]),
    ("pending", [asked(), vote("bob", binding="b2")]),
    ("pending", [asked(), vote("bob", "agree")]),
    ("pending", [asked(), vote("  ")]),
    ("pending", [asked(), vote("bob", at=LATE)]),
    ("pending", [asked(), vote("bob", at="soon")]),
    ("superseded", [asked(), vote("bob", "edit", successor="apr_2")]),
    ("expired", [asked(), vote("bob"), ApprovalExpired("apr_1", AT)]),
    ("expired", [asked(), ApprovalExpired("apr_1", AT), vote("bob")]),
    ("used", [asked(), vote("bob"), ApprovalUsed("apr_1", SOON, "x_2", "x_2.1")]),
    ("used", [asked(), ApprovalUsed("apr_1", SOON, "x_2", "x_2.1"), vote("bob", "deny")]),
    ("expired", [asked(expires="never"), vote("bob")]),
    ("expired", [asked(expires="2027-01-15T09:00:00"), vote("bob")]),
    ("pending", [asked(), asked(principal="bob"), vote("ann")]),
    ("approved", [asked(needed=0), vote("bob")]),
    ("pending", [asked(needed=0)]),
]


@pytest.mark.parametrize(("expected", "records"), CASES)
def test_how_an_approval_stands(expected, records):
    assert status(*records) == expected


def test_time_runs_out_and_stays_so():
    assert status(asked(), vote("bob"), now=START + 3599) == "approved"
    assert status(asked(), vote("bob"), now=START + 3600) == "expired"
    board = folded(asked())
    (ended,) = board.overdue(START + 3600, LATE)
    assert ended == ApprovalExpired("apr_1", LATE)
    assert not board.overdue(START + 3599, SOON)
    board.take(2, ended)
    assert status(asked(), ended, now=START) == "expired"  # whatever clocks say later
    assert not board.overdue(START + 9999, LATE)


def test_whoever_edits_counts_as_one_who_asks_all_the_way():
    chain = [
        asked(),
        asked("apr_2", binding="b2", edited_from="apr_1", editor="bob"),
        asked("apr_3", binding="b3", edited_from="apr_2", editor="cyd"),
    ]
    for by, counts in (("ann", False), ("bob", False), ("Cyd", False), ("dan", True)):
        board = folded(*chain, vote(by, run="apr_3", binding="b3"))
        state = board.approval("apr_3")
        assert (state.status(START) == "approved") == counts
        assert state.approvers == ((by,) if counts else ())


VOTES = st.builds(
    vote,
    st.sampled_from(["ann", "bob", "cyd", "BOB", ""]),
    st.sampled_from(["approve", "deny", "edit", "yes"]),
    st.sampled_from([SOON, LATE, "?"]),
    st.sampled_from(["b1", "b2"]),
)


@given(st.lists(VOTES, max_size=6), st.integers(0, 3))
def test_it_is_never_approved_without_enough_people_who_may(votes, needed):
    state = folded(asked(needed=needed), *votes).approval("apr_1")
    assert state is not None
    if state.status(START + 60) != "approved":
        return
    right = {
        v.by.casefold()
        for v in votes
        if v.verdict == "approve" and v.binding == "b1" and v.at == SOON and v.by
    }
    assert len(right - {"ann"}) >= max(1, needed)
    assert not any(
        v.verdict == "deny" and (v.at, v.binding) == (SOON, "b1") and v.by for v in votes
    )


@given(st.lists(VOTES, max_size=5))
def test_more_records_never_approve_what_was_ended(votes):
    ends = (vote("dan", "deny"), ApprovalExpired("apr_1", SOON))
    used = ApprovalUsed("apr_1", SOON, "x", "x.1")
    for end in (*ends, used):
        assert status(asked(), vote("bob"), end, *votes) != "approved"


def test_what_waits_and_where_it_belongs():
    other = asked("apr_2", conversation="c2", binding="b2")
    board = folded(asked(), other, vote("bob"))
    assert [s.id for s in board.pending()] == ["apr_2"]
    assert [s.id for s in board.pending(START)] == ["apr_2"]
    assert board.pending(START + 7200) == ()
    assert [s.id for s in board.all()] == ["apr_1", "apr_2"]
    assert [s.id for s in board.for_conversation("c2")] == ["apr_2"]
    assert [s.id for s in board.for_binding("b1")] == ["apr_1"]
    assert board.for_conversation("c3") == board.for_binding("b3") == ()
    assert board.approval("apr_9") is None


def test_records_of_unknown_approvals_and_taken_twice_change_nothing():
    board = folded(vote("bob"), ApprovalUsed("apr_1", SOON, "x", "x.1"), asked())
    assert board.approval("apr_1").status(START) == "pending"
    board.take(2, vote("bob"))
    assert board.approval("apr_1").status(START) == "pending"


def stop(run: str, reach: str, name: str = "") -> StopOrdered:
    return StopOrdered(run, AT, reach, name, "bob", "why")


def test_stops_reach_what_they_name():
    reaches = {
        ("all", ""): (True, True, True),
        ("app", "shop"): (True, True, False),
        ("app", "bank"): (False, False, True),
        ("tool", "pay"): (False, True, False),
        ("world", "x"): (True, True, True),
    }
    asks = (("shop", ()), ("shop", ("see", "pay")), ("bank", ("see",)))
    for (reach, name), expected in reaches.items():
        board = folded(stop("stp_1", reach, name))
        assert tuple(board.stopped(*each) is not None for each in asks) == expected
    assert Board().stopped("shop", ("pay",)) is None


def test_a_stop_ends_when_it_is_lifted_and_others_stay():
    board = folded(stop("stp_1", "all"), stop("stp_2", "app", "shop"))
    board.take(3, StopLifted("stp_1", AT, "bob", "fixed"))
    assert [each.run for each in board.stops] == ["stp_2"]
    assert board.stopped("bank") is None
    assert board.stopped("shop").run == "stp_2"


def test_polling_reads_what_is_new_and_nothing_else(tmp_path):
    with Ledger(SqliteStore(tmp_path / "ledger.sqlite")) as ledger:
        board, other = Board(), Board()
        assert board.poll(ledger) == 0
        ledger.append(asked(), stop("stp_1", "all"))
        assert board.poll(ledger) == 2
        ledger.append(vote("bob"))
        assert board.poll(ledger) == 1
        assert board.poll(ledger) == 0
        assert other.poll(ledger) == 3
    for each in (board, other):
        assert each.approval("apr_1").status(START) == "approved"
        assert each.index == 3
    assert len(set(KINDS)) == 6


def test_order_of_two_voters_makes_no_difference():
    votes = (vote("bob"), vote("cyd"), vote("dan", "deny"))
    found = {status(asked(needed=2), *order) for order in itertools.permutations(votes)}
    assert found == {"denied"}


@pytest.mark.parametrize("by", ["Ann", " ann ", "a\u200bnn", "\uff41nn", "ann\u2060", "ANN\t"])
def test_a_name_that_looks_the_same_is_the_same(by):
    state = folded(asked(principal="ann"), vote(by)).approval("apr_1")
    assert state.approvers == ()
    state = folded(asked(needed=2, principal="cyd"), vote("ann"), vote(by)).approval("apr_1")
    assert len(state.approvers) == 1
