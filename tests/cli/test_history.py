"""`charter history` reads one or several ledgers and writes three forms."""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code

from .test_report import runs  # noqa: F401 - a fixture


def run(*arguments):
    found = CliRunner().invoke(cli, ["history", *arguments], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


@pytest.mark.usefixtures("runs")
def test_runs_of_several_ledgers_are_one_history():
    document = json.loads(run("--ledger", "runs", "--ledger", "other", "--json"))
    assert document["format"] == "charter-history/1"
    (line,) = document["specs"][0]["models"]
    assert [one["id"] for one in line["runs"]] == ["one", "three", "two"]
    assert "100.0 %" in run()


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_out_writes_the_file_and_nothing_to_stdout(tmp_path, form):
    assert run("--format", form, "--out", "history") == "written: history\n"
    text = (tmp_path / "history").read_text(encoding="utf-8")
    assert {"text": "scripted:m", "json": '"charter-', "html": "<!doctype html>"}[form] in text


@pytest.mark.usefixtures("runs")
def test_an_unknown_spec_is_an_error(capsys):
    assert exit_code(["history", "--spec", "large"]) == 3
    assert "no run of spec 'large'" in capsys.readouterr().err
