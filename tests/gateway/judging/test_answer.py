"""Answers: each text and each call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gateway.judging.scene import (
    FACTS,
    SERVED,
    TEXT,
    Finds,
    bound,
    call,
    check,
    offer,
    opened,
    said,
    serve,
    take,
)

from charter.gateway.judging.edit_body import edited
from charter.gateway.judging.finding import Finding, Why
from charter.gateway.stream.redact import redactions, replaced
from charter.gateway.verdict import CallSaid, Channel
from charter.ledger.board import Board
from charter.policy.decision import STRICTNESS, Effect
from charter.records.decision import DecisionRecorded
from charter.records.stop import StopOrdered

BODY = said("You help.", "Write to ann@shop.example, please.", tools=("pay", "mail", "see"))


def judge(served=SERVED, body=None, **more):
    return opened(body or BODY, served, **more).judge


def test_a_plain_answer_is_recorded_and_leaves_nothing_to_record():
    made = judge()
    verdict = made.text(TEXT, "We open at ten.")
    (record,) = verdict.records
    assert verdict.effect is Effect.ALLOW
    assert (record.decision, record.stage, record.done) == ("x_1.3", "output", "forwarded")
    assert record.released == len("We open at ten.")
    assert made.finish("forwarded", 15, "") == ()
    assert not made.restricted


OUTPUTS = [
    ("the launch code", (), Effect.DENY, "refused", 0),
    ("the laun\u00adch code", (), Effect.DENY, "refused", 0),
    ("roses are red", (), Effect.DENY, "refused", 0),
    ("our final offer", (), Effect.REQUIRE_APPROVAL, "held", 0),
    ("card 1234-5678 ok", (), Effect.REDACT, "edited", 8),
    ("a" * 3 + "\u200b" * 257, (), Effect.DENY, "refused", 0),
    ("all before", ("boundary:no_leak:0",), Effect.DENY, "cut", 10),
    ("all before", ("some-pattern",), Effect.DENY, "cut", 10),
]


@pytest.mark.parametrize(("text", "hits", "effect", "done", "released"), OUTPUTS)
def test_outputs(text, hits, effect, done, released):
    verdict = judge().text(TEXT, text, hits)
    record = verdict.records[0]
    assert (verdict.effect, record.done, record.released) == (effect, done, released)
    assert bool(verdict.say) == (effect in (Effect.DENY, Effect.REQUIRE_APPROVAL))


def test_redaction_is_that_of_a_stream():
    text = "card 1234-5678, 12\u200b34-5678 and 1234-56781234-5678."
    verdict = judge().text(TEXT, text)
    patterns = SERVED.streaming.patterns
    assert edited(text, verdict.edits) == replaced(text, redactions(patterns, text))
    assert "5678" not in edited(text, verdict.edits)


def test_redaction_without_a_pattern_removes_the_whole_text():
    served = serve(
        boundaries=[
            bound("long", "root_1", "words > 3", "redact", "output"),
            bound("tail", "root_1", "text.matches('key: .*')", "redact", "output"),
        ]
    )
    assert edited("one two three four", judge(served).text(TEXT, "one two three four").edits) == (
        "[removed]"
    )
    assert edited("a key: b c", judge(served).text(TEXT, "a key: b c").edits) == "[removed]"
    assert edited("a key: b", judge(served).text(TEXT, "a key: b").edits) == "a [removed]"


def test_a_check_redacts_what_it_names():
    served = serve(check("word", Finds("hush"), "redact"))
    verdict = judge(served).text(TEXT, "so hush now")
    assert edited("so hush now", verdict.edits) == "so [removed] now"


def test_a_check_that_breaks_on_an_answer_never_passes():
    verdict = judge(serve(check("fragile", Finds("x9", "boom")))).text(TEXT, "boom")
    assert verdict.effect is Effect.DENY
    assert verdict.failed
    assert verdict.records[0].done == "failed"
    verdict = judge(serve(check("fragile", Finds("x9", "boom"), closed=False))).text(TEXT, "boom")
    assert verdict.effect is Effect.FLAG


def test_other_channels_are_judged_too():
    for kind in ("reasoning", "refusal", "transcript", "annotations"):
        assert judge().text(Channel(kind), "the launch code").effect is Effect.DENY


CALLS = [
    (call("see", '{"a": 1}'), Effect.ALLOW),
    (call("see", ""), Effect.ALLOW),
    (call("see", "{"), Effect.DENY),
    (call("see", "[1]"), Effect.DENY),
    (call("see", '"text"'), Effect.DENY),
    (call("see", '{"a": 1, "a": 2}'), Effect.DENY),
    (call("see", '{"a": NaN}'), Effect.DENY),
    (call("see", '{"a": "\ud800"}'), Effect.DENY),
    (call("hidden", "{}"), Effect.DENY),
    (call("pay", '{"amount": 5}'), Effect.REQUIRE_APPROVAL),
    (call("pay", '{"amount": 901}'), Effect.DENY),
    (call("pay", "{}"), Effect.DENY),  # a condition that cannot be evaluated
    (call("mail", '{"to": "ann@shop.example"}'), Effect.ALLOW),
    (call("mail", '{"to": "eve@evil.example"}'), Effect.DENY),
]


@pytest.mark.parametrize(("said_call", "effect"), CALLS)
def test_calls(said_call, effect):
    verdict = judge().call(said_call)
    assert verdict.effect is effect
    record = verdict.records[0]
    assert isinstance(record, DecisionRecorded)
    assert (record.stage, record.tool, len(record.arguments)) == ("tool_call", said_call.tool, 64)


def test_free_text_of_a_custom_tool_is_its_input():
    custom = {"type": "custom", "custom": {"name": "shell", "description": "Runs."}}
    when = "call.tool == 'shell' && args.input.contains('rm ')"
    served = serve(boundaries=[bound("no_rm", "root_1", when, "deny", "tool_call")])
    body = said("You help.", "Hi") | {"tools": [custom]}
    assert judge(served, body).call(call("shell", "ls -l")).effect is Effect.ALLOW
    assert judge(served, body).call(call("shell", "rm -r /")).effect is Effect.DENY


def test_arguments_are_never_cut_a_person_decides():
    when = "args.exists(k, string(args[k]).matches('secret'))"
    served = serve(boundaries=[bound("hide", "root_1", when, "redact", "tool_call")])
    verdict = judge(served).call(call("see", '{"a": "secret"}'))
    assert verdict.effect is Effect.REQUIRE_APPROVAL
    assert not verdict.edits


def test_annotations_of_an_offer_hold_for_its_calls():
    body = said("You help.", "Hi") | {"tools": [offer("wipe", destructiveHint=True)]}
    assert judge(body=body).call(call("wipe")).effect is Effect.REQUIRE_APPROVAL
    calm = said("You help.", "Hi") | {"tools": [offer("pay", readOnlyHint=True)]}
    found = opened(calm, serve(boundaries=(), tools=FACTS)).judge.call(call("pay"))
    assert found.effect is Effect.REQUIRE_APPROVAL


def test_a_stop_that_comes_later_stops_calls_and_streams():
    board = Board()
    made = judge(board=board)
    assert made.call(call("see")).effect is Effect.ALLOW
    stop = StopOrdered("stp_1", "2027-01-15T08:00:00.000Z", "tool", "see", "bob", "why")
    take(board, stop)
    assert made.call(call("see")).effect is Effect.DENY
    assert made.call(call("mail", '{"to": "ann@shop.example"}')).effect is Effect.ALLOW
    ended = made.stop(stop)
    assert ended.effect is Effect.DENY
    assert ended.records[0].done == "cut"


def test_an_answer_that_ends_early_is_recorded():
    made = judge()
    made.cut("client_gone", 12)
    (record,) = made.finish("cut", 12, "")
    assert (record.failure, record.released, record.done) == ("client_gone", 12, "cut")
    (empty,) = judge().finish("forwarded", 0, "")
    assert (empty.stage, empty.effect, empty.done) == ("output", "allow", "forwarded")


def test_it_never_raises(monkeypatch):
    from charter.gateway.judging import answer  # noqa: PLC0415

    def broken(*_args, **_more):
        raise RuntimeError("with secrets")

    made = judge()
    monkeypatch.setattr(answer, "decide", broken)
    for verdict in (made.text(TEXT, "Hi"), made.call(call("see"))):
        assert verdict.effect is Effect.DENY
        assert verdict.failed
        assert verdict.records[0].failure == "RuntimeError"
        assert "secrets" not in str(verdict)


EFFECTS = st.sampled_from(list(Effect))


@given(st.lists(st.tuples(EFFECTS, st.booleans()), max_size=6))
def test_the_strictest_holds_whoever_says_it(said_effects):
    found = Finding()
    for at, (effect, failed) in enumerate(said_effects):
        before = found.effect
        found.restrict(Why(effect, f"c{at}", "s", failed=failed))
        assert STRICTNESS[found.effect] >= STRICTNESS[before]
    strictest = max((e for e, _ in said_effects), key=STRICTNESS.__getitem__, default=Effect.ALLOW)
    assert found.effect is strictest
    if found.first is not None:
        assert found.first.effect is strictest
    denies = [failed for effect, failed in said_effects if effect is Effect.DENY]
    assert found.failed == (bool(denies) and all(denies))


def test_decisions_are_numbered_in_order():
    made = judge()
    names = [
        made.text(TEXT, "a").decision,
        made.call(CallSaid(0, "1", "see", "{}")).decision,
        made.text(TEXT, "b").decision,
    ]
    assert names == ["x_1.3", "x_1.4", "x_1.5"]
