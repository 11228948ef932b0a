"""Where readers comment on a rule, and how many did: never what they wrote.

Counts come from `charter comments export --out FILE.json`, which holds accepted comments only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlsplit

from charter.errors import ConfigError
from charter.records.comment import STANCES
from charter.spec.spec import Section

FORMAT: Literal["charter-comments/1"] = "charter-comments/1"
MAX_BYTES = 16 * 1024 * 1024
MAX_RULES = 100_000
MAX_COUNT = 10**9
MAX_TITLE = 100
"""Characters of a rule in the title of an issue, in a list, and in the name of a link."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PLACES = re.compile(r"\{(\w*)\}")


class Count(NamedTuple):
    """Accepted comments by stance."""

    agree: int = 0
    disagree: int = 0
    unclear: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)

    def plus(self, other: Count) -> Count:
        """Return both together."""
        return Count(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def said(self) -> str:
        """The count in words."""
        parts = (f"{number} {name}" for name, number in zip(STANCES, self, strict=True) if number)
        many = "comment" if self.total == 1 else "comments"
        return f"{self.total} {many}: {', '.join(parts)}"


class Remark(NamedTuple):
    """Where one clause is commented on, and how often it was."""

    label: str
    """The beginning of its words."""
    address: str
    """Empty where there is no form."""
    tally: Count


class Remarks(NamedTuple):
    """What stands at the end of a section."""

    address: str
    """Of the form for the whole section; empty where there is none."""
    tally: Count
    """Of the section and its clauses, on this version."""
    clauses: tuple[Remark, ...]
    """Those that do not stand in running words, where each would have a link of its own."""
    linked: bool
    """Whether others have one."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """How readers comment, and what they said so far."""

    form: str = ""
    """Address of the form that `charter serve` shows; empty: there is none."""
    issue: str = ""
    """Address of a new issue with {title} and {body} in it, where there is no form."""
    counts: Mapping[tuple[str, str], Count] = field(default_factory=dict)
    """By id and digest of the spec."""
    closed: Mapping[str, None] = field(default_factory=dict)
    """Ids that the form does not know any more."""

    def __bool__(self) -> bool:
        return bool(self.form or self.issue or self.counts)

    def of(self, digest: str, gone: Collection[str] = ()) -> Feedback:
        """Return what concerns one version; the newest, whose rules the form has, lacks `gone`.

        Its `repr` is the same for the same options and names all that a page of it shows.
        """
        counts = {key: self.counts[key] for key in sorted(self.counts) if key[1] == digest}
        closed = dict.fromkeys(sorted(gone)) if self.form else {}
        return replace(self, counts=counts, closed=closed)

    def address(self, wanted: str, label: str, digest: str) -> str:
        """Return where somebody comments on a rule; empty where nobody can."""
        if wanted in self.closed:
            return ""
        if self.form:
            return f"{self.form}?rule={quote(wanted, safe='')}&spec={quote(digest, safe='')}"
        if not self.issue:
            return ""
        said = {
            "title": f"Comment on {wanted[:200]}: {_short(label)}",
            "body": f"Rule: {wanted[:200]}\nText: {digest}\n\nI agree / disagree / find it "
            "unclear, because:\n",
        }
        return _PLACES.sub(lambda at: quote(said[at[1]], safe=""), self.issue)

    def each(self, section: Section, digest: str, say: Callable[[str], str]) -> Remarked:
        """Return where each clause of a section is commented on, by its id.

        `say` makes plain words of Markdown. Clauses that do not bind are left out.
        """
        if section.authority is None or not self:
            return {}
        return {
            clause.id: Remark(
                _short(label := say(clause.text)),
                self.address(clause.id, label, digest),
                self.counts.get((clause.id, digest), Count()),
            )
            for clause in section.clauses
        }

    def on(
        self, section: Section, digest: str, each: Remarked, linked: Collection[str]
    ) -> Remarks | None:
        """Return what stands at the end of a section; None where nothing does.

        `each` is of its clauses; those of `linked` have links of their own in the text.
        """
        if section.authority is None or not self:
            return None
        count = self.counts.get((section.id, digest), Count())
        for remark in each.values():
            count = count.plus(remark.tally)
        address = self.address(section.id, section.title, digest)
        open_ = {wanted: remark for wanted, remark in each.items() if remark.address}
        if not address and not count.total and not open_:
            return None
        others = tuple(remark for wanted, remark in open_.items() if wanted not in linked)
        return Remarks(address, count, others, len(others) < len(open_))


Remarked = Mapping[str, Remark]
NOTHING = Feedback()


def _short(text: str) -> str:
    return text if len(text) <= MAX_TITLE else f"{text[: MAX_TITLE - 1]}…"


def form_address(url: str, option: str = "--feedback") -> str:
    """Return the address of a form. Raises ConfigError for one that no link may have."""
    if not _good(url) or "?" in url or "#" in url:
        hint = f"such as https://example.org/{option.rpartition('-')[2]}"
        raise ConfigError(f"{option} {url!r:.200} is no address", hint=hint)
    return url


def issue_template(url: str) -> str:
    """Return the address of a new issue, with {title} and {body} to fill in. Raises ConfigError."""
    places = _PLACES.findall(url)
    plain = _PLACES.sub("", url)
    after = url.partition("?")[2]
    good = _good(plain) and not {*"{}"} & {*plain} and {*places} <= {"title", "body"}
    if not good or not places or len(_PLACES.findall(after)) != len(places):
        raise ConfigError(
            f"--feedback-issue {url!r:.200} is no address with {{title}} and {{body}} in its query",
            hint="such as https://example.org/issues/new?title={title}&body={body}",
        )
    return url


def _good(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.username is None
    except ValueError:
        return False
    odd = any(c.isspace() or not c.isprintable() or c in "\"'<>\\`" for c in url)
    return parts.scheme in ("http", "https") and named and not odd and len(url) <= 1000


def read_counts(text: str, name: str) -> Mapping[tuple[str, str], Count]:
    """Return the counts of an export. Raises ConfigError for what is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ConfigError(
            f"{name} holds no counts of the format {FORMAT}",
            hint="make it with `charter comments export --out comments.json`",
        )
    rules = found.get("rules")
    if not isinstance(rules, list) or len(rules) > MAX_RULES:
        raise ConfigError(f"{name}: `rules` must be a list of at most {MAX_RULES:,}")
    made: dict[tuple[str, str], Count] = {}
    for number, rule in enumerate(rules, 1):
        one = _rule(rule)
        if one is None or one[0] in made:
            why = "is no count of a rule" if one is None else "counts a rule a second time"
            raise ConfigError(f"{name}: entry {number} of `rules` {why}")
        made[one[0]] = one[1]
    return MappingProxyType(made)


def _rule(rule: Any) -> tuple[tuple[str, str], Count] | None:
    if not isinstance(rule, dict):
        return None
    wanted, digest, accepted = rule.get("id"), rule.get("spec"), rule.get("accepted")
    if not isinstance(wanted, str) or not isinstance(digest, str) or not isinstance(accepted, dict):
        return None
    numbers: Sequence[Any] = [accepted.get(stance, 0) for stance in STANCES]
    whole = all(type(number) is int and 0 <= number <= MAX_COUNT for number in numbers)
    if not whole or not _DIGEST.fullmatch(digest):
        return None
    return (wanted, digest), Count(*numbers)
