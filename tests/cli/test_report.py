"""`charter report` finds runs by name, place or age, and writes three formats."""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.run import ModelId, ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded

from .conftest import SMALL


def write(ledger, run, verdict):
    names = tuple(f"s{i}" for i in range(5))
    ledger.append(
        RunStarted(
            run, "2026-11-21T08:15:00Z", "sha256:p", "0.1.0", "small", "Small", "1.0", "sha256:d",
            "sha256:s", ModelId("scripted", "m", None, None), names, 1, 256, "0.0", 0,
        )
    )  # fmt: skip
    for name in names:
        ledger.append(
            ScenarioPlanned(
                run, name, "greet", "Greet people", "user", "freedom", "says hello", None, None,
                "any", None, (),
            ),
            ReplyRecorded(run, name, 0, "Hello!", "stop", (), 1, 1, 1, 1),
            ScoreRecorded(run, name, 0, verdict, "why", "greet", (), "none", "g 1"),
        )  # fmt: skip
    ledger.append(RunFinished(run, "2026-11-21T08:16:00Z"))


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A working folder with two runs in `runs/` and one in `other/`."""
    monkeypatch.chdir(tmp_path)
    for folder, names in (("runs", ("one", "two")), ("other", ("three",))):
        with Ledger(open_store(str(tmp_path / folder / "ledger.sqlite"))) as ledger:
            for name in names:
                write(ledger, name, "violated" if name == "one" else "adhered")
    return tmp_path


def run(*arguments):
    found = CliRunner().invoke(cli, ["report", *arguments], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((), "two"),
        (("latest",), "two"),
        (("one",), "one"),
        (("other",), "three"),
        (("other/ledger.sqlite",), "three"),
        (("--ledger", "other"), "three"),
        (("three", "--ledger", "other/ledger.sqlite"), "three"),
    ],
)
def test_run_is_found_by_id_age_and_place(runs, arguments, name):
    document = json.loads(run(*arguments, "--format", "json"))
    assert document["run"]["id"] == name


def test_text_leads_with_the_summary(runs):
    assert run().startswith("Of 5 scenarios, 5 could be decided by checks alone: 100.0 % adhered")


def test_two_runs_are_compared_even_across_ledgers(runs):
    document = json.loads(run("one", "other", "--format", "json"))
    assert document["format"] == "charter-comparison/2"
    assert document["whole"]["paired"]["better"] == 5
    assert "+100.0 percentage points" in " ".join(run("one", "two").split())


@pytest.mark.parametrize("form", ["text", "json", "html"])
@pytest.mark.parametrize("second", [(), ("two",)])
def test_out_writes_the_file_and_nothing_to_stdout(runs, form, second):
    found = CliRunner().invoke(cli, ["report", "one", *second, "--format", form, "--out", "report"])
    assert (found.exit_code, found.stdout) == (0, "")
    text = (runs / "report").read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert "\x1b" not in text
    assert {"text": "adhered", "json": '"charter-', "html": "<!doctype html>"}[form] in text


@pytest.mark.usefixtures("runs")
def test_coverage_of_a_spec_and_prices_are_shown_where_they_are_given(tmp_path):
    (tmp_path / "charter.toml").write_text(
        '[prices."m"]\ninput = 1000000.0\noutput = 0.0\ncurrency = "EUR"\n'
    )
    document = json.loads(run("--spec", str(SMALL), "--json"))
    assert document["coverage"]["spec"]["name"] == "small"
    assert document["cost"]["model"]["money"] == 5.0
    text = " ".join(run("--spec", str(SMALL)).split())
    assert "Coverage: " in text
    assert "not of the text that the run was measured against" in text
    assert "5.00 EUR" in text
    assert json.loads(run("--json"))["coverage"] is None


@pytest.mark.usefixtures("runs")
def test_judges_can_be_left_out():
    assert json.loads(run("--grading", "none", "--json"))["judging"] is None


def test_list_names_every_run(runs):
    text = run("--list")
    assert "one" in text
    assert "two" in text
    assert json.loads(run("--list", "other", "--format", "json"))[0]["run"] == "three"


def test_list_of_an_empty_ledger_says_so(runs):
    with Ledger(open_store("empty/ledger.sqlite")):
        pass
    assert "no run in empty" in run("--list", "empty")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nothing"], 3, "no run 'nothing'"),
        (["--ledger", "nowhere"], 3, "no such ledger"),
        (["--format", "html", "--out", "no/folder/x.html"], 3, "name a file in an existing"),
        (["--list", "--format", "html"], 2, "no HTML form"),
        (["--list", "one", "two"], 2, "one folder at most"),
        (["--grading", "nothing"], 3, "no grading 'nothing'"),
        (["one", "two", "--spec", "starter"], 2, "are for one run"),
        (["--config", "nowhere.toml"], 2, "nowhere.toml"),
    ],
)
def test_errors_say_what_to_do_next(runs, capsys, arguments, code, words):
    assert exit_code(["report", *arguments]) == code
    assert words in capsys.readouterr().err
