"""The documents people read, and the blocks in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOT_PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")

_FENCE = re.compile(
    r"^(?P<mark>`{3,}|~{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=mark)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"<!-- (?P<word>not run|exit): (?P<value>.+?) -->\s*\Z")
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, with what the HTML comment right above it says."""

    language: str
    title: str | None
    body: str
    line: int
    not_run: str | None
    exit_code: int


def pages() -> list[Path]:
    """Return every document, sorted."""
    return [ROOT / name for name in ROOT_PAGES] + sorted((ROOT / "docs").rglob("*.md"))


def name_of(page: Path) -> str:
    """Return the path of a page from the root."""
    return page.relative_to(ROOT).as_posix()


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page, outermost ones only, in order."""
    found = []
    for fence in _FENCE.finditer(text):
        comment = _COMMENT.search(text, 0, fence.start())
        said = (comment["word"], comment["value"]) if comment else ("", "")
        title = _TITLE.search(fence["info"])
        found.append(
            Block(
                language=fence["info"].split(" ")[0],
                title=title[1] if title else None,
                body=fence["body"],
                line=text.count("\n", 0, fence.start()) + 1,
                not_run=said[1] if said[0] == "not run" else None,
                exit_code=int(said[1]) if said[0] == "exit" else 0,
            )
        )
    return found


def prose(text: str) -> str:
    """Return a page with its fenced blocks and code spans blanked out, lines kept."""
    text = _FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)
    return re.sub(r"`[^`\n]*`", "", text)
