"""The form for the public: a rule in its own words, and what somebody thinks of it.

Nobody has an account here, no cookie is set and no script runs. What is sent is sealed at once and
shown to nobody before a person has read it. A form names the rule and its version under a code of
this process, makes one comment however often it is sent, and is only taken from our own page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from charter.console.comment_pages import rule_of
from charter.console.comments import (
    COMMENT,
    MOST_TEXT,
    Comments,
    Keeps,
    Said,
    comment_id,
    receive,
    words_of,
)
from charter.console.desk import Keeps as Clock
from charter.console.form_code import form_code, seed_of
from charter.console.guard import MOST_QUERY, read_body, root_of
from charter.console.headers import Headers
from charter.console.limit import Limit
from charter.console.moment import stamp
from charter.console.render import STATIC, page, static
from charter.console.whence import is_foreign, network_of
from charter.errors import LedgerError
from charter.ledger.ledger import Ledger
from charter.policy.policy import Policy
from charter.records.comment import STANCES, CommentReceived

MOST_FORM = 64 * 1024
"""Bytes: 4,000 characters take 48,000 at the most as a form has them."""
MOST_FIELDS = 12
MOST_RULE = 300
HOUR = 3600.0
FILES = ("console.css", "comment.css", "icon.svg")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
MOUNT = "/feedback"
SENT = (
    "This form was sent before, with other words. Send it again, and it makes a comment of its own."
)
OLD = "This form was open for too long, or the rule has changed since. Read it again and send it."
TRAP = "website"
"""A field that nobody sees: whatever fills it in is no person."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator settled."""

    groups: tuple[str, ...] = ()
    notice: str = ""
    per_address: int = 10
    per_hour: int = 200
    waiting: int = 5000
    address_header: str = ""


class Refused(Exception):
    """A request that is answered with one line."""

    def __init__(self, status: int, said: str, wait: int = 0) -> None:
        super().__init__(said)
        self.status, self.said, self.wait = status, said, wait
        self.words = ""
        """What somebody wrote, given back to them."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the pages work on."""

    ledger: Ledger
    vault: Callable[[], Keeps | None]
    """What seals words now; None where nothing is kept."""
    policy: Callable[[], Policy]
    """The policy in force now."""
    clock: Clock
    secret: bytes
    terms: Terms
    comments: Comments = field(default_factory=Comments)
    looks: Limit = field(default_factory=lambda: Limit(120, 60))
    """Pages for one address."""
    addresses: Limit = field(init=False)
    everybody: Limit = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "addresses", Limit(self.terms.per_address, HOUR))
        object.__setattr__(self, "everybody", Limit(self.terms.per_hour, HOUR))


def feedback(  # noqa: PLR0913 - what it works on, each by name
    ledger: Ledger,
    *,
    vault: Callable[[], Keeps | None],
    policy: Callable[[], Policy],
    clock: Clock,
    secret: bytes,
    terms: Terms = Terms(),
) -> ASGIApp:
    """Return the form, to be mounted at /feedback. `policy` and `vault` give what holds now.

    Limits are kept in memory, for this process. While there is no vault no comment is taken.
    """
    form = Form(ledger, vault, policy, clock, secret, terms)
    app = Starlette(
        routes=list(_routes(form)),
        exception_handlers={Refused: _refused, HTTPException: _missing, Exception: _broken},
    )
    app.router.redirect_slashes = False
    return Headers(app, policy=POLICY, mount=MOUNT)


def _routes(form: Form) -> Iterable[BaseRoute]:
    async def ask(request: Request) -> Response:
        _look(form, request)
        return await run_in_threadpool(_ask, form, request)

    async def take(request: Request) -> Response:
        if is_foreign(request):
            raise Refused(403, "This form was sent by another site. Open it here.")
        fields = await _fields(request)
        try:
            return await run_in_threadpool(_take, form, request, fields)
        except Refused as error:
            error.words = fields.get("text", "")[: 2 * MOST_TEXT]
            raise

    async def taken(request: Request) -> Response:
        _look(form, request)
        return await run_in_threadpool(_taken, form, request)

    yield Route("/", ask, methods=["GET"])
    yield Route("/", take, methods=["POST"])
    yield Route("/taken", taken, methods=["GET"])
    yield Route("/static/{name}", _file, methods=["GET"])


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        raise Refused(404, "There is no such page.")
    cached = {"cache-control": "public, max-age=300"}
    return Response(static(name), media_type=STATIC[name], headers=cached)


def _ask(form: Form, request: Request) -> Response:
    """Show a rule and the form; without an id, the sections that there are."""
    query = request.query_params
    wanted, policy = query.get("rule", ""), form.policy()
    if not wanted:
        return page(request, "comment_rules.html.j2", rules=policy.rules, title=policy.title)
    if len(wanted) > MOST_RULE or not policy.knows(wanted):
        raise Refused(404, f"The text that is in force here has no rule {wanted[:MOST_RULE]!r}.")
    seen = query.get("spec", "")
    return _form(form, request, wanted, other=bool(seen) and seen != policy.spec_digest)


def _form(  # noqa: PLR0913 - what it shows, each by name
    form: Form,
    request: Request,
    wanted: str,
    *,
    other: bool = False,
    status: int = 200,
    wrong: str = "",
    given: dict[str, str] | None = None,
) -> Response:
    policy = form.policy()
    rule, clause = rule_of(policy, wanted)
    if rule is None:
        raise Refused(404, "The text that is in force here no longer has this rule.")
    given = given or {}
    return page(
        request,
        "comment_form.html.j2",
        status=status,
        title=policy.title,
        edition=policy.layers[-1].version or "",
        wanted=wanted,
        rule=rule,
        clause=clause,
        other=other,
        wrong=wrong,
        stances=STANCES,
        stance=given.get("stance", ""),
        group=given.get("group", ""),
        text=given.get("text", "")[: 2 * MOST_TEXT],
        groups=form.terms.groups,
        notice=form.terms.notice,
        most=MOST_TEXT,
        token=form_code(form.secret, form.clock.now(), wanted, policy.digest),
        trap=TRAP,
    )


def _take(form: Form, request: Request, fields: dict[str, str]) -> Response:
    """Take a comment: checked, then counted against the limits, then sealed and recorded."""
    now = form.clock.now()
    wait = form.addresses.take(_place(form, request), now)
    if wait:
        raise Refused(429, f"Too many comments from your address. Try again in {wait} s.", wait)
    vault = form.vault()
    if vault is None:
        raise Refused(503, "Comments are not taken here: nothing that people write is kept.")
    if fields.get(TRAP):
        raise Refused(422, "This looks like a program: the field that is not shown was filled in.")
    policy, wanted = form.policy(), fields.get("rule", "")
    if len(wanted) > MOST_RULE or not policy.knows(wanted):
        raise Refused(404, f"The text that is in force here has no rule {wanted[:MOST_RULE]!r}.")
    seed = seed_of(form.secret, fields.get("token", ""), now, wanted, policy.digest)
    if seed is None:
        return _form(form, request, wanted, status=409, wrong=OLD, given=fields)
    said = _said(form, policy, wanted, fields)
    if isinstance(said, str):
        return _form(form, request, wanted, status=422, wrong=said, given=fields)
    comment = comment_id(seed)
    if not _record(form, vault, said, comment, now):
        return _form(form, request, wanted, status=409, wrong=SENT, given=fields)
    return RedirectResponse(f"{root_of(request)}/taken?comment={comment}", status_code=303)


def _record(form: Form, vault: Keeps, said: Said, comment: str, now: float) -> bool:
    """Record a comment; return whether it stands there with these words, from now or from before.

    What was recorded is looked for first: a form that is sent again takes nothing of what all may
    send, and makes no new key for words that were erased.
    """
    try:
        found = _recorded(form, comment)
        if found is None:
            _admit(form, now)
            try:
                receive(form.ledger, vault, comment, said, stamp(now))
            except LedgerError:
                found = _recorded(form, comment)  # the same form came in at the same time
                if found is None:
                    raise
        return found is None or _is_same(vault, found, said)
    except LedgerError as error:
        raise Refused(503, "Your comment could not be kept just now. Try again later.") from error


def _admit(form: Form, now: float) -> None:
    """Count a new comment. Raises Refused where there are too many."""
    wait = form.everybody.take("", now)
    if wait:
        raise Refused(429, f"Too many comments come in just now. Try again in {wait} s.", wait)
    form.comments.poll(form.ledger)
    if form.comments.waiting >= form.terms.waiting:
        raise Refused(503, "Too many comments wait to be read. Come again another day.")


def _recorded(form: Form, comment: str) -> CommentReceived | None:
    return next(iter(form.ledger.read(CommentReceived, run=comment, limit=1)), None)


def _is_same(vault: Keeps, found: CommentReceived, said: Said) -> bool:
    same = (found.stance, found.group) == (said.stance, said.group)
    return same and words_of(vault, found) == said.text


def _taken(form: Form, request: Request) -> Response:
    """Say that a comment was taken: only of one that was."""
    comment = request.query_params.get("comment", "")
    try:
        found = _recorded(form, comment) if COMMENT.fullmatch(comment) else None
    except LedgerError as error:
        raise Refused(503, "It cannot be looked up just now. Try again later.") from error
    if found is None:
        raise Refused(404, "There is no such page.")
    return page(request, "comment_taken.html.j2", comment=comment)


def _said(form: Form, policy: Policy, wanted: str, fields: dict[str, str]) -> Said | str:
    """Return what was said, or what is wrong with it in one line."""
    stance, group = fields.get("stance", ""), fields.get("group", "")
    text = fields.get("text", "").replace("\r\n", "\n").strip()
    if stance not in STANCES:
        return "Say whether you agree, disagree or find the rule unclear."
    if group and group not in form.terms.groups:
        return "Choose one of the groups, or none."
    if not any(c.isprintable() and not c.isspace() for c in text):
        return "Say why, in your own words."
    if len(text) > MOST_TEXT:
        return f"At most {MOST_TEXT:,} characters are taken; these are {len(text):,}."
    return Said(wanted, policy.spec_digest, policy.digest, stance, group, text)


async def _fields(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused(415, "A comment is sent as a form, url-encoded.")
    try:
        body = await read_body(request, MOST_FORM)
    except TimeoutError:
        raise Refused(408, "This form came in too slowly.") from None
    if body is None:
        raise Refused(413, f"This is too large: at most {MOST_TEXT:,} characters are taken.")
    try:
        pairs: Sequence[tuple[str, str]] = parse_qsl(
            body.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Refused(400, "This form has too many fields.") from None
    return dict(pairs)


def _look(form: Form, request: Request) -> None:
    if len(request.url.query) > MOST_QUERY:
        raise Refused(414, "This address is too long.")
    wait = form.looks.take(_place(form, request), form.clock.now())
    if wait:
        raise Refused(429, f"Too many requests. Try again in {wait} s.", wait)


def _place(form: Form, request: Request) -> str:
    return network_of(request, form.terms.address_header)


def _failure(request: Request, status: int, sentence: str, words: str = "") -> Response:
    return page(request, "comment_failure.html.j2", status=status, sentence=sentence, words=words)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - so it is registered
    response = _failure(request, error.status, error.said, error.words)
    if error.wait:
        response.headers["retry-after"] = str(error.wait)
    return response


async def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = {404: "There is no such page.", 405: "This page takes no such request."}
    sentence = said.get(status, "This request is not understood.")
    response = _failure(request, status, sentence)
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


async def _broken(request: Request, _: Exception) -> Response:
    sentence = "Something failed here. Your comment was not taken: try again later."
    return _failure(request, 500, sentence)
