"""`charter survey` as people use it, on real ledgers."""

from __future__ import annotations

import csv
import json
import stat
from dataclasses import replace

import pytest

from charter.cli.main import exit_code
from charter.evolve.surveys.answer import read_answer
from charter.evolve.surveys.filled import read_filled
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.opening import open_survey, opening
from charter.evolve.surveys.participation import consent_digest, join
from charter.evolve.surveys.read import load_survey, survey_of, text_of
from charter.evolve.surveys.secret_code import new_code, read_code
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.survey import InvitationsMade, SurveyClosed, SurveyOpened

SURVEY = """\
format: charter-survey/1
id: mail
languages: [en, de]
title: {en: Mail, de: Post}
consent: {en: I agree, de: Ja}
purpose: {en: To learn, de: Um zu lernen}
contact: rules@example.org
retention_days: 30
items:
  - {kind: statement, id: one, clauses: [graceful_refusal], text: {en: One, de: Eins}}
  - {kind: rubric, id: rate, text: {en: Short, de: Kurz}}
"""
BY = ("--by", "ada", "--ledger", "kept")
WHY = "These are the words that everybody was told to write in here."


@pytest.fixture
def survey(tmp_path, monkeypatch, capsys):
    """Run `charter survey` in a folder with a survey that can be opened."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mail.yaml").write_text(SURVEY)

    def run(*arguments, code=0):
        capsys.readouterr()
        found = exit_code(["survey", *arguments])
        done = capsys.readouterr()
        assert found == code, done
        assert "Traceback" not in done.err
        return done

    run.folder = tmp_path
    return run


def take_part(folder, answers, *, code="", at="2026-11-22T12:00:00.000Z"):
    with open_ledger(folder / "kept") as ledger:
        vault = Vault(ledger.store, MasterKey.load_or_create(folder / "kept" / "master.key"))
        found = opening(ledger, "mail")
        part = join(
            ledger,
            vault,
            found,
            receipt=new_code(),
            language="en",
            consent=consent_digest(found.survey, "en"),
            code=code,
            at=at,
        )
        for name, values in answers.items():
            question = found.survey.question(name)
            give(ledger, vault, found, part, Reply(question, read_answer(question, values)), at=at)


def listed(survey):
    (row,) = json.loads(survey("list", "--json", "--ledger", "kept").out)["surveys"]
    return row


def test_a_survey_from_opening_to_closing(survey):
    assert "opened by ada; sha256:" in survey("open", "mail.yaml", "--spec", "starter", *BY).out
    made = survey("invite", "mail", "2", "--frame", "all 40 customers", "--out", "c.csv", *BY)
    assert "c.csv: 2 codes for mail, draw 1" in made.out
    rows = csv.reader((survey.folder / "c.csv").read_text().splitlines())
    (header, (first,), (second,)) = rows
    assert header == ["code"]
    assert read_code(first) == first != second
    take_part(survey.folder, {"one": {"vote": "agree"}}, code=first)
    take_part(survey.folder, {"one": {"vote": "pass"}, "rate": {"rating": 3}})
    row = listed(survey)
    assert (row["open"], row["joined"]) == (True, {"open": 1, "panel": 1})
    assert row["answers"] == {"open": 2, "panel": 1}
    assert (row["invited"], row["used"]) == (2, 1)
    assert (row["withdrew"], row["noted"]) == ({"open": 0, "panel": 0}, {"open": {}, "panel": {}})
    line = survey("list", "--ledger", "kept").out
    assert "mail  open  joined: 1 open, 1 panel; answers: 2 open, 1 panel; withdrew" in line
    assert "codes: 2, used 1" in line
    closed = survey("close", "mail", "--reason", "the month is over", *BY)
    assert "mail: closed by ada\n0 new notes" in closed.out
    assert not listed(survey)["open"]
    again = survey("open", "mail.yaml", *BY).out
    assert "opened for time 2 by ada" in again
    with open_ledger(survey.folder / "kept") as ledger:
        assert [each.by for each in ledger.read(SurveyOpened)] == ["ada", "ada"]
        (end,) = ledger.read(SurveyClosed)
        assert (end.number, end.reason) == (1, "the month is over")


def test_codes_are_in_one_file_that_its_owner_alone_can_read(survey):
    survey("open", "mail.yaml", *BY)
    invite = ("invite", "mail", "3", "--frame", "x", "--out", "c.csv", *BY)
    survey(*invite)
    file = survey.folder / "c.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    assert "c.csv is there already" in survey(*invite, code=2).err
    assert file.read_text() == before
    assert [path.name for path in survey.folder.glob("*.part")] == []
    with open_ledger(survey.folder / "kept") as ledger:
        (made,) = ledger.read(InvitationsMade)
    assert (made.frame, len(made.codes)) == ("x", 3)
    assert not any(code in str(made) for code in before.split()[1:])


def test_no_code_is_left_where_none_counts(survey):
    survey("open", "mail.yaml", *BY)
    none = ("invite", "none", "3", "--frame", "x", "--out", "c.csv", *BY)
    assert "none: not done: there is no survey 'none'" in survey(*none, code=1).err
    assert list(survey.folder.glob("c.csv*")) == []
    (survey.folder / "c.csv.part").write_text("code\n")
    kept = survey("invite", "mail", "3", "--frame", "x", "--out", "c.csv", *BY, code=2).err
    assert "c.csv.part is there already" in kept
    for bad in (("0", "x"), ("10001", "x"), ("1", "  ")):
        survey("invite", "mail", bad[0], "--frame", bad[1], "--out", "d.csv", *BY, code=2)
    assert not (survey.folder / "d.csv").exists()


def test_what_is_to_be_mended_keeps_a_survey_from_being_opened(survey):
    file = survey.folder / "mail.yaml"
    file.write_text(SURVEY.replace("Eins", "'TRANSLATE: One'").replace("graceful_", "gone_"))
    found = survey("check", "mail.yaml", "--spec", "starter", code=1).out
    assert "mail.yaml:10:42: error: items.0.clauses.0: 'gone_refusal' is no clause" in found
    assert "[unfinished]" in found
    assert "2 things to mend before it is opened" in found
    assert "clauses" not in survey("check", "mail.yaml", "--spec", "starter", code=1).err
    alone = survey("check", "mail.yaml", "--json", code=1)
    assert "in the spec was not looked at: name that with --spec" in alone.err
    rows = json.loads(alone.out)["findings"]
    assert [(row["rule"], row["line"]) for row in rows] == [("unfinished", 10)]
    for verb in (("open", "mail.yaml", *BY), ("forms", "mail.yaml", "--out", "forms")):
        assert "TRANSLATE is still in it" in survey(*verb, code=1).out
    assert not (survey.folder / "kept").exists()
    assert not (survey.folder / "forms").exists()
    file.write_text(SURVEY.replace("contact", "kontakt"))
    assert "mail.yaml:1: contact: it is missing" in survey("check", "mail.yaml", code=2).err


def test_other_words_are_another_survey(survey):
    survey("open", "mail.yaml", *BY)
    assert "mail: not done: mail is open already" in survey("open", "mail.yaml", *BY, code=1).err
    survey("close", "mail", "--reason", "over", *BY)
    (survey.folder / "mail.yaml").write_text(SURVEY.replace("Eins", "Zwei"))
    assert "in other words before" in survey("open", "mail.yaml", *BY, code=1).err
    assert "closed already" in survey("close", "mail", "--reason", "over", *BY, code=1).err
    assert "say why" in survey("close", "mail", "--reason", " ", *BY, code=2).err


def test_closing_notes_how_people_took_part(survey):
    text = "  - kind: comparison\n    id: pick\n    prompt: [{role: user, text: {en: q, de: f}}]\n"
    text += "    answers: {A: {en: a, de: a}, B: {en: b, de: b}}\n"
    (survey.folder / "mail.yaml").write_text(SURVEY + text)
    survey("open", "mail.yaml", *BY)
    for _ in range(3):
        take_part(survey.folder, {"pick": {"why": WHY}})
    assert (
        "3 new notes of how people took part"
        in survey("close", "mail", "--reason", "over", *BY).out
    )
    row = listed(survey)
    assert row["noted"] == {"open": {"same_text": 3}, "panel": {}}
    assert row["joined"]["open"] == 3, "nobody is dropped"


def test_closing_needs_no_key_of_payloads(survey):
    survey("open", "mail.yaml", *BY)
    done = survey("close", "mail", "--reason", "over", *BY)
    assert "closed by ada" in done.out
    assert "how people took part was not looked at: master key" in done.err


def test_what_was_promised_to_be_erased_is(survey):
    survey("open", "mail.yaml", *BY)
    take_part(survey.folder, {"one": {"vote": "agree"}}, at="2020-01-01T00:00:00.000Z")
    take_part(survey.folder, {"one": {"vote": "agree"}}, at="2999-01-01T00:00:00.000Z")
    assert "the answers of 1 people erased" in survey("expire", "mail", *BY).out
    assert "the answers of 0 people erased" in survey("expire", "mail", *BY).out
    assert "no such survey" in survey("expire", "none", *BY, code=1).err


def test_a_draft_is_finished_by_a_person(survey):
    new = ("new", "starter", "--section", "graceful_refusal", "--language", "en,sw")
    done = survey(*new, "--trait", "age", "--out", "My Draft.yaml")
    assert "items about charter-starter" in done.out
    assert "no sentences of ours in sw" in done.err
    assert "My Draft.yaml is there already" in survey(*new, "--out", "My Draft.yaml", code=2).err
    said = json.loads(survey("check", "My Draft.yaml", "--json", code=1).out)
    assert (said["id"], said["languages"]) == ("my-draft", ["en", "sw"])
    assert {row["rule"] for row in said["findings"]} == {"unfinished"}
    for wrong in (("--language", "english!"), ("--section", "none"), ("--kind", "poem")):
        survey("new", "starter", *wrong, "--out", "x.yaml", code=2)
    assert not (survey.folder / "x.yaml").exists()
    assert "few people answer" in survey("new", "starter", "--out", "all.yaml").err


def test_forms_come_with_what_reads_their_answers(survey):
    out = survey("forms", "mail.yaml", "--out", "forms").out
    assert out.splitlines() == ["forms/mail.en.html", "forms/mail.de.html"]
    folder = survey.folder / "forms"
    found = survey_of((folder / "survey.json").read_text())
    assert "rules@example.org" in (folder / "README.txt").read_text()
    filled = {
        "format": "charter-survey-answers/1",
        "survey": "mail",
        "digest": json.loads(survey("check", "mail.yaml", "--json").out)["digest"],
        "language": "de",
        "consent": consent_digest(found, "de"),
        "person": "0" * 32,
        "answers": {"rate": {"rating": 2}},
    }
    page = (folder / "mail.de.html").read_text()
    assert filled["digest"] in page
    assert filled["consent"] in page
    assert read_filled(json.dumps(filled), found, place="x").language == "de"
    (folder / "mail-00000000.json").write_text(json.dumps(filled))
    read = json.loads(survey("import", "survey-forms", "forms", "--json").out)
    assert (read["people"], read["ratings"], read["votes"]) == (1, 1, 0)


def test_an_empty_ledger_has_no_survey(survey):
    open_ledger(survey.folder / "kept").close()
    done = survey("list", "--ledger", "kept")
    assert (done.out, done.err) == ("", "no survey was opened yet\n")
    survey("list", "--ledger", "none", code=3)


def test_words_of_a_survey_steer_no_terminal(survey):
    text = SURVEY.replace("{en: One, de: Eins}", '{en: "TRANSLATE \\e[2J", de: Eins}')
    (survey.folder / "mail.yaml").write_text(text)
    refused = survey("check", "mail.yaml", code=2)
    assert "\x1b" not in refused.out + refused.err
    (survey.folder / "mail.yaml").write_text(SURVEY.replace("id: one", 'id: "a\\e[2J"'))
    assert "\x1b" not in survey("check", "mail.yaml", code=2).err


def test_a_survey_with_a_last_day_says_so_and_is_closed_after_it(survey):
    (survey.folder / "mail.yaml").write_text(f"{SURVEY}closes: 2999-11-30\n")
    survey("open", "mail.yaml", *BY)
    assert (listed(survey)["open"], listed(survey)["closes"]) == (True, "2999-11-30")
    assert "mail  open until 2999-11-30  joined" in survey("list", "--ledger", "kept").out
    (survey.folder / "late.yaml").write_text(f"{SURVEY}closes: 2020-01-31\n")
    late = survey("open", "late.yaml", *BY, code=1)
    assert "closes: 2020-01-31 is past" in late.out
    assert "late.yaml:12" in late.out
    past = survey_of(text_of(load_survey(survey.folder / "late.yaml").survey))
    with open_ledger(survey.folder / "kept") as ledger:
        open_survey(ledger, replace(past, id="past"), by="ada", at="2020-01-30T00:00:00.000Z")
    line = survey("list", "--ledger", "kept").out.splitlines()[1]
    assert (
        "past  closed, its last day was 2020-01-31 (still to do: charter survey close)  joined"
        in line
    )
    survey("close", "past", "--reason", "Its days are over.", *BY)
    assert "past  closed 20" in survey("list", "--ledger", "kept").out


def test_the_schema_of_the_file_is_printed(capsys):
    assert exit_code(["schema", "survey"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["required"]) >= {"format", "id", "items", "retention_days"}
    assert "closes" in found["properties"]
