"""What did not add up is published beside the figures: it names nobody, and quotes nobody.

Keys of people are for whoever reads the files: they are in the hint.
"""

from __future__ import annotations

import json
from random import Random

import pytest

from charter.evolve.importer import Wanted, named
from charter.evolve.results.export import results_json
from charter.evolve.results.results_of import Reading, results_of
from charter.evolve.results.table import Effort
from charter.evolve.surveys.survey import Rules

from .made import write_rows
from .test_collective_alignment import assessment, comparison

ANN, WORDS = "ann@example.org", "I am Ann of Main Street"
QUICK = Effort(draws=100, refits=20, shuffles=19, permutations=19)


def table(folder):
    """Answers said twice, that are no votes, to no question, and two traits."""
    rows = [
        (ANN, "x", "agree", "old"),
        (ANN, "x", "disagree", "young"),
        (ANN, "y", WORDS, ""),
        (ANN, f"z-{ANN}", "agree", ""),
        *((f"p{number}", "x", "agree", "") for number in range(20)),
    ]
    text = "".join(",".join(row) + "\n" for row in rows)
    (folder / "t.csv").write_text("who,q,a,age\n" + text)
    (folder / "l.csv").write_text(f"person,group\np1,a\nnot-{ANN},b\n")
    (folder / "m.yaml").write_text(
        "shape: long\nperson: who\nitem: q\nvalue: a\ntraits: {age: age}\n"
        "questions: {x: {}, y: {}}\n"
    )
    return Wanted(
        str(folder / "t.csv"), mapping=folder / "m.yaml", labels=folder / "l.csv", source="table"
    )


def alignment(folder):
    """Orders that are none, orders said twice, scores of somebody else."""
    bad = {"personal": [{"ranking": WORDS}], "unacceptable": [{"rating": [WORDS]}]}
    two = {"world": [{"ranking": "A>B"}, {"ranking": "B>A"}]}
    found = comparison(
        assessment(ANN, importance=WORDS, ranking_blocks=bad),
        assessment(ANN, ranking_blocks=two),
    )
    scores = [{"annotator_id": f"other-{ANN}", "score": each} for each in (1, 2.5, 9999)]
    rubric = {"prompt_id": "q1", "coval_full": [{"criterion": "is kind", "scores": scores}]}
    (folder / "comparisons.jsonl").write_text(json.dumps(found))
    (folder / "rubrics.jsonl").write_text(json.dumps(rubric))
    return Wanted(str(folder), source="aligned")


ODD = "987654321"


def polis(folder):
    """Votes of one time, a table that differs in every way, labels of nobody."""
    keys = ("voter-id", "comment-id", "timestamp", "vote")
    cast = [(ODD, 0, 1, 1), (ODD, 0, 1, -1), (ODD, 1, 1, 1), (ODD, 2, 1, 1), (ODD, 9, 1, 1)]
    cast += [(each, 0, 1, 1) for each in range(20)]
    same = Random(0)
    write_rows(folder / "votes.csv", [dict(zip(keys, e, strict=True)) for e in cast], same)
    base = {"timestamp": 1, "author-id": 0, "disagrees": 0, "moderated": 1, "comment-body": "so"}
    comments = [{**base, "comment-id": each, "agrees": 21 * (each == 0)} for each in range(4)]
    write_rows(folder / "comments.csv", comments, same)
    row = {"participant": ODD, "group-id": 0, "n-votes": 7, "n-agree": 0, "n-disagree": 0}
    votes = {"0": "", "1": -1, "2": 0, "3": 1}
    write_rows(folder / "participants-votes.csv", [{**row, **votes}], same)
    (folder / "l.csv").write_text(f"person,group\n1,a\n{ODD}9,b\n")
    return Wanted(str(folder), labels=folder / "l.csv", source="talk")


CASES = [
    ("csv", table, {"two-traits", "unreadable", "said-twice", "labels-of-nobody"}),
    ("collective-alignment", alignment, {"unreadable", "said-twice", "scores-only"}),
    (
        "polis",
        polis,
        {"same-time", "participants-differ", "participants-totals", "labels-of-nobody"},
    ),
]


@pytest.mark.parametrize(("name", "make", "rules"), CASES)
def test_a_message_names_and_quotes_nobody_and_the_hint_does(tmp_path, name, make, rules):
    found = named(name).read(make(tmp_path)).voices
    told = {e.rule for e in found.findings if any(who in str(e.hint) for who in (ANN, ODD))}
    assert {f"voices/{rule}" for rule in rules} <= told
    for each in found.findings:
        assert not any(secret in each.message for secret in (ANN, WORDS, ODD))


@pytest.mark.parametrize(("name", "make", "rules"), CASES)
def test_nobody_is_in_the_results_that_are_published(tmp_path, name, make, rules):
    found = named(name).read(make(tmp_path)).voices
    published = json.dumps(results_json(results_of(found, Reading(Rules()), effort=QUICK)))
    assert "left out" in published
    assert not any(secret in published for secret in (ANN, WORDS, ODD))
    assert rules
