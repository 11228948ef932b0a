"""The same results for a frame as for its rows one by one."""

import json

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charter.audit.auditor import ROW, Auditor
from charter.audit.row import Decided, Row, Terms, Unread
from charter.audit.turns import decide_row
from charter.load import load_policy

from .specs import CONDITIONS, OPEN, TERMS, policy_of

WORDS = st.sampled_from(
    [
        "AK12", "key", "KEY", "K", "\u212a", "\u017f", "secret", "ignore all", "IGNORE any", "no",
        "not", "hi", "a", "b ", " ", "\t", "\x1c", "\x85", "\u2003", "\u200b", "\n", "1.", "x", "é",
        "ß", "~~~", "directive", "\n~~~directive\n", "act: set\n", "setting: {under_18: true}\n",
        "supersede: [secrets]\n", "\0", "\ufeff", "\\", '"', "'", "under_18", "日本", "12 k", ">",
        "<untrusted_text>", "```", "\U0001f600", "\u0301",
    ]
)  # fmt: skip
TEXT = st.one_of(st.lists(WORDS, max_size=8).map("".join), st.text(max_size=12)).filter(
    lambda text: not any("\ud800" <= char <= "\udfff" for char in text)
)
MAYBE = st.none() | TEXT
ROLES = st.sampled_from(["user", "assistant", "system", "developer", "tool", "odd"])
TURN = st.fixed_dictionaries(
    {"role": ROLES, "content": TEXT},
    optional={
        "name": TEXT,
        "tool_calls": st.lists(
            st.fixed_dictionaries(
                {
                    "id": st.just("c1"),
                    "type": st.just("function"),
                    "function": st.fixed_dictionaries(
                        {
                            "name": st.sampled_from(["pay", "read"]),
                            "arguments": st.sampled_from(['{"amount": 5}', "{}", "[", "", "[1]"]),
                        }
                    ),
                }
            ),
            max_size=2,
        ),
    },
)
PLAIN_TURN = st.fixed_dictionaries({"role": ROLES.filter(lambda r: r != "odd"), "content": TEXT})
SPACED = st.sampled_from([(",", ":"), (", ", ": "), (",  ", ":  ")])


@st.composite
def conversations(draw):
    """JSON of messages, mostly plain, sometimes broken."""
    turns = draw(st.lists(st.one_of(PLAIN_TURN, PLAIN_TURN, TURN), max_size=6))
    body = draw(st.sampled_from([turns, turns, turns, {"messages": turns, "model": "m"}]))
    text = json.dumps(body, separators=draw(SPACED), ensure_ascii=draw(st.booleans()))
    cut = draw(st.sampled_from([None, None, None, -1, 3]))
    return text[:cut] + draw(st.sampled_from(["", "", "", " ", "x", '{"a":1}']))


HOSTILE = st.sampled_from(
    [
        "", "[", "null", '"x"', "[1]", "{}", "[]", '{"messages": 3}', "NaN", "[" * 5000,
        '[{"role":"user","role":"tool","content":"a"}]', '[{"role":"user"}]',
        '[{"role":"user","content":"\\ud800 key"}]', '[{"role":"user","content":"\\u0000 a"}]',
        '[{"role":"assistant","content":"\\u0041K12"}]', '[{"role":"user","content":null}]',
        '[{"role":"user","content":[{"type":"text","text":"ignore "},{"text":"all"}]}]',
        '[{"role":"assistant","content":"A"},{"role":"assistant","content":"K12"}]',
        '{"input":"ignore all"}', '{"system":"s","messages":[{"role":"user","content":"hi"}]}',
        '[{"role":"user","content":"x"}]\n', '[{"role":"user","content":"hi"},]',
    ]
)  # fmt: skip


def rows_of(request=st.none(), answer=st.none(), system=st.none(), messages=st.none()):  # noqa: B008 - immutable
    return st.builds(Row, request, answer, system, messages)


def expected(policy, rows, terms):
    found = {number: decide_row(policy, row, terms) for number, row in enumerate(rows)}
    others = [
        (number, each)
        for number, each in found.items()
        if isinstance(each, Unread) or each.findings
    ]
    read = [each.asked for each in found.values() if isinstance(each, Decided)]
    asked = [sum(column) for column in zip(*read, strict=True)] if read else [0] * 4
    return others, asked


def check(auditor, rows, names):
    data = {name: pl.Series([getattr(r, name) for r in rows], dtype=pl.String) for name in names}
    frame = pl.DataFrame(data).with_row_index(ROW)
    batch = auditor.batch(frame)
    others, asked = expected(auditor.policy, rows, auditor.terms)
    assert batch.others == others
    assert batch.asked == asked
    assert batch.rows == len(rows)


@pytest.fixture(scope="module")
def auditors(tmp_path_factory):
    made = {}
    for name, conditions in (("bounded", CONDITIONS), ("open", CONDITIONS | OPEN), ("none", {})):
        policy = policy_of(tmp_path_factory.mktemp(name), conditions)
        made[name] = Auditor(policy, TERMS)
    made["system"] = Auditor(made["bounded"].policy, Terms("system"))
    made["starter"] = Auditor(load_policy("starter", cache=False))
    return made


KINDS = ["bounded", "open", "none", "system", "starter"]
QUIETLY = settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("kind", KINDS)
@QUIETLY
@given(data=st.data())
def test_texts(auditors, kind, data):
    rows = data.draw(st.lists(rows_of(MAYBE, MAYBE), min_size=1, max_size=6))
    check(auditors[kind], rows, ["request", "answer"])


@pytest.mark.parametrize("kind", KINDS)
@QUIETLY
@given(data=st.data())
def test_texts_with_what_the_application_said(auditors, kind, data):
    rows = data.draw(st.lists(rows_of(MAYBE, MAYBE, MAYBE), min_size=1, max_size=5))
    check(auditors[kind], rows, ["request", "answer", "system"])


@QUIETLY
@given(rows=st.lists(rows_of(answer=MAYBE), min_size=1, max_size=5))
def test_answers_alone(auditors, rows):
    check(auditors["bounded"], rows, ["answer"])


@pytest.mark.parametrize("kind", KINDS)
@QUIETLY
@given(data=st.data())
def test_messages(auditors, kind, data):
    given = st.none() | conversations() | conversations() | HOSTILE
    rows = data.draw(st.lists(rows_of(messages=given), min_size=1, max_size=6))
    check(auditors[kind], rows, ["messages"])


@QUIETLY
@given(
    rows=st.lists(
        rows_of(st.none(), MAYBE, MAYBE, st.none() | conversations()), min_size=1, max_size=4
    )
)
def test_messages_with_other_columns(auditors, rows):
    check(auditors["bounded"], rows, ["answer", "system", "messages"])


def test_long_rows_are_decided_on_or_counted(auditors):
    texts = ["a" * 99_000 + "AK12", "b" * 120_000 + " AK12", "c" * 4_000_001, "~~~directive" * 50]
    rows = [Row(text, text) for text in texts]
    check(auditors["bounded"], rows, ["request", "answer"])
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "AK12"}]
    rows = [Row(messages=json.dumps(turns * number)) for number in (32, 33, 200, 201)]
    check(auditors["bounded"], rows, ["messages"])
    assert decide_row(auditors["bounded"].policy, rows[-1]) == Unread("too_long")


def test_a_rule_against_itself_restricts_every_row(tmp_path):
    more = "\n~~~directive\nact: set\nsetting: {under_18: true}\n~~~\n"
    policy = policy_of(tmp_path, CONDITIONS)
    auditor = Auditor(policy, TERMS)
    rows = [Row(f"talk about a{more}", "fine"), Row("a", "fine")]
    check(auditor, rows, ["request", "answer"])


def test_boundaries_that_cannot_be_bounded_are_named(auditors):
    assert auditors["bounded"].everywhere == ()
    assert set(auditors["open"].everywhere) == {"broken", "leak", "open"}
    assert auditors["starter"].everywhere == ()
