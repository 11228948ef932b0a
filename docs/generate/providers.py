"""reference/providers.md: every way to reach a model, from the docstring of its module."""

from __future__ import annotations

import re
import textwrap

from charter.models.open import FOLDER, GROUP
from charter.registry import discover

_LEAD = """\
# Model providers

`--model PROVIDER:NAME` names a model. Options of a provider are given as `--option KEY=VALUE`, once
for each. `--base-url` and `--key-env` are short for the options of these names. A provider refuses
an option it does not have.
"""

_BLOCK = re.compile(r"((?:^(?:    .*)?\n)+)", re.MULTILINE)


def pages() -> dict[str, str]:
    """Return the page."""
    known = discover(FOLDER, GROUP)
    parts = [_LEAD, *(f"## {name}\n\n{_body(module.__doc__)}" for name, module in known.items())]
    return {"reference/providers.md": "\n".join(parts)}


def _body(doc: str | None) -> str:
    """Return a docstring as Markdown: what is indented becomes a block of its own."""
    lines: list[str] = []
    for part in _BLOCK.split((doc or "").strip() + "\n"):
        if part.strip() and part.lstrip("\n").startswith("    "):
            lines += ["", "```text", textwrap.dedent(part).strip("\n"), "```", ""]
        elif part.strip():
            lines += ["", part.strip("\n"), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"
