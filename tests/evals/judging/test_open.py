"""Judges by name: built in and from other packages."""

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from charter import registry
from charter.errors import ConfigError, PluginError
from charter.evals.judging.open import FOLDER, GROUP, open_judge
from charter.registry import discover, names

from .conftest import said


class Fixed:
    """A judge of another package."""

    def open(self, name, options, rules):
        return (name, dict(options), rules)


def test_built_in_judges():
    assert names(FOLDER, "charter.none") == ["embedded", "openai", "scripted"]
    for plugin in discover(FOLDER, "charter.none").values():
        assert plugin.__doc__
        assert callable(plugin.open)


def test_an_unknown_judge_is_named_with_those_there_are(rules):
    with pytest.raises(ConfigError, match="no judge named 'oracle'") as caught:
        open_judge("oracle:x", {}, rules)
    assert "embedded, openai, scripted" in caught.value.hint


def test_an_unknown_option_is_named_and_its_value_is_not(rules, scripted):
    with pytest.raises(ConfigError, match="temprature") as caught:
        scripted(said(), options={"temprature": "secret"})
    assert "secret" not in str(caught.value)
    with pytest.raises(ConfigError, match="max_tokens"):
        scripted(said(), options={"max_tokens": "2"})


def test_judges_of_other_packages_come_by_entry_point(monkeypatch, rules):
    entry = EntryPoint("fixed", f"{__name__}:Fixed", GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: EntryPoints([entry]))
    monkeypatch.setattr(EntryPoint, "load", lambda _self: Fixed())
    assert open_judge("fixed:a:b", {"x": "y"}, rules) == ("a:b", {"x": "y"}, rules)


def test_a_judge_that_does_not_load_is_an_error(monkeypatch, rules):
    entry = EntryPoint("broken", "no_such_module:x", GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: EntryPoints([entry]))
    with pytest.raises(PluginError, match="broken"):
        open_judge("broken", {}, rules)
