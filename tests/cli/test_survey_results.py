"""`charter survey results` and `compare`, on real ledgers and real files."""

from __future__ import annotations

import json
from random import Random

import jsonschema
import pytest

from charter.cli.main import exit_code
from charter.evolve.choices.rankings import digest_of_asked
from charter.evolve.importer import Wanted, named
from charter.evolve.results.export import read_results, schema
from charter.evolve.surveys.answer import read_answer
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.opening import opening
from charter.evolve.surveys.participation import consent_digest, join
from charter.evolve.surveys.secret_code import new_code
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.ranking import AnswersRanked, RankingFinished, RankingStarted

SURVEY = """\
format: charter-survey/1
id: {id}
languages: [en]
title: {{en: Mail}}
consent: {{en: I agree}}
purpose: {{en: To learn}}
contact: rules@example.org
retention_days: 30
rules: {{smallest: 5}}
traits:
  - id: age
    text: {{en: Age}}
    options: [{{id: old, text: {{en: o}}}}, {{id: new, text: {{en: n}}}}]
items:
  - {{kind: statement, id: one, clauses: [graceful_refusal], text: {{en: It says why.}}}}
  - {{kind: statement, id: two, text: {{en: It is red.}}}}
  - {{kind: rubric, id: rate, text: {{en: Short}}}}
"""
AT = "2026-11-22T12:00:00.000Z"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run `charter survey` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments, code=0):
        capsys.readouterr()
        found = exit_code(["survey", *map(str, arguments)])
        done = capsys.readouterr()
        assert found == code, done
        assert "Traceback" not in done.err
        return done

    command.folder = tmp_path
    return command


def opened_survey(run, name):
    (run.folder / f"{name}.yaml").write_text(SURVEY.format(id=name))
    run("open", f"{name}.yaml", "--by", "ada", "--ledger", "kept")


def take_part(folder, name, votes, chance):
    with open_ledger(folder / "kept") as ledger:
        vault = Vault(ledger.store, MasterKey.load_or_create(folder / "kept" / "master.key"))
        found = opening(ledger, name)
        consent = consent_digest(found.survey, "en")
        for vote in votes:
            part = join(
                ledger, vault, found, receipt=new_code(), language="en", consent=consent, at=AT
            )
            said = {"one": {"vote": vote}, "rate": {"rating": chance.randint(-3, 10)}}
            for item, values in said.items():
                question = found.survey.question(item)
                reply = Reply(question, read_answer(question, values))
                give(ledger, vault, found, part, reply, at=AT)


def test_a_survey_of_a_ledger_as_lines_and_as_json(run):
    opened_survey(run, "mail")
    take_part(run.folder, "mail", ["agree"] * 9 + ["disagree", "pass", "pass"], Random(1))
    shown = run("results", "mail", "--ledger", "kept").out
    assert "== open: 12 people" in shown
    assert "12 saw it: agree 75 % [47, 91], disagree 8 %" in shown
    assert "two  It is red.\n    not shown: nobody saw it" in shown
    assert "clause graceful_refusal: agreed; agree 75 %" in shown
    assert "people came by themselves" in shown
    values = json.loads(run("results", "mail", "--ledger", "kept", "--json").out)
    jsonschema.Draft202012Validator(schema()).validate(values)
    assert values["survey"] == "mail"
    assert values["channels"][0]["statements"][0]["agreed"] == 9
    again = json.loads(run("results", "mail", "--ledger", "kept", "--json").out)
    assert again == values


def test_few_people_are_not_shown(run):
    opened_survey(run, "mail")
    take_part(run.folder, "mail", ["agree"] * 4, Random(1))
    shown = run("results", "mail", "--ledger", "kept").out
    assert "fewer than 5 people took part" in shown
    assert "== open: how many people is not shown\n" in shown
    assert "not shown people" not in shown
    assert "agree" not in shown.replace("disagree", "").partition("one  It says why.")[2]


def test_an_edition_that_would_tell_few_apart_is_refused(run):
    opened_survey(run, "mail")
    take_part(run.folder, "mail", ["agree"] * 8, Random(1))
    results = ("results", "mail", "--ledger", "kept")
    run(*results, "--out", "first.json")
    assert read_results(run.folder / "first.json").channels[0].people == 8
    take_part(run.folder, "mail", ["disagree"] * 2, Random(2))
    failed = run(*results, "--since", "first.json", "--out", "second.json", code=1)
    assert "open/one/by group: 2 could be told apart: all: 10 now, 8 before" in failed.err
    assert "agree" not in failed.out
    assert not (run.folder / "second.json").exists()
    take_part(run.folder, "mail", ["disagree"] * 3, Random(3))
    run(*results, "--since", "first.json", "--out", "second.json")


def test_an_edition_in_which_one_answers_otherwise_is_refused(run):
    def rows(last):
        return [f"p{at:02},s,{'agree' if at % 3 else 'disagree'}" for at in range(29)] + [
            f"p29,s,{last}"
        ]

    run("results", *elsewhere(run, rows("agree")), "--out", "first.json")
    given = (*elsewhere(run, rows("disagree")), "--since", "first.json")
    failed = run("results", *given, "--out", "second.json", code=1)
    assert "1 could be told apart" in failed.err
    assert not (run.folder / "second.json").exists()
    run("results", *elsewhere(run, rows("agree")), "--since", "first.json")


def test_two_surveys_with_the_same_questions_are_compared(run):
    for name, votes in (
        ("first", ["agree"] * 14 + ["disagree"]),
        ("second", ["disagree"] * 13 + ["agree"] * 2),
    ):
        opened_survey(run, name)
        take_part(run.folder, name, votes, Random(1))
        run("results", name, "--ledger", "kept", "--out", f"{name}.json")
    shown = run("compare", "first", "second", "--ledger", "kept").out
    assert "2 figures on both sides; 1 lies apart" in shown
    assert "apart  one  agree: 93.3 % [70.2, 98.8] and 13.3 % [3.74, 37.9]: -80 [-91" in shown
    by_file = json.loads(run("compare", "first.json", "second.json", "--json").out)
    (row,) = [each for each in by_file["differences"] if each["apart"]]
    assert row["difference"]["high"] < 0
    failed = run("compare", "first", "first", "--ledger", "kept", code=2)
    assert "both sides are the same voices" in failed.err


def test_two_specs_are_compared_by_what_the_same_people_chose(run):
    rows = ["who,q,a", *(f"p{at},c1,{'A>B' if at % 5 else 'B>A'}" for at in range(20))]
    (run.folder / "t.csv").write_text("\n".join(rows) + "\n")
    (run.folder / "m.yaml").write_text(
        "shape: long\nperson: who\nitem: q\nvalue: a\nothers: {about: c1, read: ranking}\n"
        "asked: {c1: {kind: comparison, text: And?, clauses: [k], answers: {A: a, B: b}}}\n"
    )
    wanted = Wanted("t.csv", mapping=run.folder / "m.yaml")
    digest = digest_of_asked(named("csv").read(wanted).voices.asked)
    with open_ledger(run.folder / "kept") as ledger:
        for name, order in (("one", (("A",), ("B",))), ("two", (("B",), ("A",)))):
            spec = f"sha256:{name}"
            ledger.append(
                RankingStarted(name, AT, digest, spec, "", "scripted", "i", 1, ("c1",)),
                AnswersRanked(name, "c1", 0, AT, order, "s", (), 5),
                RankingFinished(name, AT),
            )
    compared = ("compare", "csv:t.csv", "--map", "m.yaml", "--rankings", "one", "two")
    shown = run(*compared, "--ledger", "kept").out
    assert "A: spec sha256:one\nB: spec sha256:two" in shown
    assert (
        "apart  open, personal, k: 80 % [60.8, 99.2] and 20 % [0.793, 39.2] as 20 people: -60 [-9"
        in shown
    )
    values = json.loads(run(*compared, "--ledger", "kept", "--json").out)
    assert [row["about"] for row in values["rows"]] == ["", "k"]
    failed = run("compare", "csv:t.csv", "--ledger", "kept", code=2)
    assert "compare with what?" in failed.err
    failed = run(*compared[:-1], "none", "--ledger", "kept", code=2)
    assert "no ranking 'none'" in failed.err


def test_voices_from_elsewhere_are_read(run):
    rows = ["who,q,a", *(f"p{at},s1,{'agree' if at % 3 else 'disagree'}" for at in range(15))]
    (run.folder / "t.csv").write_text("\n".join(rows) + "\n")
    (run.folder / "m.yaml").write_text(
        "shape: long\nperson: who\nitem: q\nvalue: a\nothers: {read: vote}\n"
    )
    shown = run("results", "--import", "csv:t.csv", "--map", "m.yaml", "--channel", "panel").out
    assert "== panel: 15 people" in shown
    assert "agree 67 % [42, 85]" in shown
    (run.folder / "r.yaml").write_text("smallest: 16\n")
    given = ("--import", "csv:t.csv", "--map", "m.yaml", "--rules", "r.yaml")
    assert "fewer than 16 people took part" in run("results", *given).out
    failed = run("results", "mail", "--rules", "r.yaml", code=2)
    assert "a survey has its own" in failed.err


def elsewhere(run, rows):
    (run.folder / "t.csv").write_text("\n".join(["who,q,a", *rows]) + "\n")
    (run.folder / "m.yaml").write_text(
        "shape: long\nperson: who\nitem: q\nvalue: a\nothers: {read: vote}\n"
    )
    return "--import", "csv:t.csv", "--map", "m.yaml"


def test_where_all_agree_no_figure_is_without_doubt(run):
    rows = [f"p{at},s{s},agree" for at in range(40) for s in (1, 2)]
    shown = run("results", *elsewhere(run, rows)).out
    assert "agree 100 % [91, 100]" in shown
    assert "[100, 100]" not in shown
    assert "undivided" in shown
    assert "across" not in shown  # nobody stands between sides


def test_groups_that_part_wholly_have_no_interval_of_no_width(run):
    rows = [
        f"p{at:02},s{s},{'agree' if (at % 2) == (s % 2) else 'disagree'}"
        for at in range(60)
        for s in range(4)
    ]
    shown = run("results", *elsewhere(run, rows)).out
    assert "groups: 2 (30, 30; in none 0)" in shown
    assert "groups apart by 100 % (no interval), q 0.001" in shown
    assert "[100, 100]" not in shown


def test_what_is_weighted_and_what_is_not_is_said(run):
    """All answer the first; of the young people nine answer the second, one too few."""
    rows = [
        f"p{at:02},{'young' if at < 20 else 'old'},{'agree' if at % 3 else 'disagree'},"
        + ("" if 9 <= at < 20 else "agree")
        for at in range(50)
    ]
    (run.folder / "t.csv").write_text("\n".join(["who,age,one,two", *rows]) + "\n")
    (run.folder / "m.yaml").write_text(
        "shape: wide\nperson: who\ntraits: {age: age}\n"
        "asked:\n  one: {kind: statement, text: One, clauses: [a]}\n"
        "  two: {kind: statement, text: Two}\n"
        "questions: {one: {read: vote}, two: {read: vote}}\n"
    )
    (run.folder / "r.yaml").write_text('margins: {age: {young: "0.5", old: "0.5"}}\n')
    given = ("--import", "csv:t.csv", "--map", "m.yaml", "--rules", "r.yaml")
    shown = run("results", *given).out
    assert (
        "weighted (clauses, orders and ratings too; groups and floors are not): design effect 1.04"
        in shown
    )
    assert "worth 48 people" in shown
    assert "not weighted, as few of some option answered: two\n" in shown
    first, _, second = shown.partition("two  Two")
    assert "    weighted: agree 66 % [52, 78]" in first  # (13/20 + 20/30) / 2
    assert "weighted" not in second
    (run.folder / "r.yaml").write_text('smallest: 25\nmargins: {age: {young: "0.5", old: "0.5"}}\n')
    shown = run("results", *given).out
    assert "note: weights leave 'age' out: fewer than 25 people said 'young'" in shown


def test_a_results_file_with_a_share_above_one_is_one_line(run):
    given = elsewhere(run, [f"p{at:02},s,{'agree' if at % 3 else 'pass'}" for at in range(30)])
    run("results", *given, "--out", "first.json")
    values = json.loads((run.folder / "first.json").read_text())
    values["channels"][0]["statements"][0]["plain"]["agree"]["high"] = 40
    (run.folder / "second.json").write_text(json.dumps(values))
    for arguments in (
        ("results", *given, "--since", "second.json"),
        ("compare", "first.json", "second.json"),
    ):
        failed = run(*arguments, code=2)
        assert "channels.0.statements.0.plain.agree.high: 40 is no share" in failed.err
        assert failed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "which voices?"),
        (("x", "--import", "polis:y"), "which voices?"),
        (("--import", "polis"), "--import FORMAT:PATH"),
        (("--import", "fax:y"), "no importer 'fax'"),
        (("--import", "polis:y"), "y is no folder"),
        (("none", "--since", "none.json"), "none.json: no such file"),
    ],
)
def test_what_cannot_be_read_is_one_line(run, arguments, words):
    failed = run("results", *arguments, code=2)
    assert words in failed.err
    assert failed.err.count("\n") == 1


def test_a_survey_that_is_not_there_is_one_line(run):
    opened_survey(run, "mail")
    take_part(run.folder, "mail", ["agree"], Random(1))
    failed = run("results", "other", "--ledger", "kept", code=2)
    assert "no survey 'other' was ever opened" in failed.err


@pytest.mark.parametrize("verb", [("choices", "one"), ("results", "one"), ("compare", "a", "b")])
def test_where_there_is_no_ledger_it_is_not_the_key_that_is_missing(charter, verb):
    charter("survey", *verb, "--ledger", "nowhere").failure(3, "nowhere", "no such ledger")
