"""Texts of records inside Markdown: what people wrote stays words, whatever it looks like."""

from __future__ import annotations

import html
import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]#|!~$])")
_AND = "\x00"
"""Stands for the `&` of an entity: what is shown holds no such character."""
_LINE_START = re.compile(r"^(\s{0,12})([-+=]|\d{1,9}[.)])", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?://|#)")


def escaped(text: str) -> str:
    """Return a text as one line of Markdown that shows it and does nothing else."""
    return _plain(" ".join(text.split()))


def paragraphs(text: str) -> str:
    """Return a text of several lines as Markdown that shows its lines and does nothing else."""
    lines = [_plain(line.strip()) for line in text.splitlines()]
    return "\n".join(f"{line}  " if line else "" for line in lines).rstrip()


def neutral(text: str) -> str:
    """Return Markdown that people wrote, without HTML and images, its links to web pages only.

    Headings go down by two levels, so that they stay below those around them.
    """
    found = text.replace("&", "&amp;").replace("<", "&lt;").replace("![", "!\\[")
    found = _LINK.sub(r"]\\(", found.replace("]:", "]\\:"))  # in quotes and lists too
    return re.sub(r"^(#{1,4}) ", r"##\1 ", found, flags=re.MULTILINE).strip()


def _plain(line: str) -> str:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in line)
    marked = _SPECIAL.sub(r"\\\1", html.escape(shown, quote=False).replace("&", _AND))
    return _LINE_START.sub(r"\1\\\2", marked.replace(_AND, "&"))
