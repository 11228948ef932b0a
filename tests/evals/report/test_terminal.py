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


@pytest.mark.parametrize("width", [80, 120])
def test_judged_figures_stand_beside_the_raw_ones(judged, width):
    text = printed(print_result, judged(), width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "Calibrated (95 % interval)" in text
    assert "As graded, nothing taken out: " in text
    for words in ("fit by calibration c-1", "Failures of openai:a-judge", "Balanced", "Cost: "):
        assert words.casefold() in " ".join(text.split()).casefold()


@pytest.mark.parametrize("width", [80, 120])
def test_both_errors_are_in_one_table(result_from, width):
    answers = [Answer(f"c{i}", outcome="comply", refusal="none") for i in range(6)]
    answers += [Answer(f"r{i}", outcome="refuse", refusal="full") for i in range(6)]
    text = printed(print_result, result_from(answers), width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "Over-refusal (95 %) Under-refusal (95 %)" in " ".join(text.split())
    assert "0.0 % (0.0–39.0 %)" in text


def test_states_are_named_where_there_are_targets(result_from):
    answers = [Answer(f"a{i}") for i in range(40)]
    result = result_from(answers, targets={"whole": "0.8", "honesty": "0.8"})
    assert "target 80 %: met" in printed(print_result, result)
    assert "Asked for: at least 80 %. Met." in printed(print_result, result)


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
