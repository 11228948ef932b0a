"""The first step: a survey is drafted from the spec, finished by a person, and people answer it."""

from __future__ import annotations

import yaml

from charter.cli.main import exit_code
from charter.evolve.results.results_of import reading_of, results_of
from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.read import load_survey
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault

from .asked import ID, each
from .conftest import QUICK
from .plan import STATEMENTS, Plan
from .spec import CLAUSES, SPEC
from .taking_part import hold
from .truth import of_channel

PLAN = Plan(seed=5, open=0, panel=80, sybils=0, straight=0, careless=0)
SAYS = {"en": "It should keep to {}.", "de": "Es soll {} befolgen.", "ar": "عليه أن يتبع {}."}
NOT = {"en": "It may break {}.", "de": "Es darf {} verletzen.", "ar": "يمكنه أن يخالف {}."}
PLANTED = {one.clause: one.id for one in reversed(STATEMENTS)}
"""By clause, the first statement of the plan about it."""


def finished(values):
    """Do what a person does with a draft: write what is marked, and give items ids of the plan."""
    texts = {name: dict.fromkeys(SAYS, "I agree.") for name in ("title", "consent", "purpose")}
    names = {item["id"]: PLANTED[item["clauses"][0]] for item in values["items"]}
    for item in values["items"]:
        (clause,) = item["clauses"]
        item["text"] = each(NOT if item.get("reversed") else SAYS, clause)
        item["id"] = f"x-{names[item['id']]}" if "repeats" in item else names[item["id"]]
        if "repeats" in item:
            item["repeats"] = names[item["repeats"]]
    return values | texts | {"contact": "r@example.org"}


def test_a_draft_is_finished_and_answered(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.md").write_text(SPEC, encoding="utf-8")
    file = tmp_path / f"{ID}.yaml"
    drafted = ("survey", "new", "spec.md", "--out", file.name, "--language", "en,de,ar")
    assert exit_code(list(drafted)) == 0
    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    asked = {clause for item in values["items"] for clause in item["clauses"]}
    assert asked == {clause for clauses in CLAUSES.values() for clause in clauses}
    assert exit_code(["survey", "check", file.name, "--spec", "spec.md"]) == 1
    assert "TRANSLATE is still in it" in capsys.readouterr().out

    done = finished(values)
    file.write_text(yaml.safe_dump(done, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert exit_code(["survey", "check", file.name, "--spec", "spec.md"]) == 0
    with open_ledger(tmp_path / "l") as ledger:
        vault = Vault(ledger.store, MasterKey.load_or_create(tmp_path / "master.key"))
        held = hold(ledger, vault, load_survey(file).survey, PLAN)
        heard = gather(ledger, vault, held.opening)
    panel = of_channel(heard, "panel")
    found = results_of(panel, reading_of(held.opening.survey), effort=QUICK).channels[0]
    assert (found.people, found.groups.k) == (PLAN.panel, 2)
    verdicts = {of.clause: of.verdict for of in found.clauses}
    assert verdicts["truth/tfac"] == verdicts["truth/tnot"] == "agreed"
    assert verdicts["brief/bsho"] == "rejected"
    assert verdicts["brief/bout"] == "open"
