"""`charter eval` with judges: refused unless fit, estimated before, counted after."""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.errors import ModelUnavailable
from charter.evals.judging.prompted import Prompted
from charter.evals.result import result_of
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.run import RunStarted

from .conftest import SMALL
from .test_grade import WARM, judge, said


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    script = {"replies": [{"match": "gamma", "text": WARM}], "default": "Hello!"}
    (tmp_path / "model.json").write_text(json.dumps(script))
    return tmp_path


def evaluate(*more):
    arguments = ["eval", str(SMALL), "--model", "scripted:model.json", "--sections", "greet", *more]
    return CliRunner().invoke(cli, arguments)


def result(folder):
    with Ledger(open_store(str(folder / "runs" / "ledger.sqlite"), create=False)) as ledger:
        return result_of(ledger)


def test_a_judge_that_was_never_calibrated_is_refused_before_anything_is_asked(folder, capsys):
    code = exit_code(
        ["eval", str(SMALL), "--model", "scripted:model.json", "--judge", judge(folder, said())]
    )
    assert code == 2
    error = capsys.readouterr().err
    assert "never calibrated" in error
    assert "charter calibrate" in error
    assert "--ledger runs" in error
    assert error.count("never calibrated") == 1
    assert not (folder / "runs").exists()


def test_an_uncalibrated_judge_decides_where_that_is_accepted(folder):
    done = evaluate("--judge", judge(folder, said()), "--uncalibrated")
    assert done.exit_code == 0, done.output
    found = result(folder)
    assert found.judged
    assert found.uncalibrated
    decided = [case for case in found.cases if case.judged]
    assert [case.verdict for case in decided] == ["adhered"]
    assert "uncalibrated" in done.output.casefold()


def test_without_a_judge_the_same_reply_stays_undecided(folder):
    assert evaluate().exit_code == 0
    assert result(folder).whole.counts["not_judged"] == 1


def test_a_failed_judge_leaves_the_reply_undecided_and_counted(folder):
    done = evaluate("--judge", judge(folder, "I would rather not say."), "--uncalibrated")
    assert done.exit_code == 0, done.output
    whole = result(folder).whole
    assert whole.counts["judge_failed"] == 1
    assert sum(whole.counts.values()) == whole.planned
    assert whole.figures.worst.value < whole.figures.best.value


def test_a_dry_run_asks_nobody(folder):
    name = judge(folder, said())
    done = evaluate("--judge", name, "--samples", "2", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "At most 2 judgements" in done.output
    assert "Nobody was asked" in done.output
    assert not (folder / "runs").exists()


def test_a_dry_run_of_a_hosted_model_needs_no_key(folder, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    arguments = ["eval", str(SMALL), "--model", "openai:some-model", "--dry-run"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert "Prices are not known" in done.output


def test_a_budget_stops_the_judges_and_keeps_the_rest(folder):
    done = evaluate("--judge", judge(folder, said()), "--uncalibrated", "--budget-tokens", "10")
    assert done.exit_code == 1, done.output
    assert result(folder).whole.counts["not_judged"] == 1
    assert "budget" in done.output


def test_prices_make_a_sum(folder):
    (folder / "charter.toml").write_text(
        '[prices."model.json"]\ninput = 1000.0\noutput = 0.0\ncurrency = "EUR"\n'
    )
    done = evaluate("--dry-run")
    assert "EUR" in done.output


def test_judges_that_fell_silent_carry_on_and_the_model_is_not_asked_again(
    folder, monkeypatch, capsys
):
    async def silent(*_arguments, **_options):
        raise ModelUnavailable("no server", hint="start it")

    arguments = ["eval", str(SMALL), "--model", "scripted:model.json", "--sections", "greet"]
    arguments += ["--judge", judge(folder, said()), "--uncalibrated"]
    with monkeypatch.context() as patch:
        patch.setattr(Prompted, "judge", silent)
        assert exit_code(arguments) == 3
    assert "the same command carries on" in capsys.readouterr().err
    for attempt in (1, 2):  # the second is a run of its own: all was done
        assert exit_code(arguments) == 0
        with Ledger(open_store(str(folder / "runs" / "ledger.sqlite"), create=False)) as ledger:
            assert len(list(ledger.read(RunStarted))) == attempt


def test_what_judges_others_does_not_end_a_grading(folder, monkeypatch):
    """Another judge finished its own grading meanwhile: the model is still not asked again."""

    async def silent(*_arguments, **_options):
        raise ModelUnavailable("no server", hint="start it")

    arguments = ["eval", str(SMALL), "--model", "scripted:model.json", "--sections", "greet"]
    arguments += ["--judge", judge(folder, said()), "--uncalibrated"]
    with monkeypatch.context() as patch:
        patch.setattr(Prompted, "judge", silent)
        assert exit_code(arguments) == 3
    (folder / "other.json").write_text(json.dumps({"default": said()}))
    other = ["grade", "--spec", str(SMALL), "--judge", "scripted:other.json"]
    assert exit_code(other) == 0
    assert exit_code(arguments) == 0
    with Ledger(open_store(str(folder / "runs" / "ledger.sqlite"), create=False)) as ledger:
        assert len(list(ledger.read(RunStarted))) == 1


def test_a_judge_that_costs_nothing_has_no_currency(folder):
    (folder / "charter.toml").write_text(
        '[prices."model.json"]\ninput = 1000.0\noutput = 0.0\ncurrency = "EUR"\n'
    )
    done = evaluate("--judge", judge(folder, said()), "--dry-run")
    assert done.exit_code == 0, done.output
    assert "EUR" in done.output


def test_prices_in_two_currencies_are_said_to_be(folder, capsys):
    (folder / "charter.toml").write_text(
        '[prices."model.json"]\ninput = 1.0\noutput = 0.0\ncurrency = "EUR"\n'
        '[prices."m"]\ninput = 1.0\noutput = 0.0\ncurrency = "CHF"\n'
    )
    arguments = ["eval", str(SMALL), "--model", "scripted:model.json", "--judge", "openai:m"]
    assert exit_code([*arguments, "--dry-run"]) == 2
    assert "prices are in CHF, EUR" in capsys.readouterr().err


@pytest.mark.parametrize("model", ["nothing:x", "scripted:gone.json"])
def test_what_cannot_begin_leaves_no_ledger(folder, model):
    assert exit_code(["eval", str(SMALL), "--model", model]) in (2, 3)
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(
    "option", [("--budget", "1"), ("--budget-tokens", "9"), ("--judge-option", "seed=1")]
)
def test_an_option_of_judges_without_a_judge_is_refused(folder, capsys, option):
    arguments = ["eval", str(SMALL), "--model", "scripted:model.json", *option]
    assert exit_code(arguments) == 2
    assert f"{option[0]} is for judges, and none is named" in capsys.readouterr().err
