"""Questions to the ledger, asked of a period and of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from charter.govern.reports.figure import Figure, Query, Table
from charter.govern.reports.period import Period
from charter.ledger.ledger import Ledger
from charter.ledger.question import filled

IN_PERIOD = "\"index\" <= CAST(:size AS BIGINT) AND body->>'at' >= :since AND body->>'at' < :until"
"""What is recorded while a report is made belongs to the next one."""
IN_EITHER = IN_PERIOD.replace(":since", ":earlier")
"""The same of the period and of the one before."""
MOST_ROWS = 1000
"""Of a table; what is left out is said."""


def count_of(kind: str, *also: str) -> str:
    """Return the question how many records of a kind there are."""
    tests = " AND ".join((f"kind = '{kind}'", IN_PERIOD, *also))
    return f"SELECT count(*) FROM records WHERE {tests}"  # noqa: S608 - written by us


@dataclass(frozen=True, slots=True)
class Questions:
    """The ledger at a size, and the period it is asked about."""

    ledger: Ledger
    period: Period
    size: int
    """Records that count."""

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question about the period."""
        return self.ledger.store.ask(question, self._values(self.period))

    def rows_of_both(self, question: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question about the period and the one before: `IN_EITHER`."""
        values = self._values(self.period) | {"earlier": self.period.before.since}
        return self.ledger.store.ask(question, values)

    def query(self, question: str) -> Query:
        """Return a question as people can run it."""
        return Query("sql", filled(question, self._values(self.period)))

    def count(self, figure: str, label: str, question: str, *, note: str = "") -> Figure:
        """Return a count, beside that of the period before."""
        rows = self.rows_of_both(_of_both(question))
        return self.counted(figure, label, question, rows[0] if rows else (0, 0), note=note)

    def counted(
        self, figure: str, label: str, question: str, found: tuple[int, int], *, note: str = ""
    ) -> Figure:
        """Return a count that is known, and before; `question` is how people find it again."""
        value, before = found
        return Figure(
            id=figure,
            label=label,
            value=float(value),
            unit="count",
            query=self.query(question),
            before=float(before),
            note=note,
        )

    def table(
        self, table: str, title: str, head: Sequence[str], question: str, *, empty: str = "none"
    ) -> Table:
        """Return the rows of a question as a table."""
        return self.listed(table, title, head, question, self.rows(question), empty=empty)

    def listed(  # noqa: PLR0913 - as of a table, and its rows
        self,
        table: str,
        title: str,
        head: Sequence[str],
        question: str,
        found: Sequence[tuple[Any, ...]],
        *,
        empty: str = "none",
    ) -> Table:
        """Return rows that are known as a table; `question` is how people find them again."""
        rows = [tuple("" if cell is None else str(cell) for cell in row) for row in found]
        if len(rows) > MOST_ROWS:
            left = f"{len(rows) - MOST_ROWS} more: run the query"
            rows = [*rows[:MOST_ROWS], (left, *[""] * (len(head) - 1))]
        return Table(table, title, tuple(head), tuple(rows), self.query(question), empty)

    def _values(self, period: Period) -> dict[str, str]:
        return {"since": period.since, "until": period.until, "size": str(self.size)}


def _of_both(question: str) -> str:
    """Return the question that counts in a period and in the one before, in one scan."""
    counted, rest = question.removeprefix("SELECT ").split(" FROM ", 1)
    now = f"{counted} FILTER (WHERE body->>'at' >= :since)"
    earlier = f"{counted} FILTER (WHERE body->>'at' < :since)"
    return f"SELECT {now}, {earlier} FROM {rest.replace(IN_PERIOD, IN_EITHER)}"  # noqa: S608
