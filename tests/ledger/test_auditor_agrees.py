"""The auditor against the ledger's own code, and against the published answers of the formats."""

import base64
import dataclasses
import hashlib
import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger import recorded
from tests.ledger.tlog import signing

from charter.ledger import auditor, vault
from charter.ledger.body import body_of, entry_of
from charter.ledger.edge import Edge
from charter.ledger.store import Leaf
from charter.ledger.tlog import checkpoint, ed25519, merkle, note, proof
from charter.load import load_policy
from charter.policy.compiled.export import digest_of_export, export_policy
from charter.records.record import RECORDS, key_of, thread_of

LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
] + [bytes(range(0x60, 0x70))]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""Of RFC 6962's reference log, by size."""
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SIGNED = (
    "This is an example message.\n\n"
    "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZ"
    "XsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def leaves(count):
    return [hashlib.sha256(b"%d" % n).digest() for n in range(count)]


def tree_of(values):
    tree = auditor.Tree()
    for value in values:
        list(tree.add(value))
    return tree


def nodes(values):
    def read(level, index):
        size = 1 << level
        return merkle.root_at(
            size, lambda up, at: node(values[index * size : (index + 1) * size], up, at)
        )

    def node(part, level, at):
        return tree_of(part[at << level : (at + 1) << level]).root()

    return read


def test_the_roots_of_the_reference_log():
    for size, root in ROOTS.items():
        hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]
        assert tree_of(hashes).root().hex() == root


def test_the_note_of_the_specification():
    key = auditor.key_of_text(VKEY)
    assert auditor.signature_by(auditor.note_of(SIGNED.encode()), key) == (True, None)
    changed = SIGNED.replace("an example", "no example").encode()
    assert auditor.signature_by(auditor.note_of(changed), key) == (False, None)


def test_the_signatures_of_rfc_8032():
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    value = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert auditor.ed25519_holds(bytes.fromhex(public), b"\x72", bytes.fromhex(value))


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.data())
def test_signatures(secret, message, data):
    public, value = signing.public(secret), signing.sign(secret, message)
    assert auditor.ed25519_holds(public, message, value)
    at = data.draw(st.integers(0, 95))
    bits = data.draw(st.integers(1, 255))
    both = bytearray(public + value)
    both[at] ^= bits
    changed, signed = bytes(both[:32]), bytes(both[32:])
    assert auditor.ed25519_holds(changed, message, signed) == ed25519.verify(
        changed, message, signed
    )


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([0, 1, 2**255 - 19, 2**255 - 20, 2**255 - 1, 2**255, 2**256 - 1, 2])
    | st.integers(0, 2**256 - 1),
    st.sampled_from([0, 1, ed25519._ORDER, ed25519._ORDER - 1, 2**256 - 1]),
    st.sampled_from([0, 1, 2**255 - 18, 2**255]) | st.integers(0, 2**256 - 1),
)
def test_keys_and_signatures_out_of_the_ordinary(key, scalar, point):
    public = key.to_bytes(32, "little")
    value = point.to_bytes(32, "little") + scalar.to_bytes(32, "little")
    assert auditor.ed25519_holds(public, b"m", value) == ed25519.verify(public, b"m", value)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 127])
def test_signatures_of_other_lengths(size):
    assert not auditor.ed25519_holds(signing.public(b"k" * 32), b"", b"\x01" * size)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 700))
def test_roots_and_tiles(count):
    values = leaves(count)
    edge, tree = Edge(), auditor.Tree()
    for value in values:
        assert edge.add(value) == list(tree.add(value))
    assert edge.root == tree.root()


def test_tiles_of_the_second_level():
    tree, full = auditor.Tree(), []
    for value in leaves(256 * 256):
        full += tree.add(value)
    assert [(level, n) for level, n, _ in full] == [*((0, n) for n in range(256)), (1, 0)]


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 70), st.data())
def test_inclusion(size, data):
    values = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(index, size, nodes(values))
    root = tree_of(values).root()
    assert auditor.root_from_inclusion(values[index], index, size, path) == root
    other = data.draw(st.integers(-1, 80))
    larger = data.draw(st.integers(0, 80))
    broken = data.draw(st.permutations(path))[: data.draw(st.integers(0, len(path)))]
    found = auditor.root_from_inclusion(values[index], other, larger, broken)
    verified = merkle.verify_inclusion(values[index], other, larger, broken, root)
    assert (found == root) == verified


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 70), st.data())
def test_consistency(new, data):
    values = leaves(new)
    old = data.draw(st.integers(1, new))
    path = merkle.consistency_proof(old, new, nodes(values))
    before, after = tree_of(values[:old]).root(), tree_of(values).root()
    assert auditor.roots_from_consistency(old, new, path, before) == (before, after)
    size = data.draw(st.integers(1, 70))
    broken = data.draw(st.permutations(path))[: data.draw(st.integers(0, len(path)))]
    for at in (old, size):
        found = auditor.roots_from_consistency(at, new, broken, before)
        verified = merkle.verify_consistency(at, new, broken, before, after)
        assert (found == (before, after)) == verified


TEXT = st.text(st.sampled_from("ab1+\u2014 \n\x00="), max_size=30)


def outcome(call, *arguments):
    try:
        return call(*arguments)
    except (auditor.Malformed, ValueError):
        return None


@given(st.binary(max_size=60) | TEXT.map(str.encode))
def test_notes_that_are_none(data):
    mine, theirs = outcome(auditor.note_of, data), outcome(note.parse_note, data)
    if theirs is not None:
        assert mine is not None
        assert mine.text == theirs.text
        assert mine.lines == tuple((s.name, s.key_id, s.value) for s in theirs.signatures)


@settings(deadline=None)
@given(
    st.sampled_from(["log", "a b", "", "l\u00f6g"]),
    st.sampled_from(["0", "1", "01", "-1", "9223372036854775807", "9223372036854775808", "x"]),
    st.binary(min_size=31, max_size=33).map(lambda v: base64.b64encode(v).decode()),
    st.sampled_from(["", "more\n", "\n"]),
)
def test_checkpoints(origin, size, root, more):
    line = f"\u2014 log {base64.b64encode(b'i' * 68).decode()}\n"
    data = f"{origin}\n{size}\n{root}\n{more}\n{line}".encode()
    mine = outcome(auditor.checkpoint_of, data)
    theirs = outcome(lambda: checkpoint.parse_checkpoint(note.parse_note(data).text))
    if theirs is not None:
        assert mine is not None
        assert (mine.origin, mine.size, mine.root) == (theirs.origin, theirs.size, theirs.root)
    else:
        assert mine is None


@settings(deadline=None)
@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_proofs(index, path):
    signature = note.Signature("log", b"1234", b"x" * 64)
    text = checkpoint.format_checkpoint(checkpoint.Checkpoint("log", 1, b"r" * 32))
    held = proof.Proof(index, tuple(path), note.Note(text, (signature,)), b"extra")
    found = auditor.proof_of(proof.format_proof(held))
    assert (found.number, found.path, found.checkpoint.size) == (index, tuple(path), 1)


@pytest.mark.parametrize("kind", RECORDS)
def test_every_kind_is_known(kind):
    """A record of each kind, its fields filled by their types, is filed as the auditor expects."""
    hints = typing.get_type_hints(kind)
    values = {field.name: made(hints[field.name]) for field in dataclasses.fields(kind)}
    record = kind(**values)
    entry = entry_of(record)
    row = auditor.Row(
        1, entry.kind, entry.run, key_of(record), entry.body, entry.digest, thread_of(record)
    )
    assert kind.__name__ in auditor.TELLING
    assert auditor.wrong_with(row, auditor.digest_of(row))[0] == ""
    assert auditor.leaf_of(7, entry.kind, entry.digest) == Leaf(7, entry.kind, entry.digest).hash


def made(hint):
    if hint is bool:
        return True
    if hint is int:
        return 3
    return "t" if hint is str else () if typing.get_origin(hint) is tuple else None


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_canonical_json_is_what_the_ledger_writes(text):
    record = recorded.decided("s", 1, tool=text)
    row = auditor.Row(1, *entry_of(record))
    assert row.body == body_of(record)
    assert auditor.wrong_with(row, row.digest)[0] == ""


@given(st.text(max_size=40))
def test_commitments(text):
    salt, made_ = vault.salted(text)
    assert auditor.commitment(salt, text) == made_
    assert auditor.commitment("x" * 64, text) == ""


def test_digests_of_policies():
    exported = export_policy(load_policy("starter"))
    assert auditor.policy_digest(exported) == digest_of_export(exported) == exported["digest"]
    exported["rules"][0]["clauses"][0][1] += "."
    assert auditor.policy_digest(exported) != exported["digest"]
    for bad in (None, [], {}, {"layers": 3}):
        assert auditor.policy_digest(bad) == ""
