"""How indicators are found, and what each promises."""

from types import SimpleNamespace

import pytest

from charter.errors import PluginError
from charter.govern.objectives import indicator
from charter.govern.objectives.indicator import Counted, Waited, indicators
from charter.govern.objectives.objective import Scope


def test_the_indicators_are_those_of_the_folder():
    assert list(indicators()) == [
        "accord",
        "approval-wait",
        "blocked-overturned",
        "checks-errored",
        "checks-skipped",
        "failures",
        "over-refusals",
        "queue-load",
        "queue-wait",
    ]


def test_each_says_what_is_good_and_by_what_it_is_told():
    known = indicators()
    for name, each in known.items():
        assert each.says, name
        assert each.scopes <= set(Scope.__dataclass_fields__), name
        assert not isinstance(each, Counted) or each.reads, name
        assert not isinstance(each, Waited) or each.reads or each.load in known, name


def test_a_plug_in_without_an_indicator_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(indicator, "discover", lambda *_: {"mine": SimpleNamespace(INDICATOR=3)})
    with pytest.raises(PluginError, match="'mine' has no INDICATOR"):
        indicators()
