import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.tlog import signing

from charter.ledger.tlog.checkpoint import Checkpoint, format_checkpoint
from charter.ledger.tlog.ed25519 import verify
from charter.ledger.tlog.merkle import Tree, inclusion_proof, leaf_hash
from charter.ledger.tlog.note import (
    COSIGNATURE,
    ED25519,
    Key,
    Note,
    Signature,
    format_note,
    sign_text,
)
from charter.ledger.tlog.proof import (
    HEADER,
    MAX_EXTRA,
    Proof,
    format_proof,
    parse_proof,
    verify_proof,
)

ORIGIN = "log.example/decisions"
LOG = Key(ORIGIN, ED25519, signing.public(bytes(32)))
WITNESS = Key("witness.example", COSIGNATURE, signing.public(b"w" * 32))
ENTRIES = [b"entry %d" % number for number in range(11)]
UNSIGNED = Note("text\n", (Signature("name", b"abcd", b"x"),))
CHECK = functools.partial(verify_proof, origin=ORIGIN, log=LOG, verify=verify)


def sign_note(body):
    return Note(
        body,
        (
            sign_text(body, LOG, functools.partial(signing.sign, bytes(32))),
            sign_text(body, WITNESS, functools.partial(signing.sign, b"w" * 32), time=7),
        ),
    )


@pytest.fixture(scope="module")
def proof():
    tree, nodes = Tree(), {}
    for entry in ENTRIES:
        for node in tree.append(leaf_hash(entry)):
            nodes[node.level, node.position] = node.hash
    hashes = inclusion_proof(5, 11, lambda level, index: nodes[level, index])
    return Proof(5, hashes, sign_note(format_checkpoint(Checkpoint(ORIGIN, 11, tree.root))))


def test_the_layout_is_that_of_the_specification(proof):
    lines = format_proof(proof).split(b"\n")
    assert lines[:2] == [HEADER.encode(), b"index 5"]
    assert [len(line) for line in lines[2:7]] == [44, 44, 44, 44, 0]
    assert b"\n".join(lines[7:]) == format_note(proof.checkpoint)
    extra = format_proof(Proof(5, proof.hashes, proof.checkpoint, b"more"))
    assert extra.split(b"\n")[1] == b"extra bW9yZQ=="


def test_a_proof_stands_alone(proof):
    again = parse_proof(format_proof(proof))
    assert again == proof
    verdict = CHECK(again, ENTRIES[5], witnesses=[WITNESS], quorum=1)
    assert verdict.ok
    assert [signer.time for signer in verdict.signers] == [None, 7]


def test_every_other_claim_is_refused(proof):
    assert CHECK(proof, ENTRIES[4]).reason == "the path does not lead from the entry to the root"
    assert not CHECK(Proof(4, proof.hashes, proof.checkpoint), ENTRIES[5]).ok
    assert not CHECK(Proof(5, proof.hashes[1:], proof.checkpoint), ENTRIES[5]).ok
    assert CHECK(proof, ENTRIES[5], origin="other").reason == "the checkpoint is of another log"
    assert not CHECK(proof, ENTRIES[5], quorum=1).ok
    assert CHECK(Proof(0, (), UNSIGNED), b"").reason == "no signature by a known key"
    assert "is no checkpoint" in CHECK(Proof(0, (), sign_note("text\n")), b"").reason


def test_any_changed_byte_is_refused(proof):
    data = format_proof(proof)
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            other = parse_proof(changed)
        except ValueError:
            continue
        verdict = CHECK(other, ENTRIES[5], witnesses=[WITNESS], quorum=1)
        assert not verdict.ok, at


@settings(max_examples=60)
@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(max_size=100),
)
def test_every_proof_goes_both_ways(index, hashes, extra):
    proof = Proof(index, tuple(hashes), UNSIGNED, extra)
    assert parse_proof(format_proof(proof)) == proof


def test_the_largest_proof_goes_both_ways():
    proof = Proof(2**63 - 1, (bytes(32),) * 63, UNSIGNED, bytes(MAX_EXTRA))
    assert parse_proof(format_proof(proof)) == proof


NOTE = format_note(UNSIGNED)
HASH = b"A" * 43 + b"=\n"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"c2sp.org/tlog-proof@v2\nindex 0\n",
        b"c2sp.org/tlog-proof@v1\n",
        b"c2sp.org/tlog-proof@v1\nindex 00\n",
        b"c2sp.org/tlog-proof@v1\nindex  0\n",
        b"c2sp.org/tlog-proof@v1\r\nindex 0\r\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n",
        b"c2sp.org/tlog-proof@v1\nextra AB==\nindex 0\n",
        b"c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\nindex 0\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nAA==\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n" + HASH * 64,
        b"c2sp.org/tlog-proof@v1\nindex 0\n" + HASH * 9_000,
        b"c2sp.org/tlog-proof@v1\nindex \xd9\xa0\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n\n",
    ],
)
def test_malformed_proofs_are_refused(head):
    with pytest.raises(ValueError, match=r"proof|line|index|hash|path|extra|note|signature"):
        parse_proof(head + b"\n" + NOTE if not head.endswith(b"\n\n") else head)


def test_values_out_of_range_are_refused():
    for index, hashes, extra in (
        (-1, (), None),
        (0, (bytes(32),) * 64, None),
        (0, (b"",), None),
        (0, (), bytes(MAX_EXTRA + 1)),
    ):
        with pytest.raises(ValueError, match=r"index|hash|extra"):
            Proof(index, hashes, UNSIGNED, extra)
    with pytest.raises(ValueError, match="at most"):
        parse_proof(b"x" * 2_000_000)
