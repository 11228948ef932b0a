"""What a terminal shows at two widths, and what a pipe gets."""

import io

import pytest
from rich.console import Console

from charter.evals.report.compare import compare
from charter.evals.report.terminal import print_result, runs_table
from charter.evals.report.terminal_compared import print_comparison
from charter.evals.result import runs

from .conftest import HOSTILE, MIXED, Answer


def printed(action, value, *, width=80, **options):
    stream = io.StringIO()
    action(value, Console(file=stream, width=width, soft_wrap=True, **options))
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_the_terminal(result_from, width):
    answers = [*MIXED, Answer("t", title="A title that is rather longer than any column allows")]
    text = printed(print_result, result_from(answers), width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "60.0 % (31.3–83.2 %)" in text
    assert "not enough evidence (n=2)" in text


def test_summary_comes_first(mixed):
    assert printed(print_result, mixed).startswith("Of 14 scenarios, 9 could be decided")


def test_an_unfinished_run_says_so_first(result_from):
    text = printed(print_result, result_from([Answer("a", ("pending",))], finished=False))
    assert text.startswith("Unfinished: of 1 planned reply")


def test_a_pipe_gets_plain_text(mixed):
    assert "\x1b" not in printed(print_result, mixed)


def test_no_color_is_respected(mixed, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    text = printed(print_result, mixed, width=120, force_terminal=True, legacy_windows=False)
    assert "\x1b[31m" not in text


def test_hostile_titles_cannot_steer_the_terminal(result_from):
    text = printed(print_result, result_from([Answer("a", title=HOSTILE, section=HOSTILE)]))
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("width", [80, 120])
def test_comparison_fits_and_lists_changes(result_from, mixed, width):
    answers = [Answer(a.id, ("adhered",), outcome=a.outcome, rubric=a.rubric) for a in MIXED]
    other = result_from(answers, run="two")
    text = printed(print_comparison, compare(mixed, other), width=width)
    assert max(len(line) for line in text.splitlines() if "[" not in line) <= width
    assert "From violated to adhered (4)" in text


def test_runs_are_listed_oldest_first(ledger, result_from):
    result_from([Answer("a")], run="one")
    result_from([Answer("a", ("adhered", "adhered"))], run="two", repeat=2)
    stream = io.StringIO()
    Console(file=stream, width=80).print(runs_table(runs(ledger)))
    text = stream.getvalue()
    assert text.index("one") < text.index("two")
    assert "1 × 2" in text
