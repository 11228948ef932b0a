"""`charter report governance`: documents of a period, and the folder that verifies offline."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from click.testing import CliRunner
from tests.ledger.decisions import decision

from charter.cli.main import cli
from charter.errors import CharterError
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey
from charter.records.service import ServiceCounted, ServiceStarted

DAYS = ("--from", "2026-01-01", "--to", "2026-01-31")


def governance(*arguments):
    """Run the verb."""
    return CliRunner().invoke(cli, ["report", "governance", *arguments])


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "gateway"
    served = ("a" * 64, "shop", None, ("b" * 64,), "")
    with open_ledger(str(folder)) as ledger:
        ledger.append(
            ServiceStarted("s_1", "2026-01-01T09:00:00.000Z", "0", "one", *served),
            *(
                decision(
                    at,
                    exchange=f"x_{at}",
                    at=f"2026-01-{at:02}T10:00:00.000Z",
                    application="<b>it's</b>",
                    effect="deny" if at % 3 == 0 else "allow",
                    payload="pay_1",
                )
                for at in range(1, 32)
            ),
            ServiceCounted("s_1", "2026-01-31T11:00:00.000Z", 1, 31, 31, 31, 0, 0, last=True),
        )
    return str(folder)


def test_the_terminal_shows_figures(place):
    done = governance(*DAYS, "--ledger", place)
    assert done.exit_code == 0, done.output
    assert "Decisions" in done.output
    assert "Not reported: --runs was not given." in done.output


def test_json_has_every_query(place):
    found = json.loads(governance(*DAYS, "--ledger", place, "--json").output)
    figures = {each["id"]: each for part in found["sections"] for each in part["figures"]}
    assert (figures["decided"]["value"], figures["denied"]["value"]) == (31, 10)
    assert all(each["query"]["text"] for each in figures.values())
    assert (found["size"], found["since"]) == (33, "2026-01-01T00:00:00.000Z")


def test_a_page_escapes_what_records_say(place, tmp_path):
    out = tmp_path / "r.html"
    assert governance(*DAYS, "--ledger", place, "--format", "html", "--out", out).exit_code == 0
    text = out.read_text()
    assert "<b>it" not in text
    assert "&lt;b&gt;it&#39;s&lt;/b&gt;" in text


def test_a_pdf_is_tagged(place, tmp_path):
    pytest.importorskip("typst")
    out = tmp_path / "r.pdf"
    done = governance(*DAYS, "--ledger", place, "--format", "pdf", "--out", out)
    assert done.exit_code == 0, done.output
    content = out.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"pdfuaid" in content


def test_a_bundle_verifies_with_the_file_in_it_and_its_queries_give_the_figures(place, tmp_path):
    key = LogKey.create(tmp_path / "log.key", "example.com/log")
    folder = tmp_path / "bundle"
    done = governance(
        *DAYS, "--ledger", place, "--bundle", str(folder), "--log-key", str(tmp_path / "log.key")
    )
    assert done.exit_code == 0, done.output
    checked = subprocess.run(
        [sys.executable, "-I", "auditor.py", "ledger.sqlite", "--key", key.vkey],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads((folder / "report.json").read_text())
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "integrity    holds" in checked.stdout
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as copy:
        for part in found["sections"]:
            for figure in part["figures"]:
                if figure["query"]["kind"] == "verb":
                    continue
                assert copy.execute(figure["query"]["text"]).fetchone()[0] == figure["value"]
        root = copy.execute("SELECT lower(hex(root)) FROM head").fetchone()
        assert root == (found["root"],)
        assert copy.execute("SELECT count(*) FROM payloads").fetchone() == (0,)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--from", "2026-02-01", "--to", "2026-01-31"), "lies before"),
        (("--from", "yesterday", "--to", "2026-01-31"), "is no day"),
        (("--from", "20260101", "--to", "2026-01-31"), "is no day"),
        (("--from", "2999-01-01", "--to", "2999-01-31"), "in the future"),
        (("--from", "0001-01-01", "--to", "2026-01-31"), "is no day"),
        ((*DAYS, "--format", "pdf"), "needs a file"),
        ((*DAYS, "--runs", "nowhere"), "no such ledger"),
    ],
)
def test_what_cannot_be_reported_is_said_in_one_line(place, arguments, what):
    done = governance(*arguments, "--ledger", place)
    assert isinstance(done.exception, CharterError), done.output
    assert what in str(done.exception)


def test_a_folder_that_holds_something_is_left_alone(place, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("mine")
    done = governance(*DAYS, "--ledger", place, "--bundle", str(tmp_path / "full"))
    assert isinstance(done.exception, CharterError)
    assert [each.name for each in (tmp_path / "full").iterdir()] == ["x"]


def test_the_results_of_runs_are_shown_as_before(tmp_path):
    done = CliRunner().invoke(cli, ["report", "--list", "--ledger", str(tmp_path)])
    assert isinstance(done.exception, CharterError)
    assert "charter report governance" in CliRunner().invoke(cli, ["report", "--help"]).output
