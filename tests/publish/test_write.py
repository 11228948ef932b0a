"""The folder: whole, ours alone, and the same for the same input."""

from __future__ import annotations

import json

import pytest

from charter.errors import ConfigError, StorageError
from charter.publish.write import MANIFEST, write_site

FILES = (("index.html", b"<p>one</p>"), ("s/a.html", b"a"), ("v/1/all.html", b"all"))


def tree(folder):
    """Return every file of a folder with its bytes."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_all_is_written_and_listed(tmp_path):
    made = write_site(tmp_path / "site", FILES)
    assert (made.files, made.new, made.removed, made.size) == (3, 3, 0, 14)
    found = tree(tmp_path / "site")
    assert {k: v for k, v in found.items() if k != MANIFEST} == dict(FILES)
    assert set(json.loads(found[MANIFEST])["files"]) == {address for address, _ in FILES}


def test_what_did_not_change_is_not_written_again(tmp_path):
    write_site(tmp_path, FILES)
    kept = (tmp_path / "index.html").stat()
    made = write_site(tmp_path, (FILES[0], FILES[1], ("v/1/all.html", b"new")))
    assert (made.new, made.removed) == (1, 0)
    assert (tmp_path / "index.html").stat() == kept


def test_a_file_that_somebody_changed_is_put_right(tmp_path):
    write_site(tmp_path, FILES)
    (tmp_path / "s/a.html").write_bytes(b"b")
    assert write_site(tmp_path, FILES).new == 1


def test_what_is_gone_is_removed_with_its_folders(tmp_path):
    write_site(tmp_path, FILES)
    (tmp_path / "own.txt").write_text("mine")
    assert write_site(tmp_path, FILES[:1]).removed == 2
    assert set(tree(tmp_path)) == {"index.html", "own.txt", MANIFEST}
    assert not (tmp_path / "v").exists()


def test_a_foreign_folder_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ConfigError, match="something else"):
        write_site(tmp_path, FILES)
    assert set(tree(tmp_path)) == {"letter.txt"}


@pytest.mark.parametrize("said", ["", "{", "[]", '{"format": "other", "files": {}}', "[" * 9999])
def test_a_foreign_manifest_is_refused(tmp_path, said):
    (tmp_path / MANIFEST).write_text(said)
    with pytest.raises(ConfigError):
        write_site(tmp_path, FILES)


@pytest.mark.parametrize("address", ["../x", "/x", "a/../../x", "", "a\\b", "a\x00", MANIFEST])
def test_nothing_is_written_outside(tmp_path, address):
    with pytest.raises(ConfigError):
        write_site(tmp_path / "site", [(address, b"x")])


def test_a_manifest_cannot_remove_what_lies_outside(tmp_path):
    outside = tmp_path / "precious.txt"
    outside.write_text("gold")
    site = tmp_path / "site"
    write_site(site, FILES)
    manifest = json.loads((site / MANIFEST).read_text())
    manifest["files"]["../precious.txt"] = "x"
    manifest["files"][str(outside)] = "x"
    (site / MANIFEST).write_text(json.dumps(manifest))
    write_site(site, FILES)
    assert outside.read_text() == "gold"


def test_a_link_to_elsewhere_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    site = tmp_path / "site"
    write_site(site, FILES[:1])
    (site / "s").symlink_to(elsewhere)
    with pytest.raises(ConfigError):
        write_site(site, FILES)
    assert not list(elsewhere.iterdir())


def test_an_interrupted_build_can_go_on(tmp_path):
    def files():
        yield FILES[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_site(tmp_path, files())
    assert write_site(tmp_path, FILES).files == 3


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(ConfigError):
        write_site(tmp_path / "x", FILES)


def test_what_cannot_be_written_says_so(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(StorageError):
        write_site(tmp_path / "x" / "site", FILES)


def test_two_builds_do_not_write_to_one_folder(tmp_path):
    def files():
        yield FILES[0]
        with pytest.raises(ConfigError, match="another"):
            write_site(tmp_path / "site", FILES)
        yield FILES[1]

    assert write_site(tmp_path / "site", files()).files == 2
    assert write_site(tmp_path / "site", FILES).new == 1


def test_what_a_killed_build_left_is_removed(tmp_path):
    write_site(tmp_path / "site", FILES)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / ".charter-part-x").write_text("kept")
    (tmp_path / "site" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "site" / "s" / ".charter-part-abc").write_text("half")
    write_site(tmp_path / "site", FILES)
    assert not (tmp_path / "site" / "s" / ".charter-part-abc").exists()
    assert (tmp_path / "outside" / ".charter-part-x").exists()


def test_a_folder_in_place_of_a_page_is_named(tmp_path):
    write_site(tmp_path, FILES)
    (tmp_path / "index.html").unlink()
    (tmp_path / "index.html").mkdir()
    with pytest.raises(StorageError, match=r"index\.html cannot be written"):
        write_site(tmp_path, FILES)
