"""What is kept saves time and changes nothing."""

from __future__ import annotations

import hashlib
import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.publish import kept

TEXT = """---
version: {version}
---

# One {{#one authority=root}}

It must {word}[^aaaa]. See [?](#two).

# Two {{#two authority=user}}

It should rest.
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder of what is kept."""
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "pages"


def specs(folder, word="stay"):
    """Write three versions, of which the newest has a word of its own."""
    for at, said in enumerate(("go", "run", word)):
        (folder / f"{at}.md").write_text(TEXT.format(version=at, word=said), "utf-8")
    return [str(folder / f"{at}.md") for at in range(3)]


def publish(out, *files):
    """Publish, and return every file with its bytes."""
    done = CliRunner().invoke(cli, ["publish", *files, "--out", str(out)])
    assert done.exit_code == 0, done.output
    return {f.relative_to(out).as_posix(): f.read_bytes() for f in out.rglob("*") if f.is_file()}


def test_the_same_bytes_come_out_whether_kept_or_not(tmp_path, cache, monkeypatch):
    first = publish(tmp_path / "a", *specs(tmp_path))
    kept_files = {file.name for file in cache.iterdir()}
    assert len(kept_files) == 3 + 3 + 3 + 1
    assert publish(tmp_path / "b", *specs(tmp_path)) == first
    assert {file.name for file in cache.iterdir()} == kept_files
    edited = publish(tmp_path / "b", *specs(tmp_path, "wait"))
    assert len({file.name for file in cache.iterdir()} - kept_files) == 1 + 1 + 2 + 1
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "other"))
    assert publish(tmp_path / "c", *specs(tmp_path, "wait")) == edited
    assert edited["one.html"] != first["one.html"]


@pytest.mark.parametrize("harm", ["cut", "changed", "foreign", "other"])
def test_what_is_damaged_is_made_again(cache, harm):
    assert kept.on_disk(["a"], lambda: {"x": "1"}) == {"x": "1"}
    (file,) = cache.iterdir()
    content = file.read_bytes()
    if harm == "cut":
        file.write_bytes(content[:-1])
    elif harm == "changed":
        file.write_bytes(content.replace(b'"1"', b'"3"'))
    elif harm == "foreign":
        file.chmod(0o666)
    else:  # whole, but of another key
        kept.on_disk(["b"], lambda: {"x": "3"})
        (other,) = {*cache.iterdir()} - {file}
        file.write_bytes(other.read_bytes())
    assert kept.on_disk(["a"], lambda: {"x": "2"}) == {"x": "2"}


@pytest.mark.parametrize("pieces", [{}, {"x": "1"}, {"pagefind/../../x": "YQ=="}, "none", "cut"])
def test_what_is_whole_but_not_what_was_asked_for_is_made_again(tmp_path, cache, pieces):
    first = publish(tmp_path / "a", *specs(tmp_path))
    for file in cache.iterdir():
        said = json.loads(file.read_bytes().partition(b"\n")[2])
        said["pieces"] = changed(said["pieces"], pieces)
        body = json.dumps(said).encode()
        checksum = hashlib.sha256(body).hexdigest().encode()
        file.write_bytes(checksum + b"\n" + body)
    again = publish(tmp_path / "b", *specs(tmp_path))
    searched = {name for name in first if name.startswith(("pagefind/", "."))}
    assert [again[each] for each in first if each not in searched] == [
        first[each] for each in first if each not in searched
    ]
    assert again == first or pieces == "cut"  # what an index needs, Pagefind alone knows


def changed(real, pieces):
    """Return other pieces than those that were kept."""
    if pieces == "none":
        return dict.fromkeys(real)
    return dict([*real.items()][:-1]) if pieces == "cut" else pieces


def test_another_version_of_charter_or_its_code_makes_it_again(cache, monkeypatch):
    made = iter("123")

    def ask():
        return kept.on_disk(["a"], lambda: {"x": next(made)})["x"]

    assert (ask(), ask()) == ("1", "1")
    monkeypatch.setattr(kept, "VERSION", "999")
    assert ask() == "2"
    monkeypatch.setattr(kept, "_code", lambda: [0])
    assert ask() == "3"


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "file"))
    assert kept.on_disk(["a"], lambda: {"x": "1"}) == {"x": "1"}


def test_what_is_kept_is_plain_text(cache):
    kept.on_disk(["a"], lambda: {"x": "<p>\udc00"})
    (file,) = cache.iterdir()
    assert json.loads(file.read_bytes().partition(b"\n")[2])["pieces"] == {"x": "<p>\udc00"}
