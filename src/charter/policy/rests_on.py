"""What an explanation rests on: citations, readings, and what may bind without being seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from charter.policy.explanation import Sentence
from charter.policy.naming import Naming
from charter.policy.phrase import listed, name, said, say
from charter.policy.policy import Policy
from charter.source import Citation
from charter.spec.reading import BY_NAME


def cited(policy: Policy, wanted: Iterable[str]) -> Iterator[Citation]:
    """Yield the citation of every id that is a section or clause, once."""
    for each in dict.fromkeys(wanted):
        if policy.knows(each):
            yield policy.cite(each)


def readings_of(naming: Naming, wanted: Iterable[str]) -> Iterator[Sentence]:
    """Yield readings with the question each answers and the alternative chosen."""
    for each in wanted:
        reading = BY_NAME.get(each)
        question = (said(reading.question),) if reading else ()
        yield Sentence(naming.reading(each), each, "", question)


def opened(
    policy: Policy, readings: Mapping[str, str], unseen: Iterable[str]
) -> Iterator[Sentence]:
    """Yield what may bind too: unpublished policies, and state that is not in the request."""
    if policy.external and readings.get("hidden_policies") == "recorded":
        named = listed([*map(name, policy.external)])
        yield Sentence(say("Policies that are not published may bind too: {named}.", named=named))
    outside = listed([*map(name, unseen)])
    if outside:
        what = "Part of the conversation is kept elsewhere and is not seen here: {outside}."
        yield Sentence(say(what, outside=outside))
