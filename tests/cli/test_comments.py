"""`charter serve` with the form for the public, and `charter comments` on what it took."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import threading
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from charter.cli.main import cli
from charter.console.comments import Said, comment_id, receive
from charter.ledger.master_key import FILE, MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault

SETTINGS = """
[upstream]
url = "http://127.0.0.1:9/v1"
[callers.web]
keys = ["sha256:{digest}"]
[feedback]
enabled = true
"""


def test_a_comment_goes_from_the_form_to_the_export(charter):
    settings = charter.folder / "gateway.toml"
    settings.write_text(SETTINGS.format(digest="0" * 64))
    place = ("--settings", str(settings), "--ledger", "kept")
    process = charter.start("serve", "starter", *place, "--port", "0")
    timer = threading.Timer(50, process.kill)
    timer.start()
    try:
        port = int(re.match(rb"http://127\.0\.0\.1:(\d+)/v1\n", process.stdout.readline())[1])
        link = HTTPConnection("127.0.0.1", port, timeout=10)
        link.request("GET", "/feedback?rule=follow_chain")
        page = link.getresponse().read().decode()
        token = re.search(r'name="token" value="([^"]+)"', page)[1]
        said = {"rule": "follow_chain", "token": token, "stance": "agree", "text": "Good."}
        kind = {"content-type": "application/x-www-form-urlencoded"}
        link.request("POST", "/feedback/", urlencode(said), kind)
        assert link.getresponse().status == 303
        link.close()
    finally:
        process.send_signal(signal.SIGTERM)
        done = charter.end(process)
        timer.cancel()
    assert done.code == 0, done.err
    assert "Good." not in done.err
    (row,) = json.loads(charter("comments", "waiting", "--json", *place).out)["comments"]
    assert (row["rule"], row["stance"], row["text"]) == ("follow_chain", "agree", "Good.")
    assert charter("comments", "accept", row["id"], "--by", "ada", *place).code == 0
    again = charter("comments", "reject", row["id"], "--by", "bob", "--reason", "no", *place)
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert charter("comments", "export", "--out", "out.jsonl", *place).code == 0
    assert json.loads((charter.folder / "out.jsonl").read_text()) == row
    charter("comments", "export", "--out", "out.txt", *place).failure(2, "out.txt", ".jsonl")
    assert charter("comments", "export", "--out", "out.json", *place).code == 0
    listed = json.loads(charter("comments", "list", "--json", *place).out)
    schema = Draft202012Validator(json.loads(charter("schema", "comments").out))
    for document in (json.loads((charter.folder / "out.json").read_text()), listed):
        schema.validate(document)
    assert not schema.is_valid({**listed, "text": "Good."})
    assert [rule["accepted"]["agree"] for rule in listed["rules"]] == [1]


DIGEST = f"sha256:{'a' * 64}"
FIRST, SECOND = comment_id(b"0"), comment_id(b"1")


@pytest.fixture
def run(tmp_path):
    """Run `charter comments` on a ledger with two that wait."""
    master = MasterKey.load_or_create(tmp_path / FILE)
    with open_ledger(tmp_path) as ledger:
        vault = Vault(ledger.store, master)
        for at, comment in enumerate((FIRST, SECOND), start=1):
            said = Said("kind/one", DIGEST, DIGEST, "agree", "", f"Words {at}\n\x1b[2J")
            receive(ledger, vault, comment, said, f"2026-01-0{at}T00:00:00.000Z")

    def verb(*arguments):
        return CliRunner().invoke(cli, ["comments", *arguments, "--ledger", str(tmp_path)])

    return verb


def test_the_words_of_the_public_steer_no_terminal(run):
    shown = run("waiting").output
    assert "\x1b" not in shown
    assert [line[:2] for line in shown.splitlines()] == ["cm", "  ", "  "] * 2
    assert "kind/one  2 waiting, 2 agree" in run("list").output


def test_damaged_words_hide_no_others_and_cannot_be_accepted(run, tmp_path):
    with sqlite3.connect(tmp_path / "ledger.sqlite") as file:
        file.execute("UPDATE payloads SET blob = zeroblob(80) WHERE rowid = 1")
    assert [row["text"] for row in json.loads(run("waiting", "--json").output)["comments"]] == [
        None,
        "Words 2\n\x1b[2J",
    ]
    assert "its words cannot be read" in run("waiting").output
    refused = run("accept", FIRST, "--by", "ada")
    assert (refused.exit_code, "cannot be accepted" in refused.output) == (1, True)
    assert run("reject", FIRST, "--by", "ada", "--reason", "damaged").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("accept", "cm_none"), "no such comment waits"),
        (("accept", comment_id(b"2")), "no such comment waits"),
        (("reject", FIRST, "--reason", "  "), "say why it is rejected"),
        (("reject", FIRST, "--reason", "x" * 2001), "at most 2000 characters"),
    ],
)
def test_what_cannot_be_recorded_is_said(run, arguments, said):
    done = run(*arguments, "--by", "ada")
    assert done.exit_code == 1
    assert said in done.output
    assert len(json.loads(run("waiting", "--json").output)["comments"]) == 2


def test_only_what_was_accepted_is_exported(run, tmp_path):
    run("reject", FIRST, "--by", "ada", "--reason", "an insult")
    counts, words = tmp_path / "counts.json", tmp_path / "words.jsonl"
    run("export", "--out", str(counts))
    run("export", "--out", str(words))
    assert (json.loads(counts.read_text())["rules"], words.read_text()) == ([], "")
    run("accept", SECOND, "--by", "ada")
    run("export", "--out", str(counts))
    run("export", "--out", str(words))
    (rule,) = json.loads(counts.read_text())["rules"]
    assert rule == {
        "id": "kind/one",
        "spec": DIGEST,
        "accepted": {"agree": 1, "disagree": 0, "unclear": 0},
    }
    assert json.loads(words.read_text())["id"] == SECOND
