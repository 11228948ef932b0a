"""`charter plan` says what is missing, and what it assumes."""

import json
import random

import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.cli.plan_json import schema
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.run import ModelId, ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded

from .conftest import SMALL


def run(*arguments):
    found = CliRunner().invoke(cli, ["plan", *map(str, arguments)], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def plan(*arguments):
    return json.loads(run(*arguments, "--json"))


def write(ledger, name, *, scenarios=60, repeat=1, seed=0, chance=0.8):
    """Write a run whose scenarios come three from one source."""
    random_ = random.Random(seed)
    names = tuple(f"s{i}" for i in range(scenarios))
    ledger.append(
        RunStarted(
            name, "2026-11-21T08:15:00Z", f"sha256:{name}", "0.1.0", "small", "Small", "1.0",
            "sha256:d", "sha256:s", ModelId("scripted", "m", None, None), names, repeat, 256, "0.0",
            0,
        )
    )  # fmt: skip
    for place, scenario in enumerate(names):
        ledger.append(
            ScenarioPlanned(
                name, scenario, "greet", "Greet people", "user", "freedom", "says hello", None,
                None, "any", None, (), source=f"x{place // 3}",
            )
        )  # fmt: skip
        for epoch in range(repeat):
            verdict = "adhered" if random_.random() < chance else "violated"
            ledger.append(
                ReplyRecorded(name, scenario, epoch, "Hello!", "stop", (), 1, 1, 1, 1),
                ScoreRecorded(name, scenario, epoch, verdict, "why", "greet", (), "none", "g 1"),
            )
    ledger.append(RunFinished(name, "2026-11-21T08:16:00Z"))


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A working folder whose ledger has runs of several kinds."""
    monkeypatch.chdir(tmp_path)
    with Ledger(open_store(str(tmp_path / "runs" / "ledger.sqlite"))) as ledger:
        write(ledger, "single", seed=1)
        write(ledger, "one", repeat=3, seed=2)
        write(ledger, "two", repeat=3, seed=3)
        write(ledger, "few", scenarios=10)
        write(ledger, "perfect", chance=1.1)
    return tmp_path


def test_starter_spec(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = " ".join(run("--detect", "3pt", "--power", "0.8").split())
    assert "641 scenarios are needed" in text
    assert "from a published comparison of two models" in text
    assert "follow_chain" in text


@pytest.mark.parametrize("detect", ["2pt", "2%", "0.02"])
def test_ways_to_write_a_difference(detect):
    assert plan(SMALL, "--detect", detect)["independent"] == 1442


def test_json_keeps_to_its_schema(tmp_path, monkeypatch):
    jsonschema = pytest.importorskip("jsonschema")
    monkeypatch.chdir(tmp_path)
    found = plan(SMALL, "--target", "90%")
    jsonschema.validate(found, schema())
    assert found["format"] == "charter-plan/1"
    assert found["whole"]["to_confirm"] == 29
    assert found["sections"][0]["to_confirm"] == 36  # two sections
    assert CliRunner().invoke(cli, ["schema", "plan"]).exit_code == 0


def test_a_target_that_the_spec_sets_itself_is_said_to_be_of_no_use():
    found = CliRunner().invoke(cli, ["plan", "starter", "--target", "90%"], catch_exceptions=False)
    assert "--target is not used" in found.stderr
    assert exit_code(["plan", "starter", "--target", "2"]) == 2


def test_targets_of_a_configuration_come_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "charter.toml").write_text("[targets]\nroot = 0.95\nfollow_chain = 1.0\nno = 0.5\n")
    found = CliRunner().invoke(cli, ["plan", "--json", "--target", "0.8"])
    assert "targets that name nothing in this spec: no" in found.stderr
    sections = {each["id"]: each for each in json.loads(found.stdout)["sections"]}
    assert sections["follow_chain"]["target"] == 1.0
    assert sections["follow_chain"]["to_confirm"] is None
    assert sections["letter_and_spirit"]["target"] == 0.95
    assert sections["no_sycophancy"]["target"] == 0.8


def test_a_spec_without_scenarios_lacks_all(tmp_path):
    file = tmp_path / "spec.md"
    file.write_text("# Be kind {#kind authority=user}\n\nAlways be kind.\n")
    found = plan(file)
    assert found["whole"]["missing"] == 641
    assert [each["id"] for each in found["sections"]] == ["kind"]


def test_variation_of_one_run(runs):
    found = plan(SMALL, "--run", "single")["assumptions"]
    assert found["sd"] == pytest.approx(0.4, abs=0.1)
    assert "single" in found["origin"]
    assert "0.5" in found["origin"]


def test_variation_of_two_runs_and_repeats(runs):
    both = ("--run", "one", "--run", "two")
    sds = [plan(SMALL, *both, *more)["assumptions"]["sd"] for more in (
        (), ("--repeat", "1"), ("--repeat", "3"), ("--repeat", "30"),
    )]  # fmt: skip
    assert sds[0] == pytest.approx(sds[2])
    assert sds[1] > sds[0] > sds[3]
    text = " ".join(run(SMALL, *both, "--repeat", "1").split())
    assert "one answer to each scenario in place of 3" in text


def test_the_latest_run(runs):
    assert exit_code(["plan", str(SMALL), "--run", "latest"]) == 2  # it does not vary at all


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--detect", "3"], "a bare number is a fraction"),
        (["--detect", "x"], "is no share"),
        (["--power", "1"], "--power '1' must lie above 0 and below 1"),
        (["--power", "0.01"], "larger than half of --alpha"),
        (["--alpha", "60%"], "below 0.5"),
        (["--sd", "nan"], "--sd nan"),
        (["--target", "100%"], "--target"),
        (["--repeat", "3"], "without a run"),
        (["--run", "single", "--repeat", "2"], "one answer to each scenario"),
        (["--run", "few"], "only 10 decided scenarios"),
        (["--run", "single", "--run", "few"], "in common"),
        (["--run", "perfect"], "no scenario came out differently"),
        (["--run", "no such"], "has no run 'no such'"),
        (["--run", "one", "--sd", "0.2"], "no --sd beside"),
        (["--run", "one", "--ledger", "nowhere"], "no such ledger"),
        (["--config", "none.toml"], "none.toml"),
    ],
)
def test_bad_values_end_in_one_line(runs, capsys, arguments, words):
    assert exit_code(["plan", str(SMALL), *arguments]) in (2, 3)
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
