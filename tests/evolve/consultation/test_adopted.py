"""From what people said to the changed clause: the whole way, by the real commands."""

from __future__ import annotations

import json

import pytest

from charter.cli.main import exit_code
from charter.load import load

from .answers import COPIED, SCRIPT
from .asked import ID
from .plan import LOUD, QUIET, RUN_OVER
from .ranked import rank, script
from .spec import SPEC
from .validating import validate, validating

ROLES = """\
format: charter-roles/1
version: "1"
people:
  ada: {name: Ada}
  ben: {name: Ben}
  gus: {name: Gus}
roles:
  - {role: owner, people: [ada]}
  - {role: approver, people: [ada, ben]}
"""
WAS = "The assistant should give its own view when asked[^pown]."
FIRST = "The assistant should give its own view, and defend it[^pown]."
LAST = "The assistant should give its own view when asked twice, and say that it is one[^pown]."


@pytest.fixture
def charter(held, place, tmp_path, monkeypatch, capsys):
    """The command in a folder with a copy of the spec, beside the ledger of the consultation."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.md").write_text(SPEC, encoding="utf-8")
    (tmp_path / "roles.yaml").write_text(ROLES)

    def run(*words, code=0, ledger=("--ledger", str(place))):
        capsys.readouterr()
        found = exit_code([*map(str, words), *ledger])
        done = capsys.readouterr()
        assert found == code, done
        assert "Traceback" not in done.err
        return done

    run.place = place
    return run


def edit(folder, text):
    (folder / "edit.md").write_text(SPEC.replace(WAS, text), encoding="utf-8")


def act(charter, verb, *words, by="ada", code=0):
    roled = ("--roles", "roles.yaml", "--by", by, "--reason", "It was read.")
    return charter("propose", verb, "prop_sim", *words, *roled, code=code)


def shown(charter):
    return json.loads(charter("propose", "show", "prop_sim", "--json").out)


def test_the_whole_way(charter, held, heard, spec, tmp_path):
    """The first words would run a minority over: people say so, and other words are found."""
    charter("survey", "results", ID, "--out", "results.json")
    file = script(held.plan, tmp_path / "script.yaml", ("politics",))
    ranked = rank(held, spec.source.path, heard.asked, file)
    said = charter("survey", "choices", ID, "--run", ranked.started.run, "--json").out
    (tmp_path / "choices.json").write_text(said)
    parted = {row["section"] for row in json.loads(said)["rows"] if row["parts"]}
    assert parted == {"politics"}

    edit(tmp_path, FIRST)
    charter(
        "propose", "new", "spec.md", "--edit", "edit.md", "--id", "prop_sim", "--by", "gus",
        "--title", "Own views", "--kind", "principle", "--reason", "People and spec part here.",
        "--origin", f"survey:{ID}#{RUN_OVER}=two thirds are for it",
        "--origin", f"suite:{ranked.started.run}=the spec chooses against people",
        "--results", "results.json", "--choices", "choices.json",
    )  # fmt: skip
    facts = shown(charter)["wording"]["facts"]
    known = {(each["where"], each["what"]) for each in facts["agreement"]}
    assert {("politics/pown", "agree"), ("politics", "spec")} <= known
    assert facts["touched"] == [["politics", "user"]]

    act(charter, "move", "consultation", "--survey", ID)
    ask(charter, held, "final-1", {QUIET: 0.97, LOUD: 0.03})
    act(charter, "move", "validation", "--survey", "final-1")
    act(charter, "vote", "approve", by="ben")
    refused = act(charter, "adopt", "spec.md", code=1).err
    assert "the floor of the least agreeing group: not met" in refused
    assert (tmp_path / "spec.md").read_text(encoding="utf-8") == SPEC

    act(charter, "move", "draft")
    edit(tmp_path, LAST)
    charter("propose", "word", "prop_sim", "spec.md", "--edit", "edit.md", "--by", "gus")
    act(charter, "move", "consultation", "--survey", ID)
    assert (
        "not about these words"
        in act(charter, "move", "validation", "--survey", "final-1", code=1).err
    )
    ask(charter, held, "final-2", {QUIET: 0.95, LOUD: 0.92})
    act(charter, "move", "validation", "--survey", "final-2")
    assert "it needs" in act(charter, "adopt", "spec.md", code=1).err  # votes were on other words
    assert "gus" in act(charter, "vote", "approve", by="gus", code=1).err
    act(charter, "vote", "approve", by="ben")
    act(charter, "adopt", "spec.md")

    assert (tmp_path / "spec.md").read_text(encoding="utf-8") == SPEC.replace(WAS, LAST)
    log = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"survey `{ID}#{RUN_OVER}` (two thirds are for it)" in log
    assert ranked.started.run in log
    values = shown(charter)
    assert values["applied"]["after"] == load(tmp_path / "spec.md").digest
    assert values["adoption"]["validation"]["holds"]
    assert values["adoption"]["validation"]["channel"] == "panel"
    published(charter, heard, tmp_path / "site")


def published(charter, heard, site):
    """What came of it stands on a site, and nobody who took part can be told from it."""
    voices = ("--voices", "results.json", "--voices", charter.place)
    charter("publish", "spec.md", *voices, "--out", site, ledger=())
    pages = {each.relative_to(site).as_posix(): each for each in site.rglob("*") if each.is_file()}
    text = {name: file.read_text("utf-8") for name, file in pages.items() if "voices" in name}
    assert "Own views" in text["voices/decisions.html"]
    assert ID in text["voices/decisions.html"]
    whole = "".join(each.read_bytes().decode("utf-8", "replace") for each in pages.values())
    assert SCRIPT not in whole
    assert COPIED not in whole
    assert not any(each.id in whole for each in heard.people)


def ask(charter, held, name, agree):
    result = shown(charter)["wording"]["result"]
    validate(held, validating(name, "prop_sim", result), agree)
