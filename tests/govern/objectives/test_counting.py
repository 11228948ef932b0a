"""What counting looks up in the ledger, and what it makes of waits and of judged clauses."""

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.govern.objectives.kept import END_MS, ago, asked, decision, queued, review, voted

from charter.govern.instants import MINUTE_MS
from charter.govern.objectives.counting import LedgerLook
from charter.govern.objectives.objective import STANDARD, Objective, Scope
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_sqlite import SqliteRollups
from charter.ledger.open import open_ledger
from charter.records.oversight import AnswerKnown
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn, Stratum

LIMIT = 600


def objective(indicator, *, section="", **changed):
    found = Objective(
        "o", "O", indicator, Scope(section=section), Fraction("0.99"), 30, STANDARD
    )  # fmt: skip
    return replace(found, **changed)


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as found:
        yield found


@pytest.fixture
def came_to(ledger):
    """Return a function that counts the ledger and says what an indicator came to."""

    def found(want, *, minutes=43200, at=END_MS):
        rollup = Rollup(SqliteRollups(None))
        try:
            rollup.update(ledger)
            measure = rollup.measure(want, minutes, at)
        finally:
            rollup.close()
        return measure.bad, measure.total

    return found


QUEUE = objective("queue-wait", within=LIMIT)


def test_an_item_on_an_answer_that_was_judged_before_waits_for_nothing(ledger, came_to):
    ledger.append(review("d1.1", ago(90)), queued("i1", "d1.1", ago(60)))
    assert came_to(QUEUE) == (0, 0)
    assert came_to(objective("queue-load", most=0), minutes=30) == (0, 30)
    ledger.append(queued("i2", "d2.1", ago(60)))  # one that nobody judged still counts
    assert came_to(QUEUE) == (1, 1)


@pytest.mark.parametrize("other", [{"blind": False, "drawn": "chosen"}, {"section": "other"}])
def test_an_opinion_that_the_item_did_not_ask_for_ends_no_wait_before_it_begins(
    ledger, came_to, other
):
    ledger.append(review("d1.1", ago(90), **other), queued("i1", "d1.1", ago(60)))
    assert came_to(QUEUE) == (1, 1)


def test_an_opinion_that_was_not_blind_leaves_an_item_waiting(ledger, came_to):
    seen = review("d1.1", ago(59), by="bob", blind=False, drawn="chosen")
    ledger.append(queued("i1", "d1.1", ago(60)), seen)
    assert came_to(QUEUE) == (1, 1)


def edited_twice(*, second="carol"):
    """Return an approval that team asks for, edited by bob, then by somebody else."""
    return [
        asked("a", ago(60)),
        replace(asked("b", ago(50)), edited_from="a", editor="bob"),
        replace(asked("c", ago(40)), edited_from="b", editor=second),
    ]


@pytest.mark.parametrize(("by", "decided"), [("bob", False), ("carol", False), ("dora", True)])
def test_whoever_edited_an_approval_on_the_way_has_no_vote_on_it(ledger, by, decided):
    ledger.append(*edited_twice(), voted("c", ago(35), by))
    look = LedgerLook(ledger)
    look.index = ledger.size()
    assert look.decided("c", ago(35)) is decided


def test_an_approval_that_was_edited_in_a_circle_comes_to_an_end(ledger):
    circle = replace(asked("a", ago(60)), edited_from="b", editor="ada")
    ledger.append(circle, replace(asked("b", ago(50)), edited_from="a", editor="bob"))
    ledger.append(voted("b", ago(49), "dora"))
    look = LedgerLook(ledger)
    look.index = ledger.size()
    assert look.decided("b", ago(49))


def test_a_vote_of_an_editor_ends_no_wait(ledger, came_to):
    ledger.append(*edited_twice(), voted("c", ago(35), "bob"))
    wait = objective("approval-wait", within=LIMIT)
    assert came_to(wait) == (3, 3)
    ledger.append(voted("c", ago(34), "dora"))
    assert came_to(wait) == (2, 3)


def test_windows_side_by_side_leave_no_wait_out(ledger, came_to):
    """What ran out of time in the first millisecond of a window is bad in that window."""
    edge = END_MS - 19 * MINUTE_MS  # where a window of 20 minutes begins
    began = (END_MS - edge + LIMIT * 1000 + 1) / MINUTE_MS
    ledger.append(asked("a", ago(began), expires=ago(-60)))
    wait = objective("approval-wait", within=LIMIT)
    assert came_to(wait, minutes=20) == (1, 1)
    assert came_to(wait, minutes=20, at=edge - 1) == (0, 0)


def test_a_judged_clause_counts_for_its_section(ledger, came_to):
    ledger.append(decision(1, ago(50)), decision(2, ago(50)))
    ledger.append(
        review("x_s_1_1.1", ago(9), label="violated", section="greet/hello"),
        review("x_s_1_2.1", ago(9), section="greeting"),  # another section
    )
    assert came_to(objective("accord", section="greet")) == (1, 1)
    assert came_to(objective("accord", section="gree")) == (0, 0)


def test_a_clause_of_a_sampled_section_is_judged_for_it(ledger, came_to):
    strata = (Stratum("greet/plain", 9, 1),)
    ledger.append(
        decision(1, ago(50)),
        SampleDrawn("s", ago(9), "ada", "", ago(99), ago(9), strata, "1", "0.1"),
        AnswerDrawn("s", "x_s_1_1.1", "x_s_1_1", "greet/plain", "shop", "m", "greet"),
        AnswerJudged("s", "x_s_1_1.1", ago(8), "j", "", "adhered", "greet/hello"),
        review("x_s_1_1.1", ago(7), label="violated", section="greet/hello"),
    )
    assert came_to(objective("accord", section="greet")) == (1, 1)


def test_an_item_on_a_clause_waits_for_its_section(ledger, came_to):
    ledger.append(queued("i1", "d1.1", ago(60), section="greet/hello"))
    assert came_to(objective("queue-wait", section="greet", within=LIMIT)) == (1, 1)


def test_figures_of_people_say_whether_they_were_given_known_answers(ledger):
    ledger.append(decision(1, ago(50)), review("x_s_1_1.1", ago(9)))
    accord = objective("accord", section="greet")

    def note():
        rollup = Rollup(SqliteRollups(None))
        try:
            rollup.update(ledger)
            return rollup.measure(accord, 43200, END_MS).note
        finally:
            rollup.close()

    assert "no known answer was given to the one person who judged" in note()
    ledger.append(
        queued("i1", "x_known.2", ago(8)),
        AnswerKnown("i1", ago(8), "eve", "c", "p", "s"),
        review("x_known.2", ago(7), by="ADA"),
    )
    assert note() == ""


def test_records_past_the_size_a_report_speaks_of_are_not_counted(ledger):
    ledger.append(decision(1, ago(50)), decision(2, ago(40)))
    size = ledger.size()
    ledger.append(decision(3, ago(30)))
    rollup, failures = Rollup(SqliteRollups(None)), objective("failures")
    try:
        assert rollup.counted() == 0
        rollup.update(ledger, to=size)
        assert (rollup.counted(), rollup.measure(failures, 60, END_MS).total) == (2, 2)
        rollup.update(ledger)
        assert (rollup.counted(), rollup.measure(failures, 60, END_MS).total) == (3, 3)
        assert rollup.update(ledger, to=size) == 0  # counts are never taken back, and say so
        assert rollup.counted() == 3
    finally:
        rollup.close()
