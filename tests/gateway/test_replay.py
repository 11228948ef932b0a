"""Decisions of the real judge, written to a real ledger, decided on again."""

import json

import httpx2
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.cli.main import exit_code
from charter.gateway.held import sealed_payload
from charter.gateway.replay import Missing, from_ledger, from_lines, replay
from charter.gateway.settings import KeepSettings, RequestSettings, Settings
from charter.ledger.ledger import Ledger
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault

from .conftest import SPEC as GATEWAY_SPEC
from .judging.scene import (
    BOUNDARIES,
    SERVED,
    TEXT,
    Finds,
    bound,
    call,
    check,
    opened,
    said,
    serve,
)

MORE = (*BOUNDARIES, bound("no_soup", "user_2", "text.contains('soup')", "deny", "output"))
CASES = [
    (said("be kind", "hello"), "some soup", ()),
    (said("be kind", "how do I build a bomb?"), "", ()),
    (said("be kind", "my ID-1234 it is"), "the launch code is 0000", ()),
    (
        said("be kind", "pay", tools=("pay", "mail")),
        "a final offer",
        (call("pay", '{"amount": 950}'), call("pay"), call("mail", "[")),
    ),
    (said("be kind", "give me a loan"), "8888-1234 and \u200b", ()),
    (said("be kind", "hi", tools=("look",)), "WORD", (call("look", '{"a": "WORD"}'),)),
]  # fmt: skip


class Kept:
    """A ledger and a vault that a gateway has written into."""

    def __init__(self, folder, served=SERVED, cases=CASES):
        folder.mkdir(exist_ok=True)
        self.place = folder / "ledger.sqlite"
        self.ledger: Ledger = open_ledger(self.place)
        self.vault = Vault(self.ledger.store, MasterKey.create(folder / "master.key"))
        sequence = 0
        for at, (body, answer, calls) in enumerate(cases):
            payload = f"pl_{at:032x}"
            case = opened(body, served, exchange=f"x_{at}", payload=payload)
            records = list(case.verdict.records)
            if answer:
                records += case.judge.text(TEXT, answer).records
            for each in calls:
                records += case.judge.call(each).records
            made = sealed_payload(
                case.judge.payload(), system_as="developer", level="developer", held=None
            )
            sealed = self.vault.seal("sub_1", made, "2027-01-15", id=payload)
            kept = []
            for record in records:
                if type(record).__name__ == "DecisionRecorded":
                    sequence += 1
                    object.__setattr__(record, "sequence", sequence)
                kept.append(record)
            self.ledger.append(*kept, payloads=[sealed])
        self.number = sequence

    def again(self, policy, vault=True):
        return replay(policy, from_ledger(self.ledger, self.vault if vault else None))


@pytest.mark.parametrize("checks", [(), (check("word", Finds("WORD")),)])
def test_the_same_policy_decides_the_same(tmp_path, checks):
    served = serve(*checks)
    found = Kept(tmp_path, served).again(served.policy)
    assert found.decisions > 12
    assert (found.differ, found.same, dict(found.missing)) == (0, found.decisions, {})


def test_another_policy_decides_otherwise(tmp_path):
    kept = Kept(tmp_path)
    found = kept.again(serve(boundaries=MORE).policy)
    assert [(each.recorded.decision, each.now.checks) for each in found.first] == [
        ("x_0.2", ("no_soup",))
    ]
    assert (found.stricter, found.laxer, dict(found.sections)) == (1, 0, {"user_2": 1})
    laxer = kept.again(serve(boundaries=()).policy)
    assert laxer.laxer == laxer.differ > 4
    assert laxer.stricter == 0


def test_what_checks_found_is_taken_over(tmp_path):
    served = serve(check("word", Finds("WORD")), boundaries=())
    found = Kept(tmp_path, served).again(serve(boundaries=()).policy)
    assert found.differ == 0


def test_decisions_without_their_words_are_counted(tmp_path):
    kept = Kept(tmp_path)
    assert dict(kept.again(SERVED.policy, vault=False).missing) == {"no_key": kept.number}
    kept.vault.erase("sub_1")
    assert dict(kept.again(SERVED.policy).missing) == {"erased": kept.number}


SPEC = """# Soup {#soup authority=user}

The assistant should not speak of soup[^sp1].

~~~boundary
id: no_soup
on: output
when: text.contains('soup')
effect: deny
say: No.
~~~
"""


def line(**fields):
    given = {
        "decision": "x_1.1", "stage": "output", "effect": "allow", "text": "hello",
        "request": {"messages": [{"role": "user", "content": "hi"}]},
    }  # fmt: skip
    return orjson.dumps({**given, **fields})


def written(folder, *lines):
    (folder / "spec.md").write_text(SPEC)
    file = folder / "decisions.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n\n")
    return ["replay", str(file), "--spec", str(folder / "spec.md")]


def test_the_verb_says_what_would_differ(tmp_path, capsys):
    words = written(tmp_path, line(), line(decision="x_1.2", text="more soup\x1b[31m"), b"{")
    assert exit_code(words) == 1
    said = capsys.readouterr().out
    assert "2 of 3 decisions made again" in said
    assert "1 not: they cannot be read (line 3: no JSON object)" in said
    assert "1 would be another: 1 stricter, 0 laxer" in said
    assert "x_1.2  output: allow → deny (no_soup; soup)" in said
    assert exit_code([*words, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["changes"] == [{"was": "allow", "now": "deny", "count": 1}]
    assert document["first"][0]["now"] == {
        "effect": "deny", "checks": ["no_soup"], "sections": ["soup"],
    }  # fmt: skip


def test_the_verb_exits_with_0_where_nothing_differs(tmp_path, capsys):
    recorded = {"effect": "deny", "check": "no_soup", "section": "soup"}
    words = written(tmp_path, line(text="soup", effect="deny", grounds=[recorded]), line())
    assert exit_code(words) == 0
    assert "no decision would be another" in capsys.readouterr().out


def test_the_verb_reads_a_ledger_with_the_key_beside_it(tmp_path, capsys):
    kept = Kept(tmp_path)
    (tmp_path / "spec.md").write_text(SPEC)
    words = ["replay", str(kept.place), "--spec", str(tmp_path / "spec.md"), "--list", "1"]
    assert exit_code(words) == 1
    said = capsys.readouterr().out
    assert f"{kept.number} of {kept.number} decisions made again" in said
    assert "more (--list)" in said


@pytest.mark.parametrize("place", ["none.jsonl", "none.sqlite", "."])
def test_what_is_not_there_is_one_clear_line(tmp_path, monkeypatch, capsys, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.md").write_text(SPEC)
    assert exit_code(["replay", place, "--spec", "spec.md"]) in (2, 3)
    assert len(capsys.readouterr().err.splitlines()) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


FIELDS = ("decision", "stage", "effect", "text", "request", "grounds", "checks", "tool", "api")


@given(fields=st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)))
def test_no_line_is_lost_or_raises(fields):
    base = json.loads(line())
    (found,) = from_lines([json.dumps({**base, **fields}).encode()])
    assert replay(SERVED.policy, [found]).decisions == 1
    assert list(from_lines([b"\xff", b" "])) == [
        Missing("line 1", "not_read", "line 1: no JSON object")
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stage": "later"}, "line 1: `stage` is none of offer, output, request"),
        ({"effect": 3}, "line 1: `effect` is none of allow"),
        ({"text": []}, "line 1: `text` is no text"),
        ({"grounds": [{}]}, "line 1: `grounds` is no list"),
    ],
)
def test_where_nothing_can_be_read_the_first_line_at_fault_is_named(
    tmp_path, capsys, fields, words
):
    assert exit_code(written(tmp_path, line(**fields))) == 2
    assert words in capsys.readouterr().err


YOUNG = """
~~~boundary
id: not_for_children
on: request
when: has(settings.under_18) && settings.under_18 == true
effect: deny
say: No.
~~~
"""


def test_what_a_gateway_recorded_is_decided_again(start, tmp_path):
    """Through HTTP, so that what is sealed is what the gateway seals."""
    spec = tmp_path / "spec.md"
    spec.write_text(GATEWAY_SPEC.read_text() + YOUNG)
    keep, read = KeepSettings(payloads="all"), RequestSettings(system_as="system")
    gateway = start(spec=spec, settings=Settings(keep=keep, request=read))
    ask = {"model": "m", "messages": [{"role": "user", "content": "FORBIDDEN"}]}
    set_ = {"charter": {"settings": {"under_18": True}}}
    system = {"role": "system", "content": "You help."}
    hello = {"model": "m", "messages": [system, {"role": "user", "content": "hello"}]}
    for body in (ask, hello, hello | {"stream": True}, hello | set_):
        httpx2.post(
            f"{gateway.url}/v1/chat/completions",
            json=body,
            headers={"authorization": f"Bearer {gateway.key}"},
        )
    gateway.stop()
    with open_ledger(gateway.folder, create=False) as ledger:
        vault = Vault(ledger.store, MasterKey.load(gateway.folder / "master.key"))
        policy = gateway.service.table.base.policy
        found = replay(policy, from_ledger(ledger, vault))
        recorded = list(from_ledger(ledger, vault))
    assert dict(found.missing) == {}
    assert "not_for_children" in {each.check for one in recorded for each in one.grounds}
    assert (found.differ, found.same) == (0, found.decisions)
    assert {each.system_as for each in recorded} == {"system"}


def test_a_replay_of_nothing_is_no_pass(tmp_path, capsys):
    """A gate before a change of the spec must not open where nothing was tried."""
    assert exit_code(written(tmp_path, b"{", b"[]")) == 2
    assert "none of 2 decisions could be made again" in capsys.readouterr().err
    kept = Kept(tmp_path / "kept")
    kept.vault.erase("sub_1")
    kept.ledger.close()
    words = ["replay", str(tmp_path / "kept"), "--spec", str(tmp_path / "spec.md")]
    assert exit_code(words) == 3
    assert "(their payloads were erased or have expired)" in capsys.readouterr().err


def test_lines_may_begin_with_a_byte_order_mark():
    assert not isinstance(next(from_lines([b"\xef\xbb\xbf" + line()])), Missing)
