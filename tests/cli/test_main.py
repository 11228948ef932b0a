"""Every outcome becomes an exit code and one line."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from charter.cli import main
from charter.cli.main import VERBS, cli, exit_code
from charter.errors import ConfigError, LedgerUnavailable, ModelUnavailable, SpecError


def run(*arguments, cwd=None, env=None):
    return subprocess.run(
        [sys.executable, "-m", "charter", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=env,
        check=False,
    )


def test_help_names_every_verb():
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    for verb in VERBS:
        assert verb in result.output


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb):
    result = CliRunner().invoke(cli, [verb, "--help"])
    assert result.exit_code == 0, result.output


def test_help_imports_no_verb():
    code = (
        "import sys; sys.argv = ['charter', '--help']\n"
        "from charter.cli.main import exit_code\nexit_code()\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"sqlalchemy", "pydantic", "rich.console", "aiohttp", "cel_expr_python"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["show", "starter#no_deception"], 0),
        (["bogus"], 2),
        (["show"], 2),
        (["show", "missing.md"], 2),
        (["show", "starter#missing"], 2),
        (["show", "starter#no_deception/zzzz"], 2),
        (["show", "starter", "--reader", "klingon"], 2),
        (["eval", "starter", "--model", "telepathy"], 2),
        (["report", "--ledger", "missing-folder"], 3),
    ],
)
def test_outcomes_have_their_codes(tmp_path, arguments, code):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code and "Usage" not in done.stderr:
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SpecError("x"), 2),
        (ConfigError("x"), 2),
        (ModelUnavailable("x"), 3),
        (LedgerUnavailable("x"), 3),
        (ModuleNotFoundError("no", name="sqlalchemy"), 3),
        (OSError(28, "No space left on device", "file"), 3),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("a defect"), 3),
    ],
)
def test_errors_are_one_line_and_never_a_traceback(monkeypatch, capsys, error, code):
    def fail(context):
        raise error

    monkeypatch.setattr(main.cli, "invoke", fail)
    assert exit_code(["show", "starter"]) == code
    written = capsys.readouterr().err
    assert written.startswith("charter: ")
    assert written.count("\n") == 1


def test_hostile_text_in_an_error_cannot_steer_the_terminal(tmp_path):
    done = run("show", "\x1b[31mred\x07\nnext.md", cwd=tmp_path)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_reader_that_goes_away_is_no_failure():
    done = subprocess.run(
        f"{sys.executable} -m charter show starter#no_deception | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "charter:" not in done.stderr
