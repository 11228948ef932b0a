"""The plot shows the runs of each model in their order, and what is not comparable."""

import pytest

from charter.evals.history.plot import MOST_TICKS, board_plot

from .conftest import replies, write


def test_models_share_the_places_of_the_runs(found):
    drawn = board_plot(found.boards[0])
    assert [tick.number for tick in drawn.ticks] == [1, 2, 3, 4]
    first, second = drawn.panels
    assert [dot.x for dot in first.adherence.dots] == pytest.approx([12.5, 37.5, 87.5])
    assert [dot.x for dot in second.adherence.dots] == pytest.approx([62.5])


def test_points_have_their_interval_around_them(found):
    for panel in board_plot(found.boards[0]).panels:
        for series in (panel.adherence, panel.over, panel.under):
            assert all(0 <= dot.high <= dot.y <= dot.low <= 100 for dot in series.dots)
            assert len(series.segments) == len(series.dots) - 1


def test_lines_are_broken_where_text_or_scenarios_differ(found):
    drawn = board_plot(found.boards[0])
    assert [part.dashed for part in drawn.panels[0].adherence.segments] == [False, True]
    assert [(at.x, at.label) for at in drawn.breaks] == [(75, "2.0")]


def test_many_runs_have_fewer_numbers(ledgers):
    from charter.evals.history.history import history  # noqa: PLC0415 - read again

    for number in range(60):
        write(ledgers[1], f"m{number}", replies(2, 4), at=f"2026-12-{number // 3 + 1:02}")
    assert len(board_plot(history(ledgers).boards[0]).ticks) <= MOST_TICKS
