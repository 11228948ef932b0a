import functools
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.ledger.tlog.merkle import (
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from charter.ledger.tlog.tile import (
    Tile,
    bundles,
    crown,
    holder,
    pack,
    parse_path,
    reader,
    tiles,
    unpack,
)

LARGE = 65_536 + 300
"""Past the first full tile of level 1."""


@functools.cache
def rows():
    """Every level of complete nodes over LARGE leaves, each by hashing the pairs below it."""
    found = [[leaf_hash(b"%d" % number) for number in range(LARGE)]]
    while len(found[-1]) > 1:
        below = found[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        found.append(list(itertools.starmap(node_hash, pairs)))
    return found


def naive(level, index):
    return rows()[level][index]


def fetch(tile):
    start = tile.index * 256
    return b"".join(rows()[8 * tile.level][start : start + tile.width])


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(63, 999, 255), "tile/63/999.p/255"),
        (Tile(1, 1000, 1), "tile/1/x001/000.p/1"),
        (Tile(None, 273, 112), "tile/entries/273.p/112"),
        (Tile(None, 2**63 - 1), "tile/entries/x009/x223/x372/x036/x854/x775/807"),
    ],
)
def test_paths_go_both_ways(tile, path):
    assert tile.path == path
    assert parse_path(path) == tile


@given(
    st.none() | st.integers(0, 63),
    st.integers(0, 2**63 - 1) | st.integers(0, 10**6),
    st.integers(1, 256),
)
def test_every_path_goes_both_ways(level, index, width):
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/tile/0/000",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/999",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/0/../000",
        "tile/data/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/" + "x001/" * 9_000 + "000",
    ],
)
def test_other_paths_are_refused(path):
    with pytest.raises(ValueError, match="tile"):
        parse_path(path)


def test_tiles_of_the_sizes_in_the_specification():
    assert list(tiles(0)) == []
    assert list(tiles(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles(70_000)) == [
        *(Tile(0, index) for index in range(273)),
        Tile(0, 273, 112),
        Tile(1, 0),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert list(bundles(257)) == [Tile(None, 0), Tile(None, 1, 1)]
    assert list(bundles(0)) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, LARGE), st.integers(0, LARGE))
def test_new_tiles_are_those_the_smaller_tree_has_not(one, two):
    old, new = sorted((one, two))
    assert set(tiles(new, since=old)) == set(tiles(new)) - set(tiles(old))
    assert set(bundles(new, since=old)) == set(bundles(new)) - set(bundles(old))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 513])
def test_reads_equal_the_tree_at_every_node(size):
    read = reader(size, fetch)
    held = set(tiles(size))
    for level in range(size.bit_length()):
        for index in range(size >> level):
            assert holder(level, index, size) in held
            assert read(level, index) == naive(level, index)
        with pytest.raises(ValueError, match="no complete node"):
            read(level, size >> level)


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 65_792, 65_793])
def test_proofs_from_tiles_around_the_second_level(size):
    read = reader(size, fetch)
    root = root_at(size, naive)
    assert Tree.restore(size, read).root == root
    for index in (0, 255, 256, 65_279, 65_534, size - 1):
        proof = inclusion_proof(index, size, read)
        assert proof == inclusion_proof(index, size, naive)
        assert verify_inclusion(naive(0, index), index, size, proof, root)
    for old in (1, 256, 65_280, 65_535, size):
        proof = consistency_proof(old, size, read)
        assert proof == consistency_proof(old, size, naive)
        assert verify_consistency(old, size, proof, root_at(old, naive), root)


def test_a_tile_of_another_width_is_refused():
    with pytest.raises(ValueError, match=r"tile/0/000.p/3 has 64 bytes, not 3 hashes"):
        reader(3, lambda _: bytes(64))(0, 0)


def test_only_full_tiles_are_hashed_upward():
    assert crown(fetch(Tile(0, 1))) == naive(8, 1) == fetch(Tile(1, 0))[32:64]
    with pytest.raises(ValueError, match="full tile"):
        crown(fetch(Tile(0, 1, 255)))


def test_addresses_are_bounded():
    for level, index, width in ((64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 2**63, 1), (0, 0, 257)):
        with pytest.raises(ValueError, match="tile"):
            Tile(level, index, width)
    with pytest.raises(ValueError, match="tile width 0"):
        Tile(0, 0, 0)
    with pytest.raises(ValueError, match="does not extend"):
        list(tiles(1, since=2))
    with pytest.raises(ValueError, match="no complete node"):
        holder(-1, 0, 1)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_bundles_go_both_ways(entries):
    assert unpack(pack(entries), len(entries)) == tuple(entries)


@settings(max_examples=200)
@given(st.binary(max_size=60), st.integers(1, 256))
def test_what_unpacks_packs_to_the_same_bytes(data, width):
    try:
        entries = unpack(data, width)
    except ValueError:
        return
    assert pack(entries) == data
    assert len(entries) == width


def test_bundles_are_bounded():
    whole = pack([b"x" * 65_535, b""])
    assert unpack(whole, 2) == (b"x" * 65_535, b"")
    with pytest.raises(ValueError, match="entry 1 has 65536 bytes"):
        pack([b"", b"x" * 65_536])
    for entries in ([], [b""] * 257):
        with pytest.raises(ValueError, match="1 to 256"):
            pack(entries)
    for data, width in ((whole[:-1], 2), (whole, 3), (b"\x00", 1), (b"\x00\x02a", 1)):
        with pytest.raises(ValueError, match="ends within"):
            unpack(data, width)
    with pytest.raises(ValueError, match="2 bytes after"):
        unpack(whole, 1)
    with pytest.raises(ValueError, match="1 to 256"):
        unpack(b"", 0)
