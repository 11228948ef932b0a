"""decisions/README.md: the decisions of this folder, by title."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "decisions"

_LEAD = """\
# Decisions

Choices that shape the code, each with its reason and its price.

"""


def pages() -> dict[str, str]:
    """Return the page."""
    lines = [f"- [{_title(file)}]({file.name})" for file in sorted(FOLDER.glob("[0-9]*.md"))]
    return {"decisions/README.md": _LEAD + "\n".join(lines) + "\n"}


def _title(file: Path) -> str:
    found = re.search(r"^# (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else file.stem
