"""A consultation through a real ledger: what was planted is found again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.evolve.results.results_of import reading_of, results_of
from charter.evolve.surveys.survey import Rules

from .asked import survey
from .conftest import QUICK
from .plan import (
    AGAIN,
    AGES,
    CARELESS,
    HONEST,
    RUN_OVER,
    STATEMENTS,
    STRAIGHT,
    SYBIL,
    UNHEARD,
    Plan,
)
from .taking_part import NETWORK, voices
from .truth import groups, held_truths, kinds, of_channel, without


def channel(results, name):
    return next(each for each in results.channels if each.channel == name)


def statements(results, name="panel"):
    return {each.item: each for each in channel(results, name).statements}


def test_nothing_is_lost_or_changed_between_an_answer_and_a_voice(held, heard):
    assert heard == voices(held.plan, held.opening.survey)
    assert len(heard.people) == len(held.plan.crowd())
    assert not heard.findings


def test_the_channels_are_apart_and_in_every_language(results, held):
    assert [(each.channel, each.people) for each in results.channels] == [
        ("open", 120),
        ("panel", 70),
    ]
    for each in results.channels:
        assert set(each.languages) == {"en", "de", "ar"}
    said = {each.item: each for each in channel(results, "panel").statements}
    assert all(each.seen <= held.plan.panel for each in said.values())


def test_planted_groups_are_found_and_people_are_in_them(held, heard):
    known = replace(of_channel(heard, "panel"), published=groups(held.plan))
    found = results_of(known, reading_of(held.opening.survey), effort=QUICK)
    (panel,) = found.channels
    assert panel.groups.k == 2
    assert panel.published.likeness.value > 0.8


def test_one_group_is_found_where_none_is_planted():
    plan = Plan(open=0, panel=80, sybils=0, straight=0, careless=0, groups=False)
    asked = survey(again=())
    (panel,) = results_of(voices(plan, asked), reading_of(asked), effort=QUICK).channels
    assert panel.groups.k == 1
    assert all(each.gap is None for each in panel.statements)


def test_the_divisive_statements_are_named(results):
    """All of them; of others at most one, as false discoveries are kept to a share of all."""
    said = statements(results)
    planted = {one.id for one in STATEMENTS if one.divides}
    named = {item for item, each in said.items() if each.gap is not None and each.gap.q <= 0.05}
    named -= {f"x-{item}" for item in AGAIN}
    assert planted <= named
    assert len(named - planted) <= 1
    divisive = {one.id for one in STATEMENTS if said[one.id].bridge.status == "divisive"}
    assert divisive == planted


def test_the_floor_shows_the_minority_that_would_be_run_over(results):
    found = statements(results)[RUN_OVER]
    assert found.weighted.agree.value > 0.5 > found.weighted.disagree.high
    assert found.floor.against == "not met"
    assert found.floor.value < 0.2
    assert not found.consensus
    shared = statements(results)["a0"]
    assert shared.floor.against == "met"


def test_clauses_that_all_agree_on_or_refuse_are_named_and_no_other(results):
    verdicts = {each.clause: each.verdict for each in channel(results, "panel").clauses}
    truth = {"truth/tfac": "agreed", "truth/tnot": "agreed", "reasons/rwhy": "agreed"}
    truth["brief/bsho"] = "rejected"
    assert {name: verdicts[name] for name in truth} == truth
    assert verdicts["brief/bout"] == "open"


def test_weights_bring_back_the_quiet_majority():
    """On honest people; what trolls do is another test. Rates over many seeds: bench."""
    asked = survey()
    plain, weighted = [], []
    for seed in range(6):
        plan = Plan(seed=seed, panel=0, sybils=0, straight=0, careless=0)
        said = voices(plan, asked)
        plain += held_truths(said, asked.rules, weigh=False).items()
        weighted += held_truths(said, asked.rules, weigh=True).items()
    divides = {one.id for one in STATEMENTS if one.divides}
    assert sum(good for _, good in weighted) / len(weighted) > 0.9
    wrong = [good for item, good in plain if item in divides]
    assert sum(wrong) / len(wrong) < 0.5


def test_the_people_whom_nobody_heard_are_named(results):
    for each in results.channels:
        heard = {(one.trait, one.option): one.heard for one in each.heard}
        assert heard["age", UNHEARD] == "nobody"
    open_ = {one.option: one.heard for one in channel(results, "open").heard}
    assert open_["rarely"] == "fewer than their share"


def test_a_population_of_which_a_part_is_missing_is_not_weighed_and_it_says_who(heard):
    shares = dict.fromkeys((*AGES, UNHEARD), "0.25")
    reading = replace(reading_of(survey()), rules=Rules(margins={"age": shares}))
    for each in results_of(heard, reading, effort=QUICK).channels:
        assert not each.weights.used
        assert any(UNHEARD in reason for reason in each.weights.reasons)
        assert all(one.weighted is None for one in each.statements)


def test_trolls_and_sybils_are_noted_and_hardly_anybody_else(held, heard):
    kind = kinds(held.plan)
    noted = {
        kind_: [p for p in heard.people if kind[p.id] == kind_] for kind_ in set(kind.values())
    }
    assert all({NETWORK, "same_text"} <= set(each.noted) for each in noted[SYBIL])
    assert all({"straight_line", "too_fast"} <= set(each.noted) for each in noted[STRAIGHT])
    assert all("too_fast" in each.noted for each in noted[CARELESS])
    false = [each for each in noted[HONEST] if each.noted]
    assert len(false) / len(noted[HONEST]) <= 0.03


def test_notes_take_nobody_away_and_are_counted(results, held):
    open_ = channel(results, "open")
    assert open_.noted[NETWORK] == held.plan.sybils
    assert open_.people == sum(each.channel == "open" for each in held.plan.crowd())
    assert channel(results, "panel").noted.get(NETWORK, 0) == 0


def test_what_trolls_did_shows_when_they_are_left_out(results, heard, held):
    """Sybils are of the loud minority: without those noted, its statements have fewer friends."""
    found = statements(results, "open")["d2"]
    assert found.unnoted.agree.value < found.plain.agree.value
    gone = {p.id for p in heard.people if p.noted}
    honest = results_of(without(heard, gone), reading_of(held.opening.survey), effort=QUICK)
    again = statements(honest, "open")["d2"]
    assert found.unnoted.agree.value == pytest.approx(again.plain.agree.value)


def test_the_order_of_answers_changes_nothing(heard, held, results):
    turned = replace(
        heard,
        votes=heard.votes[::-1],
        orders=heard.orders[::-1],
        ratings=heard.ratings[::-1],
        barred=heard.barred[::-1],
        asked=heard.asked[::-1],
    )
    assert results_of(turned, reading_of(held.opening.survey), effort=QUICK) == results


def test_statements_asked_again_make_no_groups():
    """What somebody says twice hangs together: it must not look like a group of opinion."""
    for seed in (5, 8, 11):  # with the repeats among the votes, these have 3, 3 and 4 groups
        plan = Plan(seed=seed, open=0, panel=80, sybils=0, straight=0, careless=0, groups=False)
        asked = survey()
        (panel,) = results_of(voices(plan, asked), reading_of(asked), effort=QUICK).channels
        assert panel.groups.k == 1
        again = {each.item: each for each in panel.statements}["x-a0"]
        assert again.seen
        assert again.floor is None
        assert not again.consensus
