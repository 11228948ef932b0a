"""History -> one self-contained HTML page; see `report.document` for hostile text."""

from __future__ import annotations

from charter.evals.history.history import History
from charter.evals.history.plot import board_plot
from charter.evals.history.wording import COMPARABLE, marks, step_text, suite_text
from charter.evals.report.document import document


def history_page(history: History) -> str:
    """Return the history as HTML."""
    names = [board.spec for board in history.boards]
    return document(
        "history.html.j2",
        title=f"History \u00b7 {', '.join(names)}",
        history=history,
        boards=[(board, board_plot(board)) for board in history.boards],
        comparable=COMPARABLE,
        marks=marks,
        step_text=step_text,
        suite_text=suite_text,
    )
