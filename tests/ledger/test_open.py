"""A ledger by its place."""

import sys

import pytest

from charter.errors import ConfigError, LedgerUnavailable
from charter.ledger.open import FILE, open_ledger


@pytest.mark.parametrize("name", ["new", "made", "file.sqlite", "file.db"])
def test_files_and_folders(tmp_path, name):
    place = tmp_path / name
    if name == "made":
        place.mkdir()
    with open_ledger(str(place)) as ledger:
        assert ledger.where == str(place if "." in name else place / FILE)
    with open_ledger(place, create=False) as ledger:
        assert ledger.size() == 0


def test_reading_makes_nothing(tmp_path):
    with pytest.raises(LedgerUnavailable, match="no such ledger"):
        open_ledger(tmp_path / "none", create=False)
    assert not list(tmp_path.iterdir())


def test_without_its_driver_a_database_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "charter.ledger.stores.postgres", None)
    with pytest.raises(LedgerUnavailable, match="charter\\[postgres]"):
        open_ledger("postgresql://h/d")


@pytest.mark.parametrize("place", ["mysql://host/x", "file:///x", "sqlite://x.db"])
def test_an_address_of_another_kind_makes_no_folder(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="cannot be kept at"):
        open_ledger(place)
    assert not list(tmp_path.iterdir())
