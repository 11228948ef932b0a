"""Evidence for one decision: it verifies by itself, and whatever is changed in it shows."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger import recorded
from tests.ledger.test_vault import MASTER

from charter.errors import LedgerError
from charter.ledger.auditor import FAILS, HOLDS, Trust, audit_evidence, key_of_text
from charter.ledger.evidence import bundle, find
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.vault import Vault, salted
from charter.load import load_policy
from charter.policy.compiled.export import export_policy
from charter.records.approval import ApprovalAsked, ApprovalUsed, ApprovalVoted

DECISION = "x_s_6.2"


class Written:
    """A ledger with one exchange that has everything, its key and the bundle."""

    def __init__(self, folder):
        self.file = folder / "ledger.sqlite"
        self.key = LogKey.create(folder / "log.key", recorded.ORIGIN)
        self.policy = export_policy(load_policy("starter"))
        digest = self.policy["digest"]
        rule = next(rule for rule in self.policy["rules"] if rule["clauses"])
        with open_ledger(self.file) as ledger:
            vault = Vault(ledger.store, MASTER)
            self.salt, content = salted("the answer")
            held = {"decisions": {DECISION: {"salt": self.salt, "text": "the answer"}}}
            sealed = vault.seal("sub_1", held, recorded.at(0))
            records = recorded.service("s", 30, every=5)
            for at, record in enumerate(records):
                if getattr(record, "policy", None):
                    changed = {"policy": digest}
                    if getattr(record, "decision", "") == DECISION:
                        changed |= {
                            "content": content,
                            "payload": sealed.id,
                            "subject": "sub_1",
                            "approval": "apr_1",
                            "citations": (rule["id"], rule["clauses"][0][0]),
                        }
                    records[at] = type(record)(**{**fields(record), **changed})
            half = len(records) // 2
            recorded.append(ledger, records[:5])
            self.early = checkpoint(ledger, self.key)
            recorded.append(ledger, records[5:half])
            ledger.append(*approval(), payloads=[sealed])
            recorded.append(ledger, records[half:])
            self.note = checkpoint(ledger, self.key)
            self.bundle = self.made(ledger, vault=vault)

    def made(self, ledger, **changed):
        given = {
            "made": recorded.at(99),
            "key": self.key.vkey,
            "policies": {self.policy["digest"]: self.policy},
            "earlier": [5],
        }
        made = bundle(ledger, find(ledger, DECISION), **{**given, **changed})
        return json.loads(json.dumps(made))

    def audit(self, made=None, **changed):
        trust = Trust((key_of_text(self.key.vkey),), **changed)
        return audit_evidence(made or self.bundle, "bundle", trust)


def fields(record):
    return {name: getattr(record, name) for name in record.__slots__}


def approval():
    names = [name for name in ApprovalAsked.__slots__ if name not in ("attempt", "needed")]
    values = dict.fromkeys(names, "") | {"run": "apr_1", "attempt": 1, "needed": 1}
    return (
        ApprovalAsked(**{**values, "exchange": "x_s_6"}),
        ApprovalVoted("apr_1", recorded.at(7), "ada", "approve", "b"),
        ApprovalUsed("apr_1", recorded.at(8), "x_s_9", "x_s_9.1"),
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return Written(tmp_path_factory.mktemp("evidence"))


def test_it_holds_by_itself(written):
    report = written.audit(earlier=(("early", written.early),))
    assert not report.findings
    assert report.states["integrity"] == report.states["consistency"] == HOLDS
    assert report.states["completeness"] == HOLDS
    assert not report.notes


def test_it_holds_all_that_belongs_to_the_decision(written):
    kinds = [record["kind"] for record in written.bundle["records"]]
    assert kinds == [
        "ServiceStarted",
        "ServiceCounted",
        "DecisionRecorded",
        "DecisionRecorded",
        "ServiceCounted",
        "ApprovalAsked",
        "ApprovalVoted",
        "ApprovalUsed",
        "ServiceCounted",
    ]
    assert written.bundle["clauses"]
    (payload,) = written.bundle["payloads"].values()
    assert payload["decisions"][DECISION]["text"] == "the answer"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_byte_of_a_record_or_proof(written, data):
    made = copy.deepcopy(written.bundle)
    record = data.draw(st.sampled_from(made["records"]))
    name = data.draw(st.sampled_from(["body", "kind", "proof"]))
    at = data.draw(st.integers(0, len(record[name]) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != record[name][at]))
    record[name] = record[name][:at] + other + record[name][at + 1 :]
    report = written.audit(made)
    assert report.states["integrity"] == FAILS


def changes():
    def other_index(made):
        made["records"][2]["index"] += 1

    def no_decision(made):
        made["records"] = [r for r in made["records"] if DECISION not in r["body"]]

    def softer_policy(made):
        (policy,) = made["policies"].values()
        policy["boundaries"] = []

    def other_clause(made):
        name = next(iter(made["clauses"]))
        made["clauses"][name] += " not"

    def other_text(made):
        (payload,) = made["payloads"].values()
        payload["decisions"][DECISION]["text"] = "another answer"

    def more_text(made):
        (payload,) = made["payloads"].values()
        payload["decisions"]["x_s_6.9"] = {"salt": "0" * 64, "text": "a"}

    def no_records(made):
        made["records"] = []

    def odd_records(made):
        made["records"].append({"index": "1"})

    return [
        other_index,
        no_decision,
        softer_policy,
        other_clause,
        other_text,
        more_text,
        no_records,
        odd_records,
    ]


@pytest.mark.parametrize("change", changes())
def test_what_is_changed_shows(written, change):
    made = copy.deepcopy(written.bundle)
    change(made)
    assert written.audit(made).states["integrity"] == FAILS


def test_a_decision_left_out_of_the_exchange_shows(written):
    made = copy.deepcopy(written.bundle)
    made["records"] = [r for r in made["records"] if '"decision":"x_s_6.1"' not in r["body"]]
    assert written.audit(made).states["completeness"] == FAILS


def test_another_log_cannot_have_made_it(written, tmp_path):
    other = LogKey.create(tmp_path / "k", recorded.ORIGIN)
    report = audit_evidence(written.bundle, "b", Trust((key_of_text(other.vkey),)))
    assert report.states["integrity"] == FAILS


def test_without_a_key_it_says_whose_key_it_used(written):
    report = audit_evidence(written.bundle, "b", Trust())
    assert report.ok
    assert any("the bundle's own" in note for note in report.notes)


def test_a_checkpoint_of_another_tree_is_not_extended(written, tmp_path):
    with open_ledger(tmp_path / "l.sqlite") as other:
        recorded.append(other, recorded.service("t", 3))
        note = checkpoint(other, written.key)
    report = written.audit(earlier=(("other", note),))
    assert report.states["consistency"] == FAILS
    made = copy.deepcopy(written.bundle)
    made["consistency"] = {}
    quiet = written.audit(made, earlier=(("early", written.early),))
    assert any("no proof that it extends early" in note for note in quiet.notes)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["decision", "records", "policies", "clauses", "payloads", "consistency", "key"]
        ),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["decisions", "index", "x"]), inner, max_size=3)
            ),
            max_leaves=8,
        ),
    )
)
def test_a_bundle_of_anything_ends_in_a_verdict(written, junk):
    assert written.audit({**written.bundle, **junk}) is not None


def test_what_cannot_be_proven_yet_is_refused(written, tmp_path):
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        with pytest.raises(LedgerError, match=r"no decision x_s_1\.1"):
            find(ledger, "x_s_1.1")
        recorded.append(ledger, recorded.service("s", 2)[:1])
        note = checkpoint(ledger, written.key)
        recorded.append(ledger, recorded.service("s", 2)[1:])
        ledger.store.save_checkpoint(1, note)
        found = find(ledger, "x_s_1.1")
        with pytest.raises(LedgerError, match="covers 1 records, not record 3"):
            bundle(ledger, found, made="")
    with open_ledger(tmp_path / "m.sqlite") as ledger:
        recorded.append(ledger, recorded.service("s", 2))
        with pytest.raises(LedgerError, match="no signed checkpoint"):
            bundle(ledger, find(ledger, "x_s_1.1"), made="")


def test_after_an_erasure_it_holds_without_the_payload(written, tmp_path):
    with open_ledger(written.file) as ledger:
        vault = Vault(ledger.store, MASTER)
        before = written.made(ledger, vault=vault)
        assert before["payloads"]
        vault.erase("sub_1")
        after = written.made(ledger, vault=vault)
    assert after["payloads"] == {}
    assert written.audit(after).ok
