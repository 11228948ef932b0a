"""Result -> one self-contained HTML page: no request to anywhere, readable without scripts.

Everything that comes from a spec or a model is hostile: templates escape it, and the filters
`shown` and `plain` make hidden characters visible. The content security policy names the
page's own style and script by digest and allows nothing else.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter.evals.case import Case
from charter.evals.report.compare import Comparison
from charter.evals.report.contrast import sentences
from charter.evals.report.excerpt import Piece, evidence, excerpt
from charter.evals.report.kind import KIND_WORDS, Kind, kind_of
from charter.evals.report.plot import plot
from charter.evals.report.summary import bounds, limits, summarise
from charter.evals.report.wording import (
    VERDICT_WORDS,
    brief_text,
    enough,
    interval_text,
    lacking,
    number,
    of_text,
    p_text,
    percent,
    plural,
    points,
    points_interval,
    share_text,
)
from charter.evals.result import ENOUGH, Result
from charter.evals.score import Verdict
from charter.spec.spec import AUTHORITIES
from charter.syntax.visible import reveal, reveal_html

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


def page(result: Result) -> str:
    """Return the report of a run as HTML."""
    views = [_view(case, anchor) for case, anchor in _anchored(result)]
    links = dict(
        zip(
            (row.id for row in result.sections),
            _unique(f"section-{_slug(row.id)}" for row in result.sections),
            strict=True,
        )
    )
    failures = [view for view in views if view.kind is not None]
    return _render(
        "report.html.j2",
        title=f"{result.run.spec_name} \u00b7 {result.run.model.name}",
        result=result,
        run=result.run,
        summary=summarise(result),
        bounds=bounds(result),
        limits=limits(result),
        plot=plot(result.sections, links=links),
        links=links,
        failures=failures,
        failed_sections=_count(view.case.scenario.section for view in failures),
        open_cases=[
            view for view in views if view.case.verdict == Verdict.NOT_JUDGED and view.kind is None
        ],
        silent_cases=[view for view in views if view.case.verdict in _SILENT],
        adhered=[view for view in views if view.case.verdict == Verdict.ADHERED],
        graders=list(dict.fromkeys(c.score.grader for c in result.cases if c.score)),
    )


def comparison_page(comparison: Comparison) -> str:
    """Return two runs side by side as HTML."""
    first, second = comparison.first.run, comparison.second.run
    return _render(
        "comparison.html.j2",
        title=f"{first.model.name} \u00b7 {second.model.name}",
        comparison=comparison,
        sides=(comparison.first, comparison.second),
        sentences=sentences(comparison),
        changes=[
            (change, _view(change.first, ""), _view(change.second, ""))
            for change in comparison.changes
        ],
    )


_SILENT = (Verdict.JUDGE_FAILED, Verdict.CUT_OFF, Verdict.FILTERED, Verdict.ERROR)


def _view(case: Case, anchor: str) -> CaseView:
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


def _anchored(result: Result) -> Iterable[tuple[Case, str]]:
    repeated = result.run.repeat > 1
    names = (
        f"case-{_slug(case.scenario.scenario)}" + (f"-{case.epoch + 1}" if repeated else "")
        for case in result.cases
    )
    return zip(result.cases, _unique(names), strict=True)


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)[:80]


def _unique(names: Iterable[str]) -> Iterable[str]:
    """Tell names apart that became equal when they were made safe."""
    seen: set[str] = set()
    for name in names:
        found, count = name, 1
        while found in seen:
            count += 1
            found = f"{name}.{count}"
        seen.add(found)
        yield found


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


def _render(template: str, **values: Any) -> str:
    environment = _environment()
    style = environment.get_template("style.css.j2").render(**values).strip()
    script = environment.get_template("script.js.j2").render().strip()
    return environment.get_template(template).render(
        **values,
        style=Markup(style),  # noqa: S704  # our own template, in which only numbers are filled
        script=Markup(script),  # noqa: S704  # our own template, in which nothing is filled
        policy=(
            "default-src 'none'; "
            f"style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "img-src 'none'; connect-src 'none'; base-uri 'none'; form-action 'none'"
        ),
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _nb(text: str) -> Markup:
    """Keep a number and its unit on one line."""
    joined = re.sub(
        r"(?<=\d) (?=%)|(?<=\bp) (?=[=&])|(?<=[=;]) (?=0\.)", "\u00a0", reveal_html(text)
    )
    return Markup(joined)  # noqa: S704  # escaped by reveal_html


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("charter.evals.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(shown=reveal_html, plain=reveal, nb=_nb)
    environment.globals.update(
        authorities=AUTHORITIES,
        brief_text=brief_text,
        verdict_words=VERDICT_WORDS,
        kind_words=KIND_WORDS,
        enough=enough,
        evidence_needed=ENOUGH,
        interval_text=interval_text,
        lacking=lacking,
        number=number,
        of_text=of_text,
        p_text=p_text,
        percent=percent,
        plural=plural,
        points=points,
        points_interval=points_interval,
        share_text=share_text,
    )
    return environment
