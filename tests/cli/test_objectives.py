"""`charter objectives`: what is shown, recorded, exported and refused."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from tests.govern.objectives.kept import END, ago, decision, review

from charter.cli.main import cli, exit_code
from charter.ledger.open import open_ledger
from charter.load import load
from charter.records.objective import AlertEnded, AlertRaised

AT = END.isoformat()
FILE = """format: charter-objectives/1
objectives:
  - {id: answers, title: Answers come, indicator: failures, target: 0.99}
  - {id: checks, title: Checks run, indicator: checks-errored, target: 0.999}
  - {id: accord, title: In accord, indicator: accord, target: 0.95}
"""


@pytest.fixture
def run(tmp_path):
    """Run `charter objectives` in a folder with a file and an empty ledger."""
    (tmp_path / "o.yaml").write_text(FILE)
    open_ledger(tmp_path).close()

    def verb(*arguments, ledger=True):
        place = ["--ledger", str(tmp_path)] if ledger else []
        words = [str(tmp_path / each) if each.endswith(".yaml") else each for each in arguments]
        return CliRunner().invoke(cli, ["objectives", *words, *place])

    verb.folder = tmp_path
    return verb


def fill(folder, *records):
    with open_ledger(folder) as ledger:
        ledger.append(*records)


def recently(seconds):
    at = datetime.now(UTC) - timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_an_empty_ledger_says_nothing_of_anything(run):
    done = run("o.yaml", "--at", AT)
    assert done.exit_code == 0
    assert done.stdout.count("no data") == 3
    assert done.stdout.count("unknown") == 3


def test_what_burns_is_shown_and_exits_1(run):
    fill(run.folder, *[decision(n, ago(n / 10), failure="x" * (n % 3 == 0)) for n in range(1, 601)])
    done = run("show", "o.yaml", "--at", AT)
    assert done.exit_code == 1
    heading, answers, checks, accord = done.stdout.splitlines()
    assert heading.split("  ")[0] == "objective"
    for word in ("66.67 %", "(62.80 to 70.32)", "600", "99 %", "spent", "PAGE: page-1h"):
        assert word in answers
    assert (checks.split()[-1], accord.split()[-2:]) == ("ok", ["no", "data"])
    found = json.loads(run("o.yaml", "--at", AT, "--json").stdout)
    assert (found["format"], found["at"]) == ("charter-objectives-status/1", ago())
    first = found["objectives"][0]
    assert (first["bad"], first["total"], first["state"], first["exact"]) == (
        200,
        600,
        "firing",
        True,
    )
    assert first["alerts"][0]["burn"] == pytest.approx(196 / 590 / 0.01)
    assert run("o.yaml", "--at", "2026-02-01T00:00:00Z").exit_code == 0


def test_an_alert_is_recorded_once_and_ended_by_hand_once(run):
    fill(run.folder, *[decision(n, recently(n / 10), failure="x") for n in range(1, 100)])
    first = run("alert", "o.yaml")
    assert first.exit_code == 1
    assert "raised  answers/page/1" in first.output
    assert "raised  answers/ticket/1" in first.output
    again = run("alert", "o.yaml")
    assert (again.exit_code, again.stdout) == (1, "nothing changed\n")
    assert run("alerts").exit_code == 1
    ended = run("end", "answers/page/1", "--reason", "server mended", "--by", "ada")
    assert (ended.exit_code, ended.output) == (0, "answers/page/1: ended by ada\n")
    for wanted, why in (
        ("answers/page/1", "ended already"),
        ("answers/page/2", "no such alert"),
        ("answers/page/x", "no such alert"),
        ("\x1b[2J", "no such alert"),
    ):
        refused = run("end", wanted, "--reason", "r", "--by", "ada")
        assert refused.exit_code == 1
        assert why in refused.output
        assert "\x1b" not in refused.output
    assert run("end", "answers/ticket/1", "--reason", " ", "--by", "ada").exit_code == 2
    assert "raised  answers/page/2" in run("alert", "o.yaml").output  # it still burns


def test_several_at_once_record_an_alert_once(run):
    fill(run.folder, *[decision(n, recently(n / 10), failure="x") for n in range(1, 100)])
    codes = []
    arguments = ["objectives", "alert", str(run.folder / "o.yaml"), "--ledger", str(run.folder)]
    threads = [
        threading.Thread(target=lambda: codes.append(exit_code(arguments))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [1] * 4
    with open_ledger(run.folder) as ledger:
        raised = [(each.run, each.number) for each in ledger.read(AlertRaised)]
        assert raised == [("answers/page", 1), ("answers/ticket", 1)]
        assert list(ledger.read(AlertEnded)) == []


def test_a_confirmed_breach_of_a_root_section_is_an_alert_until_a_person_ends_it(run):
    root = next(each.id for each in load("starter").sections if each.authority == "root")
    fill(
        run.folder,
        decision(1, ago(9)),
        *[review("x_s_1_1.1", ago(5), by=by, label="violated", section=root) for by in "ab"],
    )
    unseen = run("o.yaml", "--at", AT)
    assert (unseen.exit_code, "name the spec" in unseen.stderr) == (0, True)
    done = run("o.yaml", "--at", AT, "--spec", "starter")
    assert done.exit_code == 1
    assert f"BREACH of root section {root}: x_s_1_1.1, found by 2" in done.stdout
    assert run("o.yaml", "--at", ago(6), "--spec", "starter").exit_code == 0  # not known yet
    line = f"root:{root}/breach/1"
    assert f"raised  {line}" in run("alert", "o.yaml", "--spec", "starter").output
    assert run("alert", "o.yaml", "--spec", "starter").exit_code == 1
    page = run("exposition", "o.yaml", "--at", AT).stdout
    assert "charter_breaches_open 1" in page
    assert run("end", line, "--reason", "rule tightened", "--by", "ada").exit_code == 0
    assert run("alert", "o.yaml", "--spec", "starter").exit_code == 0
    assert run("o.yaml", "--at", AT, "--spec", "starter").exit_code == 0


def test_the_exposition_is_read_by_prometheus(run):
    fill(run.folder, *[decision(n, ago(n / 10), failure="x") for n in range(1, 101)])
    page = run("exposition", "o.yaml", "--at", AT).stdout
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
    assert samples["charter_objective_burn_rate", "60", "answers"] == pytest.approx(100)
    assert samples["charter_objective_confirmed", "answers", "page-1h"] == 1
    assert samples["charter_objective_confirmed", "checks", "page-1h"] == 0
    assert samples["charter_objective_events", "answers", "bad"] == 100
    assert samples["charter_objective_known", "accord"] == 0
    assert ("charter_objective_good_ratio", "accord") not in samples
    out = run.folder / "page.prom"
    assert run("exposition", "o.yaml", "--at", AT, "--out", str(out)).exit_code == 0
    assert out.read_text() == page


def test_objectives_go_to_openslo_and_back(run):
    made = run("export", "o.yaml", "--format", "openslo", "--out", "slo.yaml", ledger=False)
    assert made.exit_code == 0
    assert run("import", "slo.yaml", "--out", "back.yaml", ledger=False).exit_code == 0
    assert (
        run("check", "back.yaml", ledger=False).stdout.splitlines()[:3]
        == (run("check", "o.yaml", ledger=False).stdout.splitlines()[:3])
    )
    over = run("import", "slo.yaml", "--out", "back.yaml", ledger=False)
    assert over.exception is not None
    assert "there already" in str(over.exception)
    run("export", "o.yaml", "--format", "prometheus", "--out", "rules.yaml", ledger=False)
    assert len(yaml.safe_load((run.folder / "rules.yaml").read_text())["groups"]) == 4
    run("export", "o.yaml", "--format", "grafana", "--out", "board.yaml", ledger=False)
    assert json.loads((run.folder / "board.yaml").read_text())["title"] == "Charter: objectives"


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["none.yaml"], 2, "none.yaml"),
        (["o.yaml", "--at", "tomorrow"], 2, "--at"),
        (["o.yaml", "--at", "2026-03-01T00:00:00"], 2, "--at"),
        (["o.yaml", "--at", "0001-01-01T00:00:00Z"], 0, ""),
        (["o.yaml", "--at", "9999-12-31T23:59:59Z"], 0, ""),
        (["check", "bad.yaml"], 2, "can never fire"),
        (["import", "o.yaml", "--out", "x.yaml"], 2, "openslo/v1"),
    ],
)
def test_what_cannot_be_used_is_one_line(run, capsys, arguments, code, word):
    (run.folder / "bad.yaml").write_text(FILE.replace("0.99}", "0.9}"))
    words = [str(run.folder / each) if each.endswith(".yaml") else each for each in arguments]
    place = [] if words[0] in ("check", "import") else ["--ledger", str(run.folder)]
    assert exit_code(["objectives", *words, *place]) == code
    said = capsys.readouterr().err
    assert word in said
    if code:
        assert said.count("\n") == 1


def test_a_ledger_beside_which_nothing_can_be_written_is_counted_each_time(run, monkeypatch):
    fill(run.folder, decision(1, ago(9)))
    real = sqlite3.connect

    def refusing(place, *rest, **named):
        if "rollups" in str(place):
            raise sqlite3.OperationalError("unable to open database file")
        return real(place, *rest, **named)

    monkeypatch.setattr(sqlite3, "connect", refusing)
    done = run("o.yaml", "--at", AT)
    assert done.exit_code == 0
    assert "counted anew each time" in done.stderr
    assert not (run.folder / "rollups.sqlite").exists()
