"""Pages of commands: one HTML file that asks for nothing from anywhere, in the reports' style."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter.syntax.visible import reveal, reveal_html


def environment(**known: Any) -> Environment:
    """Return an environment with the templates of commands and reports, escaping everything."""
    made = Environment(
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
    made.filters.update(shown=reveal_html, plain=reveal)
    made.globals.update(known)
    return made


def render(made: Environment, template: str, *, styles: tuple[str, ...] = (), **values: Any) -> str:
    """Fill a template; `styles` follow that of the reports. Only these and our script may run."""
    names = ("style.css.j2", *styles)
    style = "".join(made.get_template(name).render().strip() for name in names)
    script = made.get_template("script.js.j2").render().strip()
    return made.get_template(template).render(
        **values,
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
