"""Values -> pages. Every template escapes everything; hidden characters are shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from charter.console.accounts import Account
from charter.console.moment import ago, day_and_time, span
from charter.console.roles import Right
from charter.policy.explanations.explain_page import STATES
from charter.records.decision import DecisionRecorded, asked
from charter.spec.spec import AUTHORITIES
from charter.syntax.visible import reveal, reveal_html
from charter.version import VERSION

STATIC: Mapping[str, str] = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "comment.css": "text/css; charset=utf-8",
    "survey.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
EFFECTS: Mapping[str, str] = {
    "allow": "allowed",
    "flag": "flagged",
    "redact": "redacted",
    "require_approval": "held",
    "deny": "denied",
}
STAGES: Mapping[str, str] = {
    "request": "request",
    "offer": "offered tool",
    "output": "answer",
    "tool_call": "tool call",
    "tool_result": "tool result",
}
DONE: Mapping[str, str] = {
    "forwarded": "passed on",
    "edited": "passed on, edited",
    "held": "held for a person",
    "refused": "refused",
    "cut": "cut off",
    "failed": "failed",
}
RAN: Mapping[str, str] = {
    "ran": "ran",
    "skipped": "skipped",
    "errored": "error",
    "not_applicable": "not applicable",
}
REACHES: Mapping[str, str] = {"all": "everything", "app": "application", "tool": "tool"}
PLACES: tuple[tuple[str, tuple[tuple[str, str, Right], ...]], ...] = (
    (
        "What runs",
        (
            ("/decisions", "Decisions", Right.METADATA),
            ("/approvals", "Approvals", Right.METADATA),
            ("/stops", "Stop", Right.METADATA),
            ("/health", "Health", Right.METADATA),
        ),
    ),
    (
        "What people judge",
        (
            ("/review", "Review", Right.REVIEW),
            ("/queue", "Queue", Right.FIGURES),
            ("/agreement", "Agreement", Right.FIGURES),
            ("/comments", "Comments", Right.REVIEW),
            ("/surveys", "Surveys", Right.METADATA),
        ),
    ),
    (
        "What is answered for",
        (
            ("/incidents", "Incidents", Right.METADATA),
            ("/releases", "Releases", Right.METADATA),
            ("/proposals", "Proposals", Right.METADATA),
            ("/objectives", "Objectives", Right.METADATA),
        ),
    ),
)
"""Groups of the menu: the address, the name and the right of each page that it leads to."""


_NOBODY: Mapping[str, Any] = {
    "account": None,
    "form_token": "",
    "said": "",
    "stopped": (),
    "pending": 0,
    "commented": False,
}
"""What pages say to whoever is not logged in."""


@cache
def environment() -> Environment:
    """Return the environment of all pages, with the parts of explanations."""
    made = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("charter.console", "templates"),
                PackageLoader("charter.policy.explanations", "templates"),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(shown=reveal_html, plain=reveal, when=day_and_time, span=span)
    made.globals.update(
        ago=ago,
        asked_of=asked_of,
        authorities=AUTHORITIES,
        done=DONE,
        effects=EFFECTS,
        levels=AUTHORITIES,
        menu=menu,
        ran=RAN,
        reaches=REACHES,
        stages=STAGES,
        states=STATES,
        version=VERSION,
    )
    return made


def menu(account: Account, *, commented: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the groups of the menu for somebody: address and name of each page they may see."""
    found = (
        (
            group,
            [
                (path, name)
                for path, name, right in pages
                if account.may(right) and (commented or path != "/comments")
            ],
        )
        for group, pages in PLACES
    )
    return [(group, pages) for group, pages in found if pages]


def asked_of(record: DecisionRecorded) -> int:
    """Return how many boundaries, gates and checks were asked and answered."""
    boundaries = sum(asked(each)[1] == "ran" for each in record.boundaries)
    return boundaries + sum(check.status == "ran" for check in record.checks)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill a template."""
    root = str(request.scope.get("root_path", "")).rstrip("/")
    here = request.url.path.removeprefix(root)
    given = {**_NOBODY, **values}
    text = environment().get_template(template).render(root=root, here=here, **given)
    return HTMLResponse(text.encode("utf-8", "replace"), status_code=status)


def failure(
    request: Request, status: int, said: str, *, account: Account | None = None
) -> Response:
    """Return a page that says what went wrong, in one sentence."""
    return page(request, "failure.html.j2", status=status, sentence=said, account=account)


@cache
def static(name: str) -> bytes:
    """Return a file of our own."""
    if name == "console.css":
        look = environment().get_template("explanation.css.j2").render()
        return (look + "\n" + _file(name)).encode()
    return _file(name).encode()


def _file(name: str) -> str:
    return files("charter.console").joinpath("static", name).read_text(encoding="utf-8")
