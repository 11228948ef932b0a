"""Actions that wait for people: what releases them, and what never does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.gateway.judging.scene import CALLER, NOW, SERVED, TEXT, call, opened, said, serve, take

from charter.gateway.judging.editing import NotEdited, edit_approval
from charter.gateway.judging.scribe import written
from charter.gateway.served import ApprovalTerms
from charter.ledger.board import Board
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.policy.decision import Effect
from charter.records.approval import (
    ApprovalAsked,
    ApprovalExpired,
    ApprovalUsed,
    ApprovalVoted,
)

BODY = said("You help.", "Pay the rent.", tools=("pay",))
PAY = call("pay", '{"amount": 5, "to": "landlord"}')


def ask(board, said_call=PAY, body=BODY, served=SERVED, **more) -> ApprovalAsked:
    """Let a model make a call, and return what people are asked."""
    verdict = opened(body, served, board=board, **more).judge.call(said_call)
    assert verdict.effect is Effect.REQUIRE_APPROVAL
    assert "Repeat" in verdict.steer
    (asked,) = [r for r in verdict.records if isinstance(r, ApprovalAsked)]
    assert verdict.approval == asked.run
    take(board, asked)
    return asked


def agree(board, asked, by="bob", at=NOW + 1):
    take(board, ApprovalVoted(asked.run, written(at), by, "approve", asked.binding))


def released(board, said_call=PAY, body=BODY, served=SERVED, **more):
    """Repeat the request, and return the verdict on a call."""
    more = {"now": NOW + 60, "exchange": "x_2"} | more
    found = opened(body, served, board=board, **more)
    return found, found.judge.call(said_call)


def test_an_approved_call_is_released_once_on_a_repeated_request():
    board = Board()
    asked = ask(board, exchange="x_1", payload="pl_1")
    assert asked.expires == written(NOW + 3600)
    assert (asked.principal, asked.tool, asked.boundary) == ("team-shop", "pay", "pay_ask")
    agree(board, asked)
    found, verdict = released(board)
    assert found.verdict.effect is Effect.ALLOW
    assert found.resume is not None
    assert (found.resume.exchange, found.resume.payload) == ("x_1", "pl_1")
    assert [state.id for state in found.resume.approvals] == [asked.run]
    assert verdict.effect is Effect.ALLOW
    record, used = verdict.records
    assert used == ApprovalUsed(asked.run, written(NOW + 60), "x_2", record.decision)
    assert (record.effect, record.done) == ("require_approval", "forwarded")
    assert (record.approval, record.approvers) == (asked.run, ("bob",))
    take(board, used)
    found, verdict = released(board, exchange="x_3")
    assert found.resume is None
    assert verdict.effect is Effect.REQUIRE_APPROVAL
    assert verdict.approval != asked.run
    assert verdict.approval.endswith("_2")


def test_while_it_waits_the_same_request_gets_the_same_id():
    board = Board()
    asked = ask(board)
    found = opened(BODY, board=board, now=NOW + 5, exchange="x_2")
    assert found.verdict.effect is Effect.REQUIRE_APPROVAL
    assert found.verdict.approval == asked.run
    assert [type(r).__name__ for r in found.verdict.records] == ["DecisionRecorded"] * 2


CHANGES = {
    "arguments": {"said_call": call("pay", '{"amount": 6, "to": "landlord"}')},
    "one more argument": {"said_call": call("pay", '{"amount": 5, "to": "landlord", "x": 1}')},
    "conversation": {"body": said("You help.", "Pay the rent!", tools=("pay",))},
    "model": {"body": BODY | {"model": "n"}},
    "tools": {"body": said("You help.", "Pay the rent.", tools=("pay", "see"))},
    "application": {"caller": replace(CALLER, application="bank")},
    "principal": {"caller": replace(CALLER, principal="team-bank")},
    "policy": {"served": serve(readings={"denied_premise": "may_make_irrelevant"})},
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_difference_needs_a_fresh_approval(change):
    board = Board()
    asked = ask(board)
    agree(board, asked)
    _, verdict = released(board, **CHANGES[change])
    assert verdict.effect is Effect.REQUIRE_APPROVAL
    assert verdict.approval != asked.run
    assert not any(isinstance(r, ApprovalUsed) for r in verdict.records)


def test_the_same_arguments_in_another_order_are_the_same():
    board = Board()
    agree(board, ask(board))
    _, verdict = released(board, call("pay", '{"to":"landlord","amount":5}'))
    assert verdict.effect is Effect.ALLOW


ENDS = {
    "nobody agreed": [],
    "who asks agreed": [("team-shop", "approve")],
    "who asks agreed, in capitals": [(" TEAM-SHOP", "approve")],
    "denied": [("bob", "deny")],
    "approved and denied": [("bob", "approve"), ("cyd", "deny")],
    "edited": [("bob", "edit")],
}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_else_releases_it(end):
    board = Board()
    asked = ask(board)
    for by, verdict in ENDS[end]:
        take(board, ApprovalVoted(asked.run, written(NOW + 1), by, verdict, asked.binding))
    found, verdict = released(board)
    assert verdict.effect in (Effect.DENY, Effect.REQUIRE_APPROVAL)
    assert found.resume is None
    if "denied" in end:
        assert verdict.effect is Effect.DENY
        assert "person decided against" in verdict.say


def test_an_expired_approval_never_releases_even_where_clocks_go_back():
    board = Board()
    asked = ask(board)
    agree(board, asked)
    _, verdict = released(board, now=NOW + 3600)
    assert verdict.effect is Effect.REQUIRE_APPROVAL
    assert verdict.approval != asked.run
    take(board, ApprovalExpired(asked.run, written(NOW + 3600)))
    _, verdict = released(board, now=NOW + 10)
    assert verdict.effect is Effect.REQUIRE_APPROVAL


def test_a_vote_on_another_binding_is_no_vote():
    board = Board()
    asked = ask(board)
    take(board, ApprovalVoted(asked.run, written(NOW + 1), "bob", "approve", "other"))
    assert released(board)[1].effect is Effect.REQUIRE_APPROVAL


@pytest.mark.parametrize("named", ["pay", "pay_ask", "system_1"])
def test_four_eyes_are_asked_for_by_tool_boundary_or_section(named):
    served = serve(approvals=ApprovalTerms(3600, frozenset({named})))
    board = Board()
    asked = ask(board, served=served)
    assert asked.needed == 2
    agree(board, asked, "bob")
    assert released(board, served=served)[0].verdict.effect is Effect.REQUIRE_APPROVAL
    agree(board, asked, "Bob ")
    assert released(board, served=served)[0].verdict.effect is Effect.REQUIRE_APPROVAL
    agree(board, asked, "cyd")
    assert released(board, served=served)[1].effect is Effect.ALLOW


def test_equal_calls_of_one_answer_need_an_approval_each():
    board = Board()
    made = opened(BODY, board=board).judge
    ids = [made.call(PAY).approval, made.call(PAY).approval]
    assert len(set(ids)) == 2


def test_nothing_of_an_answer_is_released_while_part_of_it_waits():
    board = Board()
    made = opened(BODY, board=board).judge
    other = call("pay", '{"amount": 7}')
    both = []
    for each in (PAY, other):
        (asked,) = [r for r in made.call(each).records if isinstance(r, ApprovalAsked)]
        both.append(asked)
    take(board, *both)
    agree(board, both[0])
    waiting = opened(BODY, board=board, now=NOW + 5)
    assert waiting.verdict.approval == both[1].run
    assert waiting.resume is None
    agree(board, both[1])
    ready = opened(BODY, board=board, now=NOW + 5)
    assert len(ready.resume.approvals) == 2
    assert [ready.judge.call(c).effect for c in (PAY, other)] == [Effect.ALLOW, Effect.ALLOW]


def test_what_is_denied_by_now_stays_denied_whoever_agreed():
    board = Board()
    limit = {"scope": {"allowed_tools": ["pay"], "max_cost": 5, "latest_time": written(NOW + 30)}}
    body = BODY | {"charter": {"directives": [limit]}}
    asked = ask(board, body=body)
    agree(board, asked)
    assert released(board, body=body, now=NOW + 20)[1].effect is Effect.ALLOW
    assert released(board, body=body, now=NOW + 31)[1].effect is Effect.DENY


def test_a_request_that_needs_approval_is_held_itself():
    board = Board()
    body = said("You help.", "I want a loan.")
    first = opened(body, board=board)
    assert first.verdict.effect is Effect.REQUIRE_APPROVAL
    record, asked = first.verdict.records
    assert (record.done, record.approval) == ("held", asked.run)
    assert (asked.stage, asked.tool) == ("request", "")
    take(board, asked)
    again = opened(body, board=board, now=NOW + 1, exchange="x_2")
    assert again.verdict.approval == asked.run
    assert len(again.verdict.records) == 1
    agree(board, asked)
    free = opened(body, board=board, now=NOW + 2, exchange="x_3")
    assert free.verdict.effect is Effect.ALLOW
    assert free.resume is None
    record, used = free.verdict.records
    assert (record.effect, record.done, record.approvers) == (
        "require_approval",
        "forwarded",
        ("bob",),
    )
    assert used == ApprovalUsed(asked.run, written(NOW + 2), "x_3", record.decision)


def test_a_held_answer_needs_no_second_approval_of_its_request():
    board = Board()
    body = said("You help.", "I want a loan.", tools=("pay",))
    (asked,) = [r for r in opened(body, board=board).verdict.records if hasattr(r, "binding")]
    take(board, asked)
    agree(board, asked)
    free = opened(body, board=board, now=NOW + 2, exchange="x_3")
    take(board, *[r for r in free.verdict.records if isinstance(r, ApprovalUsed)])
    held = free.judge.call(PAY)
    (paying,) = [r for r in held.records if isinstance(r, ApprovalAsked)]
    take(board, paying)
    agree(board, paying, at=NOW + 3)
    last = opened(body, board=board, now=NOW + 4, exchange="x_4")
    assert last.verdict.effect is Effect.ALLOW
    assert last.resume is not None
    assert last.judge.call(PAY).effect is Effect.ALLOW


def test_a_request_whose_held_answer_is_gone_needs_an_approval_again():
    board = Board()
    body = said("You help.", "I want a loan.", tools=("pay",))
    (asked,) = [r for r in opened(body, board=board).verdict.records if hasattr(r, "binding")]
    take(board, asked)
    agree(board, asked)
    free = opened(body, board=board, now=NOW + 2, exchange="x_3")
    take(board, *[r for r in free.verdict.records if isinstance(r, ApprovalUsed)])
    (paying,) = [r for r in free.judge.call(PAY).records if isinstance(r, ApprovalAsked)]
    take(board, paying)
    agree(board, paying, at=NOW + 3)
    last = opened(body, board=board, now=NOW + 4, exchange="x_4", anew=True)
    assert last.resume is None
    assert last.verdict.effect is Effect.REQUIRE_APPROVAL
    assert last.verdict.approval not in (asked.run, paying.run)


def test_an_output_that_needs_approval_is_released_word_for_word():
    board = Board()
    body = said("You help.", "What is it?")
    held = opened(body, board=board).judge.text(TEXT, "Our final offer: 5")
    (asked,) = [r for r in held.records if isinstance(r, ApprovalAsked)]
    take(board, asked)
    agree(board, asked)
    again = opened(body, board=board, now=NOW + 5)
    assert again.resume is not None
    assert again.judge.text(TEXT, "Our final offer: 6").effect is Effect.REQUIRE_APPROVAL
    again = opened(body, board=board, now=NOW + 5)
    assert again.judge.text(TEXT, "Our final offer: 5").effect is Effect.ALLOW


def test_what_else_restricts_still_does_once_people_agreed():
    board = Board()
    body = said("You help.", "What is it?")
    text = "Our final offer: 1234-5678"
    (asked,) = [
        r
        for r in opened(body, board=board).judge.text(TEXT, text).records
        if isinstance(r, ApprovalAsked)
    ]
    take(board, asked)
    agree(board, asked)
    verdict = opened(body, board=board, now=NOW + 5).judge.text(TEXT, text)
    assert verdict.effect is Effect.REDACT
    assert verdict.edits


def test_an_edited_call_is_released_with_the_arguments_that_were_agreed_to(tmp_path):
    master = MasterKey.create(tmp_path / "master.key")
    fewer = call("pay", '{"amount": 4}')
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        vault, board = Vault(ledger.store, master), Board()
        found = opened(BODY, board=board, payload="pl_1")
        (asked,) = [r for r in found.judge.call(PAY).records if isinstance(r, ApprovalAsked)]
        sealed = vault.seal("sub_1", found.judge.payload(), asked.at, id="pl_1")
        ledger.append(asked, payloads=[sealed])
        fresh = edit_approval(
            ledger, vault, board, asked.run, fewer.arguments, by="bob", now=NOW + 1
        )
        waiting = opened(BODY, board=board, now=NOW + 2)
        assert waiting.verdict.approval == fresh.run
        for by in ("bob", "team-shop", "cyd"):
            assert opened(BODY, board=board, now=NOW + 3).resume is None
            vote = ApprovalVoted(fresh.run, written(NOW + 2), by, "approve", fresh.binding)
            ledger.append(vote)
            board.poll(ledger)
        ready = opened(BODY, board=board, now=NOW + 3)
        ((before, after),) = ready.resume.replaced
        assert (before.id, after.id, ready.resume.payload) == (asked.run, fresh.run, "pl_1")
        assert vault.open(after.asked.payload)["arguments"] == fewer.arguments
        assert ready.judge.call(fewer).effect is Effect.ALLOW
        assert ready.judge.call(PAY).effect is not Effect.ALLOW
        with pytest.raises(NotEdited, match="superseded"):
            edit_approval(ledger, vault, board, asked.run, "{}", by="cyd", now=NOW + 4)
