"""The file of a log: damaged, huge, encrypted, zstd, or no archive at all."""

import io
import json
import sys
import zipfile

import pytest

from charter.errors import ParseError, StorageError
from charter.evals.inspect import archive as module
from charter.evals.inspect.archive import Archive, Bounds

zstd = pytest.importorskip("backports.zstd.zipfile", reason="needs the extra `inspect`")


def packed(path, members, method=zipfile.ZIP_DEFLATED, tool=zipfile):
    with tool.ZipFile(path, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_usual_ways_of_packing(tmp_path, method):
    with Archive(packed(tmp_path / "a.eval", {"x.json": '{"a": [1]}'}, method)) as archive:
        assert archive.names == ("x.json",)
        assert archive.load("x.json") == {"a": [1]}
        assert archive.digest().startswith("sha256:")


def test_zstd(tmp_path):
    file = packed(tmp_path / "a.eval", {"x.json": "[1]"}, zstd.ZIP_ZSTANDARD, zstd)
    with Archive(file) as archive:
        assert archive.load("x.json") == [1]


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads zstd by itself")
def test_zstd_without_the_package_is_one_clear_line(tmp_path, monkeypatch):
    file = packed(tmp_path / "a.eval", {"x.json": "[1]"}, zstd.ZIP_ZSTANDARD, zstd)

    class Plain(zipfile.ZipFile):
        def open(self, *_):
            raise NotImplementedError("That compression method is not supported")

    class Module:
        ZipFile = Plain

    monkeypatch.setattr(module, "_zip_module", lambda: Module)
    with Archive(file) as archive, pytest.raises(StorageError, match=r"zstd.*charter\[inspect\]"):
        archive.load("x.json")


def test_constants_that_json_lacks_are_read(tmp_path):
    with Archive(packed(tmp_path / "a.eval", {"x.json": "[NaN, Infinity]"})) as archive:
        first, second = archive.load("x.json")
    assert first != first  # noqa: PLR0124 - NaN
    assert second == float("inf")


@pytest.mark.parametrize("content", ["{", "\xff", "[" * 100_000, "1" * 5000])
def test_what_is_no_json_is_an_error(tmp_path, content):
    with (
        Archive(packed(tmp_path / "a.eval", {"x.json": content})) as archive,
        pytest.raises(ParseError, match=r"x\.json"),
    ):
        archive.load("x.json")


def test_a_bomb_is_stopped_at_the_bound(tmp_path):
    file = packed(tmp_path / "a.eval", {"x.json": b"0" * (30 * 2**20)})
    assert file.stat().st_size < 100_000
    with Archive(file, Bounds(member=2**20)) as archive, pytest.raises(ParseError, match="1 MB"):
        archive.load("x.json")


def test_all_members_together_are_bounded(tmp_path):
    content = json.dumps("x" * 2**20)
    file = packed(tmp_path / "a.eval", {f"{n}.json": content for n in range(4)})
    with Archive(file, Bounds(total=3 * 2**20)) as archive:
        archive.load("0.json")
        archive.load("1.json")
        with pytest.raises(ParseError, match="3 MB"):
            archive.load("2.json")


def test_a_size_that_lies_is_no_way_around(tmp_path):
    file = packed(tmp_path / "a.eval", {"x.json": b"0" * (4 * 2**20)})
    content = bytearray(file.read_bytes())
    place = content.rindex(b"PK\x01\x02") + 24  # size unpacked, in the directory
    content[place : place + 4] = (10).to_bytes(4, "little")
    file.write_bytes(content)
    with Archive(file, Bounds(member=2**20)) as archive, pytest.raises(ParseError):
        archive.load("x.json")


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04" + b"\x00" * 100])
def test_what_is_no_archive(tmp_path, damage):
    file = tmp_path / "a.eval"
    file.write_bytes(damage)
    with pytest.raises(ParseError, match="no zip archive"):
        Archive(file)


def test_damaged_bytes(tmp_path):
    file = packed(tmp_path / "a.eval", {"x.json": json.dumps(list(range(5000)))})
    content = bytearray(file.read_bytes())
    content[200:400] = b"\xaa" * 200
    file.write_bytes(content)
    with Archive(file) as archive, pytest.raises(ParseError, match="damaged"):
        archive.load("x.json")


def test_a_file_that_ends_early(tmp_path):
    file = packed(tmp_path / "a.eval", {"x.json": json.dumps(list(range(5000)))})
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ParseError):
        Archive(file)


def test_encrypted_members(tmp_path):
    file = packed(tmp_path / "a.eval", {"x.json": "[]"})
    content = bytearray(file.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.rindex(mark) + at] |= 1
    file.write_bytes(content)
    with Archive(file) as archive, pytest.raises(ParseError, match="encrypted"):
        archive.load("x.json")


def test_places_that_are_no_file(tmp_path):
    with pytest.raises(ParseError, match="no such file"):
        Archive(tmp_path / "absent.eval")
    with pytest.raises(ParseError, match="is a folder"):
        Archive(tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_members_of_one_name_the_last_counts(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("x.json", "1")
        file.writestr("x.json", "2")
    path = tmp_path / "a.eval"
    path.write_bytes(buffer.getvalue())
    with Archive(path) as archive:
        assert archive.names == ("x.json",)
        assert archive.load("x.json") == 2


def test_too_many_members(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_MEMBERS", 2)
    with pytest.raises(ParseError, match="3 members"):
        Archive(packed(tmp_path / "a.eval", {str(n): "" for n in range(3)}))
