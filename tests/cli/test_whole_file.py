"""Files are written whole or not at all."""

import os

import pytest

from charter.cli.whole_file import write_whole
from charter.errors import StorageError


def test_a_new_file_gets_its_folder(tmp_path):
    write_whole(tmp_path / "a" / "b.md", "é\r\n")
    assert (tmp_path / "a" / "b.md").read_bytes() == "é\r\n".encode()


def test_mode_and_neighbours_stay(tmp_path):
    file = tmp_path / "b.md"
    file.write_text("old")
    file.chmod(0o640)
    write_whole(file, "new", was="old")
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["b.md"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path):
    file = tmp_path / "b.md"
    file.write_text("theirs")
    with pytest.raises(StorageError, match="changed by somebody else"):
        write_whole(file, "new", was="old")
    assert file.read_text() == "theirs"


def test_a_folder_in_its_place_is_one_error(tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        write_whole(tmp_path, "new")
    assert list(tmp_path.parent.glob("*.part")) == []


def test_what_is_no_file_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, "new")
        assert os.read(reader, 10) == b"new"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_link_is_followed(tmp_path):
    (tmp_path / "a.md").write_text("old")
    (tmp_path / "b.md").symlink_to("a.md")
    write_whole(tmp_path / "b.md", "new", was="old")
    assert (tmp_path / "b.md").is_symlink()
    assert (tmp_path / "a.md").read_text() == "new"
