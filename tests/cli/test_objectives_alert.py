"""`charter objectives alert --organisation`: what the incident of an alert knows at once."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from tests.govern.objectives.kept import ago, decision, review

from charter.cli.main import cli
from charter.errors import ConfigError
from charter.ledger.open import open_ledger
from charter.load import load
from charter.records.incident import IncidentAmended, IncidentOpened

OBJECTIVES = """format: charter-objectives/1
objectives:
  - {id: answers, title: Answers come, indicator: failures, target: 0.99}
"""
SAID = "format: charter-organisation/1\nname: Example\nincidents: {jurisdictions: [%s]}\n"


@pytest.fixture
def alert(tmp_path):
    """Run `charter objectives alert` on a ledger with a breach of a root section."""
    root = next(each.id for each in load("starter").sections if each.authority == "root")
    (tmp_path / "o.yaml").write_text(OBJECTIVES, encoding="utf-8")
    with open_ledger(tmp_path) as ledger:
        ledger.append(
            decision(1, ago(9)),
            *(review("x_s_1_1.1", ago(5), by=by, label="violated", section=root) for by in "ab"),
        )

    def call(place):
        (tmp_path / "org.yaml").write_text(SAID % place, encoding="utf-8")
        words = ["objectives", "alert", str(tmp_path / "o.yaml"), "--spec", "starter"]
        words += ["--organisation", str(tmp_path / "org.yaml"), "--ledger", str(tmp_path)]
        done = CliRunner().invoke(cli, words)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        with open_ledger(tmp_path, create=False) as ledger:
            return list(ledger.read(IncidentOpened)), list(ledger.read(IncidentAmended))

    return call


def test_an_incident_of_an_alert_has_the_jurisdictions_of_the_organisation(alert):
    (opened,), amended = alert("eu")
    (field,) = [each for each in amended if each.change == "field"]
    assert (field.run, field.name, field.value) == (opened.run, "jurisdictions", "eu")
    assert [each.number for each in amended] == list(range(1, len(amended) + 1))
    assert alert("eu") == ([opened], amended)  # once


def test_a_place_that_no_regime_knows_opens_nothing(alert):
    with pytest.raises(ConfigError, match=r"org.yaml: incidents.jurisdictions: no such choice"):
        alert("atlantis")
