"""Where a ledger is: what is named and holds nothing is never another one."""

import pytest

from charter.errors import ConfigError
from charter.gateway.place import USUAL, place_of
from charter.gateway.settings import LedgerSettings

NAMED = LedgerSettings(location="kept", location_env="LEDGER_OF_THIS_TEST")


def test_what_is_said_last_counts_first(monkeypatch):
    monkeypatch.setenv("LEDGER_OF_THIS_TEST", "postgresql://host/one")
    assert place_of(NAMED, "here") == "here"
    assert place_of(NAMED, None) == "postgresql://host/one"
    assert place_of(LedgerSettings(location="kept"), None) == "kept"
    assert place_of(LedgerSettings(), None) == USUAL


@pytest.mark.parametrize("given", ["", "  "])
def test_an_option_that_holds_nothing_is_refused(given):
    with pytest.raises(ConfigError, match="names no ledger"):
        place_of(NAMED, given)


@pytest.mark.parametrize("value", [None, "", " "])
def test_a_variable_that_holds_nothing_is_refused(monkeypatch, value):
    monkeypatch.delenv("LEDGER_OF_THIS_TEST", raising=False)
    if value is not None:
        monkeypatch.setenv("LEDGER_OF_THIS_TEST", value)
    with pytest.raises(ConfigError, match="LEDGER_OF_THIS_TEST names no ledger"):
        place_of(NAMED, None)
