"""A ranking in a real ledger: every order a fact, failures too, and carried on where it broke."""

import asyncio
from dataclasses import replace

import pytest

from charter.errors import ModelUnavailable
from charter.evals.judging.cost import Budget, Tokens
from charter.evals.ranking.questions import digest_of_questions, questions_of
from charter.evals.ranking.rank import carry_out_ranking, open_ranking, unfinished_ranking
from charter.evals.ranking.ranker import Need, Part, Ranked
from charter.evolve.choices.rankings import digest_of_asked, rankings_of
from charter.evolve.voices import Asked
from charter.ledger.open import open_ledger
from charter.records.ranking import AnswersRanked, RankingFinished, RankingStarted

from .models import effective, question

STARTED = RankingStarted("", "", "sha256:s", "sha256:t", "", "told", "{}", 2, ("q1", "q2"))
QUESTIONS = [question(id="q1"), question(id="q2")]


class Steps:
    def __init__(self):
        self.said = []

    def advance(self, verdict):
        self.said.append(verdict)


class By:
    """A ranker that answers by a function of item, repeat and how often it was asked that."""

    identity = "{}"

    def __init__(self, answer, need=None):
        self.answer, self.asked, self.most = answer, [], need or Need()

    def need(self, asked):
        return self.most

    async def rank(self, asked, *, repeat):
        self.asked.append((asked.id, repeat))
        await asyncio.sleep(0)
        found = self.answer(asked.id, repeat, self.asked.count((asked.id, repeat)))
        if isinstance(found, Exception):
            raise found
        return found

    async def close(self):
        pass


def fine(*_):
    return Ranked((("a0",), ("a1", "a2")), "honesty", ("honesty/h1x1",), 5, "because")


def carry(ledger, ranker, *, fresh=False, concurrency=2, **given):
    opened, steps = open_ranking(ledger, STARTED, fresh=fresh), Steps()
    work = carry_out_ranking(
        opened,
        ranker,
        QUESTIONS,
        repeats=2,
        ledger=ledger,
        progress=steps,
        concurrency=concurrency,
        **given,
    )
    steps.carried = asyncio.run(work)
    return opened, steps


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as opened:
        yield opened


def test_every_item_is_ranked_as_often_as_wanted(ledger):
    opened, steps = carry(ledger, By(fine))
    found = list(ledger.read(AnswersRanked, run=opened.run))
    assert {(each.item, each.repeat) for each in found} == {
        (item, repeat) for item in ("q1", "q2") for repeat in range(2)
    }
    assert found[0].order == (("a0",), ("a1", "a2"))
    assert found[0].reason == "because"
    assert steps.said == ["ranked"] * 4
    assert len(list(ledger.read(RankingFinished))) == 1


def test_failures_are_recorded_and_not_dropped(ledger):
    ranker = By(lambda item, *_: Ranked(failure="void: odd") if item == "q1" else fine())
    carry(ledger, ranker)
    found = rankings_of(ledger, "sha256:s")
    assert {each.failure for each in found.failures} == {"void: odd"}
    assert (len(found.failures), found.missing, list(found.by_item)) == (2, 0, ["q2"])


def test_an_outage_is_asked_again_after_all_others(ledger):
    away = Ranked(failure="unavailable: away", unavailable=True)
    ranker = By(lambda item, repeat, time: away if (item, repeat, time) == ("q1", 0, 1) else fine())
    carry(ledger, ranker)
    assert not rankings_of(ledger, "sha256:s").failures
    assert ranker.asked[-1] == ("q1", 0)


def test_a_lasting_outage_of_one_item_is_recorded(ledger):
    away = Ranked(failure="unavailable: away", unavailable=True)
    carry(ledger, By(lambda item, *_: away if item == "q1" else fine()))
    assert len(rankings_of(ledger, "sha256:s").failures) == 2


def test_it_carries_on_where_it_broke_and_asks_nothing_twice(ledger):
    def breaks(item, repeat, _):
        return ModelUnavailable("gone") if (item, repeat) == ("q1", 1) else fine()

    with pytest.raises(ModelUnavailable):
        carry(ledger, By(breaks), concurrency=1)
    done = {(each.item, each.repeat) for each in ledger.read(AnswersRanked)}
    assert done == {("q1", 0), ("q2", 0)}
    ranker = By(fine)
    opened, _ = carry(ledger, ranker)
    assert set(ranker.asked) == {("q1", 1), ("q2", 1)}
    assert len(list(ledger.read(RankingStarted))) == 1
    assert rankings_of(ledger, "sha256:s").started.run == opened.run


def test_another_instrument_or_a_fresh_start_is_another_ranking(ledger):
    first = open_ranking(ledger, STARTED)
    assert open_ranking(ledger, STARTED).run == first.run
    assert open_ranking(ledger, STARTED, fresh=True).run != first.run
    assert open_ranking(ledger, replace(STARTED, identity="{2}")).run != first.run
    assert open_ranking(ledger, replace(STARTED, repeats=3)).run != first.run


def test_other_rules_are_another_ranking(ledger):
    one = digest_of_questions(QUESTIONS)
    other = digest_of_questions([question(id="q1", parts=(Part("brevity"),)), QUESTIONS[1]])
    assert one == digest_of_questions(QUESTIONS[::-1])
    first = open_ranking(ledger, replace(STARTED, questions=one))
    assert open_ranking(ledger, replace(STARTED, questions=other)).run != first.run
    assert unfinished_ranking(ledger, replace(STARTED, questions=one)).run == first.run


def test_at_the_end_of_its_budget_it_stops_and_a_larger_one_carries_on(ledger):
    need = Need(1, Tokens(100, 50))

    def costs(*_):
        return replace(fine(), used=Tokens(90, 10))

    _, steps = carry(ledger, By(costs, need), budget=Budget(tokens=300))
    # Two fit: 100 and 100 used, and 150 more could exceed 300; then there is no room.
    assert (steps.carried.finished, steps.carried.requests) == (False, 2)
    assert steps.carried.spent == Tokens(180, 20)
    assert not list(ledger.read(RankingFinished))
    assert [each.input_tokens for each in ledger.read(AnswersRanked)] == [90, 90]
    ranker = By(costs, need)
    _, steps = carry(ledger, ranker, budget=Budget(tokens=10_000))
    assert steps.carried.finished
    assert len(ranker.asked) == 2
    found = [(each.item, each.repeat) for each in ledger.read(AnswersRanked)]
    assert len(found) == len(set(found)) == 4


def test_a_budget_without_room_for_one_asks_nobody(ledger):
    ranker = By(fine, Need(1, Tokens(100, 50)))
    _, steps = carry(ledger, ranker, budget=Budget(tokens=149))
    assert (ranker.asked, steps.carried.finished) == ([], False)


def test_a_finished_ranking_is_not_added_to(ledger):
    first, _ = carry(ledger, By(fine))
    assert open_ranking(ledger, STARTED).run != first.run


def asked(**changes):
    given = {
        "id": "c1",
        "kind": "comparison",
        "text": "What?",
        "clauses": ("honesty/h1x1",),
        "answers": ("A", "B"),
        "prompt": "What do you know?",
        "candidates": {"A": "All.", "B": "Little."},
    }
    return Asked(**(given | changes))


def test_comparisons_become_questions_with_their_parts():
    found, said = questions_of([asked(clauses=("brevity", "honesty/h1x1"))], effective().spec)
    assert [part for each in found for part in each.parts] == [
        Part("brevity"),
        Part("honesty", "honesty/h1x1"),
    ]
    assert not said


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"clauses": ()}, "names no clause"),
        ({"clauses": ("nothing/x",)}, "names no clause"),
        ({"candidates": {"A": "All."}}, "words of its candidates"),
        ({"answers": ("A",)}, "1 candidates"),
        ({"answers": tuple(f"a{n}" for n in range(27))}, "27 candidates"),
        ({"prompt": "", "text": " "}, "no prompt"),
    ],
)
def test_what_cannot_be_ranked_is_told(changes, why):
    found, said = questions_of([asked(**changes)], effective().spec)
    assert not found
    assert why in said[0].message


def test_statements_and_withheld_items_are_none_and_no_finding():
    spec = effective().spec
    assert questions_of([asked(kind="statement"), asked(withheld=True)], spec) == ([], [])


def test_some_unknown_clauses_and_too_many_parts_are_told():
    clauses = ("honesty", "honesty/h1x1", "honesty/h2x2", "brevity", "old/clause")
    found, said = questions_of([asked(clauses=clauses)], effective().spec)
    assert len(found[0].parts) == 3
    assert ["not in this spec" in each.message for each in said] == [True, False]


def test_candidates_that_say_the_same_are_told():
    same = asked(candidates={"A": "All.", "B": " All."})
    found, said = questions_of([same], effective().spec)
    assert len(found) == 1
    assert ["say the same" in each.message for each in said] == [True]


def test_imported_comparisons_are_named_by_their_words_alone():
    one = asked()
    assert digest_of_asked([one, asked(id="c2")]) == digest_of_asked([asked(id="c2"), one])
    assert digest_of_asked([one]) == digest_of_asked([asked(clauses=()), asked(kind="statement")])
    assert digest_of_asked([one]) != digest_of_asked([asked(candidates={"A": "All.", "B": "No."})])
