"""Exports of Polis: re-votes, signs, moderation, and what three real ones say of themselves."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from charter.errors import ConfigError
from charter.evolve.importer import Wanted, named

from .made import polis, write_rows

REAL = {
    # folder: people, statements, events, last votes, statements with equal last votes, withheld
    "15-per-hour-seattle": (339, 54, 2995, 2872, 33, 23),
    "brexit-consensus": (204, 50, 5312, 5303, 42, 0),
    "vtaiwan.uberx": (1921, 197, 49997, 49443, 101, 78),
}
COMMENT = {
    "comment-id": 0,
    "author-id": 1,
    "agrees": 0,
    "disagrees": 0,
    "moderated": 1,
    "comment-body": "x",
}


def read(wanted, **changes):
    return named("polis").read(replace(wanted, **changes))


def conversation(folder, events, comments, wide=None):
    """Write (voter, comment, time, vote) and statements; return what is wanted."""
    keys = ("voter-id", "comment-id", "timestamp", "vote")
    same = Random(0)
    write_rows(folder / "votes.csv", [dict(zip(keys, e, strict=True)) for e in events], same)
    write_rows(folder / "comments.csv", [{**COMMENT, **each} for each in comments], same)
    if wide is not None:
        write_rows(folder / "participants-votes.csv", wide, same)
    return Wanted(str(folder))


def values(found):
    return {(each.person, each.item): each.value for each in found.voices.votes}


def rules(found):
    return {each.rule.removeprefix("voices/") for each in found.voices.findings}


def test_the_last_of_several_votes_counts_whatever_row_it_is_in(tmp_path):
    events = [("1", "0", 30, -1), ("1", "0", 10, 1), ("1", "0", 20, 0), ("2", "0", 5, 1)]
    comment = {"agrees": 2, "disagrees": 1}
    found = read(conversation(tmp_path, events, [comment]))
    assert values(found) == {("1", "0"): -1, ("2", "0"): 1}
    assert found.facts["revoted"] == 1
    assert found.facts["equal_with_every_vote"] == 1
    assert found.facts["equal_with_last_votes"] == 0
    assert rules(found) == {"re-votes", "counts-every-vote"}


def test_different_votes_at_one_time_are_left_out_and_said(tmp_path):
    events = [("1", "0", 10, 1), ("1", "0", 10, -1), ("2", "0", 5, 1)]
    found = read(conversation(tmp_path, events, [{"agrees": 2, "disagrees": 1}]))
    assert values(found) == {("2", "0"): 1}
    (said,) = [e for e in found.voices.findings if e.rule == "voices/same-time"]
    assert said.message == "once different votes at one time: left out"
    assert said.hint == "1 on 0"


def test_the_table_of_participants_settles_votes_of_one_time(tmp_path):
    events = [("1", "0", 10, 1), ("1", "0", 10, -1), ("2", "0", 5, 1)]
    row = {"participant": 1, "group-id": "", "n-votes": 1, "n-agree": 0, "n-disagree": 1, "0": -1}
    other = {**row, "participant": 2, "n-agree": 1, "n-disagree": 0, "0": 1}
    comment = {"agrees": 2, "disagrees": 1}
    found = read(conversation(tmp_path, events, [comment], [row, other]))
    assert values(found) == {("1", "0"): -1, ("2", "0"): 1}
    assert found.facts["same_time_settled"] == 1


def test_opposite_signs_are_refused_and_read_where_it_is_said(tmp_path):
    right = polis(tmp_path / "right", 4, Random(0), ties=False)
    wrong = polis(tmp_path / "wrong", 4, Random(0), sign=-1, wide=False, ties=False)
    with pytest.raises(ConfigError, match="opposite sign of the counts") as refused:
        read(wrong)
    assert "--flip-signs" in refused.value.hint
    flipped = read(wrong, flip_signs=True)
    assert values(flipped) == values(read(right))
    assert "flipped-signs" in rules(flipped)
    assert flipped.facts["signs"] == "flipped"


def test_signs_that_are_right_are_not_flipped(tmp_path):
    right = polis(tmp_path / "right", 4, Random(0), ties=False)
    with pytest.raises(ConfigError, match="leave it out"):
        read(right, flip_signs=True)


def test_counts_that_cannot_tell_the_signs_are_said(tmp_path):
    events = [("1", "0", 1, 1), ("2", "0", 1, -1)]
    found = read(conversation(tmp_path, events, [{"agrees": 1, "disagrees": 1}]))
    assert rules(found) == {"signs-unknown"}


def test_counts_that_differ_are_named(tmp_path):
    events = [("1", "0", 1, 1), ("2", "0", 1, 1)]
    found = read(conversation(tmp_path, events, [{"agrees": 5, "disagrees": 0}]))
    (said,) = [e for e in found.voices.findings if e.rule == "voices/counts-differ"]
    assert "0 of 1 statements; not for 0" in said.message


def test_a_moderated_statement_is_withheld_and_its_votes_are_kept(tmp_path):
    events = [("1", "0", 1, 1), ("1", "7", 1, 1)]
    comments = [{"agrees": 1}, {"comment-id": 7, "agrees": 1, "moderated": -1}]
    found = read(conversation(tmp_path, events, comments))
    assert {each.id: each.withheld for each in found.voices.asked} == {"0": False, "7": True}
    assert ("1", "7") in values(found)


def test_votes_on_a_statement_that_is_not_there_are_withheld_and_said(tmp_path):
    events = [("1", "0", 1, 1), ("1", "9", 1, 1)]
    found = read(conversation(tmp_path, events, [{"agrees": 1}]))
    assert found.voices.asked[-1].withheld
    assert "unknown-statement" in rules(found)


def test_a_table_of_participants_that_differs_is_said_and_the_votes_count(tmp_path):
    events = [("1", "0", 1, 1), ("2", "0", 1, 1), ("3", "0", 1, 1)]
    base = {"group-id": 0, "n-votes": 1, "n-agree": 1, "n-disagree": 0, "0": 1}
    wide = [
        {**base, "participant": 1},
        {**base, "participant": 2, "n-votes": 4},
        {**base, "participant": 3, "0": -1, "n-agree": 0, "n-disagree": 1},
    ]
    found = read(conversation(tmp_path, events, [{"agrees": 3}], wide))
    assert values(found)["3", "0"] == 1
    assert rules(found) == {"participants-differ", "participants-totals"}


def test_without_votes_the_table_of_participants_is_read(tmp_path):
    wanted = polis(tmp_path / "x", 11, Random(0), ties=False)
    whole = values(read(wanted))
    (tmp_path / "x" / "votes.csv").unlink()
    found = read(wanted)
    assert values(found) == whole
    assert "no-events" in rules(found)


def wide_alone(folder, *, gap, n_votes):
    """Write twelve people who agree to two of eight statements, and no votes.csv."""
    row = {"group-id": "", "n-votes": n_votes, "n-agree": 2, "n-disagree": 0}
    cells = {str(item): 1 if item < 2 else gap for item in range(8)}
    comments = [{"comment-id": item, "agrees": 12 * (item < 2)} for item in range(8)]
    wide = [{"participant": who, **row, **cells} for who in range(12)]
    conversation(folder, [("0", "0", 1, 1)], comments, wide)
    (folder / "votes.csv").unlink()
    return Wanted(str(folder))


def test_gaps_stay_gaps_where_the_table_is_all_there_is(tmp_path):
    found = read(wide_alone(tmp_path, gap="", n_votes=2))
    assert len(found.voices.votes) == 2 * 12
    assert rules(found) == {"no-events"}


def test_gaps_that_were_filled_with_zero_are_refused_by_the_totals_of_the_rows(tmp_path):
    with pytest.raises(ConfigError, match="has 0 where nobody voted: in 12 of 12 rows") as refused:
        read(wide_alone(tmp_path, gap=0, n_votes=2))
    assert "has to stay empty" in refused.value.hint


def test_gaps_that_were_filled_with_zero_and_counted_are_said(tmp_path):
    said = rules(read(wide_alone(tmp_path, gap=0, n_votes=8)))
    assert "filled-gaps" in said
    assert "participants-totals" not in said


def test_totals_that_differ_are_said(tmp_path):
    wanted = conversation(tmp_path, [("1", "0", 1, 1)], [{"agrees": 1}])
    (tmp_path / "summary.csv").write_text("voters,5\n")
    assert "totals-differ" in rules(read(wanted))


def test_clauses_come_from_a_file_and_unknown_ones_are_said(tmp_path):
    wanted = conversation(tmp_path, [("1", "0", 1, 1)], [{"agrees": 1}])
    found = read(wanted, clauses={"0": ("honesty/abcd",), "8": ("x",)})
    assert found.voices.asked[0].clauses == ("honesty/abcd",)
    assert "clauses-of-nothing" in rules(found)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("votes.csv", "timestamp,comment-id,voter-id,vote\n1,0,1,2\n", "votes.csv:2: vote"),
        ("votes.csv", "timestamp,comment-id,voter-id,vote\n1,00,1,1\n", "no id of Polis"),
        ("votes.csv", "timestamp,comment-id,voter-id,vote\nnow,0,1,1\n", "no whole number"),
        ("votes.csv", "timestamp,comment-id,vote\n", "no column 'voter-id'"),
        ("comments.csv", "", "it is empty"),
        ("summary.csv", "voters,1\nvoters,2\n", "summary.csv:2"),
    ],
)
def test_a_broken_file_is_one_line_with_its_place(tmp_path, name, text, words):
    wanted = conversation(tmp_path, [("1", "0", 1, 1)], [{"agrees": 1}])
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError) as refused:
        read(wanted)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_export_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(ConfigError, match=r"votes\.csv"):
            read(Wanted(str(path)))


def test_an_option_that_would_do_nothing_is_refused(tmp_path):
    wanted = conversation(tmp_path, [("1", "0", 1, 1)], [{"agrees": 1}])
    with pytest.raises(ConfigError, match="--map means nothing"):
        read(wanted, mapping=tmp_path / "x")


@pytest.mark.data
@pytest.mark.parametrize("name", REAL)
def test_a_real_conversation_adds_up(data_dir, name):
    people, statements, events, votes, last, withheld = REAL[name]
    folder = data_dir / "polis" / name
    found = read(Wanted(str(folder)))
    facts = found.facts
    assert (len(found.voices.people), facts["statements"]) == (people, statements)
    assert (facts["events"], facts["votes"]) == (events, votes)
    assert facts["withheld"] == withheld
    # the published counts are those of every vote, for every statement
    assert facts["equal_with_every_vote"] == statements
    assert facts["equal_with_last_votes"] == last
    assert all(e["published"] == str(e["found"]) for e in facts["totals"].values())
    assert set(facts["participants_votes"].values()) == {0}
    assert rules(found) == {"re-votes", "counts-every-vote"}
    # and, by another way: votes per statement as its own table of participants has them
    counted = Counter((each.item, each.value) for each in found.voices.votes)
    with (folder / "participants-votes.csv").open(encoding="utf-8", newline="") as stream:
        wide = Counter(
            (key, int(cell))
            for row in csv.DictReader(stream)
            for key, cell in row.items()
            if key.isdigit() and cell
        )
    assert counted == wide


@pytest.mark.data
def test_a_real_conversation_with_opposite_signs_is_caught(data_dir, tmp_path):
    folder = data_dir / "polis" / "brexit-consensus"
    (tmp_path / "comments.csv").write_bytes((folder / "comments.csv").read_bytes())
    with (folder / "votes.csv").open(encoding="utf-8", newline="") as stream:
        rows = [{**row, "vote": -int(row["vote"])} for row in csv.DictReader(stream)]
    write_rows(tmp_path / "votes.csv", rows, Random(3))
    with pytest.raises(ConfigError, match="opposite sign"):
        read(Wanted(str(tmp_path)))
    flipped = read(Wanted(str(tmp_path), flip_signs=True))
    assert values(flipped) == values(read(Wanted(str(folder))))
