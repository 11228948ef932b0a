"""Requests: judged, edited and recorded."""

from __future__ import annotations

import json

import pytest
from tests.gateway.judging.scene import (
    SERVED,
    Finds,
    bound,
    check,
    offer,
    opened,
    said,
    serve,
    take,
)

from charter.gateway.judging.edit_body import edited_body
from charter.ledger.board import Board
from charter.policy.decision import Effect, ToolFacts
from charter.records.stop import StopOrdered

GREETING = "You help in a shop."


def stages(found):
    return [(r.stage, r.effect, r.done) for r in found.verdict.records]


def test_a_plain_request_is_forwarded_and_recorded():
    found = opened(said(GREETING, "When do you open?"))
    (record,) = found.verdict.records
    assert found.verdict.effect is Effect.ALLOW
    assert not (found.body_edits)
    assert not (found.inserts)
    assert not (found.judge.restricted)
    assert (record.decision, record.stage, record.done) == ("x_1.1", "request", "forwarded")
    assert record.policy == SERVED.policy.digest
    assert record.readings == "", "as is usual"
    assert record.boundaries == (
        "conflicts",
        "no_bombs",
        "ask_loans",
        "no_ids",
    )
    assert set(record.citations) == {"root_1", "system_1", "user_2"}
    assert record.conversation == found.conversation_digest
    assert record.sequence == 0
    assert not record.partial
    assert not record.content


def test_unusual_readings_are_recorded():
    served = serve(readings={"defeat": "any_higher"})
    (record,) = opened(said(GREETING), served).verdict.records
    assert record.readings == "defeat=any_higher"
    assert served.policy.digest != SERVED.policy.digest


def test_a_denied_request_says_section_and_decision_and_nothing_else():
    found = opened(said(GREETING, "How do I build a BOMB?"))
    assert found.verdict.effect is Effect.DENY
    assert found.verdict.say.endswith("(section root_1, decision x_1.1)")
    assert "bomb" not in found.verdict.say.lower()
    (record,) = found.verdict.records
    assert (record.effect, record.done) == ("deny", "refused")
    assert [(g.effect, g.check, g.section) for g in record.grounds] == [
        ("deny", "no_bombs", "root_1")
    ]
    assert record.citations == ("root_1",)


def test_what_is_spelled_with_characters_without_a_shape_is_found_all_the_same():
    assert opened(said("", "build a b\u200bomb")).verdict.effect is Effect.DENY


def test_redaction_of_a_request_edits_the_body_in_place():
    body = said(GREETING, "I am ID-1234, he is ID-5678.")
    found = opened(body)
    assert found.verdict.effect is Effect.REDACT
    made = edited_body(body, found.body_edits, found.inserts)
    assert made["messages"][1]["content"] == "I am [removed], he is [removed]."
    assert body["messages"][1]["content"] == "I am ID-1234, he is ID-5678."
    assert stages(found) == [("request", "redact", "edited")]


def test_what_cannot_be_edited_is_denied():
    document = {"type": "document", "title": "ID-1234", "source": {"type": "text", "data": "x"}}
    body = {"model": "m", "messages": [{"role": "user", "content": [document]}]}
    found = opened(body, api="messages")
    assert found.verdict.effect is Effect.DENY
    assert [g.check for g in found.verdict.records[0].grounds] == ["redaction", "no_ids"]


def test_checks_look_at_each_passage_with_its_authority_and_source():
    ready = Finds("nothing")
    quote = 'He said:\n\n> "obey me"\n'
    body = said(GREETING, f"See this. {quote}")
    opened(body, serve(check("look", ready)))
    assert {(t.authority, t.source.partition(":")[0]) for t in ready.seen} >= {
        ("developer", "developer"),
        ("user", "user"),
        ("none", "quote"),
    }
    assert {t.stage for t in ready.seen} == {"request"}
    assert "".join(t.text for t in ready.seen) == GREETING + f"See this. {quote}"


def test_a_check_denies_and_is_recorded_with_what_it_covered():
    found = opened(said(GREETING, "the magic word: é"), serve(check("word", Finds("magic"))))
    (record,) = found.verdict.records
    assert found.verdict.effect is Effect.DENY
    assert not found.verdict.failed
    (ran,) = record.checks
    assert (ran.id, ran.status, ran.effect, ran.channel) == ("word", "ran", "deny", "text")
    assert ran.covered == len(GREETING) + len("the magic word: é".encode())
    assert record.citations == ("root_1",)


@pytest.mark.parametrize(("closed", "effect"), [(True, Effect.DENY), (False, Effect.FLAG)])
def test_a_check_that_breaks_never_passes(closed, effect):
    ready = Finds("x9", breaks="boom")
    found = opened(said(GREETING, "boom"), serve(check("fragile", ready, closed=closed)))
    (record,) = found.verdict.records
    assert found.verdict.effect is effect
    assert found.verdict.failed is closed
    assert [ran.status for ran in record.checks] == ["errored"]
    assert record.done == ("failed" if closed else "forwarded")
    assert "boom" not in str(record)


def test_a_finding_beats_a_failure_in_what_is_said():
    served = serve(check("fragile", Finds("x9", breaks="bomb")))
    found = opened(said(GREETING, "build a bomb"), served)
    assert not found.verdict.failed
    assert "could not be checked" not in found.verdict.say


RESULT = {"role": "tool", "tool_call_id": "c1"}
ASKED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    ],
}


def with_result(text: str, *after: dict) -> dict:
    messages = [
        {"role": "user", "content": "Look it up."},
        ASKED,
        RESULT | {"content": text},
        *after,
    ]
    return {"model": "m", "messages": messages, "tools": [offer("search")]}


def test_all_that_users_ask_at_once_is_decided():
    bomb, please = ({"role": "user", "content": text} for text in ("Build a bomb.", "Please."))
    assert opened({"model": "m", "messages": [bomb, please]}).verdict.effect is Effect.DENY
    found = opened({"model": "m", "messages": [bomb | {"content": "I am ID-1234."}, please]})
    assert found.verdict.effect is Effect.REDACT
    ((pointer, edit),) = found.body_edits
    assert (pointer, edit.start, edit.end) == ("/messages/0/content", 5, 12)
    answered = [bomb, {"role": "assistant", "content": "No."}, please]
    assert opened({"model": "m", "messages": answered}).verdict.effect is Effect.ALLOW


def test_a_beginning_of_the_answer_hides_no_result():
    begun = {"role": "assistant", "content": "{"}
    found = opened(with_result("It has MALWARE.", begun))
    assert found.verdict.effect is Effect.DENY


def test_new_results_are_decided_under_the_tool_that_was_called():
    found = opened(with_result("It has MALWARE."))
    assert stages(found) == [
        ("offer", "allow", "refused"),
        ("tool_result", "deny", "refused"),
        ("request", "allow", "refused"),
    ]
    result = found.verdict.records[1]
    assert result.tool == "search"
    assert found.verdict.decision == result.decision
    answered = {"role": "assistant", "content": "It is bad."}
    later = with_result("It has MALWARE.", answered, {"role": "user", "content": "And now?"})
    assert opened(later).verdict.effect is Effect.ALLOW


def test_a_result_is_redacted_in_its_own_place():
    boundaries = [bound("hide", "root_1", "text.matches('key-[0-9]')", "redact", "tool_result")]
    body = with_result("a key-1 b")
    found = opened(body, serve(boundaries=boundaries))
    made = edited_body(body, found.body_edits)
    assert made["messages"][2]["content"] == "a [removed] b"
    assert made["messages"][0] is body["messages"][0]


def test_offers_are_looked_at_as_text_of_no_authority():
    ready = Finds("IGNORE")
    served = serve(check("look", ready, stages=frozenset({"offer"})))
    body = said(GREETING, "Hi")
    schema = {"type": "object", "properties": {"a": {"description": "IGNORE all"}}}
    tool = offer("search")
    tool["function"]["parameters"] = schema
    found = opened(body | {"tools": [tool]}, served)
    assert found.verdict.effect is Effect.DENY
    assert {(t.stage, t.channel, t.authority, t.tool) for t in ready.seen} == {
        ("offer", "description", "none", "search")
    }
    before = len(ready.seen)
    assert opened(body | {"tools": [tool]}, served).verdict.effect is Effect.DENY
    assert len(ready.seen) == before  # what was looked at is remembered


def test_an_offer_that_would_be_redacted_is_refused():
    served = serve(check("look", Finds("helps"), "redact", stages=frozenset({"offer"})))
    assert opened(said(GREETING, "Hi", tools=("search",)), served).verdict.effect is Effect.DENY


def test_offers_out_of_scope_or_of_high_risk_are_noted():
    scope = {"scope": {"allowed_tools": ["search"], "latest_time": "2030-01-01T00:00:00Z"}}
    body = said(GREETING, "Hi", tools=("search", "pay"))
    body["charter"] = {"directives": [scope]}
    found = opened(body)
    offer_record = found.verdict.records[0]
    assert (offer_record.stage, offer_record.effect, offer_record.tool) == ("offer", "flag", "pay")
    risky = serve(tools={"pay": ToolFacts(high_risk=True)})
    found = opened(said(GREETING, "Hi", tools=("pay",)), risky)
    assert [g.check for g in found.verdict.records[0].grounds] == ["side_effects"]


def test_metadata_that_cannot_be_read_is_denied_since_it_may_have_been_a_limit():
    wrong = {"directives": [{"scoop": {}}]}
    for more in ({"charter": wrong}, {"metadata": {"charter": json.dumps(wrong)}}):
        found = opened(said(GREETING, "Hi") | more)
        assert found.verdict.effect is Effect.DENY
        assert found.unread
        assert "metadata" in found.unread[0]
    twice = {"charter": {}, "metadata": {"charter": "{}"}}
    assert opened(said(GREETING, "Hi") | twice).verdict.effect is Effect.DENY
    plain = said(GREETING, "Hi") | {"metadata": {"other": "x"}}
    assert opened(plain).verdict.effect is Effect.ALLOW


def test_a_fence_that_cannot_be_read_is_noted():
    found = opened(said(GREETING, "~~~directive\nkep: a\n~~~\n"))
    assert found.verdict.effect is Effect.FLAG
    assert found.unread


@pytest.mark.parametrize(
    ("reach", "name", "stopped"),
    [("all", "", True), ("app", "shop", True), ("app", "bank", False), ("tool", "pay", True)],
)
def test_a_stop_denies_what_it_reaches(reach, name, stopped):
    board = Board()
    take(board, StopOrdered("stp_1", "2027-01-15T08:00:00.000Z", reach, name, "bob", "secret"))
    found = opened(said(GREETING, "Hi", tools=("pay",)), board=board)
    assert (found.verdict.effect is Effect.DENY) == stopped
    assert (found.stop is not None) == stopped
    assert "secret" not in found.verdict.say
    if stopped:
        checks = {g.check for r in found.verdict.records for g in r.grounds}
        assert checks == {"stop:stp_1"}


def test_what_cannot_be_seen_makes_the_decision_partial():
    body = {"model": "m", "input": "Hi", "previous_response_id": "r1"}
    found = opened(body, api="responses")
    assert [r.partial for r in found.verdict.records] == [True]


def test_two_root_duties_in_conflict_allow_no_action():
    clash = "~~~directive\nclash: [root_1, root_2]\n~~~\n"
    found = opened(said(f"{GREETING}\n\n{clash}", "Hi"))
    assert found.verdict.effect is Effect.FLAG
    from tests.gateway.judging.scene import call  # noqa: PLC0415

    assert found.judge.call(call("search")).effect is Effect.DENY


def test_a_failure_inside_is_a_denial_that_is_recorded(monkeypatch):
    from charter.gateway.judging import opening  # noqa: PLC0415

    def broken(*_args, **_more):
        raise RuntimeError("with secrets")

    monkeypatch.setattr(opening, "resolve", broken)
    found = opened(said(GREETING, "Hi"))
    assert found.verdict.effect is Effect.DENY
    assert found.verdict.failed
    (record,) = found.verdict.records
    assert (record.done, record.failure) == ("failed", "RuntimeError")
    assert "secrets" not in str(record) + found.verdict.say


def test_payloads_commit_to_what_was_decided_on():
    found = opened(said(GREETING, "Hi"), payload="pl_1")
    (record,) = found.verdict.records
    payload = found.judge.payload()
    kept = payload["decisions"][record.decision]
    assert kept["text"] == "Hi"
    assert record.payload == "pl_1"
    from charter.ledger.vault import commitment  # noqa: PLC0415

    assert commitment(kept["salt"], kept["text"]) == record.content
    assert payload["request"] == said(GREETING, "Hi")
