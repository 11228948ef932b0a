"""Twelve releases through their fold: in line, signed; the one that was overridden shows it."""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.govern.releases import released
from charter.govern.releases.fold import RELEASED, Releases
from charter.govern.releases.statement import check
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey
from charter.load import load

from .generate import log_key
from .plan import OVERRIDDEN, RELEASES
from .releases import REASON


@pytest.fixture(scope="module")
def releases(year):
    with open_ledger(year[0], create=False) as ledger:
        found = Releases()
        found.poll(ledger)
    return found


def test_the_line_is_whole(year, releases):
    line = releases.line("starter")
    assert [each.id for each in line] == year[1].releases
    assert [each.released.number for each in line] == list(range(1, RELEASES + 1))
    assert {releases.status(each) for each in line} == {RELEASED}
    assert [each.asked.before for each in line] == ["", *year[1].releases[:-1]]
    assert all(len(each.approvals) == each.asked.needed == 2 for each in line)
    assert line[-1].asked.documents == (load("starter").digest,)


def test_statements_verify_by_the_key_of_the_log_alone(releases, tmp_path):
    other = LogKey.create(tmp_path / "other.key", "example.com/year")
    for state in releases.line("starter"):
        checked = check(state.released, [log_key().key])
        assert checked.reason == ""
        assert checked.statement.request == state.id
        assert check(state.released, [other.key]).statement is None


def test_only_the_last_is_official(year):
    official, keys = released.Releases(), (log_key().vkey,)
    with open_ledger(year[0], create=False) as ledger:
        for _, record in ledger.read_any(released.KINDS):
            official.take(record)
    newest = official.newest("starter", keys)
    assert newest.number == RELEASES
    assert official.of(newest.policy, keys) == newest
    assert official.newest("starter", ()) is None
    assert official.why_unsigned(newest.policy, ()) != ""


def test_the_override_shows_everywhere(year, releases, report):
    """In the fold, the signed statement, the lists and pages of the terminal, and the report."""
    (name,) = year[1].overridden
    line = releases.line("starter")
    assert [each.released.number for each in line if each.overridden] == [OVERRIDDEN]
    for state in line:
        statement = check(state.released, [log_key().key]).statement
        said = [(each.by, each.role, each.reason) for each in statement.overridden]
        assert said == ([("olga", "override", REASON)] if state.id == name else [])
        assert bool(statement.refused) == (state.id == name)
    rows = {each.id: each.rows for each in report.tables}
    assert [row[1] for row in rows["overridden-releases"]] == [name]
    assert [row[2] for row in rows["released-versions"] if row[5]] == [str(OVERRIDDEN)]
    listed = charter("list", "--ledger", year[0], "--json")
    over = {each["id"]: each["overridden"] for each in json.loads(listed)["releases"]}
    assert {each for each, said in over.items() if said} == {name}
    assert over[name]["reason"] == REASON
    for said in (charter("list", "--ledger", year[0]), charter("show", name, "--ledger", year[0])):
        assert said.lower().count("overridden") == 1
        assert REASON in said


def charter(*words):
    done = CliRunner().invoke(cli, ["release", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output
