import dataclasses
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger import recorded

from charter.errors import LedgerError
from charter.ledger import vault as module
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault, commitment, payload_id, pseudonym, salted

AT = recorded.at(0)
MASTER = MasterKey.of(b"m" * 32)


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def vault(ledger):
    return Vault(ledger.store, MASTER)


def keep(ledger, *sealed):
    ledger.store.append([], sealed)


def test_what_is_sealed_opens_again(ledger, vault):
    payload = {"text": "grüße \u2028", "list": [1, None, True], "deep": {"a": "b"}}
    sealed = vault.seal("sub_1", payload, AT)
    keep(ledger, sealed)
    assert vault.open(sealed.id) == payload
    assert Vault(ledger.store, MASTER).open(sealed.id) == payload


@pytest.mark.parametrize("text", ["\ud800", "\x00", "🙂"])
def test_any_text_and_number_is_kept(ledger, vault, text):
    payload = {"text": text, "number": 10**40}
    sealed = vault.seal("sub_1", payload, AT)
    keep(ledger, sealed)
    assert vault.open(sealed.id) == payload


def test_nothing_readable_is_stored(ledger, vault):
    sealed = vault.seal("sub_1", {"text": "my secret"}, AT)
    assert b"secret" not in sealed.blob
    assert sealed.digest == hashlib.sha256(sealed.blob).hexdigest()
    again = vault.seal("sub_1", {"text": "my secret"}, AT)
    assert again.blob[21:] != sealed.blob[21:]


def test_an_id_can_be_given_before(ledger, vault):
    name = payload_id()
    sealed = vault.seal("sub_1", {"a": 1}, AT, id=name)
    keep(ledger, sealed)
    assert sealed.id == name
    assert vault.open(name) == {"a": 1}


def test_what_was_never_kept_is_none(vault):
    assert vault.open("pl_none") is None


def test_another_master_key_opens_nothing(ledger, vault):
    keep(ledger, sealed := vault.seal("sub_1", {"a": 1}, AT))
    with pytest.raises(LedgerError, match="does not open under this master key"):
        Vault(ledger.store, MasterKey.of(b"n" * 32)).open(sealed.id)


@pytest.mark.parametrize("at", [0, 1, 9, 21, -1])
def test_a_changed_payload_is_refused(ledger, vault, at):
    sealed = vault.seal("sub_1", {"a": 1}, AT)
    blob = bytearray(sealed.blob)
    blob[at] ^= 1
    digest = hashlib.sha256(blob).hexdigest()
    keep(ledger, dataclasses.replace(sealed, blob=bytes(blob), digest=digest))
    if 1 <= at < 9:  # as if it were sealed under a key that is gone
        assert vault.open(sealed.id) is None
    else:
        with pytest.raises(LedgerError, match="payload"):
            vault.open(sealed.id)


def test_a_payload_under_another_digest_id_or_subject_is_refused(ledger, vault):
    sealed = vault.seal("sub_1", {"a": 1}, AT)
    vault.seal("sub_2", {"a": 1}, AT)
    keep(ledger, dataclasses.replace(sealed, digest="0" * 64))
    with pytest.raises(LedgerError, match="does not match its digest"):
        vault.open(sealed.id)
    keep(ledger, dataclasses.replace(sealed, id="pl_other"))
    with pytest.raises(LedgerError, match="filed under another id"):
        vault.open("pl_other")
    keep(ledger, dataclasses.replace(sealed, id="pl_third", subject="sub_2"))
    assert vault.open("pl_third") is None  # sealed under no key of this subject


def test_an_erased_subject_is_none_and_others_stay(ledger, vault):
    gone, stays = (vault.seal(name, {"a": 1}, AT) for name in ("sub_1", "sub_2"))
    keep(ledger, gone, stays)
    assert vault.erase("sub_1") == 1
    assert vault.open(gone.id) is None
    assert vault.open(stays.id) == {"a": 1}
    new = vault.seal("sub_1", {"b": 2}, AT)
    keep(ledger, new, dataclasses.replace(gone))  # as from a backup of the payloads
    assert vault.open(new.id) == {"b": 2}
    assert vault.open(gone.id) is None


def test_an_erasure_by_another_process_reaches_sealing_in_time(ledger):
    now = [0.0]
    vault = Vault(ledger.store, MASTER, clock=lambda: now[0])
    vault.seal("sub_1", {}, AT)
    Vault(ledger.store, MASTER).erase("sub_1")
    keep(ledger, late := vault.seal("sub_1", {}, AT))
    assert vault.open(late.id) is None
    now[0] += module.FRESH
    keep(ledger, fresh := vault.seal("sub_1", {}, AT))
    assert vault.open(fresh.id) == {}


def test_keys_are_cached_within_bounds(ledger, vault, monkeypatch):
    monkeypatch.setattr(module, "CACHED", 2)
    for name in "abc":
        vault.seal(name, {}, AT)
    assert list(vault._keys) == ["b", "c"]
    vault.forget("b")
    assert list(vault._keys) == ["c"]
    vault.forget()
    assert not vault._keys


def test_two_vaults_agree_on_the_first_key(ledger, vault):
    other = Vault(ledger.store, MASTER)
    sealed = [each.seal("sub_1", {"n": n}, AT) for n, each in enumerate((vault, other))]
    keep(ledger, *sealed)
    assert [vault.open(each.id) for each in sealed] == [{"n": 0}, {"n": 1}]


def test_what_cannot_be_sealed(vault, monkeypatch):
    with pytest.raises(ValueError, match="subject is empty"):
        vault.seal("", {}, AT)
    with pytest.raises(LedgerError, match="no JSON"):
        vault.seal("sub_1", {"a": object()}, AT)
    monkeypatch.setattr(module, "MAX_PAYLOAD", 10)
    with pytest.raises(LedgerError, match="at most 10"):
        vault.seal("sub_1", {"a": "b" * 10}, AT)


def test_payloads_expire_by_their_time(ledger, vault):
    old, held, new = (
        vault.seal(name, {}, recorded.at(seconds))
        for name, seconds in (("sub_1", 0), ("sub_2", 0), ("sub_3", 60))
    )
    keep(ledger, old, held, new)
    assert vault.expire(recorded.at(30), {"sub_2"}) == 1
    assert [vault.open(each.id) for each in (old, held, new)] == [None, {}, {}]


@given(st.text(max_size=20), st.text(max_size=20))
def test_commitments_open_to_one_text(one, two):
    salt, made = salted(one)
    assert commitment(salt, one) == made
    assert (commitment(salt, two) == made) == (one == two)
    assert salted(one).commitment != made


@given(*[st.text(max_size=6)] * 4)
def test_pseudonyms_tell_users_apart(app, user, other_app, other_user):
    one, two = pseudonym(app, user, b"k"), pseudonym(other_app, other_user, b"k")
    assert (one == two) == ((app, user) == (other_app, other_user))
    assert pseudonym(app, user, b"another") != one


def test_a_vault_names_subjects_by_its_master_key(ledger, vault):
    assert vault.pseudonym("shop", "u") == pseudonym("shop", "u", MASTER.naming)
    assert vault.pseudonym("shop", "u").startswith("sub_")
