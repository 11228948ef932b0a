"""Clauses have states against targets, and an order to look at them in."""

from io import StringIO

from rich.console import Console

from charter.estimates.state import State
from charter.evals.report.clauses import FIRST, clauses
from charter.evals.report.page import page
from charter.evals.report.terminal import print_result

from .conftest import Answer


def of_clause(clause, right, wrong):
    return [
        Answer(f"{clause}-{i}", ("adhered" if i < right else "violated",), clause=f"s/{clause}")
        for i in range(right + wrong)
    ]


def test_states_name_what_the_evidence_says(result_from):
    answers = [*of_clause("good", 40, 0), *of_clause("bad", 1, 12), *of_clause("few", 2, 0)]
    targets = {"s/good": "0.8", "s/bad": "0.8", "s/few": "0.8"}
    found = clauses(result_from(answers, targets=targets))
    assert {line.row.id: line.row.state for line in found.lines} == {
        "s/good": State.MET,
        "s/bad": State.NOT_MET,
        "s/few": State.NOT_ENOUGH,
    }
    assert (found.targeted, found.states[State.MET]) == (3, 1)


def test_without_a_target_there_is_no_state(result_from):
    found = clauses(result_from(of_clause("good", 5, 0)))
    assert (found.targeted, dict(found.states)) == (0, {})


def test_ranking_draws_small_numbers_towards_the_others(result_from):
    answers = [*of_clause("many", 36, 4), *of_clause("one", 1, 0), *of_clause("bad", 5, 15)]
    found = {line.row.id: line.ranking for line in clauses(result_from(answers)).lines}
    assert found["s/bad"] < found["s/one"] < 1
    assert found["s/bad"] < found["s/many"]


def test_what_is_not_met_is_looked_at_first(result_from):
    answers = [a for i in range(14) for a in of_clause(f"c{i}", 2, 2)]
    answers += of_clause("missed", 2, 12)
    found = clauses(result_from(answers, targets={"s/missed": "0.9"}))
    assert found.first[0].row.id == "s/missed"
    assert len(found.first) == FIRST


def test_one_clause_is_not_ranked(result_from):
    assert clauses(result_from(of_clause("only", 3, 1))).lines[0].ranking is None


def test_counts_stand_where_a_share_would_say_too_much(result_from):
    text = page(result_from([*of_clause("few", 1, 2), *of_clause("more", 4, 1)]))
    clause = text[text.index('id="clauses"') :]
    assert '<td class="num soft">1 of 3</td>' in clause


def test_a_section_shows_the_counts_that_refute_its_target(result_from):
    result = result_from(of_clause("few", 0, 3), targets={"honesty": "0.95"})
    (section,) = result.sections
    assert section.state is State.NOT_MET
    text = page(result)
    sections = text[text.index('id="sections"') : text.index('id="clauses"')]
    assert '<td class="num soft">0 of 3</td>' in sections
    assert "not met" in sections
    told = StringIO()
    print_result(result, Console(file=told, width=80))
    assert "0 of 3" in told.getvalue()
    assert "target 95 %: not met" in told.getvalue()
