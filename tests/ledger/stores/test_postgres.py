"""PostgreSQL: replicas at once, one of them killed, the server gone and back."""

import signal
import subprocess
import sys

import pytest
from tests.ledger.decisions import decision

from charter.errors import LedgerUnavailable
from charter.ledger.body import entry_of
from charter.ledger.open import open_ledger
from charter.ledger.stores.postgres import PostgresStore
from charter.records.decision import DecisionRecorded

REPLICA = """
import sys
from tests.ledger.decisions import decision
from charter.ledger.open import open_ledger
place, run, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open_ledger(place) as ledger:
    for first in range(1, count, 3):
        ledger.append(*(decision(at, run) for at in range(first, first + 3)))
        print(first + 2, flush=True)
"""


def replica(root, url, run, count):
    return subprocess.Popen(
        [sys.executable, "-c", REPLICA, url, run, str(count)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_replicas_at_once_and_one_is_killed(root, postgres_url):
    """The ledger is made by both at once; what each was told is durable is there, once."""
    with (
        replica(root, postgres_url, "s_300", 300) as patient,
        replica(root, postgres_url, "s_100000", 100_000) as killed,
    ):
        told = 0
        for line in killed.stdout:
            told = int(line)
            if told >= 90:
                killed.send_signal(signal.SIGKILL)
                break
        told = max([told, *(int(line) for line in killed.stdout)])
        assert patient.communicate()[0].split()[-1] == "300"
    with open_ledger(postgres_url, create=False) as ledger:
        numbers = {
            run: [r.sequence for r in ledger.read(DecisionRecorded, run=run)]
            for run in ("s_300", "s_100000")
        }
        assert numbers["s_300"] == list(range(1, 301))
        kept = len(numbers["s_100000"])
        assert told <= kept <= told + 3
        assert numbers["s_100000"] == list(range(1, kept + 1))
        assert ledger.check().size == 300 + kept


def test_a_server_that_goes_and_comes_back(postgres_server, postgres_url):
    with open_ledger(postgres_url) as ledger:
        ledger.append(decision(1))
        postgres_server.stop()
        try:
            for _ in range(2):
                with pytest.raises(LedgerUnavailable, match=r"^ledger postgresql:///t.*\(check"):
                    ledger.append(decision(2))
            with pytest.raises(LedgerUnavailable):
                ledger.size()
            with pytest.raises(LedgerUnavailable):
                ledger.store.probe()
        finally:
            postgres_server.start()
        ledger.append(decision(2))
        assert ledger.check().size == 2


def test_a_lock_that_is_held_is_waited_for(postgres_url):
    with open_ledger(postgres_url) as one, open_ledger(postgres_url, wait_s=0.2) as two:
        with (
            one.store._changing(),
            pytest.raises(LedgerUnavailable, match="lock timeout"),
        ):
            two.append(decision(1))
        two.append(decision(1))


def test_addresses(postgres_url):
    for bad, words in (
        ("postgresql://:notaport", "not a URL"),
        ("postgresql://u:secret@127.0.0.1:1/db", r"postgresql://127.0.0.1/db: .*(check that"),
    ):
        with pytest.raises(LedgerUnavailable) as caught:
            open_ledger(bad)
        assert "secret" not in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1, words
    with pytest.raises(LedgerUnavailable, match="no such ledger"):
        open_ledger(postgres_url, create=False)
    open_ledger(postgres_url.replace("postgresql:", "postgres:")).close()
    with open_ledger(postgres_url, create=False) as ledger:
        assert ledger.where.startswith("postgresql:///t")


def test_another_version_is_refused(postgres_url):
    store = PostgresStore(postgres_url)
    with store._changing() as session:
        session.run("UPDATE head SET version = 9")
    store.close()
    with pytest.raises(LedgerUnavailable, match="has schema 9, this Charter reads 2"):
        PostgresStore(postgres_url)


def test_a_character_that_it_does_not_take(postgres_url):
    with open_ledger(postgres_url) as ledger:
        ledger.append(decision(1, tool="\x00"))  # escaped in JSON
        assert next(ledger.read(DecisionRecorded)).tool == "\x00"
        with pytest.raises(Exception, match="NUL"):
            ledger.store.append([entry_of(decision(2, run="\x00"))])
        ledger.append(decision(2))
