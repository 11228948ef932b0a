"""Approval ids that are stolen, foreign, replayed or outdated release nothing."""

import json
import time

import pytest
from tests.survival.crowd import Crowd, given
from tests.survival.process import CHAT, SPEC, asking_to_pay, until

from charter.errors import LedgerError
from charter.ledger.board import Board
from charter.records.approval import ApprovalUsed, ApprovalVoted


class People:
    """A gateway, its ledger, and what its callers are given."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.ledger = gateway.ledger()
        self.crowd = Crowd([gateway.url], self.ledger)

    def ask(self, body, who="ann", **headers):
        """Send a request; return the approval it waits for, and whether the call was given."""
        with self.gateway.client(who) as client:
            response = client.post(CHAT, json=body, headers=headers)
            if response.headers.get("x-charter-review"):
                return response.headers["x-charter-review"], False
            if '"transfer"' not in response.text:
                assert response.status_code in (200, 400, 403), response.text
            return "", '"transfer"' in response.text

    def vote(self, approval, by="bea", binding=None, verdict="approve"):
        state = self.state(approval)
        binding = binding or state.asked.binding
        self.ledger.append(ApprovalVoted(approval, state.asked.at, by, verdict, binding))

    def state(self, approval):
        board = Board()
        board.poll(self.ledger)
        return board.approval(approval)

    def uses(self):
        return [one.run for one in self.ledger.read(ApprovalUsed)]

    def taken(self, body, who="ann"):
        """Whether the call is given soon, as one that is approved must be."""
        until(lambda: self.ask(body, who)[1], every=0.1)
        return True


@pytest.fixture
def people(gateway):
    found = People(gateway)
    yield found
    found.ledger.close()


def test_another_caller_cannot_take_it(people):
    body = asking_to_pay("Pay what only ann may have paid.")
    mine, _ = people.ask(body)
    people.vote(mine)
    for thief in ("eve", "bob"):
        for _ in range(3):
            theirs, got = people.ask(body, thief)
            assert not got
            assert theirs != mine
            assert theirs.startswith("apr_")
    assert people.taken(body)
    assert people.uses().count(mine) == 1


def test_naming_an_id_releases_nothing(people):
    body = asking_to_pay("Pay the one.")
    mine, _ = people.ask(body)
    people.vote(mine)
    until(lambda: people.state(mine).approvers)
    other = asking_to_pay("Pay another.")
    for named in (
        other | {"charter": {"approval": mine}},
        other | {"metadata": {"charter": mine}},
        other | {"approval_id": mine, "review_target": mine},
    ):
        assert not people.ask(named)[1]
        headers = {"x-charter-review": mine, "x-charter-approval": mine}
        assert not people.ask(named, **headers)[1]
    assert mine not in people.uses()
    assert people.taken(body)


@pytest.mark.parametrize(
    "change",
    [
        {"messages": [{"role": "user", "content": "Pay it all."}]},
        {"tools": asking_to_pay("")["tools"][:1]},
        {"tool_choice": "required"},
        {"model": "pay", "messages": [{"role": "user", "content": "Pay the one bill.\u200b"}]},
    ],
)
def test_what_was_agreed_to_is_what_was_asked(people, change):
    body = asking_to_pay("Pay the one bill.")
    body["messages"].insert(0, {"role": "system", "content": f"For {sorted(change)}."})
    mine, _ = people.ask(body)
    people.vote(mine)
    until(lambda: people.state(mine).approvers)
    changed = body | change
    theirs, got = people.ask(changed)
    assert not got
    assert theirs != mine
    assert people.taken(body)


def test_it_counts_once_however_often_it_is_replayed(people):
    body = asking_to_pay("Pay once.")
    mine, _ = people.ask(body)
    people.vote(mine)
    assert people.taken(body)
    answers = people.crowd.each([body] * 10)
    assert not any(given(answer) for answer in answers)
    with pytest.raises(LedgerError, match="already holds"):
        people.vote(mine)
    people.vote(mine, by="cyd")
    answers = people.crowd.each([body] * 10)
    assert not any(given(answer) for answer in answers)
    assert people.uses().count(mine) == 1


def test_votes_that_do_not_count(people):
    body = asking_to_pay("Pay with votes that do not count.")
    mine, _ = people.ask(body)
    state = people.state(mine).asked
    for by, binding in (
        ("ann", None),
        (" ANN ", None),
        ("", None),
        ("cyd", "0" * 64),
        ("dan", state.conversation),
    ):
        people.vote(mine, by=by, binding=binding)
    people.vote(mine, by="eli", verdict="perhaps")
    people.ledger.append(
        ApprovalVoted("apr_" + "0" * 32 + "_1", "2026-01-01T00:00:00.000Z", "bea", "approve", "x")
    )
    for _ in range(4):
        time.sleep(0.1)
        assert people.ask(body) == (mine, False)
    people.vote(mine)
    assert people.taken(body)


@pytest.mark.parametrize("first", [False, True])
def test_asked_in_one_way_and_taken_in_the_other(people, first):
    """A call that was held for a stream is given to a plain request, and the other way round."""
    body = asking_to_pay(f"Pay, asked as a stream: {first}.")
    (held,) = people.crowd.each([body | {"stream": first}])
    mine = people.crowd.held(held)
    people.vote(mine)
    until(lambda: people.state(mine).approvers)

    def other_way():
        """Return the answer, once the gateway has seen the vote."""
        (answer,) = people.crowd.each([body | {"stream": not first}])
        return answer if given(answer) or people.crowd.held(answer) != mine else None

    answer = until(other_way, every=0.1)
    if given(answer):
        assert people.uses().count(mine) == 1
        if first:
            assert json.loads(answer.body)["choices"][0]["finish_reason"] == "tool_calls"
        else:
            assert answer.body.endswith(b"data: [DONE]\n\n")
    else:  # asked for anew, under an id of its own; the first one is still good
        assert people.crowd.held(answer) not in ("", mine), answer
        assert people.taken(body | {"stream": first})


def test_another_policy_needs_another_approval(serve, upstream, tmp_path):
    gateway = serve()
    people = People(gateway)
    body = asking_to_pay("Pay under another policy.")
    mine, _ = people.ask(body)
    people.vote(mine)
    gateway.stop()
    gateway.spec = tmp_path / "other.md"
    gateway.spec.write_text(SPEC.read_text().replace("A person has to", "Somebody has to"))
    people.gateway = gateway.start()
    theirs, got = people.ask(body)
    assert not got
    assert theirs != mine
    assert people.uses() == []
    people.ledger.close()
