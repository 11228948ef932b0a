"""`charter erase`, `charter hold` and `charter expire`."""

import pytest
from click.testing import CliRunner
from tests.ledger import recorded

from charter.cli.main import cli, exit_code
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.erasure import PayloadsExpired, SubjectErased

WHO = ["--by", "Ada", "--reason", "asked for it"]


@pytest.fixture
def folder(tmp_path):
    """A gateway's folder with one payload each of two users."""
    key = MasterKey.create(tmp_path / "master.key")
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        vault = Vault(ledger.store, key)
        for user in ("ann", "bob"):
            subject = vault.pseudonym("shop", user)
            payload = vault.seal(subject, {"text": "x"}, recorded.at(0), id=f"pl_{user}")
            ledger.append(recorded.decided(user, 1, subject=subject), payloads=[payload])
    return tmp_path


def run(folder, *arguments):
    given = [*arguments, "--ledger", str(folder)]
    return CliRunner().invoke(cli, given)


def held(folder):
    key = MasterKey.load(folder / "master.key")
    with open_ledger(folder, create=False) as ledger:
        vault = Vault(ledger.store, key)
        return {name for name in ("ann", "bob") if vault.open(f"pl_{name}") is not None}


def erase(folder, subject="shop/ann", *more):
    return run(folder, "erase", "--subject", subject, *WHO, "--basis", "Art. 17", *more)


def test_one_person_is_erased(folder):
    assert "1 payload would be erased" in erase(folder, "shop/ann", "--dry-run").stdout
    assert held(folder) == {"ann", "bob"}
    done = erase(folder)
    assert done.exit_code == 0, done.output
    assert "erased, 1 payload (erasure 1)" in done.stdout
    assert held(folder) == {"bob"}
    with open_ledger(folder, create=False) as ledger:
        (record,) = ledger.read(SubjectErased)
    assert (record.by, record.reason, record.basis) == ("Ada", "asked for it", "Art. 17")
    assert "ann" not in record.run
    again = erase(folder, record.run)
    assert again.stdout.endswith("0 payloads (erasure 2)\n")
    assert "nothing was kept" in again.stderr


def test_a_hold_stands_in_the_way_until_it_is_lifted(folder):
    placed = run(folder, "hold", "place", "--subject", "shop/ann", *WHO)
    assert "hold 1 placed" in placed.stdout
    refused = erase(folder)
    assert refused.exit_code == 1
    assert "legal hold 1 by Ada" in refused.stderr
    assert "1  " in run(folder, "hold", "list").stdout
    run(folder, "expire", "--before", "2026-11-02")
    assert held(folder) == {"ann"}
    lifted = run(folder, "hold", "lift", "--subject", "shop/ann", *WHO, "--number", "1")
    assert "hold 1 lifted" in lifted.stdout
    assert "no legal hold stands" in run(folder, "hold", "list").stderr
    assert erase(folder).exit_code == 0


def test_payloads_expire(folder):
    (folder / "gateway.toml").write_text("[keep]\ndays = 36000\n")
    kept = run(folder, "expire", "--settings", str(folder / "gateway.toml"))
    assert "0 payloads" in kept.stdout
    assert "2 payloads" in run(folder, "expire", "--older-than", "1s").stdout
    assert held(folder) == set()
    with open_ledger(folder, create=False) as ledger:
        assert [each.payloads for each in ledger.read(PayloadsExpired)] == [0, 2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["expire"], "how long"),
        (["expire", "--before", "soon"], "that is no time"),
        (["expire", "--older-than", "1y"], "that is no time"),
        (["expire", "--before", "9999-01-01"], "yet to come"),
        (["expire", "--before", "2020-01-01", "--older-than", "1d"], "two things"),
        (["erase", "--subject", "ann", *WHO, "--basis", "b"], "is no subject"),
        (["erase", "--subject", "sub_12", *WHO, "--basis", "b"], "is no subject"),
        (["erase", "--subject", "shop/ann", *WHO, "--basis", "b", "--ledger", ""], "no ledger"),
        (["erase", "--subject", "shop/ann", *WHO, "--basis", ""], "basis: 1 to 1000"),
        (["hold", "lift", "--subject", "shop/ann", *WHO], "no such legal hold"),
        (["erase", "--subject", "s/u", *WHO, "--basis", "b", "--master-key", "no"], "no cannot be"),
    ],
)
def test_wrong_usage_is_one_line(folder, capsys, arguments, says):
    place = [] if "--ledger" in arguments else ["--ledger", str(folder)]
    assert exit_code([*arguments, *place]) in (2, 3)
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert held(folder) == {"ann", "bob"}


def test_a_key_that_others_may_read_is_refused(folder, capsys):
    (folder / "master.key").chmod(0o644)
    assert exit_code(["hold", "list", "--ledger", str(folder)]) == 2
    assert "chmod 600" in capsys.readouterr().err


def test_a_database_needs_its_key_named(capsys):
    assert exit_code(["hold", "list", "--ledger", "postgresql://nowhere/db"]) == 2
    assert "--master-key" in capsys.readouterr().err
