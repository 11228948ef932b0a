"""What the layer contracts cannot see."""

import ast
import subprocess
import sys

import pytest

import charter

SOURCES = "src/charter"


def trees(root):
    for path in sorted((root / SOURCES).rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_nothing_inside_imports_from_the_root(root):
    bad = [
        str(path)
        for path, tree in trees(root)
        if path.name != "__init__.py" or path.parent.name != "charter"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "charter"
        and any(hasattr(charter, name.name) and name.name in charter.__all__ for name in node.names)
    ]
    assert not bad


def test_modules_are_imported_by_name_in_few_places_only(root):
    callers = {
        path.relative_to(root / SOURCES).as_posix()
        for path, tree in trees(root)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "import_module")
        or (isinstance(node, ast.Name) and node.id == "import_module")
    }
    assert callers == {"__init__.py", "registry.py", "cli/main.py", "cli/schema.py"}


def test_the_core_needs_no_clock_and_no_chance(root):
    forbidden = {"time", "datetime", "random", "secrets", "socket", "os", "pathlib"}
    core = ("records", "syntax", "spec", "policy")
    for path, tree in trees(root):
        relative = path.relative_to(root / SOURCES)
        if relative.parts[0] not in core and relative.name != "source.py":
            continue
        if relative.as_posix() == "policy/instant.py":  # reads dates that are written; no clock
            continue
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [name.name for name in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not forbidden & {name.partition(".")[0] for name in names}, path


def test_names_say_something(root):
    silent = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc", "manager"}
    assert not [path for path, _ in trees(root) if path.stem in silent]


def test_library_code_does_not_print(root):
    for path, tree in trees(root):
        if path.parts[-2:] == (
            "ledger",
            "auditor.py",
        ):  # handed to auditors as a program of its own
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "eval", "exec"), path


def test_public_names_are_pinned():
    assert charter.__all__ == [
        "Call",
        "CharterError",
        "Facts",
        "Finding",
        "Source",
        "Spec",
        "__version__",
        "decide",
        "explain",
        "load",
        "load_policy",
        "parse",
        "render",
        "resolve",
        "see",
    ]
    assert all(getattr(charter, name) is not None for name in charter.__all__)
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        _ = charter.other


def test_importing_the_package_imports_nothing_heavy():
    code = "import charter, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"pydantic", "rich", "sqlalchemy", "aiohttp", "jinja2", "xllamacpp", "cel_expr_python"}
    assert not heavy & set(loaded)
