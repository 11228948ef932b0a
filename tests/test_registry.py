"""Finding plug-ins by folder and by entry point."""

import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from charter import registry
from charter.errors import PluginError
from charter.registry import discover, names, plugin_id

FOLDER = "charter.syntax.readers"


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    """Entry points that stand in for installed packages."""
    found: list[EntryPoint] = []
    monkeypatch.setattr(registry, "entry_points", lambda **_: EntryPoints(found))
    return found


def test_built_ins_are_found_by_file_name() -> None:
    assert list(discover(FOLDER, "charter.none")) == ["markdown", "model-spec"]
    assert names(FOLDER, "charter.none") == ["markdown", "model-spec"]
    assert plugin_id("not_contains") == "not-contains"


def test_third_party_plug_in_is_found(entries: list[EntryPoint]) -> None:
    entries.append(EntryPoint("docx", "charter.source:Span", "charter.readers"))
    found = discover(FOLDER, "charter.readers")
    assert list(found) == ["docx", "markdown", "model-spec"]
    assert names(FOLDER, "charter.readers") == list(found)


def test_same_name_twice_is_an_error(entries: list[EntryPoint]) -> None:
    entries.append(EntryPoint("markdown", "charter.source:Span", "charter.readers"))
    with pytest.raises(PluginError, match="two plug-ins named 'markdown'"):
        discover(FOLDER, "charter.readers")


@pytest.mark.parametrize("value", ["no_such_module:x", "charter.source:no_such_name"])
def test_plug_in_that_does_not_load_is_an_error(entries: list[EntryPoint], value: str) -> None:
    entries.append(EntryPoint("broken", value, "charter.readers"))
    with pytest.raises(PluginError, match="'broken'") as caught:
        discover(FOLDER, "charter.readers")
    assert "uninstall" in (caught.value.hint or "")


def test_built_in_that_does_not_import_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "some_plugins"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "needs_much.py").write_text("import a_package_nobody_has\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert names("some_plugins", "charter.none") == ["needs-much"]
    with pytest.raises(PluginError, match="needs_much") as caught:
        discover("some_plugins", "charter.none")
    assert "pip install" in (caught.value.hint or "")
    sys.modules.pop("some_plugins", None)
