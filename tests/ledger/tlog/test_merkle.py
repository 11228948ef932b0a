import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.ledger.tlog.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_at,
    verify_consistency,
    verify_inclusion,
)

# The usual eight test leaves of RFC 6962 implementations, and the roots over the first n.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZE = 70
DATA = [b"entry %d" % number for number in range(SIZE)]


# RFC 6962 section 2.1, word for word: slow, and another way than the code under test.
def mth(data):
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = below(len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def below(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m, data):
    if len(data) == 1:
        return []
    k = below(len(data))
    if m < k:
        return [*path(m, data[:k]), mth(data[k:])]
    return [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m, data, *, whole):
    if m == len(data):
        return [] if whole else [mth(data)]
    k = below(len(data))
    if m <= k:
        return [*subproof(m, data[:k], whole=whole), mth(data[k:])]
    return [*subproof(m - k, data[k:], whole=False), mth(data[:k])]


def grow(data):
    tree, nodes = Tree(), {}
    for entry in data:
        for node in tree.append(leaf_hash(entry)):
            assert (node.level, node.position) not in nodes
            nodes[node.level, node.position] = node.hash
    return tree, lambda level, index: nodes[level, index]


def flips(value):
    """One flipped bit in every byte."""
    for at in range(len(value)):
        yield value[:at] + bytes([value[at] ^ 1 << at % 8]) + value[at + 1 :]


_, READ = grow(DATA)
HEADS = [mth(DATA[:size]) for size in range(SIZE + 1)]


def test_known_roots():
    tree = Tree()
    assert tree.root.hex() == ROOTS[0]
    for size, leaf in enumerate(LEAVES, 1):
        tree.append(leaf_hash(leaf))
        assert tree.size == size
        assert tree.root.hex() == ROOTS[size]


def test_roots_and_restored_trees_are_those_of_the_definition():
    tree = Tree()
    for size in range(SIZE + 1):
        assert tree.root == root_at(size, READ) == HEADS[size]
        again = Tree.restore(size, READ)
        assert (again.size, again.root) == (size, HEADS[size])
        if size < SIZE:
            assert again.append(leaf_hash(DATA[size])) == tree.append(leaf_hash(DATA[size]))
            assert again.root == HEADS[size + 1]


def test_each_append_reports_what_it_completed():
    for size in range(SIZE):
        made = Tree.restore(size, READ).append(leaf_hash(DATA[size]))
        for level, node in enumerate(made):
            start = node.position << level
            assert node.level == level
            assert start + (1 << level) == size + 1
            assert node.hash == mth(DATA[start : size + 1])
        assert (size + 1) % (1 << len(made)) != 0


def test_inclusion_is_the_definition_for_all_sizes():
    for size in range(1, SIZE + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, READ)
            assert list(proof) == path(index, DATA[:size])
            assert len(proof) <= (size - 1).bit_length()
            assert verify_inclusion(leaf_hash(DATA[index]), index, size, proof, HEADS[size])


def test_consistency_is_the_definition_for_all_sizes():
    for new in range(SIZE + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, READ)
            assert list(proof) == (subproof(old, DATA[:new], whole=True) if old else [])
            assert verify_consistency(old, new, proof, HEADS[old], HEADS[new])


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (5, 7), (6, 7), (3, 8), (64, 65)])
def test_any_flipped_byte_of_an_inclusion_is_refused(index, size):
    proof, leaf, root = inclusion_proof(index, size, READ), leaf_hash(DATA[index]), HEADS[size]
    for wrong in flips(leaf):
        assert not verify_inclusion(wrong, index, size, proof, root)
    for wrong in flips(root):
        assert not verify_inclusion(leaf, index, size, proof, wrong)
    for at, value in enumerate(proof):
        for wrong in flips(value):
            changed = [*proof[:at], wrong, *proof[at + 1 :]]
            assert not verify_inclusion(leaf, index, size, changed, root)


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 7), (6, 8), (8, 8), (33, 70)])
def test_any_flipped_byte_of_a_consistency_is_refused(old, new):
    proof, before, after = consistency_proof(old, new, READ), HEADS[old], HEADS[new]
    for wrong in flips(before):
        assert not verify_consistency(old, new, proof, wrong, after)
    for wrong in flips(after):
        assert not verify_consistency(old, new, proof, before, wrong)
    for at, value in enumerate(proof):
        for wrong in flips(value):
            changed = [*proof[:at], wrong, *proof[at + 1 :]]
            assert not verify_consistency(old, new, changed, before, after)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_proof_serves_no_other_place_and_no_other_length(data):
    size = data.draw(st.integers(1, SIZE))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    proof, leaf = inclusion_proof(index, size, READ), leaf_hash(DATA[index])
    assert verify_inclusion(leaf, other, size, proof, HEADS[size]) == (other == index)
    for changed in (proof[:-1] if proof else (bytes(32),), (*proof, bytes(32)), (leaf, *proof)):
        assert not verify_inclusion(leaf, index, size, changed, HEADS[size])


@settings(max_examples=150, deadline=None)
@given(st.integers(1, SIZE), st.integers(1, SIZE), st.integers(1, SIZE))
def test_a_consistency_serves_no_other_sizes(one, two, other):
    old, new = sorted((one, two))
    proof = consistency_proof(old, new, READ)
    for changed in ((*proof, bytes(32)), proof[1:] if proof else (bytes(32),)):
        assert not verify_consistency(old, new, changed, HEADS[old], HEADS[new])
    if other != old:
        assert not verify_consistency(other, new, proof, HEADS[old], HEADS[new])


def test_a_rewritten_log_is_not_consistent():
    _, read = grow([*DATA[:10], b"another", *DATA[11:]])
    for old, new in ((11, 20), (16, 70), (64, 70)):
        proof = consistency_proof(old, new, read)
        assert not verify_consistency(old, new, proof, HEADS[old], root_at(new, read))


def test_the_empty_tree():
    assert verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 0, (), EMPTY_ROOT, HEADS[1])
    assert not verify_consistency(0, 1, (), HEADS[1], HEADS[1])
    assert not verify_consistency(0, 1, (bytes(32),), EMPTY_ROOT, HEADS[1])


def test_malformed_input_is_false_or_refused():
    leaf = leaf_hash(DATA[0])
    assert not verify_inclusion(leaf, 1, 1, (), leaf)
    assert not verify_inclusion(leaf, -1, 1, (), leaf)
    assert not verify_inclusion(leaf, 0, 2**63, (leaf,) * 63, leaf)
    assert not verify_inclusion(leaf, 0, 2, (b"short",), leaf)
    assert not verify_inclusion(leaf, 0, 1, (leaf,) * 1_000, leaf)
    assert not verify_inclusion(b"", 0, 1, (), b"")
    assert not verify_consistency(2, 1, (), leaf, leaf)
    assert not verify_consistency(1, 2**63, (leaf,), leaf, leaf)
    assert not verify_consistency(1, 2, (b"short",), leaf, leaf)
    assert not verify_consistency(3, 4, (), HEADS[3], HEADS[4])
    with pytest.raises(ValueError, match="no leaf 1"):
        inclusion_proof(1, 1, READ)
    with pytest.raises(ValueError, match="does not extend"):
        consistency_proof(2, 1, READ)
    with pytest.raises(ValueError, match="31 bytes"):
        Tree().append(bytes(31))
    with pytest.raises(ValueError, match="tree size"):
        Tree.restore(-1, READ)
