"""The three mistakes of published data, made on purpose: each is caught, and would have mattered.

Labels joined by position, gaps filled with zero, signs the other way round.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from charter.errors import ConfigError
from charter.evolve.importer import Wanted, named
from charter.evolve.opinion.ari import adjusted_rand
from charter.evolve.opinion.groups import groups_of
from charter.evolve.opinion.votes import votes_of
from charter.evolve.results.results_of import reading_of, results_of
from charter.evolve.voices import Vote

from .asked import survey
from .conftest import QUICK
from .plan import Plan
from .polis_files import export
from .taking_part import voices
from .truth import groups

PLAN = Plan(open=0, panel=60, sybils=0, straight=0, careless=0)


@pytest.fixture(scope="module")
def published():
    """Voices of a panel with the ids of Polis, which are numbers; the true group of each person."""
    said, truth = voices(PLAN, survey(again=())), groups(PLAN)
    ids = {person.id: str(number) for number, person in enumerate(said.people)}
    people = tuple(replace(each, id=ids[each.id]) for each in said.people)
    votes = tuple(replace(each, person=ids[each.person]) for each in said.votes)
    return replace(said, people=people, votes=votes), {ids[who]: truth[who] for who in truth}


def read(folder, **given):
    return named("polis").read(Wanted(str(folder), channel="panel", **given))


def values(found):
    text = {each.id: each.text for each in found.voices.asked}
    return {(v.person, text[v.item]): v.value for v in found.voices.votes}


def rules(found):
    return {each.rule for each in found.voices.findings}


def likeness(imported):
    """How the groups of the votes agree with those that came beside them."""
    reading = replace(reading_of(survey()), apart=frozenset())
    (panel,) = results_of(imported.voices, reading, effort=QUICK).channels
    return panel.published.likeness


def test_what_is_published_well_comes_back_as_it_was(published, tmp_path):
    said, truth = published
    found = read(export(tmp_path / "good", said, truth))
    assert values(found) == {(v.person, v.item): v.value for v in said.votes}
    assert found.voices.published == truth
    assert likeness(found).value > 0.6


def test_labels_by_position_are_not_read_and_would_have_been_noise(published, tmp_path):
    said, truth = published
    folder = export(tmp_path / "good", said, truth)
    order = sorted(truth)
    plain = tmp_path / "plain.csv"
    plain.write_text("group\n" + "".join(f"{truth[who]}\n" for who in order))
    with pytest.raises(ConfigError) as refused:
        read(folder, labels=plain)
    assert "without the ids of people is not read" in str(refused.value)
    # What the mistake makes: the labels of sorted people, put beside rows in another order.
    rows = list(order)
    Random(1).shuffle(rows)
    wrong = tmp_path / "wrong.csv"
    with wrong.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("person", "group"))
        writer.writerows((who, truth[label]) for who, label in zip(rows, order, strict=True))
    misaligned = likeness(read(folder, labels=wrong))
    assert misaligned.high < 0.4
    assert misaligned.low <= misaligned.value <= misaligned.high


def test_labels_by_id_are_the_same_in_any_order(published, tmp_path):
    said, truth = published
    folder = export(tmp_path / "good", said, truth)
    rows = sorted(truth.items())
    found = []
    for seed in (1, 2):
        Random(seed).shuffle(rows)
        path = tmp_path / f"{seed}.csv"
        path.write_text("person,group\n" + "".join(f"{who},{group}\n" for who, group in rows))
        found.append(read(folder, labels=path).voices.published)
    assert found == [truth, truth]


def test_gaps_filled_with_zero_are_told_from_passes(published, tmp_path):
    said, truth = published
    right = read(export(tmp_path / "good", said, truth))
    both = read(export(tmp_path / "both", said, truth, gap=0))
    assert values(both) == values(right)  # the votes themselves count
    assert "voices/participants-differ" in rules(both)
    with pytest.raises(ConfigError, match="has 0 where nobody voted"):
        read(export(tmp_path / "alone", said, truth, gap=0, events=False))
    table = read(export(tmp_path / "table", said, truth, events=False))
    assert values(table) == values(right)  # empty cells are no votes
    # What the mistake makes: everybody saw all of it, and nobody agreed as much as they did.
    cast = {(v.person, v.item): v.value for v in right.voices.votes}
    people, asked = right.voices.people, right.voices.asked
    every = [Vote(p.id, a.id, cast.get((p.id, a.id), 0)) for p in people for a in asked]
    assert len(every) > len(cast)
    reading = replace(reading_of(survey()), apart=frozenset())
    wrongly = replace(right.voices, votes=tuple(every))
    (filled,) = results_of(wrongly, reading, effort=QUICK).channels
    (good,) = results_of(right.voices, reading, effort=QUICK).channels
    for wrong, true in zip(filled.statements, good.statements, strict=True):
        assert wrong.seen == len(said.people)
        assert wrong.plain.agree.value < true.plain.agree.value


def test_signs_the_other_way_round_are_refused_and_set_right_on_request(published, tmp_path):
    said, truth = published
    folder = export(tmp_path / "flipped", said, truth, sign=-1)
    with pytest.raises(ConfigError) as refused:
        read(folder)
    assert "opposite sign" in refused.value.message
    assert "--flip-signs" in refused.value.hint
    found = read(folder, flip_signs=True)
    assert values(found) == {(v.person, v.item): v.value for v in said.votes}
    assert found.facts["signs"] == "flipped"
    with pytest.raises(ConfigError):
        read(export(tmp_path / "good", said, truth), flip_signs=True)


def test_a_table_of_participants_alone_with_flipped_signs_is_refused_too(published, tmp_path):
    said, truth = published
    folder = export(tmp_path / "flipped", said, truth, sign=-1, events=False)
    with pytest.raises(ConfigError, match="opposite sign"):
        read(folder)


def test_groups_do_not_see_the_sign_so_counts_have_to(published):
    """Why the guard is needed: all of opinion statistics look as well with flipped signs."""
    said, _ = published
    items = [each.id for each in said.asked if each.kind == "statement"]
    labels = []
    for sign in (1, -1):
        cast = [Vote(v.person, v.item, sign * v.value) for v in said.votes]
        votes = votes_of(((v.person, v.item, v.value) for v in cast), items)
        labels.append(groups_of(votes, seed=0, permutations=19).labels)
    assert adjusted_rand(*map(np.asarray, labels)) > 0.9
