"""Groups that somebody else found -> the group of each person, joined by id and by nothing else.

A published set of votes has its labels attached by position to rows in another order: its groups
are those of other people. Such a file cannot be told from a good one, so none without ids is read.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from charter.evolve.intake.place import finding, refuse
from charter.evolve.intake.table import read_table
from charter.source import Finding

PEOPLE = ("person", "participant", "participant-id", "voter-id", "annotator_id", "id")
"""Columns that say whom a label is about."""
GROUPS = ("group", "group-id", "label", "cluster")
"""Columns that hold the label."""
_WHY = (
    "joined by id only: by position, labels of rows in another order would be somebody else's; "
    f"name a column {' or '.join(PEOPLE[:3])}"
)


def read_labels(path: Path, people: Collection[str]) -> tuple[dict[str, str], list[Finding]]:
    """Return the group of each of these people, and what did not match.

    Raises ConfigError for a file without ids, an id twice, or one that matches nobody.
    """
    table, where = read_table(path), str(path)
    person = next((each for each in PEOPLE if each in table.columns), None)
    group = next((each for each in GROUPS if each in table.columns), None)
    if person is None:
        refuse(where, 1, "a file of labels without the ids of people is not read", _WHY)
    if group is None:
        refuse(where, 1, "it has no column of labels", f"name it {' or '.join(GROUPS)}")
    found: dict[str, str] = {}
    for row in table.rows():
        who, label = row.cells[person].strip(), row.cells[group].strip()
        if who in found:
            refuse(where, row.line, f"{who[:80]!r} has two labels", "give each person one")
        if label:
            found[who] = label[:200]
    matched = {who: label for who, label in found.items() if who in people}
    if found and not matched:
        refuse(where, 1, "none of its ids is that of a participant", _WHY)
    return matched, _unmatched(where, found, matched)


def _unmatched(where: str, found: dict[str, str], matched: dict[str, str]) -> list[Finding]:
    strange = sorted(set(found) - set(matched))
    if not strange:
        return []
    what = f"{len(strange):,} labels are of nobody who took part"
    return [finding("labels-of-nobody", where, what, about=strange)]
