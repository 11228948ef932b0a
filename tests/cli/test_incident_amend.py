"""`charter incident link` and `open`: what can be named, and what is said once of all."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.govern.obligations.kept import decision

from charter.cli.main import cli
from charter.errors import ConfigError
from charter.ledger.open import open_ledger

OPEN = ("open", "--title", "Code told", "--severity", "incident", "--id", "inc_one", "--by", "ada")
ORGANISATION = """format: charter-organisation/1
name: Example
incidents:
  jurisdictions: [eu]
  roles: [gpai_systemic_provider]
"""


@pytest.fixture
def run(tmp_path):
    """Run `charter incident` on a ledger with one decision."""
    with open_ledger(tmp_path) as ledger:
        ledger.append(decision(1, decision="x_1.2", exchange="x_1"))

    def call(*arguments, code=0):
        done = CliRunner().invoke(cli, ["incident", *arguments, "--ledger", str(tmp_path)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    return call


def shown(run):
    return json.loads(run("show", "inc_one", "--json").partition("\nnot legal")[0])


def test_a_link_to_what_no_record_has_is_refused_by_its_name(run):
    run(*OPEN)
    text = run("link", "inc_one", "section:honesty", "decision:x_7.2", "--by", "ada", code=1)
    assert "not done: no record has the decision 'x_7.2'" in text
    assert shown(run)["links"] == []
    run("link", "inc_one", "section:honesty", "decision:x_1.2", "--by", "ada")
    assert [each["id"] for each in shown(run)["links"]] == ["honesty", "x_1.2"]


def test_nothing_is_opened_with_such_a_link(run):
    text = run(*OPEN, "--link", "exchange:x_9", code=1)
    assert "no record has the exchange 'x_9'" in text
    assert run("list") == "0 open, 0 resolved, 0 closed\n"
    run(*OPEN, "--link", "exchange:x_1")


def test_what_is_said_of_every_incident_is_recorded_when_one_is_opened(run, tmp_path):
    file = tmp_path / "organisation.yaml"
    file.write_text(ORGANISATION, encoding="utf-8")
    run(*OPEN, "--organisation", str(file))
    fields = shown(run)["fields"]
    assert {name: each["value"] for name, each in fields.items()} == {
        "jurisdictions": "eu",
        "roles": "gpai_systemic_provider",
    }
    assert all("said of every incident" in each["reason"] for each in fields.values())
    assert shown(run)["oddities"] == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (ORGANISATION.replace("[eu]", "[mars]"), "incidents.jurisdictions: no such choice: 'mars'"),
        (ORGANISATION.replace("roles", "harm"), "incidents.harm: that is said of each"),
        (ORGANISATION.replace("[eu]", "eu"), "incidents.jurisdictions"),
    ],
)
def test_a_file_that_says_what_cannot_be_said_opens_nothing(run, tmp_path, text, word):
    file = tmp_path / "organisation.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=word):
        run(*OPEN, "--organisation", str(file))
    assert run("list") == "0 open, 0 resolved, 0 closed\n"


@pytest.mark.parametrize("verb", [("reopen", "inc_one"), ("resolve", "inc_one")])
def test_a_reason_with_a_control_character_is_refused(run, verb):
    run(*OPEN)
    assert "U+001B is a control character" in run(*verb, "--reason", "\x1b[2J", code=2)
    assert shown(run)["number"] == 1
