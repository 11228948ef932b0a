"""`charter show`: tree, section, clause, JSON."""

import json
import re

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


BASE = """\
---
spec: base
version: "1"
---

# Conduct {#conduct}

## Keep secrets {#keep_secrets authority=root}

The assistant must not reveal addresses[^addr].

## Be brief {#be_brief authority=user}

The assistant should be brief[^brie].

~~~boundary
id: long
on: output
when: words > 500
effect: flag
~~~
"""


def overlaid(folder, base, body, *, name="ours", level="developer", more=""):
    from charter.load import load  # noqa: PLC0415 - the base is written by the test

    spec = load(base)
    file = folder / f"{name}.md"
    file.write_text(
        f'---\nspec: {name}\nversion: "2"\nextends: {{name: {spec.name}, '
        f'digest: "{spec.digest}"}}\n'
        f"level: {level}\n{more}---\n\n{body}"
    )
    return file


@pytest.fixture
def stack(tmp_path):
    base = tmp_path / "base.md"
    base.write_text(BASE)
    ours = overlaid(
        tmp_path,
        base,
        "## Keep secrets {#keep_secrets}\n\nThe assistant must not reveal numbers[^numb].\n\n"
        "## Be short {#be_brief authority=developer}\n\nThe assistant should be short[^brie].\n\n"
        "## Own {#own authority=user}\n\nThe assistant should be ours[^ours].\n\n"
        "~~~directive\nid: adult\nsetting: {under_18: false}\n~~~\n",
        more="readings: {defeat: any_higher}\ndefault_timer: 60\n",
    )
    return base, ours


def test_effective_tree_has_layers_and_origins(stack):
    base, ours = stack
    output = show(str(base), "--overlay", str(ours), "--effective")
    lines = output.splitlines()
    assert "0  base 1  base" in output
    assert "1  ours 2  overlay at developer" in output
    assert any("#keep_secrets  ← base, changed by ours" in line for line in lines)
    assert any("developer  Be short  #be_brief  ← base, changed by ours" in line for line in lines)
    assert any("#own  ← ours" in line for line in lines)
    assert any("#conduct  ← base" in line and "changed" not in line for line in lines)
    assert "4 sections · 4 clauses · 1 boundaries · 2 layers" in output
    assert "      addr  must  The assistant must not reveal addresses.  ← base" in lines
    assert "      numb  must  The assistant must not reveal numbers.  ← ours" in lines
    assert "      boundary long: flag on output when words > 500  ← base" in lines
    assert '      directive adult: setting: {"under_18": false}  ← ours' in lines
    assert "  reading defeat: any_higher" in lines
    assert "  default timer: 60 s" in lines
    assert show(str(base), "--overlay", str(ours)) == output
    assert show(str(ours), "--effective").splitlines()[3:] == lines[3:]


def test_long_lines_keep_their_indentation_on_a_terminal(stack, monkeypatch):
    base, ours = stack
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setenv("COLUMNS", "40")
    output = show(f"{base}#keep_secrets/numb", "--overlay", str(ours))
    text = re.sub(r"\x1b\[[0-9;]*m", "", output)
    assert re.search(r"  numb  must  The assistant must not +\n {14}reveal numbers", text), text


def test_effective_section_has_the_origin_of_every_part(stack):
    base, ours = stack
    output = show(f"{base}#be_brief", "--overlay", str(ours))
    assert "title set by ours" in output
    assert "authority set by ours" in output
    assert "brie  should  The assistant should be short.  ← ours" in output
    assert "boundary long: flag on output when words > 500  ← base" in output
    one = show(f"{base}#keep_secrets/numb", "--overlay", str(ours))
    assert "numb  must  The assistant must not reveal numbers.  ← ours" in one
    assert "addr" not in one


def test_effective_json_has_layers(stack):
    base, ours = stack
    found = json.loads(show(str(base), "--overlay", str(ours), "--json"))
    assert found["format"] == "charter-effective/1"
    assert [each["name"] for each in found["layers"]] == ["base", "ours"]
    sections = {section["id"]: section for section in found["sections"]}
    assert sections["be_brief"]["layer"] == 0
    assert sections["be_brief"]["changed"] == {"title": 1, "authority": 1}
    assert [each["layer"] for each in sections["keep_secrets"]["clauses"]] == [0, 1]
    assert sections["be_brief"]["boundaries"][0]["layer"] == 0
    assert sections["own"]["directives"][0]["layer"] == 1
    section = json.loads(show(f"{base}#be_brief", "--overlay", str(ours), "--json"))
    assert section == sections["be_brief"]
    clause = json.loads(show(f"{base}#be_brief/brie", "--overlay", str(ours), "--json"))
    assert (clause["layer"], clause["text"]) == (1, "The assistant should be short.")


def test_effective_without_overlays_is_the_spec_itself(stack):
    base, _ = stack
    assert "1 layers" in show(str(base), "--effective")


def test_layers_of_one_name_are_told_apart(stack, tmp_path):
    base, ours = stack
    folder = tmp_path / "two"
    folder.mkdir()
    again = overlaid(folder, ours, "## More {#more authority=user}\n\nIt must more.\n")
    output = show(str(base), "--overlay", str(ours), "--overlay", str(again))
    assert "#more  ← ours (2)" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["base.md#nope", "--overlay", "ours.md"], "has no section 'nope'"),
        (["base.md#own/nope", "--overlay", "ours.md"], "has no clause 'own/nope'"),
        (["base.md#own/nope", "--overlay", "ours.md", "--json"], "has no clause 'own/nope'"),
        (["base.md", "--overlay", "base.md"], "is no overlay"),
        (["base.md", "--overlay", "weak.md"], "weak.md:10: .*changes clause keep_secrets/addr"),
        (["base.md", "--overlay", "wrong.md"], "extends base at sha256:0+, but the base here is"),
        (["alone.md", "--effective"], "is an overlay of base, not a base"),
        (["base.md", "--overlay", "ours.md", "--reader", "markdown"], "--reader does not go"),
    ],
)
def test_what_cannot_be_laid_is_one_line(stack, tmp_path, monkeypatch, arguments, message):
    base, ours = stack
    overlaid(
        tmp_path,
        base,
        "## Keep secrets {#keep_secrets}\n\nThe assistant may reveal addresses[^addr].\n",
        name="weak",
    )
    text = ours.read_text()
    digest = text.partition("sha256:")[2][:64]
    for name in ("wrong", "alone"):
        (tmp_path / f"{name}.md").write_text(text.replace(digest, "0" * 64))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["show", *arguments])
    assert re.search(message, str(result.exception))
