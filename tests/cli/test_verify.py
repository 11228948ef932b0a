"""`charter verify`, `charter export evidence|tiles|vkey`."""

import base64
import json
import shutil
import sqlite3
import subprocess
import sys

import pytest
from click.testing import CliRunner
from tests.ledger import recorded
from tests.ledger.test_evidence import DECISION, Written

from charter.cli.main import cli, exit_code
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.tlog.checkpoint import parse_checkpoint
from charter.ledger.tlog.ed25519 import verify
from charter.ledger.tlog.note import parse_note, parse_vkey, verify_note
from charter.ledger.tlog.tile import reader, tiles, unpack
from charter.ledger.vault import Vault
from charter.records.decision import DecisionRecorded


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return Written(tmp_path_factory.mktemp("ledger"))


@pytest.fixture
def ledger(written, tmp_path):
    file = tmp_path / "ledger.sqlite"
    shutil.copy(written.file, file)
    return file


def run(*arguments):
    return CliRunner().invoke(cli, [str(each) for each in arguments])


def test_a_ledger_that_holds(written, ledger):
    done = run("verify", ledger, "--key", written.key.vkey)
    assert done.exit_code == 0, done.output
    assert "integrity    holds" in done.stdout
    by_folder = run("verify", ledger.parent, "--json")
    assert json.loads(by_folder.stdout)["integrity"] == "holds"


def test_a_ledger_that_was_changed(written, ledger):
    with sqlite3.connect(ledger) as connection:
        connection.execute("""UPDATE records SET body = replace(body, 'allow', 'deny')
            WHERE "index" = 3""")
    connection.close()
    done = run("verify", ledger, "--key", written.key.vkey)
    assert done.exit_code == 1
    assert "first bad record: record 3 (DecisionRecorded) does not match its digest" in done.stdout


def test_an_earlier_checkpoint_and_an_age(written, ledger, tmp_path):
    (tmp_path / "early").write_bytes(written.early)
    (tmp_path / "vkey").write_text(written.key.vkey)
    given = ["verify", ledger, "--key", tmp_path / "vkey", "--checkpoint", tmp_path / "early"]
    assert "consistency  holds" in run(*given).stdout
    assert run(*given, "--max-age", "1s").exit_code == 1
    assert run(*given, "--max-age", "9999999d").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--key", "a+b+c"], 2, "verifier key"),
        (["--max-age", "soon"], 2, "--max-age: a span"),
        (["--checkpoint", "none"], 3, "No such file"),
        (["--checkpoint", "ledger.sqlite"], 3, "ledger.sqlite: a note"),
    ],
)
def test_wrong_usage_is_one_line(  # noqa: PLR0917 - three fixtures and a case
    ledger, monkeypatch, capsys, arguments, code, says
):
    monkeypatch.chdir(ledger.parent)
    assert exit_code(["verify", str(ledger), *arguments]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_no_ledger_is_one_line(tmp_path, capsys):
    assert exit_code(["verify", str(tmp_path / "none")]) == 3
    assert "No such file" in capsys.readouterr().err


def test_the_auditor_that_is_printed_runs(written, ledger, tmp_path):
    alone = tmp_path / "auditor.py"
    alone.write_text(run("verify", "--print-auditor").stdout, encoding="utf-8")
    command = [sys.executable, "-I", alone, ledger, "--key", written.key.vkey]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def master_key(folder):
    secret = base64.b64encode(b"m" * 32).decode()
    file = folder / "master.key"
    file.write_text(f"charter-master-key/v1\n{secret}\n")
    file.chmod(0o600)
    return file


def test_signatures_of_the_ends_alone(written, ledger):
    with open_ledger(ledger) as opened:
        opened.append(recorded.started("s_two"))
        checkpoint(opened, LogKey.load(written.file.parent / "log.key"))
    given = ("verify", ledger, "--key", written.key.vkey)
    with sqlite3.connect(ledger) as connection:
        sizes = [row[0] for row in connection.execute("SELECT size FROM checkpoints")]
        find = "SELECT note FROM checkpoints WHERE size = ?"
        note = bytearray(connection.execute(find, (sizes[1],)).fetchone()[0])
        note[-5] = ord("A") if note[-5] != ord("A") else ord("B")
        put = "UPDATE checkpoints SET note = ? WHERE size = ?"
        connection.execute(put, (bytes(note), sizes[1]))
    connection.close()
    assert len(sizes) == 3
    whole = run(*given)
    assert whole.exit_code == 1
    assert f"the checkpoint of size {sizes[1]} has a signature by" in whole.stdout
    ends = run(*given, "--ends-only")
    assert ends.exit_code == 0, ends.output
    assert "the signatures of 1 checkpoints between" in ends.stdout


def test_payloads_are_opened_with_the_master_key(written, ledger, tmp_path):
    given = ("verify", ledger, "--key", written.key.vkey, "--master-key", master_key(tmp_path))
    assert run(*given).exit_code == 0
    with sqlite3.connect(ledger) as connection:
        connection.execute("UPDATE subject_keys SET wrapped = CAST(? AS BLOB)", (WRAPPED,))
    connection.close()
    assert run(*given[:-2]).exit_code == 0
    done = run(*given)
    assert done.exit_code == 1
    assert "does not open under this master key" in done.stdout
    assert "no such file" in str(run(*given[:-1], tmp_path / "none").exception).lower()


WRAPPED = b"\x01" + bytes(68)


@pytest.mark.slow
def test_payloads_and_checkpoints_in_a_database_server(tmp_path, postgres_url):
    import psycopg  # noqa: PLC0415 - needs an extra

    key = LogKey.create(tmp_path / "log.key", recorded.ORIGIN)
    given = ("verify", postgres_url, "--key", key.vkey)
    opening = (*given, "--master-key", master_key(tmp_path))
    with open_ledger(postgres_url) as ledger:
        vault = Vault(ledger.store, MasterKey.of(b"m" * 32))
        ledger.append(recorded.started("s"))
        for number in range(1, 6):
            sealed = vault.seal("sub_1", {"n": number}, recorded.at(number))
            named = recorded.decided("s", number, payload=sealed.id, subject="sub_1")
            ledger.append(named, payloads=[sealed])
            checkpoint(ledger, key)
    done = run(*opening)
    assert done.exit_code == 0, done.output
    changes = {
        "UPDATE payloads SET subject = 'x' WHERE at = (SELECT min(at) FROM payloads)": "subject",
        "UPDATE payloads SET id = 'pl_x' WHERE at = (SELECT max(at) FROM payloads)": "names",
        "UPDATE checkpoints SET size = 1 WHERE size = 3": "filed under",
        "UPDATE checkpoints SET note = overlay(note placing 'B'::bytea from length(note) - 5) "
        "WHERE size = 4": "the checkpoint of size 4",
    }
    for statement, words in changes.items():
        with psycopg.connect(postgres_url, options="-c search_path=charter") as connection:
            connection.execute(statement)
            connection.commit()
            found = run(*opening)
            assert found.exit_code == 1, statement
            assert words in found.stdout


@pytest.mark.slow
def test_a_ledger_in_a_database_server(tmp_path, postgres_url):
    key = LogKey.create(tmp_path / "log.key", recorded.ORIGIN)
    with open_ledger(postgres_url) as ledger:
        recorded.append(ledger, recorded.service("s", 300))
        checkpoint(ledger, key)
    done = run("verify", postgres_url, "--key", key.vkey)
    assert done.exit_code == 0, done.output
    assert "308 records, 308 of them signed" in done.stdout
    import psycopg  # noqa: PLC0415 - needs an extra

    with psycopg.connect(postgres_url) as connection:
        connection.execute("""UPDATE records SET body = replace(body, 'allow', 'deny')
            WHERE "index" = 3""")
    changed = run("verify", postgres_url, "--key", key.vkey)
    assert changed.exit_code == 1
    assert "first bad record: record 3 (DecisionRecorded)" in changed.stdout
    with psycopg.connect(postgres_url) as connection:
        connection.execute('DELETE FROM records WHERE "index" = 308')
    cut = run("verify", postgres_url, "--key", key.vkey)
    assert cut.exit_code == 1
    assert "record 3" in cut.stdout
    assert "ledger record" not in cut.stdout


# Evidence


def evidence(ledger, tmp_path, *more):
    out = tmp_path / "evidence.json"
    given = ["export", "evidence", "--ledger", ledger, "--decision", DECISION, "--out", out, *more]
    return run(*given), out


def test_evidence_is_written_and_verifies(written, ledger, tmp_path):
    done, out = evidence(ledger, tmp_path, "--spec", "starter", "--key", written.key.vkey)
    assert done.exit_code == 0, done.output
    made = json.loads(out.read_text())
    assert made["clauses"]
    assert made["payloads"] == {}
    checked = run("verify", out, "--key", written.key.vkey)
    assert checked.exit_code == 0, checked.output
    assert "completeness holds" in checked.stdout


def test_both_take_a_key_and_a_file_that_holds_one(written, ledger, tmp_path):
    file = write(tmp_path / "log+vkey", written.key.vkey.encode() + b"\n")
    done, out = evidence(ledger, tmp_path, "--key", file)
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text())["key"] == written.key.vkey
    assert run("verify", out, "--key", file).exit_code == 0


def test_evidence_with_payload(written, ledger, tmp_path):
    file = tmp_path / "master.key"
    MasterKey.create(file)
    done, _ = evidence(ledger, tmp_path, "--with-payload")
    assert done.exit_code == 1  # another key: an error, not an empty bundle
    assert "does not open under this master key" in str(done.exception)


def test_evidence_of_an_erased_person_does_not_say_that_it_holds_their_words(ledger, tmp_path):
    master_key(tmp_path)
    with open_ledger(ledger) as opened:
        subjects = {each.subject for each in opened.read(DecisionRecorded)}
        for subject in subjects - {""}:
            opened.store.destroy(subject)
    done, out = evidence(ledger, tmp_path, "--with-payload")
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text())["payloads"] == {}
    assert "what was decided on is not in it" in done.stderr
    assert "as plain text" not in done.stderr


def test_evidence_with_payload_verifies(written, ledger, tmp_path):
    master_key(tmp_path)
    done, out = evidence(ledger, tmp_path, "--with-payload")
    assert done.exit_code == 0, done.output
    assert "as plain text" in done.stderr
    assert "the answer" in out.read_text()
    assert run("verify", out, "--key", written.key.vkey).exit_code == 0
    out.write_text(out.read_text().replace("the answer", "another one"))
    changed = run("verify", out, "--key", written.key.vkey)
    assert changed.exit_code == 1
    assert "commits to another text than the payload holds" in changed.stdout


def test_evidence_without_a_spec_or_of_another(ledger, tmp_path):
    done, out = evidence(ledger, tmp_path)
    assert "the policy is not in it" in done.stderr
    assert json.loads(out.read_text())["policies"] == {}
    spec = tmp_path / "s.md"
    spec.write_text(
        "---\nspec: s\nversion: '1'\n---\n\n## One {#one authority=system}\n\nBe good.\n"
    )
    other, _ = evidence(ledger, tmp_path, "--spec", spec)
    assert "the decision rests on" in str(other.exception)


def test_evidence_that_holds_no_key_says_what_it_needs(ledger, tmp_path):
    _, out = evidence(ledger, tmp_path)
    done = run("verify", out)
    assert done.exit_code == 1
    assert "name the log's verifier key with --key" in done.stderr


def test_evidence_for_nothing(ledger, tmp_path):
    given = ["export", "evidence", "--ledger", ledger, "--out", tmp_path / "o"]
    assert "no decision x.1" in str(run(*given, "--decision", "x.1").exception)
    assert "verifier key" in str(run(*given, "--decision", DECISION, "--key", "k").exception)


def test_evidence_of_a_new_checkpoint(written, tmp_path):
    done, out = evidence(
        written.file,
        tmp_path,
        "--log-key",
        written.file.parent / "log.key",
        "--since",
        write(tmp_path / "early", written.early),
    )
    assert done.exit_code == 0, done.output
    made = json.loads(out.read_text())
    assert made["key"] == written.key.vkey
    assert list(made["consistency"]) == ["5"]


def write(file, data):
    file.write_bytes(data)
    return file


# The log for others


def test_the_verifier_key(written):
    done = run("export", "vkey", written.file.parent / "log.key")
    assert parse_vkey(done.stdout.strip()) == written.key.key


def test_a_log_as_files(tmp_path):
    file, key = recorded.signed_ledger(tmp_path, 300)
    out = tmp_path / "site"
    given = ["export", "tiles", "--ledger", file, "--out", out]
    assert run(*given).exit_code == 0
    note = parse_note((out / "checkpoint").read_bytes())
    assert verify_note(note, [key.key], verify).ok
    head = parse_checkpoint(note.text)
    read = reader(head.size, lambda tile: (out / tile.path).read_bytes())
    from charter.ledger.tlog.merkle import leaf_hash, root_at  # noqa: PLC0415

    assert root_at(head.size, read) == head.root
    entries = unpack((out / "tile/entries/000").read_bytes())
    assert entries[0].startswith(b"charter-record/v1\n1\nServiceStarted\n")
    assert leaf_hash(entries[9]) == read(0, 9)
    assert {tile.path for tile in tiles(head.size)} <= {
        each.relative_to(out).as_posix() for each in out.rglob("*") if each.is_file()
    }
    with open_ledger(file) as ledger:
        ledger.append(recorded.started("s_two"))
        checkpoint(ledger, key)
    again = run(*given)
    assert "4 files written" in again.stdout  # the full ones are there


def test_a_log_without_a_checkpoint(tmp_path):
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.append(recorded.started("s"))
    given = ["export", "tiles", "--ledger", tmp_path / "l.sqlite", "--out", tmp_path / "o"]
    assert "no signed checkpoint" in str(run(*given).exception)
