"""`charter show`: tree, section, clause, JSON."""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli


def show(*arguments):
    result = CliRunner().invoke(cli, ["show", *arguments])
    assert result.exit_code == 0, result.exception
    return result.output


def test_tree_shows_authorities_and_counts():
    output = show("starter")
    assert "root" in output
    assert "#no_deception" in output
    assert "graded responses" in output


def test_section_shows_clauses_and_examples():
    output = show("starter#no_deception")
    assert "must" in output
    assert "GOOD" in output
    assert "BAD" in output


def test_clause_shows_its_place():
    section = json.loads(show("starter#no_deception", "--json"))
    clause = section["clauses"][0]
    output = show(f"starter#{clause['id']}")
    assert clause["text"].split()[-1] in output
    assert f"characters {clause['start']}-{clause['end']}" in output
    assert json.loads(show(f"starter#{clause['id']}", "--json")) == clause


def test_example_is_shown_by_its_id():
    section = json.loads(show("starter#no_deception", "--json"))
    example = section["examples"][0]
    assert example["caption"] in show(f"starter#{example['id']}")
    assert json.loads(show(f"starter#{example['id']}", "--json"))["id"] == example["id"]


def test_terminal_controls_in_a_spec_are_not_passed_on(tmp_path):
    spec = tmp_path / "s.md"
    spec.write_text("# A\x1b[2J {#a authority=root}\n\nYou must \x9b31m not [bold]shout[/bold].\n")
    output = show(f"{spec}#a")
    assert "\x1b" not in output
    assert "\x9b" not in output
    assert "[bold]shout[/bold]" in output


@pytest.mark.data
def test_plain_markdown_is_shown_with_minted_ids(data_dir):
    output = show(str(data_dir / "claude_constitution" / "2026-01-20.md"))
    assert "42 sections (0 with authority)" in output


def test_plain_markdown_clause_strengths(tmp_path):
    spec = tmp_path / "s.md"
    spec.write_text("# One\n\nYou must do it. You may rest.\n\nTwo\n===\n\nYou should sing.\n")
    document = json.loads(show(str(spec), "--json"))
    assert [s["id"] for s in document["sections"]] == ["one", "two"]
    strengths = [c["strength"] for s in document["sections"] for c in s["clauses"]]
    assert strengths == ["must", "may", "should"]
