"""`charter stop` and `charter resume`."""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.ledger.board import Board
from charter.ledger.open import open_ledger
from charter.records.stop import StopLifted, StopOrdered


@pytest.fixture
def folder(tmp_path):
    """A gateway's folder."""
    with open_ledger(tmp_path / "ledger.sqlite"):
        return tmp_path


def run(folder, *arguments):
    return CliRunner().invoke(cli, [*arguments, "--ledger", str(folder)])


def stop(folder, *more):
    return run(folder, "stop", "--reason", "too many errors", "--by", "Ada", *more, "--json")


def board_of(folder):
    board = Board()
    with open_ledger(folder, create=False) as ledger:
        board.poll(ledger)
    return board


@pytest.mark.parametrize(
    ("options", "reach", "name"),
    [
        (["--all"], "all", ""),
        (["--app", "shop"], "app", "shop"),
        (["--tool", " pay "], "tool", "pay"),
    ],
)
def test_a_stop_is_recorded_and_ended(folder, options, reach, name):
    done = stop(folder, *options)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    (order,) = board_of(folder).stops
    assert (order.reach, order.name, order.by, order.reason) == (
        reach,
        name,
        "Ada",
        "too many errors",
    )
    assert said["id"] == order.run
    assert order.run.startswith("stp_")
    assert order.run in run(folder, "stop", "--list").stdout
    ended = run(folder, "resume", order.run, "--reason", "fixed", "--by", "Bea")
    assert ended.stdout == f"{order.run}: ended by Bea\n"
    assert board_of(folder).stops == ()
    assert run(folder, "stop", "--list").stdout == "no stop is in force\n"
    with open_ledger(folder, create=False) as ledger:
        assert len(list(ledger.read(StopOrdered))) == 1
        (lifted,) = ledger.read(StopLifted)
    assert (lifted.by, lifted.reason) == ("Bea", "fixed")


@pytest.mark.parametrize(("reach", "name"), [("--app", "shpo"), ("--tool", "pya")])
def test_a_name_that_no_decision_had_is_told(folder, reach, name):
    done = stop(folder, reach, name)
    assert done.exit_code == 0
    assert f"{name!r} among the newest 500 decisions: is it spelled so?" in done.stderr
    assert board_of(folder).stops, "it holds all the same"
    assert stop(folder, "--all").stderr == ""


def test_the_name_of_the_user_is_taken_where_none_is_given(folder, monkeypatch):
    monkeypatch.setenv("LOGNAME", "grace")
    done = run(folder, "stop", "--all", "--reason", "drill")
    assert done.stdout.endswith(": everything stopped by grace\n")


@pytest.mark.parametrize(
    "options",
    [
        ["--reason", "x"],
        ["--all", "--app", "shop", "--reason", "x"],
        ["--all"],
        ["--all", "--reason", "  "],
        ["--app", "", "--reason", "x"],
        ["--tool", "t" * 301, "--reason", "x"],
    ],
)
def test_one_thing_and_a_reason_are_named(folder, options):
    assert run(folder, "stop", *options).exit_code == 2
    assert board_of(folder).stops == ()


def test_what_is_not_in_force_cannot_be_ended(folder, capsys):
    place = ["--ledger", str(folder)]
    assert exit_code(["resume", "stp_1", "--reason", "x", "--by", "Ada", *place]) == 2
    assert "no stop 'stp_1' is in force" in capsys.readouterr().err
    assert exit_code(["stop", "--all", "--reason", "x", "--by", "\x1b[1m", *place]) == 2


def test_a_ledger_that_is_not_there_is_no_success(tmp_path, capsys):
    place = ["--ledger", str(tmp_path / "none")]
    assert exit_code(["stop", "--all", "--reason", "x", "--by", "Ada", *place]) == 3
    assert capsys.readouterr().err.count("\n") == 1
