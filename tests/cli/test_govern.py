"""`charter govern`: packs, questions, and what there is evidence of."""

import hashlib
import json
import shlex
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from charter.cli.main import cli, exit_code
from charter.govern.obligations.answers_json import schema
from charter.govern.obligations.pack_file import shipped
from charter.ledger.open import open_ledger
from charter.records.calibration import CalibrationFinished
from charter.records.stop import StopLifted, StopOrdered

ORGANISATION = """format: charter-organisation/1
name: Example
actors: [provider, deployer]
answers: {high-risk: annex-iii, talks-to-people: yes, generates-images: no}
rules: {disclosure: [honesty]}
documents:
  - {id: intended-uses, date: 2026-11-01, file: uses.txt, sha256: DIGEST}
"""
PACK = """format: charter-obligations/1
id: mine
title: Mine
jurisdiction: Here
source: A text
law_checked_on: 2026-01-01
review_by: 2026-02-01
obligations:
  - id: stop
    title: A stop
    text: It can be stopped.
    actors: [organisation]
    source: Art. 1
    verified: read
    evidence:
      - {query: stops-tried, args: {days: 30}, needs: a stop, within_days: 30}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "uses.txt").write_text("uses")
    digest = hashlib.sha256(b"uses").hexdigest()
    (tmp_path / "organisation.yaml").write_text(ORGANISATION.replace("DIGEST", digest))
    (tmp_path / "mine.yaml").write_text(PACK)
    return tmp_path


def ago(days):
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")


def stopped(folder, days):
    with open_ledger(folder / "kept.sqlite") as ledger:
        ledger.append(
            StopOrdered("stp", ago(days), "all", "", "ada", "drill"),
            StopLifted("stp", ago(days), "ada", "over"),
        )


def run(*words):
    return CliRunner().invoke(cli, ["govern", *words], catch_exceptions=False)


def states(*words):
    document = json.loads(run("obligations", "--json", *words).stdout)
    Draft202012Validator(schema()).validate(document)
    return {each["id"]: each["state"] for pack in document["packs"] for each in pack["obligations"]}


def test_packs_are_listed_and_one_past_its_review_warns(folder):
    done = run("packs")
    assert all(id_ in done.stdout for id_ in shipped())
    done = run("packs", "--pack", "mine.yaml")
    assert "warning: mine: was to be reviewed by 2026-02-01" in done.stderr
    (row,) = json.loads(run("packs", "--pack", "mine.yaml", "--json").stdout)["packs"]
    assert row["verified"] == {"read": 1, "secondary": 0, "recalled": 0}


def test_the_questions_are_a_file_that_reads(folder):
    (folder / "mine-to-be.yaml").write_text(run("questions").stdout)
    done = run("obligations", "--organisation", "mine-to-be.yaml", "--pack", "us-ca-sb53")
    assert done.exit_code == 0
    assert "17 undecided" in done.stdout
    assert "develops-for-california: yes | no" in run("questions").stdout


def test_nothing_at_hand_leaves_everything_open_or_without_evidence(folder):
    found = set(states().values())
    assert found == {"undecided", "none"}


def test_states_of_an_organisation(folder):
    found = states("--organisation", "organisation.yaml", "--spec", "starter")
    assert found["aia-logging-possible"] == "not yet in force"
    assert found["aia-no-abuse-imagery"] == "not applicable"
    assert found["aia-mark-output"] == "undecided"
    assert found["sb53-incident-clock"] == "not applicable"
    assert found["rmf-map-context"] == "evidence"
    assert found["rmf-map-limits"] == "partial"


def test_the_day_asked_for_decides_what_is_in_force(folder):
    words = ("--organisation", "organisation.yaml")
    assert states(*words, "--at", "2027-12-01")["aia-logging-possible"] == "not yet in force"
    assert states(*words, "--at", "2027-12-02")["aia-logging-possible"] == "none"


def test_records_are_linked_get_old_and_lie_ahead(folder):
    stopped(folder, 5)
    words = ("--pack", "mine.yaml", "--ledger", "kept.sqlite")
    assert states(*words) == {"stop": "evidence"}
    assert "[record 1]" in run("obligations", *words).stdout
    future = (datetime.now(UTC) + timedelta(days=60)).date()
    assert states(*words, "--at", str(future)) == {"stop": "out of date"}
    past = (datetime.now(UTC) - timedelta(days=20)).date()
    assert states(*words, "--at", str(past)) == {"stop": "none"}


def test_a_document_that_was_deleted_or_changed_is_out_of_date(folder):
    words = ("--organisation", "organisation.yaml", "--pack", "nist-ai-rmf")
    assert states(*words)["rmf-map-context"] == "evidence"
    (folder / "uses.txt").write_text("other uses")
    assert states(*words)["rmf-map-context"] == "out of date"
    (folder / "uses.txt").unlink()
    assert states(*words)["rmf-map-context"] == "out of date"
    assert "deleted: a description of uses" in run("obligations", *words).stdout


def test_a_ledger_that_was_changed_counts_for_nothing(folder, capsys):
    stopped(folder, 5)
    link = sqlite3.connect(folder / "kept.sqlite")
    for (trigger,) in list(link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
        link.execute(f"DROP TRIGGER {trigger}")
    link.execute('DELETE FROM records WHERE "index" = 1')
    link.commit()
    link.close()
    words = ["govern", "obligations", "--pack", "mine.yaml", "--ledger", "kept.sqlite"]
    assert exit_code(words) == 3
    said = capsys.readouterr()
    assert "out of date" in said.out
    assert "deleted: a stop (the records were changed" in " ".join(said.out.split())
    assert "record 1 is missing" in said.err


JUDGES = PACK.replace("stops-tried", "judges-calibrated").replace("id: stop", "id: judge")


def calibrated(folder, days, stops=1):
    with open_ledger(folder / "runs") as ledger:
        ledger.append(
            *(StopOrdered(f"stp{n}", ago(days), "all", "", "ada", "no") for n in range(stops)),
            CalibrationFinished("cal_1", ago(days), "fit", ()),
        )


def test_what_was_measured_in_a_ledger_of_its_own_counts_with_runs(folder):
    stopped(folder, 5)
    calibrated(folder, 3)
    (folder / "judges.yaml").write_text(JUDGES)
    words = ("--pack", "judges.yaml", "--ledger", "kept.sqlite")
    assert states(*words) == {"judge": "none"}
    assert states(*words, "--runs", "runs") == {"judge": "evidence"}
    assert states(*words, "--runs", "runs", "--at", ago(4)[:10]) == {"judge": "none"}
    document = json.loads(run("obligations", "--json", *words, "--runs", "runs").stdout)
    (obligation,) = document["packs"][0]["obligations"]
    (link,) = obligation["evidence"][0]["records"]
    assert (link["kind"], link["id"], link["index"]) == ("CalibrationFinished", "cal_1", 0)


def test_the_same_evaluation_counts_once_and_other_records_of_its_ledger_not_at_all(folder):
    stopped(folder, 40)  # too long ago; the ledger of runs has a stop of today
    calibrated(folder, 3)
    words = ("--ledger", "kept.sqlite", "--runs", "runs", "--runs", "runs")
    assert states(*words, "--pack", "mine.yaml") == {"stop": "out of date"}
    (folder / "judges.yaml").write_text(JUDGES)
    said = run("obligations", *words, "--pack", "judges.yaml").stdout
    assert "1 calibration in 30 days, 1 found fit" in said


def test_a_ledger_of_runs_that_lacks_records_counts_for_nothing(folder):
    stopped(folder, 5)
    calibrated(folder, 3, stops=700)  # of so many, opening reads the last ones only
    with sqlite3.connect(folder / "runs" / "ledger.sqlite") as link:
        for (name,) in list(link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            link.execute(f"DROP TRIGGER {name}")
        link.execute('DELETE FROM records WHERE "index" = 5')
    link.close()
    (folder / "judges.yaml").write_text(JUDGES)
    words = ("obligations", "--pack", "judges.yaml", "--ledger", "kept.sqlite", "--runs", "runs")
    done = run(*words)
    assert "none" in done.stdout
    assert "warning: runs: 1 record deleted, so nothing in it counts" in done.stderr


def test_a_report_answers_obligations_with_its_runs_and_so_does_its_query(folder):
    stopped(folder, 5)
    calibrated(folder, 3)
    (folder / "judges.yaml").write_text(JUDGES)
    words = ["report", "governance", "--from", ago(9)[:10], "--to", ago(0)[:10], "--json"]
    words += ["--organisation", "organisation.yaml", "--pack", "judges.yaml", "--runs", "runs"]
    done = CliRunner().invoke(cli, [*words, "--ledger", "kept.sqlite"], catch_exceptions=False)
    sections = {each["id"]: each for each in json.loads(done.stdout)["sections"]}
    figures = {each["id"]: each for each in sections["obligations"]["figures"]}
    figure = next(each for id_, each in figures.items() if id_.endswith("evidence"))
    assert figure["value"] == 1
    _, _, *query = shlex.split(figure["query"]["text"])
    assert "--runs=runs" in query
    document = json.loads(run(*query, "--ledger", "kept.sqlite").stdout)
    assert document["packs"][0]["obligations"][0]["state"] == "evidence"


def test_strict_finds_fault_with_what_is_none_or_out_of_date(folder):
    stopped(folder, 5)
    words = ("obligations", "--pack", "mine.yaml", "--strict")
    assert run(*words).exit_code == 1
    assert run(*words, "--ledger", "kept.sqlite").exit_code == 0


def test_oscal_goes_into_files(folder):
    stopped(folder, 5)
    words = ("obligations", "--pack", "mine.yaml", "--ledger", "kept.sqlite", "--format", "oscal")
    assert run(*words, "--at", "2026-11-20", "--out", "results.json").exit_code == 0
    found = json.loads((folder / "results.json").read_text())
    assert found["assessment-results"]["metadata"]["oscal-version"] == "1.2.1"
    assert json.loads((folder / "mine.catalog.json").read_text())["catalog"]["groups"]
    before = (folder / "results.json").read_bytes()
    assert run(*words, "--at", "2026-11-20", "--out", "results.json").exit_code == 0
    assert (folder / "results.json").read_bytes() == before


WRONG = [
    (["--format", "oscal"], 2, "--out"),
    (["--format", "oscal", "--out", "mine.catalog.json", "--pack", "mine.yaml"], 2, "catalog"),
    (["--out", "x.txt"], 2, "format"),
    (["--at", "tomorrow"], 2, "--at"),
    (["--at", "9999-12-31"], 2, "--at"),
    (["--pack", "eu"], 2, "no pack"),
    (["--pack", "uses.txt"], 2, "no pack"),
    (["--pack", "gone.yaml"], 2, "gone.yaml"),
    (["--pack", "../../../etc/passwd"], 2, "no pack"),
    (["--organisation", "mine.yaml"], 2, "mine.yaml"),
    (["--organisation", "uses.txt"], 2, "uses.txt"),
    (["--organisation", "bad.yaml"], 2, "high-risk"),
    (["--ledger", "gone.sqlite"], 3, "gone.sqlite"),
    (["--spec", "gone.md"], 2, "gone.md"),
    (["--roles", "mine.yaml"], 2, "mine.yaml"),
    (["--runs", "runs"], 2, "--ledger runs"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG)
def test_what_is_wrong_ends_in_one_line(folder, capsys, words, code, said):
    (folder / "bad.yaml").write_text(
        ORGANISATION.split("documents", maxsplit=1)[0].replace("annex-iii", "annex-9")
    )
    assert exit_code(["govern", "obligations", *words]) == code
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.startswith("charter: ")
    assert said in line
