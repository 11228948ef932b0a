"""The same people, heard elsewhere: their votes come by an import, with the same figures."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from charter.cli.main import exit_code
from charter.ledger.open import open_ledger
from charter.records.survey import VoicesImported

from .polis_files import export
from .spec import SPEC
from .truth import groups, of_channel

EDIT = "It should name the other side as well[^poth]."


@pytest.fixture
def charter(tmp_path, monkeypatch, capsys):
    """The command, in a folder with a copy of the spec."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.md").write_text(SPEC, encoding="utf-8")

    def run(*words):
        capsys.readouterr()
        found = exit_code([*map(str, words)])
        done = capsys.readouterr()
        assert found == 0, done
        return done

    return run


def numbered(voices, truth):
    """Give people of the panel the ids of Polis, which are numbers."""
    panel = of_channel(voices, "panel")
    ids = {person.id: str(number) for number, person in enumerate(panel.people)}
    people = tuple(replace(each, id=ids[each.id]) for each in panel.people)
    votes = tuple(replace(e, person=ids[e.person]) for e in panel.votes if e.person in ids)
    group = {ids[who]: each for who, each in truth.items() if who in ids}
    return replace(panel, people=people, votes=votes), group


def test_votes_that_were_cast_elsewhere_lead_to_a_proposal(charter, held, heard, results, tmp_path):
    export(tmp_path / "talk", *numbered(heard, groups(held.plan)))
    (tmp_path / "clauses.yaml").write_text('"7": [politics/pown]\n')
    read = ("polis", "talk", "--clauses", "clauses.yaml", "--channel", "panel")
    recorded = ("--ledger", "l", "--by", "mona", "--json")
    said = json.loads(charter("survey", "import", *read, *recorded).out)
    assert said["people"] == held.plan.panel
    with open_ledger(tmp_path / "l", create=False) as ledger:
        (record,) = ledger.read(VoicesImported)
    assert (record.run, record.channel) == (said["digest"], "panel")

    charter(
        "survey", "results", "--import", "polis:talk", "--channel", "panel",
        "--clauses", "clauses.yaml", "--out", "results.json",
    )  # fmt: skip
    elsewhere = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    (channel,) = elsewhere["channels"]
    assert channel["groups"]["k"] == 2
    (own,) = [each for each in results.channels if each.channel == "panel"]
    known = {each.item: each.plain.agree.value for each in own.statements}
    found = {each["text"]: each["plain"]["agree"]["value"] for each in channel["statements"]}
    assert set(found) == set(known)
    assert {item: found[item] for item in known} == pytest.approx(known, abs=1e-6)

    (tmp_path / "edit.md").write_text(
        SPEC.replace("It should name the other side too[^poth].", EDIT), encoding="utf-8"
    )
    charter(
        "propose", "new", "spec.md", "--edit", "edit.md", "--id", "prop_far", "--by", "mona",
        "--title", "The other side", "--kind", "clarification", "--reason", "It was asked.",
        "--origin", f"survey:{said['digest']}", "--results", "results.json", "--ledger", "l",
    )  # fmt: skip
    shown = json.loads(charter("propose", "show", "prop_far", "--json", "--ledger", "l").out)
    assert said["digest"] in json.dumps(shown["origins"])
