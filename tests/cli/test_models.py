"""`charter models`: what is shown, from the same values as the library's."""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.errors import ConfigError, StorageError


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(cli, ["models", *words])


def test_list_shows_the_catalogue(run, tmp_path):
    done = run("list")
    assert done.exit_code == 0
    for word in ("smollm2-135m", "embedded", "98 MB", "Apache-2.0", "no", str(tmp_path)):
        assert word in done.stdout


def test_list_as_json_has_the_same(run):
    (row,) = json.loads(run("list", "--json").stdout)
    assert sorted(row) == ["bytes", "licence", "name", "path", "present", "provider"]
    assert (row["name"], row["bytes"], row["present"]) == ("smollm2-135m", 98362432, False)


def test_errors_of_pull_are_left_to_the_entry_point(run, tmp_path, monkeypatch):
    assert isinstance(run("pull", "gpt-9").exception, ConfigError)
    (tmp_path / "file").write_bytes(b"GGUF")
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "file"))
    failed = run("pull", "--from", str(tmp_path / "file"))
    assert isinstance(failed.exception, StorageError)


def test_pull_from_a_missing_file_is_a_usage_error(run):
    assert run("pull", "--from", "nowhere.whl").exit_code == 2
