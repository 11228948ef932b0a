"""`charter approvals`."""

import json
import time

import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.gateway.binding import arguments_digest, binding
from charter.gateway.judging.scribe import written
from charter.ledger.board import Board
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.approval import ApprovalAsked, ApprovalVoted

DIGEST = arguments_digest({"amount": 5})
PARTS = {"policy": "p", "conversation": "c", "tool": "pay", "principal": "team-shop"}
FIRST = "apr_1"


def asked(run, now, *, needed=1, payload="", lasts=600.0, **more):
    return ApprovalAsked(
        run=run,
        at=written(now),
        expires=written(now + lasts),
        binding=binding(arguments=DIGEST, **PARTS),
        attempt=1,
        stage=more.pop("stage", "tool_call"),
        arguments=DIGEST,
        caller="web",
        application="shop",
        subject="sub_1",
        boundary="pay_ask",
        section="confirm_irreversible",
        say="",
        needed=needed,
        exchange="x_1",
        payload=payload,
        **PARTS,
    )


@pytest.fixture
def folder(tmp_path):
    """A gateway's folder with a call that waits, one that ran out, and a request."""
    now = time.time()
    key = MasterKey.create(tmp_path / "master.key")
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        vault = Vault(ledger.store, key)
        payload = {
            "body": {"messages": []},
            "calls": [{"tool": "see"}, {"tool": "pay", "arguments": '{"amount": 5}'}],
        }
        sealed = vault.seal("sub_1", payload, written(now), id="pl_1")
        ledger.append(
            asked(FIRST, now, payload="pl_1"),
            asked("apr_2", now - 700),
            asked("apr_3", now, needed=2, stage="request"),
            payloads=[sealed],
        )
    return tmp_path


def run(folder, *arguments):
    return CliRunner().invoke(cli, ["approvals", *arguments, "--ledger", str(folder)])


def status(folder, wanted=FIRST):
    board = Board()
    with open_ledger(folder, create=False) as ledger:
        board.poll(ledger)
    return board.approval(wanted).status(time.time())


def test_what_waits_is_listed(folder):
    said = run(folder, "list").stdout
    assert [line.split()[0] for line in said.splitlines()] == ["apr_1", "apr_3"]
    assert "apr_2  expired 0/1" in run(folder, "list", "--status", "all").stdout
    found = json.loads(run(folder, "list", "--status", "expired", "--json").stdout)
    assert [each["id"] for each in found["approvals"]] == ["apr_2"]
    assert run(folder, "list", "--status", "used").stdout == ""


def test_one_is_shown_with_its_arguments_where_the_key_is(folder):
    said = run(folder, "show", FIRST).stdout
    assert "status: pending" in said
    assert 'arguments: {"amount": 5}' in said
    (folder / "master.key").unlink()
    shown = run(folder, "show", FIRST, "--json")
    assert shown.exit_code == 0
    assert "call" not in json.loads(shown.stdout)
    assert "not shown" in shown.stderr


def test_a_person_approves(folder):
    done = run(folder, "approve", FIRST, "--by", "bob", "--note", "fine")
    assert done.stdout == "apr_1: approved\n"
    assert status(folder) == "approved"
    with open_ledger(folder, create=False) as ledger:
        (vote,) = ledger.read(ApprovalVoted)
    assert (vote.by, vote.verdict, vote.note) == ("bob", "approve", "fine")
    assert vote.binding == binding(arguments=DIGEST, **PARTS)


def test_two_people_approve_and_none_of_them_twice(folder):
    assert "pending, 1 more needed" in run(folder, "approve", "apr_3", "--by", "bob").stdout
    again = run(folder, "approve", "apr_3", "--by", "BOB")
    assert again.exit_code == 1
    assert "has voted" in again.stderr
    assert run(folder, "approve", "apr_3", "--by", "cyd").stdout == "apr_3: approved\n"


def test_whoever_asks_may_deny_but_not_approve(folder):
    refused = run(folder, "approve", FIRST, "--by", "Team-Shop")
    assert (refused.exit_code, status(folder)) == (1, "pending")
    assert "cannot approve" in refused.stderr
    assert run(folder, "deny", FIRST, "--by", "team-shop").exit_code == 0
    assert status(folder) == "denied"
    late = run(folder, "approve", FIRST, "--by", "bob")
    assert late.exit_code == 1
    assert "it is denied" in late.stderr


def test_a_yes_can_be_taken_back_by_another_until_it_is_used(folder):
    run(folder, "approve", FIRST, "--by", "bob")
    assert run(folder, "deny", FIRST, "--by", "cyd").stdout == "apr_1: denied\n"


def test_what_ran_out_or_is_unknown_takes_no_vote(folder, capsys):
    assert run(folder, "approve", "apr_2", "--by", "bob").exit_code == 1
    place = ["--ledger", str(folder)]
    assert exit_code(["approvals", "approve", "apr_9", "--by", "bob", *place]) == 2
    assert "there is no approval 'apr_9'" in capsys.readouterr().err


def test_an_edit_asks_anew_and_its_editor_cannot_approve(folder, tmp_path):
    file = tmp_path / "new.json"
    file.write_text('{"amount": 4}\n', encoding="utf-8")
    done = run(folder, "edit", FIRST, "--arguments", str(file), "--by", "bob")
    assert done.exit_code == 0, done.output
    fresh = done.stdout.split()[-1]
    assert (status(folder), status(folder, fresh)) == ("superseded", "pending")
    assert run(folder, "approve", fresh, "--by", "bob").exit_code == 1
    assert run(folder, "approve", fresh, "--by", "team-shop").exit_code == 1
    assert 'arguments: {"amount": 4}' in run(folder, "show", fresh).stdout
    assert run(folder, "approve", fresh, "--by", "cyd").stdout == f"{fresh}: approved\n"
    board = Board()
    with open_ledger(folder, create=False) as ledger:
        board.poll(ledger)
    state = board.approval(fresh)
    digest = arguments_digest({"amount": 4})
    assert state.asked.binding == binding(arguments=digest, **PARTS)
    assert (state.asked.edited_from, state.asked.editor) == (FIRST, "bob")
    assert board.approval(FIRST).successor == fresh


@pytest.mark.parametrize(
    ("text", "wanted", "why"),
    [
        ("[1]", FIRST, "no JSON object"),
        ('{"amount": 5}', FIRST, "as they are"),
        ('{"amount": 1, "amount": 2}', FIRST, "no JSON object"),
        ("{}", "apr_2", "expired"),
        ("{}", "apr_3", "only the arguments of a tool call"),
    ],
)
def test_what_cannot_be_edited(folder, tmp_path, text, wanted, why):
    file = tmp_path / "new.json"
    file.write_text(text, encoding="utf-8")
    done = run(folder, "edit", wanted, "--arguments", str(file), "--by", "bob")
    assert done.exit_code == 1
    assert why in done.stderr


def test_a_file_that_holds_nothing_is_no_edit(folder, tmp_path, capsys):
    file = tmp_path / "new.json"
    for content in (b"", b"\xff\xfe{"):
        file.write_bytes(content)
        given = ["approvals", "edit", FIRST, "--arguments", str(file), "--by", "bob"]
        assert exit_code([*given, "--ledger", str(folder)]) == 2
        assert "new.json" in capsys.readouterr().err
