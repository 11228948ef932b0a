"""`charter export`: what another engine gets, and what is said about the rest."""

import cedarpy
import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.errors import ParseError, SpecError, StorageError

SPEC = """\
---
spec: small
version: "1"
---

## One {#one authority=system}

The assistant must be careful.

~~~boundary
id: large
on: tool_call
when: %s
effect: deny
~~~

~~~boundary
id: pattern
on: output
when: text.matches('a+')
effect: flag
~~~
"""


@pytest.fixture
def spec(tmp_path):
    file = tmp_path / "small.md"
    file.write_text(SPEC % "has(args.n) && args.n > 5")
    return file


def export(*arguments):
    return CliRunner().invoke(cli, ["export", "cedar", *(str(each) for each in arguments)])


def test_policies_go_to_standard_output_and_the_rest_to_standard_error(spec):
    result = export(spec, "--partial")
    assert result.exit_code == 0, result.exception
    assert 'forbid (principal, action == Action::"tool_call", resource)' in result.stdout
    assert "// Not in Cedar: pattern (matches a pattern)." in result.stdout
    assert result.stderr.splitlines() == [
        "not in Cedar: pattern in one: matches a pattern",
        "1 of 2 boundaries written",
    ]
    cedarpy.PolicySet.from_str(result.stdout)


def allowed(policies):
    request = {
        "principal": 'Agent::"a"',
        "action": 'Action::"output"',
        "resource": 'Conversation::"1"',
        "context": '{"text": "aaa"}',
    }
    return cedarpy.is_authorized(request, cedarpy.PolicySet.from_str(policies), "[]").allowed


def test_what_a_boundary_that_is_left_out_stops_is_not_permitted_silently(spec):
    result = export(spec)
    assert result.exit_code == 1, result.exception
    assert 'forbid (principal, action == Action::"tool_call", resource)' in result.stdout
    assert not allowed(result.stdout)
    assert result.stderr.splitlines()[-1].startswith("no permit is written, so Cedar denies")
    assert "--partial" in result.stderr.splitlines()[-1]
    assert allowed(export(spec, "--partial").stdout)


def test_where_all_is_written_the_rest_is_permitted(spec):
    spec.write_text((SPEC % "has(args.n) && args.n > 5").replace("text.matches('a+')", "words > 9"))
    result = export(spec)
    assert result.exit_code == 0, result.exception
    assert result.stderr.splitlines() == ["2 of 2 boundaries written"]
    assert result.stdout == export(spec, "--partial").stdout
    assert "permit (principal, action, resource);" in result.stdout


def test_out_names_a_file(spec, tmp_path):
    result = export(spec, "--out", tmp_path / "small.cedar")
    assert result.exit_code == 1, result.exception
    assert result.stdout == ""
    assert (tmp_path / "small.cedar").read_text() == export(spec).stdout


def test_every_boundary_of_the_starter_is_written_or_accounted_for():
    result = export("starter", "--partial")
    assert result.exit_code == 0, result.exception
    *left_out, count = result.stderr.splitlines()
    written, total = int(count.split()[0]), int(count.split()[2])
    assert result.stdout.count("forbid (") == written
    assert 0 <= written < total
    assert len(left_out) == total - written


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(("nowhere.md",), ParseError), (("{spec}", "--out", "{spec}/no/file"), StorageError)],
)
def test_what_cannot_be_done_is_one_error(spec, tmp_path, arguments, error):
    filled = [each.format(spec=spec, folder=tmp_path) for each in arguments]
    assert isinstance(export(*filled).exception, error)


def test_condition_that_does_not_compile_is_a_fault_of_the_spec(tmp_path):
    file = tmp_path / "small.md"
    file.write_text(SPEC % "args.n >")
    assert isinstance(export(file).exception, SpecError)


def test_engine_that_is_none_is_a_usage_error(capsys):
    assert exit_code(["export", "rego", "starter"]) == 2
    assert "rego" in capsys.readouterr().err
