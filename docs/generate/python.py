"""reference/python.md: the public names, from their source."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from typing import Any

import charter

_LEAD = """\
# Python

The public names are those of `charter.__all__`. Everything else may change with any version. All
values are immutable. Offsets count characters from 0, half-open; lines and columns count from 1.
"""


def pages() -> dict[str, str]:
    """Return the page."""
    parts = [_LEAD]
    parts += [_entry(name, getattr(charter, name)) for name in charter.__all__]
    return {"reference/python.md": "\n".join(parts)}


def _entry(name: str, value: Any) -> str:
    if isinstance(value, str):
        return f"## {name}\n\nThe version of Charter, as text.\n"
    tree = ast.parse(textwrap.dedent(inspect.getsource(value))).body[0]
    lines = [f"## {name}", ""]
    if isinstance(tree, ast.FunctionDef):
        return "\n".join([*lines, *_code(_signature(tree)), *_prose(tree)])
    if isinstance(tree, ast.ClassDef):
        return "\n".join([*lines, *_prose(tree), *_fields(tree, value), *_methods(tree)])
    raise TypeError(name)


def _prose(tree: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """Return the docstring; its paragraphs are Markdown."""
    return [ast.get_docstring(tree) or "", ""]


def _fields(tree: ast.ClassDef, value: Any) -> list[str]:
    if not dataclasses.is_dataclass(value) and not hasattr(value, "_fields"):
        init = next((n for n in _functions(tree) if n.name == "__init__"), None)
        return _code(f"{tree.name}{_signature(init).removeprefix('__init__')}") if init else []
    rows = ["| field | type | meaning |", "|---|---|---|"]
    for node, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            kind = ast.unparse(node.annotation).replace("|", "\\|")
            rows.append(f"| `{node.target.id}` | `{kind}` | {_text_of(following)} |")
    return [*rows, ""]


def _methods(tree: ast.ClassDef) -> list[str]:
    rows = []
    for node in _functions(tree):
        if node.name.startswith("_"):
            continue
        marks = {ast.unparse(mark) for mark in node.decorator_list}
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        form = f"{node.name}{returns}" if "property" in marks else _signature(node)
        about = (ast.get_docstring(node) or "").replace("\n", " ")
        rows.append(f"- `{form}`: {about}")
    return [*rows, ""] if rows else []


def _functions(tree: ast.ClassDef) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def _signature(node: ast.FunctionDef) -> str:
    arguments = ast.unparse(node.args).removeprefix("self, ").removeprefix("cls, ")
    arguments = "" if arguments in ("self", "cls") else arguments
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({arguments}){returns}"


def _text_of(node: ast.stmt | None) -> str:
    """Return the string that stands under a field."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(str(node.value.value).split()).replace("|", "\\|")
    return ""


def _code(text: str) -> list[str]:
    return ["```text", text, "```", ""]
