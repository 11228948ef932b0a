"""A case -> what a page makes of it: texts cut, evidence marked, an anchor to link to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from charter.evals.case import Case
from charter.evals.report.excerpt import Piece, evidence, excerpt
from charter.evals.report.kind import Kind, kind_of
from charter.evals.result import Result

MESSAGE_LIMIT = 3000
"""Characters of one message of a conversation in the page."""
SHORT = 280
"""Characters of a reply in the compact lists."""

_OUTCOMES = {
    "comply": "comply: answer without refusing",
    "refuse": "refuse",
    "safe_complete": "serve the legitimate part, leave out the rest",
    "ask": "ask the user a question",
    "any": "whatever passes the checks",
}


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with what the page makes of it."""

    anchor: str
    case: Case
    kind: Kind | None
    messages: tuple[tuple[Piece, ...], ...]
    """The conversation's texts, cut where long."""
    reply: tuple[Piece, ...]
    short: str
    outcome: str


def view_of(case: Case, anchor: str) -> CaseView:
    """Return a case as a page shows it."""
    text = case.reply.text if case.reply else ""
    checks = case.score.checks if case.score else ()
    return CaseView(
        anchor=anchor,
        case=case,
        kind=kind_of(case),
        messages=tuple(
            excerpt(message.content, limit=MESSAGE_LIMIT) for message in case.scenario.messages
        ),
        reply=excerpt(text, evidence(checks, len(text))),
        short=text if len(text) <= SHORT else f"{text[:SHORT].rstrip()} \u2026",
        outcome=_OUTCOMES.get(case.scenario.outcome, case.scenario.outcome),
    )


def anchored(result: Result) -> Iterable[tuple[Case, str]]:
    """Return every case with a name that is its own in the page."""
    repeated = result.run.repeat > 1
    names = (
        f"case-{slug(case.scenario.scenario)}" + (f"-{case.epoch + 1}" if repeated else "")
        for case in result.cases
    )
    return zip(result.cases, unique(names), strict=True)


def slug(name: str) -> str:
    """Return a name that an address can hold."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)[:80]


def unique(names: Iterable[str]) -> Iterable[str]:
    """Tell names apart that became equal when they were made safe."""
    seen: set[str] = set()
    for name in names:
        found, count = name, 1
        while found in seen:
            count += 1
            found = f"{name}.{count}"
        seen.add(found)
        yield found
