"""Determinacy -> one self-contained HTML page: no request to anywhere, readable without scripts.

All words of a spec are hostile: templates escape them, and hidden characters are made visible.
Layout, style and script are those of the evaluation report.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment

from charter.cli.determinacy_screen import WHY, percent, question, summary
from charter.cli.page import environment, render
from charter.policy.determinacy.determine import Determinacy


def page(found: Sequence[Determinacy]) -> str:
    """Return the page."""
    title = f"Determinacy of {', '.join(one.policy.title or one.policy.name for one in found)}"
    return render(_environment(), "determinacy.html.j2", title=title, found=found)


@cache
def _environment() -> Environment:
    return environment(percent=percent, question=question, summary=summary, why=WHY)
