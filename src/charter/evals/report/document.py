"""Templates -> one self-contained HTML document: no request to anywhere, readable without scripts.

Everything that comes from a spec or a model is hostile: templates escape it, and the filters
`shown` and `plain` make hidden characters visible. The content security policy names the
page's own style and script by digest and allows nothing else.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter.estimates.interval import ENOUGH
from charter.evals.case import PENDING
from charter.evals.report.figure import (
    STATE_WORDS,
    basis_text,
    basis_word,
    bounds,
    counts_text,
    decided,
    estimate_text,
    figure_text,
    population_text,
    raw_text,
    stated,
    stated_correction,
    stated_raw,
    target_text,
    these_text,
)
from charter.evals.report.kind import KIND_WORDS
from charter.evals.report.trust_wording import (
    calibration_text,
    grader_text,
    measured_text,
    rate_text,
    settings_text,
    spent_text,
)
from charter.evals.report.wording import (
    VERDICT_WORDS,
    brief_text,
    interval_text,
    lacking,
    number,
    p_text,
    percent,
    plural,
    points,
    points_interval,
)
from charter.evals.row import Row
from charter.evals.score import DECIDED, Verdict
from charter.spec.spec import AUTHORITIES
from charter.syntax.visible import reveal, reveal_html

_RANGE = re.compile(r"\d[\d.]{0,9}\u2013\d[\d.]{0,9}(?:\u00a0%)?")


def document(template: str, **values: Any) -> str:
    """Fill a template of the reports."""
    made = environment()
    style = made.get_template("style.css.j2").render(**values).strip()
    style += made.get_template("figures.css.j2").render(**values).strip()
    script = made.get_template("script.js.j2").render().strip()
    return made.get_template(template).render(
        **values,
        style=Markup(style),  # noqa: S704  # our own template, in which only numbers are filled
        script=Markup(script),  # noqa: S704  # our own template, in which nothing is filled
        policy=(
            "default-src 'none'; "
            f"style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "img-src 'none'; connect-src 'none'; base-uri 'none'; form-action 'none'"
        ),
    )


@cache
def environment() -> Environment:
    """Return the environment of all reports, escaping everything."""
    made = Environment(
        loader=PackageLoader("charter.evals.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(shown=reveal_html, plain=reveal, nb=_nb, pc=_place)
    made.globals.update(_words())
    return made


def _words() -> dict[str, Any]:
    """Return what templates may call and name: the wording that every form of a report shares."""
    return {
        "authorities": AUTHORITIES,
        "basis_text": basis_text,
        "basis_word": basis_word,
        "bounds_of": bounds,
        "counts_text": counts_text,
        "brief_text": brief_text,
        "calibration_text": calibration_text,
        "decided": decided,
        "estimate_text": estimate_text,
        "evidence_needed": ENOUGH,
        "figure_text": figure_text,
        "grader_text": grader_text,
        "interval_text": interval_text,
        "kind_words": KIND_WORDS,
        "lacking": lacking,
        "measured_text": measured_text,
        "number": number,
        "p_text": p_text,
        "percent": percent,
        "plural": plural,
        "points": points,
        "points_interval": points_interval,
        "population_text": population_text,
        "rate_text": rate_text,
        "settings_text": settings_text,
        "raw_text": raw_text,
        "silent_verdicts": silent_verdicts,
        "spent_text": spent_text,
        "state_words": STATE_WORDS,
        "stated": stated,
        "stated_correction": stated_correction,
        "stated_raw": stated_raw,
        "target_text": target_text,
        "these_text": these_text,
        "verdict_words": VERDICT_WORDS,
    }


def silent_verdicts(rows: Iterable[Row]) -> list[str]:
    """Return the kinds of no verdict that occur in any row: a table has no other columns."""
    found = list(rows)
    kinds = (each.value for each in Verdict if each not in DECIDED)
    return [kind for kind in (*kinds, PENDING) if any(row.counts[kind] for row in found)]


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _place(value: float) -> str:
    """Write a place in a drawing, in percent."""
    return f"{value:.2f}%"


def _nb(text: str) -> Markup:
    """Keep a number and its unit on one line, and both ends of a range."""
    joined = re.sub(
        r"(?<=\d) (?=%)|(?<=\bp) (?=[=&])|(?<=[=;]) (?=0\.)", "\u00a0", reveal_html(text)
    )
    joined = _RANGE.sub(r'<span class="num">\g<0></span>', joined)
    return Markup(joined)  # noqa: S704  # escaped by reveal_html
