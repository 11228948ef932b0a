from __future__ import annotations

import json

import pytest

from charter.cli.main import exit_code
from charter.source import digest_of

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


BASE = """\
---
spec: base
version: "1"
---

## Keep secrets {#keep_secrets authority=root}

The assistant must not reveal addresses[^addr].
"""
WEAK = "## Keep secrets {#keep_secrets}\n\nThe assistant may reveal addresses[^addr].\n"
TIGHT = "## Keep secrets {#keep_secrets}\n\nThe assistant must not reveal numbers[^numb].\n"


def overlay_text(base, body, name="ours"):
    return (
        f'---\nspec: {name}\nextends: {{name: base, version: "1", digest: "{digest_of(base)}"}}\n'
        f"level: developer\n---\n\n{body}"
    )


@pytest.fixture
def weak(tmp_path):
    (tmp_path / "far").mkdir()
    base = tmp_path / "far" / "away" / "base.md"
    base.parent.mkdir()
    base.write_text(BASE, "utf-8")
    overlay = tmp_path / "overlay.md"
    overlay.write_text(overlay_text(BASE, WEAK), "utf-8")
    return base, overlay


def test_check_of_an_overlay_says_when_its_base_is_not_here(weak, capsys):
    _, overlay = weak
    assert exit_code(["check", str(overlay), "--rule", "overlay-not-allowed"]) == 0
    captured = capsys.readouterr()
    assert "clean" in captured.out
    assert "its base is not here" in captured.err
    assert "--base" in captured.err


def test_check_of_an_overlay_against_its_base(weak, capsys):
    base, overlay = weak
    rule = ["--rule", "overlay-not-allowed"]
    assert exit_code(["check", str(overlay), "--base", str(base), *rule]) == 1
    captured = capsys.readouterr()
    assert "overlay.md:9:1: error: overlay at developer changes clause" in captured.out
    assert "hint: leave it as it is" in captured.out
    assert captured.err == ""
    assert exit_code(["check", str(overlay), "--base", str(base), "--json", *rule]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["specs"][0]["findings"]
    assert (finding["rule"], finding["severity"]) == ("overlay-not-allowed", "error")
    assert finding["section"] == "keep_secrets"


def test_check_finds_the_base_beside_the_overlay(weak, capsys):
    base, overlay = weak
    base.rename(overlay.parent / "base.md")
    assert exit_code(["check", str(overlay), "--rule", "overlay-not-allowed"]) == 1
    assert capsys.readouterr().err == ""


def test_check_of_a_stack(weak, tmp_path, capsys):
    base, overlay = weak
    company = overlay_text(BASE, TIGHT, "company")
    (tmp_path / "company.md").write_text(company, "utf-8")
    body = "## Keep secrets {#keep_secrets}\n\nThe assistant must not reveal ages[^numb].\n"
    overlay.write_text(overlay_text(company, body, "product"), "utf-8")
    arguments = ["check", str(overlay), "--rule", "overlay-not-allowed", "--base", str(base)]
    assert exit_code([*arguments, "--base", str(tmp_path / "company.md")]) == 1
    assert "changes clause keep_secrets/numb" in capsys.readouterr().out
    assert exit_code(arguments) == 1
    assert f"at {digest_of(company)}, but the base here is" in capsys.readouterr().out


def test_check_with_a_base_that_cannot_be_used_exits_with_two(weak, tmp_path, capsys):
    _, overlay = weak
    assert exit_code(["check", str(overlay), "--base", str(overlay)]) == 2
    assert "is an overlay of base, not a base" in capsys.readouterr().err
    assert exit_code(["check", str(overlay), "--base", "nowhere.md"]) == 2


def test_check_of_an_overlay_over_one_that_weakens_says_so(weak, tmp_path, capsys):
    base, overlay = weak
    base.rename(tmp_path / "base.md")
    (tmp_path / "product.md").write_text(
        overlay_text(overlay.read_text("utf-8"), "# More {#more}\n", "product"), "utf-8"
    )
    rule = ["--rule", "overlay-not-allowed"]
    assert exit_code(["check", str(tmp_path / "product.md"), *rule]) == 0
    assert "what it stands on cannot be used: " in capsys.readouterr().err


def test_a_base_given_does_not_concern_a_spec_that_extends_none(weak, spec):
    base, _ = weak
    spec.write_text(GOOD, "utf-8")
    assert exit_code(["check", str(spec), "--base", str(base)]) == 0


def test_check_of_a_base_with_its_overlays(weak, tmp_path, capsys):
    base, overlay = weak
    tight, last = tmp_path / "tight.md", tmp_path / "last.md"
    tight.write_text(overlay_text(BASE, TIGHT, "tight"), "utf-8")
    last.write_text(overlay_text(BASE, "# More {#more}\n", "last"), "utf-8")
    arguments = ["check", str(base), "--rule", "overlay-not-allowed"]
    assert exit_code([*arguments, "--overlay", str(tight), "--overlay", str(last)]) == 0
    assert capsys.readouterr().out.count("clean") == 3
    assert exit_code([*arguments, *flags(tight, overlay, last)]) == 1
    captured = capsys.readouterr()
    assert "changes clause keep_secrets/addr" in captured.out
    assert "last" not in captured.out
    assert f"not checked, as they stand on what cannot be laid: {last}" in captured.err
    assert exit_code([*arguments, "--overlay", str(base)]) == 2
    assert "is no overlay: it extends nothing" in capsys.readouterr().err
    assert exit_code([*arguments, str(tight), "--overlay", str(last)]) == 2
    assert "--overlay goes with one SPEC" in capsys.readouterr().err


def flags(*overlays):
    return [part for overlay in overlays for part in ("--overlay", str(overlay))]


def test_what_an_overlay_lacks_is_said_once(weak, capsys):
    base, overlay = weak
    text = overlay.read_text("utf-8")
    overlay.write_text(text.replace(digest_of(BASE), "md5:1"), "utf-8")
    assert exit_code(["check", str(overlay), "--base", str(base), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["specs"][0]["findings"]
    rules = [each["rule"] for each in found if each["severity"] == "error"]
    assert rules == ["overlay-outside-base"]
