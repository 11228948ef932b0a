"""`charter check SPEC --roles FILE`."""

from __future__ import annotations

import json

from charter.cli.main import exit_code

SPEC = "# House {#house}\n\n## Secrets {#secrets authority=root}\n\nThe assistant must not lie.\n"
ROLES = """format: charter-roles/1
version: "1"
people: {ada: {name: Ada}, ben: {name: Ben}}
roles:
  - {role: approver, people: [ada, ben]}
  - {role: owner, people: [ada], sections: [sekrets]}
"""


def checked(capsys, *words):
    code = exit_code(["check", "spec.md", "--roles", "roles.yaml", *words])
    return code, capsys.readouterr()


def test_findings_about_roles_are_in_every_form(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.md").write_text(SPEC)
    (tmp_path / "roles.yaml").write_text(ROLES)
    code, said = checked(capsys)
    assert code == 1
    assert "spec.md:3:1: error: nobody owns section secrets" in said.out
    assert "roles.yaml:6:45: error: owner of sekrets" in said.out
    (report,) = json.loads(checked(capsys, "--json")[1].out)["specs"]
    found = {(each["rule"], each["path"], each["section"]) for each in report["findings"]}
    assert ("section-without-owner", "spec.md", "secrets") in found
    assert ("role-over-unknown-section", "roles.yaml", None) in found
    (run,) = json.loads(checked(capsys, "--format", "sarif")[1].out)["runs"]
    rules = run["tool"]["driver"]["rules"]
    results = [each for each in run["results"] if each["ruleId"] == "section-without-owner"]
    assert [rules[each["ruleIndex"]]["id"] for each in results] == ["section-without-owner"]
    assert {"roles.yaml", "spec.md"} == {each["location"]["uri"] for each in run["artifacts"]}
    assert checked(capsys, "--rule", "missing-id")[0] == 2
    (tmp_path / "roles.yaml").write_text("format: charter-roles/1")
    code, said = checked(capsys)
    assert code == 2
    assert said.err.startswith("charter: roles.yaml:1: ")
