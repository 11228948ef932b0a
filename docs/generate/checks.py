"""reference/checks.md: every check of the gateway, from the docstring of its module."""

from __future__ import annotations

import re
import textwrap

from charter.gateway.check import checks

_LEAD = """\
# Checks of the gateway

A check looks at one text of a request or an answer. A table `[checks.NAME]` of `gateway.toml` asks
for one; [Checks](../checks.md) says how. What is listed under *Settings* stands in the same table.

{contents}
"""

_HEADING = re.compile(r"^(What it finds|Settings|What it misses|On streams)$", re.MULTILINE)


def pages() -> dict[str, str]:
    """Return the page."""
    known = checks()
    rows = ["| check | what it does | stages | effect unless configured |", "|---|---|---|---|"]
    rows += [
        f"| [`{name}`](#{name}) | {_summary(check.__doc__)} | {', '.join(sorted(check.STAGES))} "
        f"| {check.EFFECT} |"
        for name, check in known.items()
    ]
    parts = [_LEAD.format(contents="\n".join(rows))]
    for name, check in known.items():
        parts.append(_section(name, check.__doc__ or "", sorted(check.CHANNELS)))
    return {"reference/checks.md": "\n".join(parts)}


def _summary(doc: str | None) -> str:
    return (doc or "").strip().partition("\n\n")[0].replace("\n", " ")


def _section(name: str, doc: str, channels: list[str]) -> str:
    lead, *rest = _HEADING.split(doc.strip())
    lines = [f"## {name}", "", lead.strip(), ""]
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        lines += [f"**{heading}.** {textwrap.dedent(body.strip(chr(10))).strip()}", ""]
    lines += [f"**Channels.** {', '.join(channels)}.", ""]
    return "\n".join(lines)
