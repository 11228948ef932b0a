"""What an explanation rests on: citations, readings, and what may bind without being seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from charter.policy.decision import Decision
from charter.policy.explanations.explanation import Sentence
from charter.policy.explanations.hinge import Hinge
from charter.policy.explanations.naming import Naming
from charter.policy.explanations.phrase import (
    Phrase,
    level,
    listed,
    name,
    said,
    say,
    words,
)
from charter.policy.fate import State
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.source import Citation
from charter.spec.reading import BY_NAME

MOST = 6
"""Clauses that are quoted of one section."""

BECOMES: Mapping[str, str] = {
    State.IN_FORCE: "be in force",
    State.SET_ASIDE: "be set aside",
    State.SUSPENDED: "be suspended until somebody has answered",
    State.DORMANT: "not bind",
}
"""What would become of a candidate under another alternative, by `Hinge.states`."""


def policy_of(policy: Policy) -> Phrase:
    """Return the documents that a policy is made of, and its digest."""
    base, *overlays = policy.layers
    version = say(" {version}", version=name(base.version)) if base.version else ()
    over = [
        say("{name} ({level})", name=name(o.name), level=level(o.level or "")) for o in overlays
    ]
    noun = "the overlay" if len(overlays) == 1 else "the overlays"
    return say(
        "By {title} ({base}{version}{over}), policy {digest}.",
        title=words(policy.title, 120),
        base=name(base.name),
        version=version,
        over=say(", under {noun} {over}", noun=said(noun), over=listed(over)) if over else (),
        digest=name(policy.digest[:19]),
    )


def cited(policy: Policy, wanted: Iterable[str]) -> Iterator[Citation]:
    """Yield the citation of every id that is a section or clause, once."""
    for each in dict.fromkeys(wanted):
        if policy.knows(each):
            yield policy.cite(each)


def clauses_of(policy: Policy, wanted: str, without: Collection[str] = ()) -> tuple[Phrase, ...]:
    """Quote the clauses of a section that are not `without`, or the one clause that is named."""
    rule = policy.by_id.get(wanted.partition("/")[0])
    if rule is None:
        return ()
    named = [each for each in rule.clauses if wanted in (rule.id, each.id)]
    clauses = [each for each in named if each.id not in without]
    read = [
        say("{id}: {words}", id=name(each.id), words=words(each.text)) for each in clauses[:MOST]
    ]
    if len(clauses) > MOST:
        read.append(said(f"{len(clauses) - MOST} more clauses."))
    return tuple(read)


def readings_of(
    naming: Naming, applied: Iterable[str], hinges: Iterable[Hinge] = ()
) -> Iterator[Sentence]:
    """Yield readings with the question each answers, the choice, and what others would change.

    `applied` are those that a trace names; `hinges` those that would change something.
    """
    changes: dict[str, list[Hinge]] = {each: [] for each in applied}
    for hinge in hinges:
        changes.setdefault(hinge.reading, []).append(hinge)
    for wanted, found in changes.items():
        reading = BY_NAME.get(wanted)
        question = (said(reading.question),) if reading else ()
        more = tuple(_change(naming, hinge) for hinge in found)
        yield Sentence(naming.reading(wanted), wanted, "", (*question, *more))


def _change(naming: Naming, hinge: Hinge) -> Phrase:
    """Return what would be different under another alternative."""
    alternative = name(hinge.alternative)
    if hinge.becomes:
        becomes = said(hinge.becomes.replace("_", " "))
        return say("With {other}, it would be: {becomes}.", other=alternative, becomes=becomes)
    ends: dict[str, list[Phrase]] = {}
    for at, each in enumerate(hinge.changed):
        state = hinge.states[at] if at < len(hinge.states) else ""
        ends.setdefault(BECOMES.get(state, "end differently"), []).append(naming.plainly(each))
    told = [
        say("{what} would {end}", what=listed(things, most=5), end=said(end))
        for end, things in ends.items()
    ]
    return say("With {other}, {told}.", other=alternative, told=listed(told))


def opened(
    policy: Policy, found: Resolution | Decision, unseen: Iterable[str]
) -> Iterator[Sentence]:
    """Yield what may bind too: unpublished policies, and state that is not in the request."""
    if found.closed:
        return
    if policy.external and found.readings.get("hidden_policies") == "recorded":
        named = listed([*map(name, policy.external)])
        yield Sentence(say("Policies that are not published may bind too: {named}.", named=named))
    outside = listed([*map(name, unseen)])
    if outside:
        what = "Part of the conversation is kept elsewhere and is not seen here: {outside}."
        yield Sentence(say(what, outside=outside))
