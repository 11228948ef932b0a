"""The plot shows what the table shows."""

import pytest

from charter.evals.report.plot import LABEL, plot

from .conftest import Answer


def laid_out(result):
    return plot(result.sections, links={row.id: f"section-{row.id}" for row in result.sections})


def test_sections_stand_under_their_authority_highest_first(result_from):
    answers = [
        Answer("a", section="low", authority="guideline"),
        Answer("b", section="own", authority="municipal"),
        Answer("c", section="high", authority="root"),
        Answer("d", section="free", authority=None),
    ]
    found = laid_out(result_from(answers))
    names = [heading.authority for heading in found.headings]
    assert names == ["root", "guideline", "none", "municipal"]
    assert [mark.id for mark in found.marks] == [
        "section-high", "section-low", "section-free", "section-own",
    ]  # fmt: skip
    assert found.lines == 8


def test_point_and_interval_are_in_percent(mixed):
    first = laid_out(mixed).marks[0]
    assert first.point == pytest.approx(100 * 4 / 7)
    assert first.low < first.point < first.high <= 100


def test_too_little_evidence_has_no_point(mixed):
    last = laid_out(mixed).marks[-1]
    assert last.point is None
    assert last.value == "1 of 2, too few for a share"


def test_long_titles_are_shortened_and_kept_in_full(result_from):
    mark = laid_out(result_from([Answer("a", title="word " * 60)])).marks[0]
    assert len(mark.label) <= LABEL
    assert mark.title == "word " * 60


def test_lines_fill_the_height_without_overlap(mixed):
    found = laid_out(mixed)
    places = sorted([h.y for h in found.headings] + [m.y for m in found.marks])
    assert places == pytest.approx([found.step * i for i in range(found.lines)])


def test_nothing_planned_is_an_empty_plot(result_from):
    assert laid_out(result_from([])).marks == ()
