"""Erasure, holds and retention, down to the bytes of the file."""

import subprocess
import sys
import threading

import pytest
from tests.ledger import recorded
from tests.ledger.test_vault import MASTER

from charter.errors import AlreadyRecorded, ConfigError, LedgerUnavailable
from charter.ledger import erasure
from charter.ledger.auditor import HOLDS, Trust, audit_file, key_of_text
from charter.ledger.erasure import RETENTION, erase, expire, lift, place, standing
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.store import Overtaken
from charter.ledger.vault import Vault
from charter.records.erasure import HoldPlaced, PayloadsExpired, SubjectErased
from charter.records.survey import ParticipantWithdrew

WHO = {"by": "Ada", "reason": "asked for it"}
TERMS = {**WHO, "basis": "GDPR Art. 17(1)(b)", "at": recorded.at(100)}


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def vault(ledger):
    return Vault(ledger.store, MASTER)


def sealed(ledger, vault, subject, seconds=0):
    made = vault.seal(subject, {"text": "what was said", "n": "x" * 5000}, recorded.at(seconds))
    decision = recorded.decided("s", 1 + ledger.size(), payload=made.id, subject=subject)
    ledger.append(decision, payloads=[made])
    return made


def test_nothing_of_an_erased_subject_is_left_in_any_file(tmp_path, ledger, vault):
    key = LogKey.create(tmp_path / "log.key", recorded.ORIGIN)
    gone = [sealed(ledger, vault, "sub_gone") for _ in range(3)]
    stays = sealed(ledger, vault, "sub_stays")
    checkpoint(ledger, key)
    wrapped = ledger.store.key("sub_gone")
    done = erase(ledger, vault, "sub_gone", **TERMS)
    assert (done.number, done.payloads) == (1, 3)
    files = [each for each in tmp_path.iterdir() if each.name.startswith("ledger.sqlite")]
    held = b"".join(each.read_bytes() for each in files)
    for secret in (wrapped, wrapped[21:53], *(each.blob[21:60] for each in gone)):
        assert secret not in held
    for each in gone:
        pieces = [each.blob[at : at + 16] for at in range(0, len(each.blob) - 16, 16)]
        assert not any(piece in held for piece in pieces)
    assert stays.blob[21:60] in held
    assert all(vault.open(each.id) is None for each in gone)
    assert vault.open(stays.id)["text"] == "what was said"


def test_proofs_still_hold_after_an_erasure(tmp_path, ledger, vault):
    key = LogKey.create(tmp_path / "log.key", recorded.ORIGIN)
    for record in recorded.service("s", 4)[:3]:
        ledger.append(record)
    sealed(ledger, vault, "sub_gone")
    before = checkpoint(ledger, key)
    erase(ledger, vault, "sub_gone", **TERMS)
    checkpoint(ledger, key)
    trust = Trust((key_of_text(key.vkey),), earlier=(("before", before),))
    report = audit_file(tmp_path / "ledger.sqlite", trust)
    assert report.states["integrity"] == report.states["consistency"] == HOLDS


def test_erasing_again_counts_on(ledger, vault):
    sealed(ledger, vault, "sub_1")
    erase(ledger, vault, "sub_1", **TERMS)
    sealed(ledger, vault, "sub_1")
    assert erase(ledger, vault, "sub_1", **TERMS).number == 2
    assert [each.payloads for each in ledger.read(SubjectErased, run="sub_1")] == [1, 1]


def test_a_hold_forbids_erasure_and_expiry(ledger, vault):
    kept = sealed(ledger, vault, "sub_1")
    hold = place(ledger, "sub_1", **WHO, at=recorded.at(1))
    assert standing(ledger) == standing(ledger, "sub_1") == (hold,)
    assert erase(ledger, vault, "sub_1", **TERMS) == hold
    assert expire(ledger, vault, recorded.at(50), at=recorded.at(60)).payloads == 0
    assert vault.open(kept.id) is not None
    assert not list(ledger.read(SubjectErased))
    assert lift(ledger, "sub_1", **WHO, at=recorded.at(2)).number == 1
    assert standing(ledger) == ()
    assert isinstance(erase(ledger, vault, "sub_1", **TERMS), SubjectErased)


def test_several_holds_are_lifted_one_by_one(ledger):
    for number in (1, 2):
        assert place(ledger, "sub_1", **WHO, at=recorded.at(number)).number == number
    with pytest.raises(ConfigError, match="holds 1, 2"):
        lift(ledger, "sub_1", **WHO, at=recorded.at(3))
    lift(ledger, "sub_1", 2, **WHO, at=recorded.at(3))
    with pytest.raises(ConfigError, match="no such legal hold"):
        lift(ledger, "sub_1", 2, **WHO, at=recorded.at(4))
    assert [hold.number for hold in standing(ledger)] == [1]
    assert place(ledger, "sub_1", **WHO, at=recorded.at(5)).number == 3


def test_expiry_is_recorded(ledger, vault):
    sealed(ledger, vault, "sub_1")
    sealed(ledger, vault, "sub_1", 60)
    for expected in (1, 0):
        assert expire(ledger, vault, recorded.at(30), at=recorded.at(99)).payloads == expected
    found = list(ledger.read(PayloadsExpired, run=RETENTION))
    assert [(each.number, each.before) for each in found] == [
        (1, recorded.at(30)),
        (2, recorded.at(30)),
    ]


@pytest.mark.parametrize("name", ["by", "reason", "basis"])
@pytest.mark.parametrize("text", ["", "  ", "a\nb", "x" * 1001])
def test_who_and_why_must_be_said(ledger, vault, name, text):
    with pytest.raises(ConfigError, match=name):
        erase(ledger, vault, "sub_1", **{**TERMS, name: text})
    assert ledger.size() == 0
    assert not list(ledger.read(HoldPlaced))


def test_an_erasure_that_fails_is_not_recorded(ledger, vault, monkeypatch):
    kept = sealed(ledger, vault, "sub_1")

    def full(session, entries, payloads):
        raise LedgerUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(ledger.store, "_grown", full)
        with pytest.raises(LedgerUnavailable, match="full"):
            erase(ledger, vault, "sub_1", **TERMS)
        with pytest.raises(LedgerUnavailable, match="full"):
            expire(ledger, vault, recorded.at(50), at=recorded.at(60))
    assert not list(ledger.read_any((SubjectErased, PayloadsExpired)))
    assert vault.open(kept.id) is not None


def holding(monkeypatch, ledger, name, subject):
    """Let a hold come in between the look for holds and what is done then."""
    do = getattr(ledger.store, name)

    def late(*given, **named):
        if not standing(ledger):
            place(ledger, subject, **WHO, at=recorded.at(1))
        return do(*given, **named)

    monkeypatch.setattr(ledger.store, name, late)


def test_a_hold_that_comes_in_between_forbids_an_erasure(ledger, vault, monkeypatch):
    kept = sealed(ledger, vault, "sub_1")
    holding(monkeypatch, ledger, "destroy", "sub_1")
    assert isinstance(erase(ledger, vault, "sub_1", **TERMS), HoldPlaced)
    assert vault.open(kept.id) is not None
    assert not list(ledger.read(SubjectErased))


def test_a_hold_on_another_does_not_delay_an_erasure(ledger, vault, monkeypatch):
    sealed(ledger, vault, "sub_1")
    holding(monkeypatch, ledger, "destroy", "sub_2")
    assert erase(ledger, vault, "sub_1", **TERMS).payloads == 1


def test_a_hold_that_comes_in_between_keeps_payloads_from_expiring(ledger, vault, monkeypatch):
    kept, gone = sealed(ledger, vault, "sub_1"), sealed(ledger, vault, "sub_2")
    holding(monkeypatch, ledger, "expire", "sub_1")
    assert expire(ledger, vault, recorded.at(50), at=recorded.at(60)).payloads == 1
    assert (vault.open(kept.id) is None, vault.open(gone.id) is None) == (False, True)
    assert [one.payloads for one in ledger.read(PayloadsExpired)] == [1]


def test_holds_without_end_end_in_an_error(ledger, vault, monkeypatch):
    sealed(ledger, vault, "sub_1")
    do = ledger.store.destroy

    def late(*given, **named):
        number = place(ledger, "sub_1", **WHO, at=recorded.at(1)).number
        lift(ledger, "sub_1", number, **WHO, at=recorded.at(1))
        return do(*given, **named)

    monkeypatch.setattr(ledger.store, "destroy", late)
    with pytest.raises(Overtaken, match="HoldPlaced came in meanwhile"):
        erase(ledger, vault, "sub_1", **TERMS)


def test_a_look_that_finds_nothing_does_not_wait_for_readers(ledger, vault, monkeypatch):
    scrubbed = []
    monkeypatch.setattr(ledger.store, "_scrub", lambda: scrubbed.append(1))
    sealed(ledger, vault, "sub_kept", 10)
    for _ in range(3):
        expire(ledger, vault, recorded.at(5), at=recorded.at(100), quietly=True)
        assert len(scrubbed) == 1, "only the first: of a process that was killed"
    expire(ledger, vault, recorded.at(50), at=recorded.at(100), quietly=True)
    assert len(scrubbed) == 2


# Many at once


def many(ledger, vault, count, subject="sub_1"):
    for start in range(0, count, 100):
        made = [
            vault.seal(subject, {"n": n}, recorded.at(n))
            for n in range(start, min(count, start + 100))
        ]
        first = ledger.size() + 1
        ledger.append(
            *(
                recorded.decided(
                    f"s_{subject}", first + n, payload=one.id, subject=subject, at=one.at
                )
                for n, one in enumerate(made)
            ),
            payloads=made,
        )


def batches(ledger):
    return [(each.number, each.payloads) for each in ledger.read(PayloadsExpired)]


def test_many_expire_a_batch_at_a_time_each_with_its_record(tmp_path, ledger, vault, monkeypatch):
    monkeypatch.setattr(erasure, "BATCH", 10)
    key = LogKey.create(tmp_path / "log.key", recorded.ORIGIN)
    many(ledger, vault, 35)
    many(ledger, vault, 5, "sub_held")
    place(ledger, "sub_held", **WHO, at=recorded.at(0))
    done = expire(ledger, vault, recorded.at(34), at=recorded.at(60))
    assert (done.number, done.payloads) == (4, 34)
    assert batches(ledger) == [(1, 10), (2, 10), (3, 10), (4, 4)]
    assert len(ledger.store.payload_ids("sub_held")) == 5
    checkpoint(ledger, key)
    report = audit_file(tmp_path / "ledger.sqlite", Trust((key_of_text(key.vkey),)))
    assert report.states["integrity"] == HOLDS
    assert not [note for note in report.notes if "are not there" in note]


def test_what_was_left_over_is_deleted_later(ledger, vault, monkeypatch):
    monkeypatch.setattr(erasure, "BATCH", 10)
    many(ledger, vault, 35)
    left = iter([True, False])
    done = expire(ledger, vault, recorded.at(99), at=recorded.at(99), go_on=lambda: next(left))
    assert (done.payloads, batches(ledger)) == (20, [(1, 10), (2, 10)])
    assert expire(ledger, vault, recorded.at(99), at=recorded.at(99)).payloads == 15
    assert ledger.store.payload_ids("sub_1") == []


KILLED = """
import os, sys
from charter.ledger import erasure
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.ledger.master_key import MasterKey

erasure.BATCH = 10
with open_ledger(sys.argv[1]) as ledger:
    vault, batches = Vault(ledger.store, MasterKey.of(b"m" * 32)), []
    grown = ledger.store._grown

    def late(*given):
        batches.append(1)
        if len(batches) == 3:
            os._exit(9)  # in the transaction, after the deletion
        return grown(*given)

    ledger.store._grown = late
    erasure.expire(ledger, vault, sys.argv[2], at=sys.argv[2])
"""


def test_a_process_that_is_killed_leaves_whole_batches(tmp_path, ledger, vault):
    many(ledger, vault, 35)
    file = tmp_path / "ledger.sqlite"
    command = [sys.executable, "-c", KILLED, str(file), recorded.at(99)]
    assert subprocess.run(command, check=False).returncode == 9
    assert batches(ledger) == [(1, 10), (2, 10)]
    assert len(ledger.store.payload_ids("sub_1")) == 15
    assert expire(ledger, vault, recorded.at(99), at=recorded.at(99)).payloads == 15
    assert ledger.check() == ledger.head()


def test_others_write_between_two_batches(ledger, vault, monkeypatch):
    monkeypatch.setattr(erasure, "BATCH", 5)
    many(ledger, vault, 30)

    def write():
        thread = threading.Thread(target=place, args=(ledger, "sub_2"), kwargs={**WHO, "at": ""})
        thread.start()
        thread.join(10)
        return not thread.is_alive()

    assert expire(ledger, vault, recorded.at(99), at=recorded.at(99), go_on=write).payloads == 30
    kinds = [type(each).__name__ for _, each in ledger.read_any((PayloadsExpired, HoldPlaced))]
    assert kinds == ["PayloadsExpired", "HoldPlaced"] * 6


def test_large_payloads_make_small_batches(ledger, vault, monkeypatch):
    monkeypatch.setattr("charter.ledger.stores.sql.LARGE", 11_000)
    for at in range(5):
        sealed(ledger, vault, "sub_1", at)
    assert expire(ledger, vault, recorded.at(99), at=recorded.at(99)).payloads == 5
    assert [count for _, count in batches(ledger)] == [2, 2, 1]


def test_further_facts_are_kept_with_an_erasure_or_it_is_not_done(ledger, vault):
    withdrew = ParticipantWithdrew("pa_1", recorded.at(100), "survey")
    sealed(ledger, vault, "sub_1")
    assert erase(ledger, vault, "sub_1", **TERMS, also=(withdrew,)).payloads == 1
    assert list(ledger.read(ParticipantWithdrew)) == [withdrew]
    again = sealed(ledger, vault, "sub_1")
    with pytest.raises(AlreadyRecorded):
        erase(ledger, vault, "sub_1", **TERMS, also=(withdrew,))
    assert vault.open(again.id)["text"] == "what was said"
    assert len(list(ledger.read(SubjectErased))) == 1
    place(ledger, "sub_1", **WHO, at=recorded.at(101))
    other = ParticipantWithdrew("pa_2", recorded.at(102), "survey")
    assert isinstance(erase(ledger, vault, "sub_1", **TERMS, also=(other,)), HoldPlaced)
    assert list(ledger.read(ParticipantWithdrew)) == [withdrew]
