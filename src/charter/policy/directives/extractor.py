"""What an extractor is: it turns the prose of one passage into proposals.

An extractor sees the text of one passage and nothing else of the conversation, so what has less
authority cannot change what is found in what has more. It proposes; the directive made of a
proposal has the authority of the passage, never more, and names the extractor with its confidence.
Nothing else in Charter needs one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, Protocol

from charter.policy.conversation import Kind, Passage
from charter.policy.directive import Act, Delegation, Directive, Origin, Relation, Risk, Unusable
from charter.policy.directives.identity import derived_id, renamed
from charter.policy.directives.read_scope import source
from charter.policy.directives.read_value import (
    MAX_TEXT,
    Refused,
    name,
    one_or_more,
    scalar,
    subject,
)
from charter.policy.fate import Place
from charter.registry import load, names

FOLDER = "charter.policy.directives.extractors"
GROUP = "charter.extractors"

MAX_PROPOSED = 2_000
"""Taken of one passage."""
PROSE = frozenset({Kind.OWN, Kind.QUOTE, Kind.UNTRUSTED, Kind.ATTACHMENT, Kind.TOOL})
"""Passages that are read. Without authority they propose what a delegation may lift."""

PROPOSABLE = frozenset(Act) - {Act.SCOPE, Act.CLASH}
"""A scope grants autonomy and a clash stops actions: neither is taken from prose."""


class About(NamedTuple):
    """What an extractor is told of a passage beside its text."""

    kind: str
    source: str
    level: str
    """Its authority; `none` where it has none."""


class Proposed(NamedTuple):
    """One proposal, by the range of the passage's text that it rests on."""

    start: int
    end: int
    act: Act
    pattern: str
    """What found it; a name that the documentation of the extractor explains."""
    confidence: int
    """Percent."""
    targets: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    subject: str | None = None
    value: object = None
    explicit: bool = False
    """Whether the words name what is set aside; believed only where something is named."""
    needs: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    """For a delegation: the sources."""
    only: tuple[str, ...] = ()
    relation: Relation = Relation.UNRELATED
    risk: Risk = Risk.SERIOUS


class Extractor(Protocol):
    """A module in `policy/directives/extractors/`, or an object of another package."""

    IDENTITY: str
    """Name and version; a change of what it finds needs a new one."""

    def extract(self, text: str, about: About, known: Collection[str]) -> Iterable[Proposed]:
        """Yield what the text instructs. `known` are the ids of the spec's sections and clauses."""
        ...


class Proposals(NamedTuple):
    """What became of the proposals on one passage."""

    directives: list[Directive]
    unusable: list[Unusable]
    """With spans in the text of the message."""


def extractors() -> list[str]:
    """Return the ids of the extractors there are."""
    return names(FOLDER, GROUP)


def extractor(wanted: str) -> Extractor:
    """Return one extractor. Raises KeyError when there is none, PluginError when it fails."""
    found: Extractor = load(FOLDER, GROUP, wanted)
    return found


def proposals(
    by: Extractor,
    text: str,
    passage: Passage,
    known: Collection[str] = (),
    *,
    mistaken: str | None = None,
) -> Proposals:
    """Ask an extractor about one passage. Never raises: a failure is among the unusable.

    `text` is that of the passage alone. What a proposal gets wrong makes it unusable; its level
    is not the extractor's to say.
    """
    found = Proposals([], [])
    whole = passage.span
    about = About(passage.kind, passage.source, passage.authority)
    try:
        identity = str(by.IDENTITY)[:200]
        proposed = list(islice(by.extract(text, about, known), MAX_PROPOSED + 1))
    except Exception as cause:  # noqa: BLE001 - somebody else's code: whatever it raises is told
        what = f"the extractor failed: {type(cause).__name__}: {cause!s:.200}"
        found.unusable.append(Unusable(what, whole))
        return found
    if len(proposed) > MAX_PROPOSED:
        what = f"more than {MAX_PROPOSED:,} proposals on one passage; the rest are not read"
        found.unusable.append(Unusable(what, whole))
    for each in proposed[:MAX_PROPOSED]:
        try:
            directive = _directive(each, text, passage, identity, mistaken)
        except (Refused, TypeError, ValueError, AttributeError) as problem:
            what = f"{identity}: a proposal that cannot be used: {problem!s:.200}"
            found.unusable.append(Unusable(what, whole))
        else:
            found.directives.append(directive)
    return found


def _directive(
    proposed: Proposed, text: str, passage: Passage, identity: str, mistaken: str | None
) -> Directive:
    """Return a proposal as a directive of its passage. Raises Refused."""
    start, end = proposed.start, proposed.end
    if not (0 <= start < end <= len(text)):
        raise Refused(f"range {start} to {end} is not in the passage", "range")
    if end - start > MAX_TEXT:
        raise Refused(f"range {start} to {end} is longer than {MAX_TEXT:,} characters", "range")
    act = Act(proposed.act)
    if act not in PROPOSABLE:
        raise Refused(f"an extractor proposes no {act}", "act")
    delegation = None
    if act is Act.DELEGATE:
        only = one_or_more(proposed.only, "only", subject) if proposed.only else ()
        delegation = Delegation(one_or_more(proposed.to, "to", source), None, only)
    targets, conflicts = _ids(proposed.targets, "targets"), _ids(proposed.conflicts, "conflicts")
    directive = Directive(
        id="",
        act=act,
        level=passage.authority,
        order=passage.message,
        targets=targets,
        conflicts=conflicts,
        subject=None if proposed.subject is None else subject(proposed.subject, "subject"),
        value=None if proposed.value is None else scalar(proposed.value, "value"),
        text=" ".join(text[start:end].split()),
        explicit=_explicit(proposed, act),
        needs=_ids(proposed.needs, "needs"),
        mistaken=mistaken,
        delegation=delegation,
        source=passage.source,
        place=Place(passage.message, passage.start + start, passage.start + end),
        origin=Origin("extractor", identity, max(0, min(100, int(proposed.confidence)))),
        relation=Relation(proposed.relation),
        risk=Risk(proposed.risk),
    )
    return renamed(directive, derived_id(directive))


def _explicit(proposed: Proposed, act: Act) -> bool:
    named = bool(proposed.targets or proposed.conflicts)
    return act is not Act.SOFTEN and named and bool(proposed.explicit)


def _ids(values: tuple[str, ...], path: str) -> tuple[str, ...]:
    return one_or_more(values, path, name) if values else ()


def identities(directives: Iterable[Directive]) -> Iterator[str]:
    """Yield the extractors that directives came from, each once."""
    found = (each.origin.identity for each in directives if each.origin.channel == "extractor")
    yield from dict.fromkeys(found)
