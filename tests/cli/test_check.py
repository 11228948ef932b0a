from __future__ import annotations

import json

import pytest

from charter.cli.main import exit_code

GOOD = "## One {#one}\n\nText.\n"
BAD = "## One {#One}\n\nText.\n"


@pytest.fixture
def spec(tmp_path):
    file = tmp_path / "spec.md"
    file.write_text(BAD, "utf-8")
    return file


def test_check_exits_with_one_on_warnings_and_zero_when_clean(spec, capsys):
    assert exit_code(["check", str(spec)]) == 1
    out = capsys.readouterr().out
    assert "spec.md:1:1: warning:" in out
    assert "\u2502 ^^^" in out
    spec.write_text(GOOD, "utf-8")
    assert exit_code(["check", str(spec)]) == 0
    assert "clean" in capsys.readouterr().out


def test_check_takes_several_specs_and_the_starter(spec, capsys):
    assert exit_code(["check", "starter"]) == 0
    assert exit_code(["check", "starter", str(spec)]) == 1
    assert capsys.readouterr().out.count("clean") == 2


def test_check_uses_the_nearest_config_or_the_given_one(spec, tmp_path, capsys):
    (tmp_path / "charter.toml").write_text('[rules]\nmalformed-id = "off"\n', "utf-8")
    assert exit_code(["check", str(spec)]) == 0
    assert exit_code(["check", str(tmp_path)]) == 0
    other = tmp_path / "other.toml"
    other.write_text("", "utf-8")
    assert exit_code(["check", str(spec), "--config", str(other)]) == 1
    other.write_text('[rules]\nmalformed-ids = "off"\n', "utf-8")
    capsys.readouterr()
    assert exit_code(["check", str(spec), "--config", str(other)]) == 2
    error = capsys.readouterr().err
    assert "other.toml: rules: no rule named 'malformed-ids'" in error
    assert "did you mean 'malformed-id'?" in error


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "nowhere.md"], ["check", "starter", "--rule", "no-such-rule"]],
)
def test_check_refuses_unusable_arguments_with_two(arguments, capsys):
    assert exit_code(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_check_writes_json(spec, capsys):
    assert exit_code(["check", str(spec), "--format", "json"]) == 1
    value = json.loads(capsys.readouterr().out)
    assert value["specs"][0]["findings"][0]["rule"] == "malformed-id"


def test_check_writes_sarif(spec, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert exit_code(["check", "spec.md", "--format", "sarif"]) == 1
    run = json.loads(capsys.readouterr().out)["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "spec.md"}


def test_check_runs_only_the_named_rules(spec, capsys):
    assert exit_code(["check", str(spec), "--rule", "missing-id", "--rule", "duplicate-id"]) == 0
    assert exit_code(["check", str(spec), "--rule", "malformed-id"]) == 1


def test_check_lists_rules(capsys):
    assert exit_code(["check", "--list-rules"]) == 0
    out = capsys.readouterr().out
    assert "  orphan-marker                          warning  A clause marker has no" in out
    assert "consistency" in out
