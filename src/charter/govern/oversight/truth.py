"""People whose word counts as true -> what has to be said where nobody measured how true it is.

An estimate that rests on reviewers takes what most of them say for the truth. How often they are
right is known only of those who were given items with a known answer: see `seeds`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from charter.govern.oversight.item import Item
from charter.ledger.board import folded
from charter.records.review import ReviewRecorded


def tested(reviews: Iterable[ReviewRecorded], seeds: Mapping[str, Item]) -> frozenset[str]:
    """Return who judged an item with a known answer, folded.

    `seeds` are the items with a known answer, by decision: `Queue.seeds()`.
    """
    return frozenset(folded(each.by) for each in reviews if each.run in seeds)


def caution(people: Iterable[str], known: Collection[str]) -> str:
    """Return what a figure has to say that takes the word of some people for the truth.

    Names of both are folded. Empty where nobody's word counts, and where all of them were tested.
    """
    named = set(people)
    untested = len(named - set(known))
    if not untested:
        return ""
    if untested == len(named):
        who = "the one person who judged" if untested == 1 else f"any of the {untested} who judged"
        return f"people's word counts as true, and no known answer was given to {who}"
    return (
        f"people's word counts as true, and no known answer was given to {untested} of the "
        f"{len(named)} who judged"
    )
