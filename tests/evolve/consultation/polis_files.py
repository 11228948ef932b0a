"""The consultation as somebody else would publish it: the folder of a Polis export."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from charter.evolve.voices import Voices

SEED = 7


def export(
    folder: Path,
    voices: Voices,
    groups: Mapping[str, str],
    *,
    sign: int = 1,
    gap: object = "",
    events: bool = True,
) -> Path:
    """Write voices and their groups into a folder, rows by chance; return the folder.

    `sign` is what votes are multiplied with, and the published counts are not; `gap` what stands
    where somebody did not see a statement; without `events` there is only the table of people.
    """
    folder.mkdir()
    dice = Random(SEED)
    items = [each.id for each in voices.asked if each.kind == "statement"]
    number = {item: at for at, item in enumerate(items)}
    cast = [vote for vote in voices.votes if vote.item in number]
    counts = {(i, v): 0 for i in items for v in (1, -1, 0)}
    said: dict[str, dict[int, int]] = {person.id: {} for person in voices.people}
    for vote in cast:
        counts[vote.item, vote.value] += 1
        said[vote.person][number[vote.item]] = sign * vote.value
    _write(
        folder / "comments.csv",
        (
            {
                "timestamp": 1,
                "datetime": "then",
                "comment-id": number[item],
                "author-id": 0,
                "agrees": counts[item, 1],
                "disagrees": counts[item, -1],
                "moderated": 1,
                "comment-body": item,
            }
            for item in items
        ),
        dice,
    )
    if events:
        rows = [
            {
                "timestamp": at,
                "datetime": "then",
                "comment-id": number[vote.item],
                "voter-id": vote.person,
                "vote": sign * vote.value,
            }
            for at, vote in enumerate(cast)
        ]
        _write(folder / "votes.csv", rows, dice)
    table = [
        {
            "participant": person,
            "group-id": groups.get(person, ""),
            "n-comments": 0,
            "n-votes": len(mine),
            "n-agree": sum(value == 1 for value in mine.values()),
            "n-disagree": sum(value == -1 for value in mine.values()),
            **{str(at): mine.get(at, gap) for at in range(len(items))},
        }
        for person, mine in said.items()
    ]
    _write(folder / "participants-votes.csv", table, dice)
    return folder


def _write(path: Path, rows: Iterable[dict[str, Any]], dice: Random) -> None:
    rows = list(rows)
    dice.shuffle(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
