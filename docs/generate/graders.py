"""reference/graders.md: every check of replies, from the docstring of its module."""

from __future__ import annotations

import re
import textwrap

from charter.evals.grader import graders
from charter.evals.scenario import IMPLIED

_LEAD = """\
# Checks of replies

A check is one line under `checks:` in an `~~~expect` fence: its name, then its arguments.
All checks of a scenario must pass. Each gives a verdict, a sentence that says why, and the place in
the reply that it rests on. Checks know the reply and their arguments, and nothing else.

Some outcomes add a check of their own: {implied}.

{contents}
"""

_HEADING = re.compile(r"^(What it decides|Arguments|Passes|Fails)$", re.MULTILINE)


def pages() -> dict[str, str]:
    """Return the page."""
    known = graders()
    implied = ", ".join(
        f"`outcome: {outcome}` adds [`{check.name}`](#{check.name})"
        for outcome, check in IMPLIED.items()
    )
    contents = "\n".join(
        f"- [`{name}`](#{name}): {_summary(grader.__doc__)}" for name, grader in known.items()
    )
    parts = [_LEAD.format(implied=implied, contents=contents)]
    parts += [_section(name, grader.__doc__ or "") for name, grader in known.items()]
    return {"reference/graders.md": "\n".join(parts)}


def _summary(doc: str | None) -> str:
    return (doc or "").strip().partition("\n\n")[0].replace("\n", " ")


def _section(name: str, doc: str) -> str:
    lead, *rest = _HEADING.split(doc.strip())
    lines = [f"## {name}", "", lead.strip(), ""]
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        lines += [f"**{heading}.** {textwrap.dedent(body.strip(chr(10))).strip()}", ""]
    return "\n".join(lines)
