"""The records of a ledger in a file of their own."""

import pytest
from tests.ledger.decisions import decision

from charter.errors import LedgerTampered, StorageError
from charter.ledger.extract import copy_records, head_at
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.store import Head


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request, tmp_path):
    place = tmp_path if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_ledger(str(place)) as opened:
        opened.append(*(decision(at) for at in range(1, 301)))
        yield opened


def test_a_copy_has_the_tree_and_its_checkpoints(ledger, tmp_path):
    checkpoint(ledger, LogKey.create(tmp_path / "log.key", "example.com/log"))
    file = tmp_path / "copy.sqlite"
    assert copy_records(ledger, file) == ledger.head()
    with open_ledger(file, create=False) as copy:
        assert copy.check() == ledger.head()
        assert copy.store.checkpoint() == ledger.store.checkpoint()
        assert list(copy.store.read()) == list(ledger.store.read())


def test_a_copy_of_an_earlier_head(ledger, tmp_path):
    earlier = head_at(ledger, 257)
    file = tmp_path / "copy.sqlite"
    assert copy_records(ledger, file, head=earlier) == earlier
    with open_ledger(file, create=False) as copy:
        assert copy.size() == 257


def test_records_that_do_not_make_the_tree_are_not_handed_out(ledger, tmp_path):
    with pytest.raises(LedgerTampered):
        copy_records(ledger, tmp_path / "copy.sqlite", head=Head(300, b"x" * 32))


def test_no_file_is_replaced(ledger, tmp_path):
    file = tmp_path / "copy.sqlite"
    file.write_text("mine")
    with pytest.raises(StorageError):
        copy_records(ledger, file)
    assert file.read_text() == "mine"
