"""`charter publish`: what it writes, says and refuses."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.errors import CharterError

TEXT = (
    "---\nversion: '{version}'\n---\n\n# Rule {{#rule authority=root}}\n\nIt must hold {words}.\n"
)

HOSTILE = (
    "https://u:p@a.b/",
    "https://a.b:99999/",
    "https://a.b/\x01",
    "https://a.b/\u202e",
    "https://a.b/\udcff",
    "https://a.b/](javascript:x)",
)


def publish(*arguments):
    """Run the verb."""
    return CliRunner().invoke(cli, ["publish", *map(str, arguments)])


def written(folder, *versions):
    """Write versions of a spec, and return their files."""
    files = []
    for version in versions:
        files.append(folder / f"{version}.md")
        files[-1].write_text(TEXT.format(version=version, words=f"in {version}"))
    return files


def test_versions_are_ordered_and_the_newest_stands_at_the_root(tmp_path):
    files = written(tmp_path, "1.10", "1.9")
    done = publish(*files, "--out", tmp_path / "site", "--no-search")
    assert done.exit_code == 0, done.output
    assert "2 versions" in done.output
    assert "It must hold in 1.10." in (tmp_path / "site" / "rule.html").read_text()
    assert "not the newest" in (tmp_path / "site" / "v" / "1.9" / "rule.html").read_text()


def test_a_second_build_writes_nothing(tmp_path):
    arguments = (*written(tmp_path, "1"), "--out", tmp_path / "site", "--no-search")
    publish(*arguments)
    assert "0 written, 0 removed" in publish(*arguments).output


def test_a_foreign_folder_is_refused(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "letter.txt").write_text("dear")
    done = publish(*written(tmp_path, "1"), "--out", tmp_path / "site", "--no-search")
    assert isinstance(done.exception, CharterError)
    assert "something else" in str(done.exception)


def test_the_same_text_twice_is_refused(tmp_path):
    (file,) = written(tmp_path, "1")
    done = publish(file, file, "--out", tmp_path / "site", "--no-search")
    assert "same text" in str(done.exception)


def test_an_address_that_is_none_is_refused(tmp_path):
    for url in ("javascript:x", "https://", "x", "https://a.b/?q", 'https://a.b/"', *HOSTILE):
        done = publish("starter", "--out", tmp_path / "site", "--no-search", "--base-url", url)
        assert "no address" in str(done.exception), url


def test_the_address_of_a_spec_is_refused(tmp_path):
    done = publish("https://a.example/spec/", "--out", tmp_path / "site")
    assert "no address" in str(done.exception)
    assert not (tmp_path / "site").exists()


def test_pages_that_fail_leave_nothing_half_written(tmp_path, monkeypatch):
    from charter.publish import write  # noqa: PLC0415 - where it is interrupted

    def interrupted(folder, *_):
        (folder / ".charter-part-abc").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "_write_all", interrupted)
    publish(*written(tmp_path, "1"), "--out", tmp_path / "site", "--no-search")
    assert [each.name for each in (tmp_path / "site").iterdir()] == [write.MANIFEST]


@pytest.mark.parametrize("when", ["_program", "_made"])
def test_without_a_search_engine_the_rest_is_published(tmp_path, monkeypatch, when):
    from charter.errors import PluginError  # noqa: PLC0415
    from charter.publish import search  # noqa: PLC0415 - an extra

    def fails(*_):
        raise PluginError("pagefind is not there, so the site has no search")

    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(search, when, fails)
    done = publish(*written(tmp_path, "1"), "--out", tmp_path / "site")
    assert done.exit_code == 0
    assert done.stderr.count("no search") == 1
    assert not (tmp_path / "site" / "search.html").exists()
    if when == "_program":
        count = sum(each.is_file() for each in (tmp_path / "site").rglob("*")) - 1  # the manifest
        assert f"{count} files" in done.stdout
        assert f"{count} written, 0 removed" in done.stdout


def test_notes_on_what_did_not_change_are_named(tmp_path):
    notes = tmp_path / "notes.yaml"
    notes.write_text("'2':\n  note: Yes.\n  changes:\n    nothing: No.\n")
    files = written(tmp_path, "1", "2")
    done = publish(*files, "--notes", notes, "--out", tmp_path / "site", "--no-search")
    assert done.exit_code == 0
    assert "'2: nothing'" in done.stderr


def test_too_many_sections_are_refused(tmp_path):
    (tmp_path / "spec.md").write_text("# A\n\n" * 301)
    done = publish(tmp_path / "spec.md", "--out", tmp_path / "site", "--no-search")
    assert "too many for a site" in str(done.exception)
