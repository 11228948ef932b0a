"""Two texts of one file -> a patch that `git apply` takes, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_PLAIN = re.compile(r"[A-Za-z0-9._/+@,=-]+")


def patch(path: str, old: str, new: str) -> str:
    """Return a patch of a file named as its repository has it, with `/` between folders.

    Empty where both texts are the same. Line ends stay what they are.
    """
    if old == new:
        return ""
    sides = _LINE.findall(old), _LINE.findall(new)
    names = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    head = f"diff --git {names[0]} {names[1]}\n--- {names[0]}\n+++ {names[1]}\n"
    return head + "".join(_lines(*sides))


def _lines(old: list[str], new: list[str]) -> Iterator[str]:
    for number, line in enumerate(unified_diff(old, new, n=3, lineterm="\n")):
        if number < 2:
            continue  # the names, which difflib does not quote
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _quoted(name: str) -> str:
    """Quote a name as git does (core.quotePath): octal for what is no plain ASCII."""
    if _PLAIN.fullmatch(name):
        return name
    signs = {34: '\\"', 92: "\\\\"}
    return (
        '"'
        + "".join(
            signs.get(byte, chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}")
            for byte in name.encode("utf-8", "surrogateescape")
        )
        + '"'
    )
