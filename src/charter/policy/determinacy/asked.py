"""Who asked for the call of a context: nobody in particular, a level, or what a tool returned."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from charter.policy.determinacy.row import (
    Group,
    Move,
    Row,
    index_of,
    speakers_of,
)
from charter.policy.determinacy.turn import Said, Turn
from charter.policy.directive import Relation, Risk
from charter.policy.policy import Policy
from charter.spec.ladder import NONE

NAME = "asked"
PAGE = "read_page"
"""The tool whose output asks."""
_ASKED = {"instruct": "Do that now.", "id": "asked"}
_READS = ("untrusted_lift",)


def asked(policy: Policy) -> Group:
    """Return the group of a policy."""
    rows = (Row(()), *_rows(policy))
    return Group(NAME, rows, tuple(_permissions(policy, rows)))


def _rows(policy: Policy) -> Iterator[Row]:
    for speaker in speakers_of(policy):
        yield Row((("asked by", speaker.level),), asked_by=speaker.level)
    yield Row((("asked by", "nobody with authority"),), asked_by=NONE)
    found = ("asked by", "tool output")
    for relation, risk in product(Relation, Risk):
        what = ("asked", f"{relation} to the task, {risk} risk")
        yield _row((found, what), (_output(relation, risk),))
    for speaker in speakers_of(policy):
        lift = {"delegate": {"to": [f"tool:{PAGE}"]}, "id": "asked-lift"}
        turns = (speaker.says(lift), _output(Relation.UNRELATED, Risk.SERIOUS))
        yield _row((found, ("asked delegated", f"by {speaker.level}")), turns)


def _output(relation: Relation, risk: Risk) -> Turn:
    return Turn("tool", (Said(_ASKED, relation, risk),), tool=PAGE)


def _row(features: tuple[tuple[str, str], ...], turns: tuple[Turn, ...]) -> Row:
    return Row(features, turns, _READS, asker="asked")


def _permissions(policy: Policy, rows: tuple[Row, ...]) -> Iterator[Move]:
    """Yield the moves to somebody of more authority, and to a delegation."""
    places = index_of(rows)
    nobody = places[(("asked by", "nobody with authority"),)]
    levels = [places[(("asked by", speaker.level),)] for speaker in speakers_of(policy)]
    for lower, higher in product((nobody, *levels), levels):
        if lower < higher or lower == nobody:
            yield Move(lower, higher, "somebody of more authority asked")
    unlifted = ("asked", f"{Relation.UNRELATED} to the task, {Risk.SERIOUS} risk")
    for at, row in enumerate(rows):
        if any(name == "asked delegated" for name, _ in row.features):
            before = places[("asked by", "tool output"), unlifted]
            yield Move(before, at, "a delegation is added")
