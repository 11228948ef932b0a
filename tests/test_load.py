"""Reading specs from disk, whatever is there."""

import os
import sys
from pathlib import Path

import pytest

from charter.errors import CharterError, ConfigError, ParseError, StorageError
from charter.load import load, read_source, scenario_sets, scenario_tools, starter_folder

load_module = sys.modules["charter.load"]  # the package has a function of this name


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def fails(path: Path | str, kind: type[CharterError], message: str) -> CharterError:
    with pytest.raises(kind, match=message) as caught:
        load(path)
    assert caught.value.hint
    return caught.value


def test_starter_is_opened_by_name() -> None:
    spec = load("starter")
    assert spec.problems == ()
    assert spec.scenario_sets
    assert spec.scenario_tools
    assert starter_folder().is_dir()


@pytest.mark.parametrize(
    ("path", "name", "version"),
    [
        ("model_spec/2025-12-18/model_spec.md", "model_spec", "2025-12-18"),
        ("claude/2026-01-20.md", "claude", "2026-01-20"),
        ("acme/v1.2.md", "acme", "v1.2"),
        ("acme/rules.md", "rules", None),
    ],
)
def test_name_and_version_come_from_the_place(
    tmp_path: Path, path: str, name: str, version: str | None
) -> None:
    spec = load(write(tmp_path, path, "# A\n"))
    assert (spec.name, spec.version) == (name, version)


@pytest.mark.parametrize("name", ["spec.md", "model_spec.md", "overlay.md", "other.md"])
def test_folder_with_one_spec_is_read(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "# A {#a}\n")
    assert load(tmp_path).has_section("a")


def test_text_is_kept_exactly(tmp_path: Path) -> None:
    text = "\ufeff# A {#a}\r\n\r\nIt must.\rEnd\x0c\u2028"
    assert load(write(tmp_path, "spec.md", text)).source.text == text


def test_prompts_beside_a_spec_are_read(tmp_path: Path) -> None:
    write(tmp_path, "spec.md", "# A {#a}\n")
    write(
        tmp_path,
        "examples/ab12.md",
        "Examples for [^ab12] in A:\n\n**Example**: x\n\n~~~xml\n<user>\nHi\n</user>\n~~~\n",
    )
    write(tmp_path, "examples/zz99.md", "nothing")
    first, second = load(tmp_path).prompt_sets
    assert (first.marker, first.title, len(first.examples)) == ("ab12", "A", 1)
    assert (second.marker, second.title, second.examples) == ("zz99", None, ())


def test_missing_file(tmp_path: Path) -> None:
    fails(tmp_path / "none.md", ParseError, "no such file")
    fails(tmp_path / "none" / "none.md", ParseError, "no such file")


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "spec.md/below"])
def test_path_that_cannot_be(tmp_path: Path, path: str) -> None:
    write(tmp_path, "spec.md", "# A\n")
    with pytest.raises(CharterError) as caught:
        load(str(tmp_path / path) if "/" in path else path)
    assert caught.value.hint


def test_folder_without_a_spec(tmp_path: Path) -> None:
    fails(tmp_path, ParseError, "has no spec.md")


def test_folder_with_several_specs(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "# A\n")
    write(tmp_path, "b.md", "# A\n")
    fails(tmp_path, ParseError, "has 2 Markdown files")


def test_folder_named_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match="is a folder"):
        read_source(tmp_path)


def test_binary_file(tmp_path: Path) -> None:
    fails(write(tmp_path, "a.md", b"\x7fELF\x00\x01"), ParseError, "zero byte at 4")


def test_utf_16_file(tmp_path: Path) -> None:
    fails(write(tmp_path, "a.md", "# A".encode("utf-16-le")), ParseError, "not text")


def test_invalid_utf_8_is_placed(tmp_path: Path) -> None:
    fails(
        write(tmp_path, "a.md", b"# A\n\nb\xffc\n"), ParseError, "a.md:3: not UTF-8: byte 0xff at 6"
    )
    fails(write(tmp_path, "b.md", b"\xed\xa0\x80"), ParseError, "not UTF-8")


@pytest.mark.parametrize("megabytes", [8, 50])
def test_large_file(tmp_path: Path, megabytes: int) -> None:
    file = write(tmp_path, "a.md", b"# A\n")
    os.truncate(file, megabytes * 2**20 + 1)
    fails(file, ParseError, "larger than 8 MB")


def test_endless_file() -> None:
    fails("/dev/zero", ParseError, "larger than 8 MB")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "# A\n")
    file.chmod(0)
    fails(file, StorageError, "cannot be read")
    (tmp_path / "below").mkdir(mode=0)
    fails(tmp_path / "below" / "a.md", StorageError, "cannot be read")


def test_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "a.md")
    fails(tmp_path / "a.md", CharterError, "a.md")


def test_unknown_reader(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "# A\n")
    with pytest.raises(ConfigError, match="no reader"):
        load(file, reader="docx")


def test_companion_that_is_no_text_fails_the_whole(tmp_path: Path) -> None:
    write(tmp_path, "spec.md", "# A\n")
    write(tmp_path, "scenarios/a.md", b"\xff")
    fails(tmp_path, ParseError, "scenarios/a.md:1: not UTF-8")


def test_pipe_among_companions_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "spec.md", "# A\n")
    (tmp_path / "scenarios").mkdir()
    os.mkfifo(tmp_path / "scenarios" / "a.md")
    assert load(tmp_path).scenario_sets == ()


def test_too_many_companions_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "MAX_COMPANIONS", 2)
    for name in "abc":
        write(tmp_path, f"{name}.md", "")
    with pytest.raises(ParseError, match="holds 3 files"):
        scenario_sets(tmp_path)
    monkeypatch.setattr(load_module, "MAX_COMPANIONS", 3)
    assert len(scenario_sets(tmp_path)) == 3
    monkeypatch.setattr(load_module, "MAX_COMPANION_BYTES", 3)
    write(tmp_path, "a.md", "four")
    with pytest.raises(ParseError, match="the limits are"):
        scenario_sets(tmp_path)


def test_no_scenario_folder_means_no_scenarios(tmp_path: Path) -> None:
    assert scenario_sets(tmp_path / "none") == ()
    assert scenario_tools(tmp_path / "none") == {}


def test_scenario_tools_are_a_mapping(tmp_path: Path) -> None:
    write(tmp_path, "tools.yaml", "send:\n  description: d\n")
    assert scenario_tools(tmp_path) == {"send": {"description": "d"}}
    write(tmp_path, "tools.yaml", "a: b\n- c\n")
    with pytest.raises(ParseError) as caught:
        scenario_tools(tmp_path)
    assert caught.value.place is not None
    assert caught.value.place.line == 2


HEAD = "# A {#a authority=user}\n\n"
EXAMPLE = "**Example**: x\n\n~~~xml\n"
HOSTILE = {
    "deep quotes": ">" * 100_000,
    "spaced quotes": "> " * 100_000,
    "nested lists": "- " * 20_000 + "a",
    "nested numbers": "1. " * 20_000 + "é",
    "stair of lists": "".join("  " * depth + "- a\n" for depth in range(1_000)),
    "nested users": HEAD + EXAMPLE + "<user>\n" * 50_000 + "~~~\n",
    "nested comparisons": HEAD + EXAMPLE + "<comparison>\n" * 50_000,
    "unclosed fence": HEAD + "~~~xml\n" + "text\n" * 100_000,
    "same ids": "# A {#a}\n" * 30_000,
    "same titles": "# A\n" * 30_000,
    "same sentences": HEAD + "You should.\n\n" * 30_000,
    "brackets": HEAD + "[" * 400_000,
    "stars": HEAD + "*" * 400_000,
    "emphasis": HEAD + "*a **b " * 50_000,
    "braces": "# A " + "{#" * 200_000,
    "closed braces": "# A " + "{#a " * 100_000 + "}",
    "user tags": HEAD + EXAMPLE + "<user " * 100_000 + "\n~~~\n",
    "user attributes": HEAD + EXAMPLE + "<user" + ' a="b"' * 100_000 + "\n~~~\n",
    "open attributes": HEAD + EXAMPLE + '<user a="' * 50_000 + "\n~~~\n",
    "open comments": HEAD + EXAMPLE + "<assistant> <!-- " * 30_000 + "\n~~~\n",
    "open elisions": HEAD + EXAMPLE + "[..." * 100_000 + "\n~~~\n",
    "open settings": HEAD + EXAMPLE + "<user>\n" + "<settings>\n" * 50_000 + "</user>\n~~~\n",
    "open untrusted": HEAD + EXAMPLE + "<user>\n" + "<untrusted>\n" * 50_000 + "</user>\n~~~\n",
    "markers": HEAD + "It should" + "[^a]" * 50_000,
    "markers after dots": HEAD + "It should" + ".[^a]" * 50_000,
    "markers after words": HEAD + "it should [^abcd] " * 20_000,
    "open markers": HEAD + "should " + "[^" * 200_000,
    "references": HEAD + "[a](#b)" * 50_000,
    "open references": HEAD + "](#" * 100_000,
    "dots": HEAD + "It should " + "." * 400_000 + " A",
    "quotes in dots": HEAD + "It should " + '."' * 100_000 + " A",
    "blanks": HEAD + "It should." + " " * 400_000 + "A",
    "modals": HEAD + "may " * 100_000,
    "conditions": HEAD + "if " + ", answer" * 50_000,
    "parentheses": HEAD + "it may " + "(" * 200_000,
    "notes": HEAD + "!!! meta\n" * 50_000,
    "open note": HEAD + '!!! meta "' * 50_000,
    "long note": HEAD + "!!! meta\n" + "    a\n" * 50_000,
    "rules": "---\n" * 50_000,
    "deep YAML": "---\na: " + "[" * 60_000 + "\n---\n",
    "wide YAML": "---\n" + "".join(f"a{n}: 1\n" for n in range(5_000)) + "---\n",
    "boundaries": HEAD + "~~~boundary\nid: a\n~~~\n" * 2_000,
    "not ASCII": HEAD + "é\n\n" * 100_000,
    "not ASCII in lists": HEAD + "- é\n" * 50_000,
    "one line": "a " * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_read_and_ends(tmp_path: Path, name: str) -> None:
    """No assertion on time: quadratic behaviour would take minutes at these sizes."""
    text = HOSTILE[name]
    spec = load(write(tmp_path, "spec.md", text))
    assert spec.source.text == text
    assert len({clause.id for clause in spec.clauses}) == sum(1 for _ in spec.clauses)


def test_yaml_bomb_becomes_a_problem(tmp_path: Path) -> None:
    lines = ["---", "a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    spec = load(write(tmp_path, "spec.md", "\n".join([*lines, "---", "# A {#a}\n"])))
    assert [problem.kind for problem in spec.problems] == ["front-matter"]
    assert spec.has_section("a")


def test_many_locations_in_a_long_text_are_found_at_once(tmp_path: Path) -> None:
    spec = load(write(tmp_path, "spec.md", "# A {#a b}\n" * 20_000))
    lines = [spec.source.locate(problem.span).line for problem in spec.problems]
    assert lines == list(range(1, 20_001))
