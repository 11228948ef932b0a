"""`charter notify`: what is due reaches a real server, once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from tests.govern.notices.servers import Hooks, serving

from charter.cli.main import cli
from charter.cli.notify import wanted_now
from charter.cli.vault_options import now
from charter.govern.notices.deliver import MOST_FAILED
from charter.govern.notices.due import Due
from charter.govern.notices.settings import load_settings
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import SqliteStore
from charter.records.objective import AlertRaised, NoticeSent

FILE = """
format: charter-notices/1
tries: 1
targets:
  - {{kind: webhook, name: hook, url: "{url}", allow_private: true, plain_http: true}}
routes:
  - {{events: ["*"], to: [hook]}}
"""


@pytest.fixture
def place(tmp_path):
    with Ledger(SqliteStore(tmp_path / "ledger.sqlite")) as ledger:
        ledger.append(
            AlertRaised("accord/page", 1, now(), "accord", "page", "d", 60, 12, 100, "24", "30")
        )
    return tmp_path


def in_minutes(number):
    at = datetime.fromisoformat(now()) + timedelta(minutes=number)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_what_is_given_up_is_said(place):
    (place / "n.yaml").write_text(FILE.format(url="http://127.0.0.1:9/"))
    failed = [
        NoticeSent("accord/page/1", n, now(), "alert.raised", "hook", "failed", "no")
        for n in range(1, MOST_FAILED + 1)
    ]
    with Ledger(SqliteStore(place / "ledger.sqlite")) as ledger:
        ledger.append(*failed)
    said = "given up after 20 attempts: 1 notice: alert.raised accord/page/1 to hook"
    assert said in run(place).output


def run(place, *words):
    given = ["notify", "--settings", str(place / "n.yaml"), "--ledger", str(place), *words]
    return CliRunner().invoke(cli, given)


def test_what_is_due_is_sent_once(place):
    with serving(Hooks()) as server:
        (place / "n.yaml").write_text(FILE.format(url=server.url))
        shown = run(place, "--dry-run")
        assert "due  alert.raised  accord/page/1  to hook" in shown.output
        assert server.asked == []
        assert run(place).output.startswith("sent  alert.raised  accord/page/1  to hook")
        assert "nothing is due" in run(place).output
    assert len(server.asked) == 1


def test_a_failure_ends_with_1_and_is_tried_again_a_minute_later(place, monkeypatch):
    with serving(Hooks(500, 200)) as server:
        (place / "n.yaml").write_text(FILE.format(url=server.url))
        done = run(place, "--json")
        assert done.exit_code == 1
        (row,) = json.loads(done.stdout)["notices"]
        assert (row["outcome"], row["detail"]) == ("failed", "it answered 500")
        early = run(place)
        assert (early.exit_code, len(server.asked)) == (0, 1)
        assert "1 notice failed before: later runs try again" in early.output
        monkeypatch.setattr("charter.cli.notify.now", lambda: in_minutes(1))
        assert run(place).exit_code == 0
    with Ledger(SqliteStore(place / "ledger.sqlite")) as ledger:
        found = [(each.number, each.outcome) for each in ledger.read(NoticeSent)]
    assert found == [(1, "failed"), (2, "sent")]


def test_warnings_of_clocks_are_handed_in(place):
    (place / "n.yaml").write_text(FILE.format(url="http://127.0.0.1:9/"))
    warning = Due("clock.warning", "inc_1/sb53", now(), "", "15 days end tomorrow")
    settings = load_settings(place / "n.yaml")
    with Ledger(SqliteStore(place / "ledger.sqlite")) as ledger:
        found = wanted_now(ledger, settings, (warning,), now())
    assert [each.due.event for each in found] == ["alert.raised", "clock.warning"]
