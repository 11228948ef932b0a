"""How judges are named on the command line."""

import pytest
from click.testing import CliRunner

from charter.cli.judge_options import open_judges, options_for
from charter.cli.main import cli
from charter.errors import ConfigError
from charter.evals.judging.rules import SpecRules
from charter.load import load_effective

from .conftest import SMALL


def test_options_are_for_all_judges_or_for_one():
    texts = ["temperature=0.5", "2.temperature=1", "12.seed=4", "omit=a=b", "base_url=http://x.y"]
    common = {"temperature": "0.5", "omit": "a=b", "base_url": "http://x.y"}
    assert options_for(texts, 1, of=12) == common
    assert options_for(texts, 2, of=12) == common | {"temperature": "1"}
    assert options_for(texts, 12, of=12) == common | {"seed": "4"}


def test_a_malformed_option_is_not_repeated():
    with pytest.raises(ConfigError) as caught:
        options_for(["sk-secret"], 1, of=1)
    assert "secret" not in str(caught.value)


def test_a_key_is_looked_for_only_where_somebody_is_asked(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    rules = SpecRules(load_effective(SMALL))
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        open_judges(["openai:m"], [], rules)
    (judge,) = open_judges(["openai:m"], [], rules, keyless=True)
    assert judge.identity.name == "m"


def test_one_judge_twice_is_a_mistake():
    rules = SpecRules(load_effective(SMALL))
    names = ["openai:m", "openai:m"]
    with pytest.raises(ConfigError, match="the same"):
        open_judges(names, [], rules, keyless=True)
    assert len(open_judges(names, ["2.seed=1"], rules, keyless=True)) == 2


def test_one_name_at_two_endpoints_is_two_judges():
    rules = SpecRules(load_effective(SMALL))
    places = ["base_url=https://a.example/v1", "2.base_url=https://b.example/v1"]
    assert len(open_judges(["openai:m", "openai:m"], places, rules, keyless=True)) == 2


def test_rules_are_named_as_documented():
    said = CliRunner().invoke(cli, ["grade", "--help"]).output
    assert "[median|majority]" in said
    done = CliRunner().invoke(cli, ["grade", "--rule", "majority"])
    assert "no judge is named" in str(done.exception)


def test_an_option_of_a_judge_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="for judge 3, and the last one is 2"):
        options_for(["3.temperature=1"], 1, of=2)
