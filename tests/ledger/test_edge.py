"""The edge grows as the tree of RFC 6962 does, whatever the steps."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.ledger.edge import Edge
from charter.ledger.tlog.merkle import EMPTY_ROOT, Tree
from charter.ledger.tlog.tile import crown


def leaf(number):
    return hashlib.sha256(b"%d" % number).digest()


def grown(sizes):
    """Return an edge grown in steps, the full tiles, and the tree grown by single leaves."""
    edge, tree, full = Edge(), Tree(), {}
    for size in sizes:
        before = (edge.size, edge.root)
        after = edge.copy()
        for _ in range(size):
            at = after.size
            tree.append(leaf(at))
            full |= {(tile.level, tile.n): tile.data for tile in after.add(leaf(at))}
        assert (edge.size, edge.root) == before, "a copy grows on its own"
        edge = after
    return edge, full, tree


@given(st.lists(st.integers(0, 400), max_size=8))
def test_any_steps_make_the_same_tree(sizes):
    edge, full, tree = grown(sizes)
    assert (edge.size, edge.root) == (tree.size, tree.root)
    assert set(full) == {(0, n) for n in range(edge.size // 256)}
    rest = [leaf(n) for n in range(edge.size // 256 * 256, edge.size)]
    again = Edge.restore(edge.size, rest, lambda level, n: full[level, n])
    assert (again.size, again.root) == (edge.size, edge.root)
    again.add(leaf(edge.size))
    tree.append(leaf(edge.size))
    assert again.root == tree.root
    assert edge.partial(0, edge.size // 256, len(rest)) == (b"".join(rest) if edge.size else None)


def test_tiles_of_the_second_level():
    edge, full, tree = grown([65_536, 1000])
    assert full[1, 0] == b"".join(crown(full[0, n]) for n in range(256))
    assert edge.partial(1, 0, 1) is None
    assert edge.partial(1, 1, 3) == b"".join(crown(full[0, n]) for n in (256, 257, 258))
    assert edge.partial(2, 0, 1) == crown(full[1, 0])
    assert edge.partial(3, 0, 1) is None
    rest = [leaf(n) for n in range(66_304, 66_536)]
    again = Edge.restore(66_536, rest, lambda level, n: full[level, n])
    assert again.root == edge.root == tree.root


def test_an_edge_is_not_made_of_too_few_leaves():
    assert Edge().root == EMPTY_ROOT
    with pytest.raises(ValueError, match="2 hashes at level 0, not 3"):
        Edge.restore(3, [leaf(0), leaf(1)], lambda *_: b"")
