"""Determinacy -> one self-contained HTML page: no request to anywhere, readable without scripts.

All words of a spec are hostile: templates escape them, and hidden characters are made visible.
Layout, style and script are those of the evaluation report.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter.cli.determinacy_screen import WHY, percent, question, summary
from charter.policy.determinacy.determine import Determinacy
from charter.syntax.visible import reveal, reveal_html


def page(found: Sequence[Determinacy]) -> str:
    """Return the page."""
    environment = _environment()
    style = environment.get_template("style.css.j2").render().strip()
    script = environment.get_template("script.js.j2").render().strip()
    return environment.get_template("determinacy.html.j2").render(
        title=f"Determinacy of {', '.join(one.policy.title or one.policy.name for one in found)}",
        found=found,
        style=Markup(style),  # noqa: S704  # our own templates, in which nothing is filled
        script=Markup(script),  # noqa: S704  # the same
        policy=(
            "default-src 'none'; "
            f"style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "img-src 'none'; connect-src 'none'; base-uri 'none'; form-action 'none'"
        ),
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("charter.cli", "templates"),
                PackageLoader("charter.evals.report", "templates"),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(shown=reveal_html, plain=reveal)
    environment.globals.update(percent=percent, question=question, summary=summary, why=WHY)
    return environment
