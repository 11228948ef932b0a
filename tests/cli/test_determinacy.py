from __future__ import annotations

import json
import re
import sys

import jsonschema
import pytest
from click.testing import CliRunner

from charter.cli.determinacy_json import schema
from charter.cli.determinacy_options import LIMIT
from charter.cli.main import cli, exit_code
from charter.load import load
from charter.policy.determinacy import determine

SPEC = """---
spec: shop
version: "1"
title: A shop
---

# Conduct {#conduct}

## Pay nothing {#pay_nothing authority=root}

The assistant must not spend more than 5 euro[^p1].

~~~boundary
id: no_pay
on: tool_call
when: tool == 'pay' && has(args.sum) && args.sum > 5
effect: deny
~~~

~~~boundary
id: ask_pay
on: tool_call
when: tool == 'pay' && has(args.sum) && args.sum > 5
effect: flag
~~~

## Be brief {#be_brief authority=guideline}

The assistant should be brief[^b1].
"""
OVERLAY = """---
spec: branch
version: "1"
title: A branch
extends:
  name: shop
  version: "1"
  digest: {digest}
level: developer
---

## Ask {{#ask authority=developer}}

The assistant must ask before it mails[^m1].
"""
PLAIN = "---\nspec: plain\ntitle: Plain\n---\n\n# Text {#text}\n\nNothing binds here.\n"


@pytest.fixture
def spec(tmp_path):
    file = tmp_path / "spec.md"
    file.write_text(SPEC, "utf-8")
    return file


def run(*arguments, columns=80):
    done = CliRunner().invoke(
        cli, ["check", *map(str, arguments), "--determinacy"], env={"COLUMNS": str(columns)}
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    file = tmp_path_factory.mktemp("specs") / "spec.md"
    file.write_text(SPEC, "utf-8")
    return run(file)


def test_it_says_the_shares_the_readings_and_an_example_of_each(text):
    out = " ".join(text.output.split())
    assert "Determinacy of A shop" in out
    assert re.search(r"\d\d\.\d\d % of [\d,]+ contexts have one decision", out)
    assert re.search(r"R7 +untrusted_lift +\d", out)
    assert "untrusted_lift=explicit_only: deny (because of asked_by)" in out
    assert "Boundaries that make no difference" in out
    assert re.search(r"ask_pay \(section pay_nothing\) fires, but", out)
    assert "Permissions that remove options" in out
    assert "the scope of autonomy (184)" in out


def test_it_keeps_to_the_width_of_the_terminal(text):
    lines = text.output.splitlines()
    own = lines[lines.index("Determinacy of A shop") :]
    assert max(map(len, own)) <= 80
    assert not [line for line in own if line != line.rstrip()]


def test_it_exits_as_the_check_does(spec, text):
    assert text.exit_code == CliRunner().invoke(cli, ["check", str(spec)]).exit_code


@pytest.mark.parametrize(("least", "code"), [("0", 0), ("1", 1)])
def test_a_share_can_be_asked_for(least, code, monkeypatch, tmp_path):
    file = tmp_path / "spec.md"
    file.write_text(PLAIN, "utf-8")
    plain = CliRunner().invoke(cli, ["check", str(file)]).exit_code
    assert run(file, "--determinacy-min", least).exit_code == max(plain, code)


def test_json_has_the_check_and_the_figures(spec):
    done = run(spec, "--json")
    found = json.loads(done.stdout)
    jsonschema.validate(found, schema())
    assert found["format"] == "charter-determinacy/1"
    assert found["check"]["format"] == "charter-check/1"
    (one,) = found["specs"]
    assert one["one_outcome"] < one["one_decision"] < one["contexts"]
    assert [dead["boundary"] for dead in one["boundaries"]] == ["ask_pay"]
    assert one["permissions"][0]["before"]["told"]


def test_html_is_one_page_in_which_hostile_words_are_harmless(tmp_path):
    file = tmp_path / "spec.md"
    file.write_text(SPEC.replace("A shop", "<script>alert(1)</script>"), "utf-8")
    done = run(file, "--format", "html")
    assert done.stdout.startswith("<!doctype html>")
    assert "<script>alert" not in done.stdout
    assert "&lt;script&gt;alert" in done.stdout
    assert "untrusted_lift" in done.stdout
    assert "http" not in re.sub(r"http-equiv", "", done.stdout)


def test_an_overlay_is_looked_at_on_what_it_stands_on(spec, tmp_path):
    overlay = tmp_path / "branch" / "overlay.md"
    overlay.parent.mkdir()
    overlay.write_text(OVERLAY.format(digest=load(spec).digest), "utf-8")
    found = json.loads(run(spec, "--overlay", overlay, "--json").stdout)
    alone = json.loads(run(overlay, "--base", spec, "--json").stdout)
    (one,), (other,) = found["specs"], alone["specs"]
    assert one["contexts"] == other["contexts"]
    assert one["policy_digest"] == other["policy_digest"]
    assert "both_roles" in one["not_varied"]


def test_a_spec_in_which_nothing_binds_is_said_to_be_so(tmp_path):
    file = tmp_path / "spec.md"
    file.write_text(PLAIN, "utf-8")
    assert "No section binds" in run(file).output


def test_without_z3_what_is_too_much_is_an_error_of_one_line(spec, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "z3", None)
    assert exit_code(["check", str(spec), "--determinacy", "--determinacy-limit", "0"]) == 3
    error = capsys.readouterr().err
    assert error == (
        "charter: z3 is not installed, and what is to be looked at is more than can be enumerated "
        "(pip install 'charter[proofs]', or raise --determinacy-limit)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--determinacy", "--format", "sarif"], "--determinacy is no finding"),
        (["--format", "html"], "--format html goes with --determinacy"),
        (["--determinacy", "--determinacy-min", "2"], "--determinacy-min"),
        (["--determinacy", "--determinacy-limit", "-1"], "--determinacy-limit"),
    ],
)
def test_options_that_do_not_go_together_are_one_line(spec, arguments, says, capsys):
    assert exit_code(["check", str(spec), *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_the_limit_is_that_of_the_policy_package():
    assert LIMIT == determine.LIMIT
