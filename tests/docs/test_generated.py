"""The generated pages are those that the generators make now."""

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from .documents import ROOT

SCRIPT = ROOT / "docs" / "generate" / "all.py"


@pytest.fixture(scope="module")
def generate():
    spec = spec_from_file_location("docs_generate_all", SCRIPT)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_checked_in_pages_are_current(generate):
    assert generate.stale(generate.pages()) == []


def test_every_reference_page_is_made(generate):
    found = {path.name for path in (ROOT / "docs" / "reference").glob("*.md")}
    made = {path.removeprefix("reference/") for path in generate.pages()}
    assert found <= made


def test_pages_end_in_one_line_end(generate):
    for path, text in generate.pages().items():
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path


def test_check_names_a_stale_page(generate, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    monkeypatch.setattr(generate, "pages", lambda: {"reference/one.md": "new\n"})
    assert generate.main(["--check"]) == 1
    assert "docs/reference/one.md" in capsys.readouterr().err
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "reference" / "orphan.md").write_text("left over\n", encoding="utf-8")
    assert generate.stale({"reference/one.md": "new\n"}) == ["reference/orphan.md"]


def test_two_generators_never_share_a_page(generate, monkeypatch):
    one = generate.generators()["decisions"]
    monkeypatch.setattr(generate, "generators", lambda: {"a": one, "b": one})
    with pytest.raises(ValueError, match="made twice"):
        generate.pages()


def test_check_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_setting_of_the_gateway_is_explained(generate):
    page = generate.pages()["reference/settings.md"]
    rows = [row for row in page.splitlines() if row.startswith("| `")]
    assert len(rows) > 60
    assert [row for row in rows if row.endswith("|  |")] == []
