"""Which cells of a table are hidden, so that none can be worked out for fewer people than a limit.

A hidden cell can still be found by subtracting what is shown from a total. Cells are therefore
hidden until every hidden one could hold a whole range of numbers, as far as the table tells.
Source: Cox 1980, J. Am. Stat. Assoc. 75, 377-385 (complementary suppression); the audit by linear
programs: Fischetti and Salazar 2001, Manag. Sci. 47, 1008-1027.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What of a table of rows, columns and both kinds of totals must not be shown."""

    cells: Mask
    """(rows, columns)."""
    small: Mask
    """Those hidden for being small themselves; the others protect them."""
    rows: Mask
    """Totals of rows that must not be shown: (rows,)."""
    columns: Mask
    """Totals of columns: (columns,)."""
    total: bool
    """Whether the grand total must not be shown."""


@dataclass(frozen=True, slots=True)
class Range:
    """What a reader can say of a hidden cell."""

    low: float
    high: float


def too_small(counts: Counts, smallest: int) -> Mask:
    """Return where a count is above 0 and below the limit: 0 singles out nobody who is in it."""
    return (counts > 0) & (counts < smallest)


def hidden(counts: Counts, smallest: int) -> Hidden:
    """Return what to hide in a table that is shown with the totals of its rows and columns.

    1. Cells and totals that are too small are hidden.
    2. A row or column with a total shown has no hidden cell, or at least two that hold at least
       `smallest` people together; where not, its smallest shown cell above 0 is hidden as well, and
       where there is none, its total.
    3. By linear programs over all that is shown, every cell that is small must leave a range of at
       least `smallest` numbers; where one does not, more of its row is hidden.
    Where few people are in a table, all of it is hidden. Raises ValueError for counts below 0, or a
    limit below 1.
    """
    if counts.ndim != 2 or smallest < 1 or (counts.size and int(counts.min()) < 0):
        raise ValueError("a table of counts and a limit of at least 1 are needed")
    state = _State(counts, smallest)
    state.protect()
    while (exposed := state.exposed()) is not None:
        state.hide_beside(*exposed)
        state.protect()
    return Hidden(
        state.cells.copy(),
        too_small(counts, smallest),
        state.lines[0].copy(),
        state.lines[1].copy(),
        state.total,
    )


def range_of(counts: Counts, shown: Hidden, row: int, column: int) -> Range:
    """Return between which numbers a reader of the shown table can place one hidden cell.

    Shown cells and totals are known, hidden ones are not below 0. Real numbers: the integers in
    between may be fewer. The upper end is infinite where nothing bounds it.
    """
    places = np.argwhere(shown.cells)
    at = {(int(r), int(c)): i for i, (r, c) in enumerate(places.tolist())}
    if (row, column) not in at:
        known = float(counts[row, column])
        return Range(known, known)
    equations, totals = _equations(counts, shown, at)
    aim = np.zeros(len(at))
    aim[at[row, column]] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        done = linprog(sign * aim, A_eq=equations, b_eq=totals, bounds=(0, None), method="highs")
        ends.append(sign * float(done.fun) if done.status == 0 else float("inf"))
    return Range(ends[0], ends[1])


class _State:
    """What is hidden so far; only ever more of it."""

    def __init__(self, counts: Counts, smallest: int) -> None:
        self.counts, self.smallest = counts, smallest
        self.cells = too_small(counts, smallest)
        self.lines = (
            too_small(counts.sum(axis=1), smallest),
            too_small(counts.sum(axis=0), smallest),
        )
        self.total = bool(too_small(counts.sum(keepdims=True).reshape(1), smallest)[0])

    def protect(self) -> None:
        """Repeat step 2 until nothing changes."""
        while self._line_protected() or self._totals_protected():
            pass

    def exposed(self) -> tuple[int, int] | None:
        """Return the first small cell of which the shown table tells too much."""
        shown = Hidden(self.cells, self.cells, *self.lines, self.total)
        for row, column in np.argwhere(too_small(self.counts, self.smallest)).tolist():
            found = range_of(self.counts, shown, row, column)
            if found.high - found.low < self.smallest:
                return row, column
        return None

    def hide_beside(self, row: int, column: int) -> None:
        """Hide one more thing that narrows a cell: of its row, its column, then anything."""
        rest = [(int(self.counts[row, c]), 0, row, c) for c in np.flatnonzero(~self.cells[row])] + [
            (int(self.counts[r, column]), 1, r, column)
            for r in np.flatnonzero(~self.cells[:, column])
        ]
        shown = [each for each in sorted(rest) if each[0] > 0]
        if shown:
            self.cells[shown[0][2], shown[0][3]] = True
        elif not self.lines[0][row]:
            self.lines[0][row] = True
        elif not self.lines[1][column]:
            self.lines[1][column] = True
        elif not self.cells.all():
            self.cells[:] = True
        else:
            self.lines[0][:], self.lines[1][:] = True, True
            self.total = True

    def _line_protected(self) -> bool:
        for axis in (0, 1):
            table = self.counts if axis == 0 else self.counts.T
            cells = self.cells if axis == 0 else self.cells.T  # a view: what is set there is set
            for line in range(table.shape[0]):
                if self.lines[axis][line] or not cells[line].any():
                    continue
                out = cells[line]
                if out.sum() >= 2 and table[line][out].sum() >= self.smallest:
                    continue
                left = np.flatnonzero(~out & (table[line] > 0))
                if left.size:
                    cells[line, left[np.argmin(table[line][left])]] = True
                else:
                    self.lines[axis][line] = True
                return True
        return False

    def _totals_protected(self) -> bool:
        """Treat the totals of rows, and of columns, as a line whose total is the grand total."""
        for axis in (0, 1):
            totals, out = self.counts.sum(axis=1 - axis), self.lines[axis]
            if self.total or not out.any():
                continue
            if out.sum() >= 2 and totals[out].sum() >= self.smallest:
                continue
            left = np.flatnonzero(~out & (totals > 0))
            if left.size:
                out[left[np.argmin(totals[left])]] = True
            else:
                self.total = True
            return True
        return False


def _equations(
    counts: Counts, shown: Hidden, at: dict[tuple[int, int], int]
) -> tuple[sparse.csr_matrix, NDArray[np.float64]]:
    """Return what sums of hidden cells a reader knows: rows, columns and the whole."""
    lines: list[list[int]] = []
    sums: list[float] = []
    for axis, totals in ((0, shown.rows), (1, shown.columns)):
        for line in np.flatnonzero(~totals).tolist():
            inside = [i for place, i in at.items() if place[axis] == line]
            if inside:
                lines.append(inside)
                sums.append(float(sum(counts[p] for p in at if p[axis] == line)))
    if not shown.total:
        lines.append(list(at.values()))
        sums.append(float(sum(counts[place] for place in at)))
    table = np.zeros((len(lines), len(at)))
    for number, inside in enumerate(lines):
        table[number, inside] = 1.0
    return sparse.csr_matrix(table), np.array(sums)
