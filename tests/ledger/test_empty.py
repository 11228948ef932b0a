"""A ledger that nobody has written yet."""

import pytest

from charter.cli.known_ledger import known_ledger
from charter.errors import LedgerUnavailable
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.run import RunFinished


def test_looking_creates_nothing(tmp_path):
    file = tmp_path / "runs" / "ledger.sqlite"
    with known_ledger(file) as ledger:
        assert ledger.where == str(file)
        assert not list(ledger.read(RunFinished))
        with pytest.raises(LedgerUnavailable):
            ledger.append(RunFinished("r", "2026-11-21T08:00:00Z"))
    assert not file.parent.exists()


def test_what_is_there_is_read(tmp_path):
    file = tmp_path / "ledger.sqlite"
    end = RunFinished("r", "2026-11-21T08:00:00Z")
    with Ledger(open_store(str(file))) as ledger:
        ledger.append(end)
    with known_ledger(file) as ledger:
        assert list(ledger.read(RunFinished)) == [end]
