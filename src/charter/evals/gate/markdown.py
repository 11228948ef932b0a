"""GateResult -> a summary for pull requests, in the Markdown of GitHub and GitLab.

Titles and names come from specs and ledgers of others: everything in them that would be markup,
a link, a mention or a reference is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from charter.evals.gate.claim import GateVerdict
from charter.evals.gate.gate import GateResult
from charter.evals.gate.group import GroupRow
from charter.evals.gate.limits import LimitRow
from charter.evals.gate.target import Kind
from charter.evals.gate.wording import (
    POPULATION,
    evidence,
    headline,
    identity,
    interval_text,
    limit_reason,
    limited,
    reason,
    remarks,
    share_of,
    size,
    violations_text,
)
from charter.evals.report.wording import percent
from charter.syntax.visible import reveal

LIMIT = 65_536
"""Characters that a comment on GitHub may have."""
LONGEST = 100
"""Characters of a name in a table."""
SENTENCE = 600

_MARK = {
    GateVerdict.PASS: "\u2705 pass",
    GateVerdict.FAIL: "\u274c fail",
    GateVerdict.NEED_MORE: "\u23f3 need more",
}
_COLUMNS = (
    "group",
    "verdict",
    "base",
    "candidate",
    "points (confidence sequence)",
    "+",
    "\u2212",
    "n",
    "open",
    "e for passing",
    "e for failing",
    "more",
)
_MARKUP = re.compile(r"[\\`*_{}\[\]|~$^<>&]")
_START = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
"""What opens a list, a heading or a rule where a line begins with it."""
_LINKED = re.compile(r"([@#!](?=\w)|:(?=//)|www(?=\.))", re.IGNORECASE)
_ENTITY = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_BREAK = "\u2060"
"""Word joiner: keeps `@name`, `#1`, `!1`, `https://` and `www.` from becoming links."""


def markdown(result: GateResult) -> str:
    """Return the summary, at most LIMIT characters: rows are left out at the end, and counted."""
    for most in (10_000, 1000, 300, 100, 30, 10, 3):
        text = _document(result, most)
        if len(text) <= LIMIT:
            return text
    return _document(result, 0)


def _document(result: GateResult, most: int) -> str:
    parts = [
        f"## Charter gate: {_MARK[result.verdict]}",
        safe(headline(result), SENTENCE),
        *_bullets(
            [f"Base: {identity(result.base)}", f"Candidate: {identity(result.candidate)}"],
            SENTENCE,
            most=2,
        ),
        _groups(result.tested, most),
        *_bullets([reason(row, result.question.margin) for row in result.tested], SENTENCE, most),
    ]
    if result.limits:
        parts += [
            "### Limits",
            _limits(result.limits, most),
            *_bullets([limit_reason(row) for row in result.limits], SENTENCE, most),
        ]
    said = list(remarks(result))
    if said:
        parts += ["### To be noted", *_bullets(said, SENTENCE, most)]
    if result.others:
        parts += [
            "<details><summary>The rest, for information</summary>",
            _groups(result.others, most),
            "</details>",
        ]
    alpha = f"{100 * result.question.alpha:g} %"
    parts.append(
        f"<sub>Margin {size(result.question.margin)}; a false pass and a false fail have a "
        f"chance of at most {alpha} each. {POPULATION}</sub>"
    )
    return "\n\n".join(parts) + "\n"


def safe(text: str, longest: int = LONGEST) -> str:
    """Return text on one line as Markdown that shows it and does nothing else."""
    line = " ".join(reveal(text).split())
    if len(line) > longest:
        line = f"{line[: longest - 1].rstrip()}\u2026"
    escaped = _MARKUP.sub(lambda found: _ENTITY.get(found[0], f"\\{found[0]}"), line)
    escaped = _START.sub(lambda found: f"{found[0]}{_BREAK}", escaped)
    return _LINKED.sub(lambda found: f"{found[0]}{_BREAK}", escaped)


def _groups(rows: Sequence[GroupRow], most: int) -> str:
    lines = [
        f"| {' | '.join(_COLUMNS)} |",
        f"|---|---{'|--:' * (len(_COLUMNS) - 2)}|",
    ]
    for row in rows[:most]:
        cells = (
            _name(row),
            _MARK[row.verdict],
            "" if row.base is None else percent(row.base),
            "" if row.candidate is None else percent(row.candidate),
            interval_text(row),
            str(row.better),
            str(row.worse),
            str(row.units),
            str(row.units - row.decided),
            evidence(row.passing).removeprefix("e-value "),
            evidence(row.failing).removeprefix("e-value "),
            _more(row),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + _rest(len(rows) - most)


def _limits(rows: Sequence[LimitRow], most: int) -> str:
    lines = [
        "| limit | verdict | violations | n | below, at every look | at one look | more |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows[:most]:
        cells = (
            safe(limited(row.limit)),
            _MARK[row.verdict],
            violations_text(row),
            str(row.units),
            share_of(row.upper),
            "" if row.upper_once is None else share_of(row.upper_once),
            _more(row),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + _rest(len(rows) - most)


def _name(row: GroupRow) -> str:
    if row.target.kind is Kind.SECTION and row.title != row.target.id:
        return f"{safe(row.title)} ({safe(row.target.id)})"
    return safe(row.title)


def _more(row: GroupRow | LimitRow) -> str:
    if row.more is None:
        return ""
    return "" if row.more.to_pass is None else f"\u2248 {row.more.to_pass}"


def _bullets(lines: Sequence[str], longest: int, most: int) -> list[str]:
    if not lines:
        return []
    shown = "\n".join(f"- {safe(line, longest)}" for line in lines[:most])
    return [shown + _rest(len(lines) - most)]


def _rest(left: int) -> str:
    return f"\n\nand {left} more, which the JSON document holds." if left > 0 else ""
