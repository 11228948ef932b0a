"""A folder with a spec, roles and a ledger, and the real command on a proposal in it."""

from __future__ import annotations

import json

import pytest

from charter.cli.main import exit_code
from charter.evolve.surveys.answer import read_answer
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.opening import opening
from charter.evolve.surveys.participation import consent_digest, join
from charter.evolve.surveys.secret_code import new_code
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.comment import CommentReceived
from charter.records.incident import IncidentOpened

AT = "2026-11-22T12:00:00.000Z"
SPEC = """\
---
name: house-rules
version: "1.0"
---

# House rules {#house}

## Keep secrets {#secrets authority=root}

The assistant must not reveal passwords.

## Be brief {#brief authority=user}

The assistant should answer in few words.

The assistant may use a table.
"""
BRIEF = ("in few words.", "in as few words as the question allows.")
ROOT = ("reveal passwords.", "reveal passwords or keys.")
ROLES = """\
format: charter-roles/1
version: "1"
people:
  ada: {name: Ada, email: ada@example.com}
  ben: {name: Ben}
  cyd: {name: Cyd}
  eve: {name: Eve}
  gus: {name: Gus}
roles:
  - {role: owner, people: [ada]}
  - {role: approver, people: [ada, ben, cyd]}
  - {role: override, people: [eve]}
"""
SURVEY = """\
format: charter-survey/1
id: {id}
languages: [en]
title: {{en: Words}}
consent: {{en: I agree}}
purpose: {{en: To learn}}
contact: rules@example.org
retention_days: 30
channels: [open]
rules: {{smallest: 5}}
spec: {{name: house-rules, version: "1.0", digest: "{digest}"}}
{validates}
items:
  - {{kind: statement, id: one, clauses: [brief, secrets], text: {{en: It says what I meant.}}}}
"""


@pytest.fixture
def charter(tmp_path, monkeypatch, capsys):
    """The command in a folder with a spec, roles and a ledger that knows two origins."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.md").write_text(SPEC)
    (tmp_path / "roles.yaml").write_text(ROLES)
    with open_ledger(tmp_path / "kept") as ledger:
        ledger.append(
            CommentReceived("com_1", AT, "brief", "", "", "disagree", "", "", "", "sub_1"),
            IncidentOpened("inc_1", AT, "ada", "cli", "t", "s", "low", drill=False, links=()),
        )

    def run(*words, code=0):
        capsys.readouterr()
        found = exit_code([str(word) for word in words])
        done = capsys.readouterr()
        assert found == code, done
        assert "Traceback" not in done.err
        return done

    run.folder = tmp_path
    return run


KEPT = ("--ledger", "kept")


def changed(charter, *pairs, of="spec.md"):
    text = (charter.folder / of).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (charter.folder / "edit.md").write_text(text)
    return text


def propose(charter, *more, pairs=(BRIEF,), by="gus", code=0, id_="prop_1"):
    changed(charter, *pairs)
    return charter(
        "propose", "new", "spec.md", "--title", "Say enough", "--kind", "clarification",
        "--reason", "Answers were cut short.", "--origin", "comment:com_1=too short", "--edit",
        "edit.md", "--id", id_, "--by", by, *KEPT, *more, code=code,
    )  # fmt: skip


def act(charter, verb, *words, by="ada", code=0, reason="It was read.", id_="prop_1"):
    roled = ("--roles", "roles.yaml", "--by", by, "--reason", reason, *KEPT)
    return charter("propose", verb, id_, *words, *roled, code=code)


def survey(charter, name, *, validates=True, digest=None, votes=()):
    """Open a survey, let people answer it, and close it where they did."""
    digest = digest or shown(charter)["wording"]["result"]
    says = "validates: prop_1" if validates else ""
    (charter.folder / f"{name}.yaml").write_text(
        SURVEY.format(id=name, digest=digest, validates=says)
    )
    charter("survey", "open", f"{name}.yaml", "--by", "ada", *KEPT)
    if votes:
        take_part(charter.folder, name, votes)
        charter("survey", "close", name, "--reason", "over", "--by", "ada", *KEPT)


def take_part(folder, name, votes, *, item="one"):
    with open_ledger(folder / "kept") as ledger:
        vault = Vault(ledger.store, MasterKey.load_or_create(folder / "kept" / "master.key"))
        found = opening(ledger, name)
        consent = consent_digest(found.survey, "en")
        for vote in votes:
            part = join(
                ledger, vault, found, receipt=new_code(), language="en", consent=consent, at=AT
            )
            asked = found.survey.question(item)
            give(
                ledger, vault, found, part, Reply(asked, read_answer(asked, {"vote": vote})), at=AT
            )


def shown(charter, id_="prop_1"):
    return json.loads(charter("propose", "show", id_, "--json", *KEPT).out)


def validated(charter, votes, **given):
    """Bring a proposal as far as its validation."""
    propose(charter, **given)
    survey(charter, "first", validates=False)
    act(charter, "move", "consultation", "--survey", "first")
    survey(charter, "last", votes=votes)
    act(charter, "move", "validation", "--survey", "last")


YES = ["agree"] * 30 + ["disagree"]
SPLIT = ["agree"] * 10 + ["disagree"] * 10
