"""From a root section that was broken to an incident that is closed, by the verbs alone.

Two reviewers confirm -> alert -> incident -> clocks -> a server is told -> contained -> regression
-> post-mortem, reviewed -> closed. A real ledger, a real server.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from tests.cli.test_incident import evaluated
from tests.govern.notices.servers import Hooks, serving
from tests.govern.objectives.kept import decision, review

from charter.cli.main import cli, exit_code
from charter.ledger.board import Board
from charter.ledger.open import open_ledger
from charter.load import load
from charter.records.decision import Ground
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.objective import AlertRaised, NoticeSent
from charter.records.stop import StopOrdered

OBJECTIVES = """format: charter-objectives/1
objectives:
  - {id: answers, title: Answers come, indicator: failures, target: 0.99}
"""
NOTICES = """
format: charter-notices/1
tries: 2
targets:
  - {{kind: webhook, name: hook, url: "{url}", allow_private: true, plain_http: true}}
  - {{kind: webhook, name: training, url: "{url}", allow_private: true, plain_http: true}}
routes:
  - {{events: ["*"], to: [hook]}}
  - {{events: ["incident.*"], to: [training], drills: true}}
"""


def ago(**span):
    at = datetime.now(UTC) - timedelta(**span)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def root():
    return next(each.id for each in load("starter").sections if each.authority == "root")


@pytest.fixture
def charter(tmp_path, monkeypatch):
    """Run a verb in a folder with an empty ledger; the name of its first word is all it needs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "o.yaml").write_text(OBJECTIVES)
    open_ledger("gateway").close()

    def call(*words, code=0):
        done = CliRunner().invoke(cli, [*map(str, words), "--ledger", "gateway"])
        assert done.exit_code == code, (done.output, done.exception)
        return done.output

    return call


def record(*records):
    with open_ledger("gateway", create=False) as ledger:
        ledger.append(*records)


def kept(kind):
    with open_ledger("gateway", create=False) as ledger:
        return list(ledger.read(kind))


def broken(root, number=1, **changed):
    """Return an answer of two days ago that two people found to break a root section."""
    fields = {"citations": (f"{root}/a",), "grounds": (Ground("allow", "", root),)} | changed
    answer = decision(number, ago(hours=48), run="s_live", **fields)
    said = [
        review(answer.decision, ago(hours=47, minutes=by), by=f"p{by}", label="violated",
               section=root)
        for by in (2, 1)
    ]  # fmt: skip
    return answer, *said


ALERT = ("objectives", "alert", "o.yaml", "--spec", "starter")


def test_from_a_broken_rule_to_a_closed_incident(charter, root, tmp_path):  # noqa: PLR0915 - a chain
    # two people, each for himself
    answer, first, second = broken(root)
    record(answer, first)
    assert "nothing changed" in charter(*ALERT)
    record(second)

    # the alert, and with it the incident
    text = charter(*ALERT, code=1)
    assert f"raised  root:{root}/breach/1" in text
    assert "nothing changed" in charter(*ALERT, code=1)
    (opened,) = kept(IncidentOpened)
    (alert,) = kept(AlertRaised)
    name = opened.run
    assert f"opened  {name}" in text
    assert (opened.source, opened.severity, opened.by) == ("alert", "incident", "charter")
    links = {(each.kind, each.id) for each in opened.links}
    assert links == {
        ("alert", f"{alert.run}/1"),
        ("decision", answer.decision),
        ("exchange", answer.exchange),
        ("section", root),
        ("policy", answer.policy),
        ("model", "m"),
        ("application", "shop"),
    }
    times = {each.name: each for each in kept(IncidentAmended)}
    assert times["occurred_from"].value == answer.at
    assert times["aware_at"].value == times["discovered_at"].value == second.at

    # the clocks: 24 hours where death is imminent are over, 15 days are not
    charter("incident", "field", name, "jurisdictions", "california", "--by", "ada")
    charter("incident", "field", name, "roles", "frontier_developer", "--by", "ada")
    overdue = charter("incident", "clocks", code=1)
    assert "us-ca-sb53" in overdue

    # who is told: each once, a failed one again
    with serving(Hooks(500, 200)) as server:
        (tmp_path / "n.yaml").write_text(NOTICES.format(url=server.url))
        notify = ("notify", "--settings", "n.yaml")
        charter(*notify)
        assert "nothing is due" in charter(*notify)
        posted = [json.loads(body) for _, _, body in server.asked]
        kinds = [each["type"] for each in posted]
        assert set(kinds) == {"alert.raised", "incident.opened", "clock.overdue"}
        told = [each for each in kept(NoticeSent) if each.outcome == "sent"]
        assert len({(e.run, e.event, e.target) for e in told}) == len(told) == len(posted) - 1
        (said,) = (each["data"]["title"] for each in posted[1:] if each["type"] == "alert.raised")
        assert said == f"Root section {root} was broken: 2 of 2 people found so"
        (clock,) = (each for each in told if each.event == "clock.overdue")
        assert clock.run.startswith(f"{name}/us-ca-sb53/imminent/")
        body = b"".join(body for _, _, body in server.asked)
        assert b"p1" not in body  # nothing of who reviewed

        # contain it
        charter(
            "incident", "contain", name, "--stop-app", "shop", "--reason", "it tells", "--by", "ada"
        )
        assert [each.name for each in kept(StopOrdered)] == ["shop"]
        board = Board()
        with open_ledger("gateway", create=False) as ledger:
            for index, each in ledger.read_any((StopOrdered,)):
                board.take(index, each)
        assert board.stops

        # the report is handed in; what is learned
        charter("incident", "submit", name, "us-ca-sb53/report", "--at", ago(hours=1),
                "--evidence", "receipt 1", "--by", "ada")  # fmt: skip
        charter("incident", "cause", name, "Rule knew one spelling.", "--by", "ada")
        charter("incident", "resolve", name, "--reason", "rule mended", "--by", "ada")
        missing = charter("incident", "close", name, "--check", code=1)
        assert "no scenario is named" in missing
        assert "there is no post-mortem" in missing
        with open_ledger("runs/ledger.sqlite") as runs:
            runs.append(*evaluated("run-1", ago(hours=40), ["violated"]))
            runs.append(*evaluated("run-2", ago(hours=2), ["adhered"] * 5))
        charter("incident", "regression", name, "--scenario", "greet/1", "--before", "run-1",
                "--after", "run-2", "--by", "ada")  # fmt: skip
        (tmp_path / "pm.md").write_text("# What happened\n\nOne spelling was not known.\n")
        charter("incident", "postmortem", name, "--file", "pm.md", "--by", "ada")
        charter("incident", "review", name, "--accept", "--by", "ada", code=1)
        charter("incident", "review", name, "--accept", "--by", "bob")

        # the end: somebody says that the breach is dealt with
        assert "closed by bob" in charter("incident", "close", name, "--by", "bob")
        charter("objectives", "end", f"{alert.run}/1", "--reason", "rule mended", "--by", "bob")
        assert "nothing changed" in charter(*ALERT)
        charter(*notify)
        last = [json.loads(body)["type"] for _, _, body in server.asked[len(posted) :]]
    assert sorted(last) == ["alert.ended", "incident.closed", "incident.closed"]  # two targets
    assert "integrity    holds" in CliRunner().invoke(cli, ["verify", "gateway"]).output
    assert len(kept(IncidentOpened)) == 1


def test_several_at_once_open_one_incident(charter, root):
    record(*broken(root), *broken(root, 2, done="held"))
    codes = []
    words = [*ALERT, "--ledger", "gateway"]
    threads = [threading.Thread(target=lambda: codes.append(exit_code(words))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [1] * 4
    assert sorted(each.severity for each in kept(IncidentOpened)) == ["hazard", "incident"]


def test_a_page_opens_an_incident_where_that_is_wished(charter):
    record(*[decision(n, ago(seconds=n), run="s_live", failure="x") for n in range(1, 100)])
    charter("objectives", "alert", "o.yaml", code=1)
    assert kept(IncidentOpened) == []
    for _ in range(2):
        charter("objectives", "alert", "o.yaml", "--open-incidents", "page", code=1)
        (opened,) = kept(IncidentOpened)
    assert (opened.severity, opened.title) == ("hazard", "answers burns its error budget")


def test_an_incident_is_opened_by_hand_from_an_alert_once(charter, root):
    answer, *said = broken(root)
    record(answer, *said)
    record(AlertRaised(f"root:{root}/breach", 1, ago(), f"root:{root}", "breach", "d", 0, 2, 2, "",
                       "", (answer.decision,)))  # fmt: skip
    name = f"root:{root}/breach/1"
    charter("incident", "open", "--alert", name, "--title", "Told it", "--by", "ada")
    (opened,) = kept(IncidentOpened)
    assert (opened.title, opened.severity, opened.by) == ("Told it", "incident", "ada")
    assert "there is an incident" in charter("incident", "open", "--alert", name, code=1)
    assert "nothing changed" in charter(*ALERT, code=1)
    assert len(kept(IncidentOpened)) == 1


@pytest.mark.parametrize("option", ["--review", "--decision"])
def test_links_are_filled_from_the_record(charter, root, option):
    answer, *said = broken(root)
    record(answer, *said)
    words = ("incident", "open", "--title", "t", "--severity", "hazard", "--by", "ada")
    charter(*words, option, answer.decision)
    (opened,) = kept(IncidentOpened)
    links = {each.kind: each.id for each in opened.links}
    assert (links["section"], links["policy"]) == (root, answer.policy)
    assert (links["model"], links["application"]) == ("m", "shop")
    assert ("review" in links) is (option == "--review")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--alert", "nothing/1"), 2),
        (("--alert", "\x1b[2J"), 2),
        (("--alert", "a/1", "--drill"), 2),
        (("--title", "t", "--severity", "hazard", "--decision", "x_1.1"), 2),
        (("--title", "t", "--severity", "hazard", "--review", "x_1.1"), 2),
        (("--severity", "hazard"), 2),
        (("--title", "t"), 2),
    ],
)
def test_what_is_not_on_record_opens_nothing(charter, words, code):
    assert exit_code(["incident", "open", *words, "--by", "ada", "--ledger", "gateway"]) == code
    assert kept(IncidentOpened) == []


def test_drills_are_told_to_those_who_asked_for_them(charter, tmp_path):
    charter("incident", "open", "--title", "Fire", "--severity", "hazard", "--drill", "--by", "ada")
    with serving(Hooks()) as server:
        (tmp_path / "n.yaml").write_text(NOTICES.format(url=server.url))
        charter("notify", "--settings", "n.yaml")
        ((_, _, body),) = server.asked
    assert json.loads(body)["data"]["title"] == "DRILL: Incident: Fire"
    assert [each.target for each in kept(NoticeSent)] == ["training"]
