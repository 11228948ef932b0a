"""Votes as a sparse table: who said what of which statement. What was not seen is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes by coordinates, sorted by row, then column; no cell twice.

    `rows`, `columns` and `values` have one entry for each vote: int32, int32, int8. A value of 1
    agrees, -1 disagrees, 0 passes.
    """

    people: tuple[str, ...]
    """Ids, sorted: row numbers count in here."""
    items: tuple[str, ...]
    """Ids, sorted: column numbers count in here."""
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.int8]

    def __len__(self) -> int:
        """Return how many votes there are."""
        return int(self.values.size)

    def restricted(self, people: NDArray[np.bool_]) -> Votes:
        """Return the table of some people only; the statements stay. `people` has one per row."""
        kept = people[self.rows]
        number = (np.cumsum(people) - 1).astype(np.int32)
        return Votes(
            tuple(p for p, keep in zip(self.people, people.tolist(), strict=True) if keep),
            self.items,
            number[self.rows[kept]],
            self.columns[kept],
            self.values[kept],
        )


def votes_of(cast: Iterable[tuple[str, str, int]], items: Iterable[str] = ()) -> Votes:
    """Return the table of (person, item, value), in any order, with `items` even where unvoted.

    Raises ValueError where a value is none of 1, 0, -1, or a person has two on one item.
    """
    known: dict[tuple[str, str], int] = {}
    for person, item, value in cast:
        if value not in (-1, 0, 1):
            raise ValueError(f"{person!r} on {item!r}: {value!r} is no vote")
        if (person, item) in known:
            raise ValueError(f"{person!r} has two votes on {item!r}")
        known[person, item] = value
    people = tuple(sorted({person for person, _ in known}))
    columns = tuple(sorted({item for _, item in known} | set(items)))
    row = {each: at for at, each in enumerate(people)}
    column = {each: at for at, each in enumerate(columns)}
    cells = sorted((row[p], column[i], value) for (p, i), value in known.items())
    table = np.array(cells, dtype=np.int64).reshape(-1, 3)
    return Votes(
        people,
        columns,
        table[:, 0].astype(np.int32),
        table[:, 1].astype(np.int32),
        table[:, 2].astype(np.int8),
    )
