"""Plain tables with a mapping: what each kind of question becomes, and what is refused."""

from __future__ import annotations

import pytest

from charter.errors import ConfigError
from charter.evolve.importer import Wanted, named

LONG = """\
shape: long
person: who
item: q
value: a
others: {read: vote}
"""
WIDE = """\
shape: wide
person: who
time: at
traits: {age: band}
missing: ["", "NA"]
asked:
  c: {kind: comparison, text: What now?, answers: {A: one, B: two}}
  r: {kind: rubric, text: It is short}
questions:
  s: {values: {"Ja": agree, "Nein": disagree, "weiter": pass}}
  how: {about: r, read: rating}
  rank: {about: c, read: ranking}
  no: {about: c, read: unacceptable}
  why: {about: c, read: reason}
"""


def read(tmp_path, table, mapping=LONG, **given):
    file, named_file = tmp_path / "t.csv", tmp_path / "m.yaml"
    file.write_bytes(table if isinstance(table, bytes) else table.encode())
    named_file.write_text(mapping)
    return named("csv").read(Wanted(str(file), mapping=named_file, **given))


def values(found):
    return {(each.person, each.item): each.value for each in found.voices.votes}


def rules(found):
    return {each.rule.removeprefix("voices/") for each in found.voices.findings}


def test_an_empty_cell_is_unseen_and_no_pass(tmp_path):
    found = read(tmp_path, "who,q,a\np,x,agree\np,y,\np,z,pass\n")
    assert values(found) == {("p", "x"): 1, ("p", "z"): 0}


def test_every_kind_of_question_of_a_wide_table(tmp_path):
    table = "who,at,band,s,how,rank,no,why\np,1,old,Ja,-4,B>A,A,so\nq,1,NA,weiter,,A=B,none,\n"
    voices = read(tmp_path, table, WIDE).voices
    assert [(e.person, e.value) for e in voices.votes] == [("p", 1), ("q", 0)]
    assert [(e.item, e.value) for e in voices.ratings] == [("r", -4)]
    assert [(e.person, e.groups) for e in voices.orders] == [
        ("p", (("B",), ("A",))),
        ("q", (("A", "B"),)),
    ]
    assert [(e.person, e.answers) for e in voices.barred] == [("p", ("A",)), ("q", ())]
    assert [e.text for e in voices.reasons] == ["so"]
    assert [dict(e.traits) for e in voices.people] == [{"age": "old"}, {}]


def test_the_last_answer_counts_by_its_time_as_iso_or_number(tmp_path):
    for one, two in (("9", "10"), ("2026-01-01T09:00:00Z", "2026-01-01T09:00:00-05:00")):
        table = f"who,at,band,s,how,rank,no,why\np,{two},,Nein,,,,\np,{one},,Ja,,,,\n"
        found = read(tmp_path, table, WIDE)
        assert values(found) == {("p", "s"): -1}
        assert found.facts["replaced_by_later"] == 1


def test_times_are_exact(tmp_path):
    mapping = LONG + "time: t\n"
    for one, two in (
        ("1700000000000000001", "1700000000000000002"),
        ("2026-01-01T09:00:00.000001Z", "2026-01-01T09:00:00.000002Z"),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ):
        found = read(tmp_path, f"who,q,a,t\np,x,agree,{two}\np,x,disagree,{one}\n", mapping)
        assert values(found) == {("p", "x"): 1}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("1700000000", "2026-01-01T09:00:00Z"),
        ("2026-01-01T09:00:00", "2026-01-01T09:00:00Z"),
        ("2026", "2026-01-01"),
    ],
)
def test_times_of_two_kinds_have_no_order(tmp_path, one, two):
    for first, second in ((one, two), (two, one)):
        table = f"who,q,a,t\np,x,agree,{first}\nr,x,agree,{second}\n"
        with pytest.raises(ConfigError, match=r"t\.csv:3: t: .* is written in another way"):
            read(tmp_path, table, LONG + "time: t\n")


def test_of_many_answers_only_the_latest_counts_and_a_tie_of_earlier_ones_is_no_matter(tmp_path):
    rows = (("agree", 1), ("disagree", 1), ("pass", 3), ("agree", 2), ("pass", 3))
    text = "".join(f"p,x,{words},{time}\n" for words, time in rows)
    found = read(tmp_path, f"who,q,a,t\n{text}", LONG + "time: t\n")
    assert values(found) == {("p", "x"): 0}
    assert found.facts["replaced_by_later"] == 3
    assert found.facts["contested_left_out"] == 0


def test_whole_numbers_may_be_written_as_tables_with_gaps_have_them(tmp_path):
    table = "who,q,a\np,x,1.0\np,y,-1.000\np,z,+0\np,w,1.5\n"
    assert values(read(tmp_path, table)) == {("p", "x"): 1, ("p", "y"): -1, ("p", "z"): 0}
    found = read(tmp_path, "who,q,a\np,x,4.0\np,y,4.5\n", LONG.replace("vote", "rating"))
    assert [(each.item, each.value) for each in found.voices.ratings] == [("x", 4)]


def test_a_table_of_nothing_is_said(tmp_path):
    found = read(tmp_path, "who,q,a\n")
    assert rules(found) == {"nothing-said"}


def test_a_ranking_that_leaves_answers_out_is_said(tmp_path):
    table = "who,at,band,s,how,rank,no,why\np,1,,,,B,,\n"
    found = read(tmp_path, table, WIDE)
    assert found.voices.orders[0].groups == (("B",),)
    assert "partial-ranking" in rules(found)


def test_none_beside_an_answer_is_no_list_of_unacceptable_ones(tmp_path):
    table = "who,at,band,s,how,rank,no,why\np,1,,,,,A;none,\nq,1,,,,,None,\n"
    found = read(tmp_path, table, WIDE)
    assert [(each.person, each.answers) for each in found.voices.barred] == [("q", ())]
    assert "1 answers that are no list of unacceptable answers: left out" in {
        each.message for each in found.voices.findings
    }


def test_answers_that_differ_without_a_time_are_left_out_and_said(tmp_path):
    found = read(tmp_path, "who,q,a\np,x,agree\np,x,disagree\np,y,agree\np,y,agree\n")
    assert values(found) == {("p", "y"): 1}
    assert "said-twice" in rules(found)


def test_two_questions_about_one_thing_that_differ_are_left_out(tmp_path):
    mapping = LONG.replace("others", "questions: {x: {about: s}, y: {about: s}}\nothers")
    found = read(tmp_path, "who,q,a\np,x,agree\np,y,disagree\nr,x,agree\n", mapping)
    assert values(found) == {("r", "s"): 1}
    assert "said-twice" in rules(found)


def test_words_that_are_no_vote_are_left_out_and_named(tmp_path):
    found = read(tmp_path, "who,q,a\np,x,perhaps\n")
    assert values(found) == {}
    said = {each.rule: each for each in found.voices.findings}
    assert set(said) == {"voices/unreadable", "voices/nothing-said"}
    assert said["voices/unreadable"].message == "1 answers that are no vote: left out"
    assert said["voices/unreadable"].hint == "p on x ('perhaps')"


def test_names_that_the_mapping_does_not_have_are_said(tmp_path):
    mapping = LONG.replace("others: {read: vote}", "questions: {x: {read: vote}}")
    found = read(tmp_path, "who,q,a\np,x,agree\np,zzz,agree\n", mapping)
    assert values(found) == {("p", "x"): 1}
    assert "zzz" in found.voices.findings[0].hint


def test_channels_come_from_a_column_and_nobody_is_in_both(tmp_path):
    mapping = LONG + "channel: {column: c, values: {w: open, m: panel}}\n"
    found = read(tmp_path, "who,q,a,c\np,x,agree,w\nr,x,agree,m\n", mapping)
    assert [each.channel for each in found.voices.people] == ["open", "panel"]
    with pytest.raises(ConfigError, match=r"t\.csv:3: 'p' is in both channels"):
        read(tmp_path, "who,q,a,c\np,x,agree,w\np,y,agree,m\n", mapping)
    with pytest.raises(ConfigError, match=r"t\.csv:2: c: 'k' is no channel"):
        read(tmp_path, "who,q,a,c\np,x,agree,k\n", mapping)


def test_an_encoding_is_named_and_never_guessed(tmp_path):
    table = "who,q,a\np,x,schön\n".encode("latin-1")
    with pytest.raises(ConfigError, match="is not UTF-8 at byte"):
        read(tmp_path, table)
    mapping = LONG.replace("{read: vote}", "{about: c, read: reason}")
    mapping += "encoding: latin-1\nasked: {c: {kind: comparison, answers: {A: a, B: b}}}\n"
    (reason,) = read(tmp_path, table, mapping).voices.reasons
    assert reason.text == "schön"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("who,q\np,x\n", "there is no column 'a'"),
        ("who,q,a\np,x\n", "t.csv:2: 2 cells in a row, under 3 columns"),
        ("who,q,a,a\n", "two columns are named 'a'"),
        ('who,q,a\np,x,"agree\n', "no table"),
        ("who,q,a\n ,x,agree\n", "t.csv:2: who: '' is no id"),
        ("who,q,a\np\x00,x,agree\n", "t.csv:2"),
        ("", "it is empty"),
        ("\r\n\r\n", "it is empty"),
        ('who,q,a\r\np,"x\ry",agree\r\nr\n', "t.csv:4: 1 cells"),
    ],
)
def test_a_broken_table_is_one_line_with_its_place(tmp_path, table, words):
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, table)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("shape: tall\n", "m.yaml:1: shape"),
        (LONG + "more: 1\n", "m.yaml:6: more: there is no such key"),
        (LONG.replace("item: q\n", ""), "a long table has `item` and `value`"),
        (LONG + "encoding: koi8\n", "encoding is one of"),
        (LONG + "questions: {x: {read: ranking}}\n", "'x' is no comparison"),
        (LONG + "asked: {c: {kind: comparison}}\n", "a comparison has answers"),
        (LONG + "questions: {x: {values: {y: agreee}}}\n", "'y' should be agree, disagree or pass"),
        (LONG + "questions: {x: {read: rating, values: {y: 1.5}}}\n", "values"),
        (
            LONG + "questions: {x: {read: rating, values: {y: so}}}\n",
            "'y' should be a whole",
        ),
        (LONG + "questions: {x: {read: reason, values: {y: 1}}}\n", "values mean nothing"),
    ],
)
def test_a_broken_mapping_is_one_line_with_its_place(tmp_path, mapping, words):
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, "who,q,a\n", mapping)
    assert words in str(refused.value)


def test_without_a_mapping_it_is_not_read(tmp_path):
    with pytest.raises(ConfigError, match="what do the columns mean"):
        named("csv").read(Wanted(str(tmp_path / "t.csv")))


def test_labels_are_joined_by_id(tmp_path):
    labels = tmp_path / "l.csv"
    labels.write_text("participant,group-id\nr,two\np,one\nnobody,two\n")
    found = read(tmp_path, "who,q,a\np,x,agree\nr,x,agree\n", labels=labels)
    assert found.voices.published == {"p": "one", "r": "two"}
    assert "labels-of-nobody" in rules(found)
