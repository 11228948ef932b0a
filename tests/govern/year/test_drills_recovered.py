"""A year with its drills, and the same year without them: no figure tells them apart."""

from dataclasses import replace

import pytest

from charter.govern.incidents.book import incidents
from charter.govern.objectives.indicator import indicators
from charter.govern.objectives.objective import Objective, Scope
from charter.govern.obligations.answer import answers
from charter.govern.obligations.facts import gather
from charter.govern.obligations.pack_file import load_packs
from charter.ledger.open import open_ledger

from .counted import counted
from .generate import generate
from .plan import Plan
from .promises import look, write
from .reporting import promised, reported

PLAN = Plan(decisions=2000)
DAY = 24 * 60


@pytest.fixture(scope="module")
def years(tmp_path_factory):
    """Return of each year the file and the truth: with drills, and without."""
    folder = tmp_path_factory.mktemp("years")
    found = []
    for drills in (True, False):
        file = folder / f"{drills}.sqlite"
        found.append((file, generate(file, replace(PLAN, drills=drills))))
    return found


@pytest.fixture(scope="module")
def rollups(years, tmp_path_factory):
    found = [counted(file, tmp_path_factory.mktemp("counts")) for file, _ in years]
    yield found
    for each in found:
        each.close()


def test_they_differ_in_drills_alone(years):
    heads = []
    for file, truth in years:
        with open_ledger(file, create=False) as ledger:
            heads.append(ledger.head())
            drills = [each for each in incidents(ledger, now=PLAN.end) if each.drill]
        assert {each.id for each in drills} == truth.drills
    assert len(years[0][1].drills) == 5
    assert years[1][1].drills == set()
    assert heads[0].size > heads[1].size


def test_no_figure_or_table_of_the_report_knows(years, rollups, tmp_path):
    file, organisation = promised(tmp_path), write(tmp_path)
    made = []
    for (place, _), rollup in zip(years, rollups, strict=True):
        with open_ledger(place, create=False) as ledger:
            made.append(reported(ledger, PLAN, rollup, file=file, organisation=organisation))
    with_, without = (
        {
            each.id: (each.value, each.low, each.high, each.n, each.before, each.note)
            for each in one.figures
        }
        for one in made
    )
    assert with_.pop("drills")[0] == 5
    assert without.pop("drills")[0] == 0
    assert with_ == without
    assert [(each.id, each.rows) for each in made[0].tables] == [
        (each.id, each.rows) for each in made[1].tables
    ]
    assert made[0].headlines == made[1].headlines


def test_no_indicator_knows(rollups):
    at = round(PLAN.end.timestamp() * 1000)
    assert len(indicators()) >= 9
    for name in indicators():
        wanted = Objective("o", "O", name, Scope(), 1 / PLAN.days, 90, (), within=1800, most=3)
        one, other = (each.measure(wanted, 90 * DAY, at) for each in rollups)
        assert one == other, name


def test_no_answer_to_an_obligation_knows(years, tmp_path):
    """Up to how many records a checkpoint is over, and the places of records in the ledger."""
    organisation, found = write(tmp_path), []
    for file, _ in years:
        with open_ledger(file, create=False) as ledger:
            facts = gather(ledger, at=PLAN.end)
        packs = answers(load_packs(()), look(organisation, PLAN.end, facts))
        found.append(
            {
                (answer.obligation.id, at): (answer.state, said(piece))
                for pack in packs
                for answer in pack.answers
                for at, piece in enumerate(answer.pieces)
            }
        )
    assert found[0] == found[1]


def said(piece):
    """Return what a piece of evidence says."""
    if piece.asked.query == "checkpoint-signed":
        return piece.evidence.found
    evidence = piece.evidence
    named = [(each.kind, each.id) for each in evidence.records]
    return evidence.found, evidence.what, dict(evidence.measured), named
