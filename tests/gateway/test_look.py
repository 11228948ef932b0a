"""What becomes of checks: asked, skipped, not applicable, errored."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from charter.errors import ConfigError, PluginError, WrongWeights
from charter.gateway.check import CLEAR, NOT_APPLICABLE, Configured, Outcome, Target, checks
from charter.gateway.configure import configure, level_of
from charter.gateway.look import MOST_TEXT, look_all
from charter.gateway.settings import CheckEntry
from charter.gateway.settings_file import load_settings
from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.policy.decision import Effect

TARGET = Target("output", "text", "héllo")


@dataclass(frozen=True)
class Says:
    """A check that says what it is told to, or raises it."""

    what: object
    patterns: dict = field(default_factory=dict)

    def look(self, target):
        if isinstance(self.what, type) and issubclass(self.what, BaseException):
            raise self.what(f"about {target.text}")
        return self.what


def configured(what, **changes):
    given = {
        "id": "mine",
        "check": "says",
        "section": "s",
        "effect": Effect.REDACT,
        "stages": frozenset({"output"}),
        "channels": frozenset({"text"}),
        "closed": True,
        "ready": Says(what),
    }
    return Configured(**(given | changes))


def ran(what, target=TARGET, **changes):
    ticks = itertools.count(0, 3_000)
    found = look_all([configured(what, **changes)], target, lambda: next(ticks))
    return found[0][1] if found else None


def test_a_hit_asks_for_the_configured_effect():
    found = ran(Outcome(hit=True, reason="found it"))
    assert (found.id, found.status, found.effect) == ("mine", "ran", "redact")
    assert (found.channel, found.covered, found.micros) == ("text", 6, 3)
    assert found.reason == "found it"


def test_a_clear_text_is_allowed():
    assert (ran(CLEAR).status, ran(CLEAR).effect) == ("ran", "allow")


def test_what_does_not_apply_did_not_run():
    found = ran(NOT_APPLICABLE)
    assert (found.status, found.effect, found.covered) == ("not_applicable", "allow", 0)


@pytest.mark.parametrize(
    "error", [RuntimeError, ValueError, WrongWeights, RecursionError, MemoryError, AssertionError]
)
@pytest.mark.parametrize(("closed", "effect"), [(True, "deny"), (False, "flag")])
def test_an_error_never_passes(error, closed, effect):
    found = ran(error, closed=closed)
    assert (found.status, found.effect, found.covered) == ("errored", effect, 0)
    assert found.reason == f"could not look: {error.__name__}"
    assert "héllo" not in found.reason


@pytest.mark.parametrize("what", [None, True, "hit", (False,)])
def test_what_is_no_outcome_is_an_error(what):
    assert ran(what).status == "errored"
    assert ran(what).effect == "deny"


def test_a_text_beyond_the_limit_is_an_error():
    assert ran(CLEAR, Target("output", "text", "x" * (MOST_TEXT + 1))).status == "errored"


def test_one_that_errs_does_not_keep_others_from_looking():
    both = [configured(RuntimeError, id="a"), configured(Outcome(hit=True), id="b")]
    found = look_all(both, TARGET, lambda: 0)
    assert [each[1].status for each in found] == ["errored", "ran"]


@pytest.mark.parametrize(
    "target", [Target("request", "text", "x"), Target("output", "refusal", "")]
)
def test_checks_for_other_places_are_left_out(target):
    assert ran(CLEAR, target) is None


def test_checks_of_other_applications_are_skipped():
    check = configured(RuntimeError, applications=frozenset({"shop"}))
    assert look_all([check], TARGET, lambda: 0, "bank")[0][1].status == "skipped"
    assert look_all([check], TARGET, lambda: 0, "shop")[0][1].status == "errored"
    assert look_all([check], TARGET, lambda: 0)[0][1].status == "errored"


def test_half_a_surrogate_pair_is_counted():
    assert ran(CLEAR, Target("output", "text", "\ud800")).covered == 3


@pytest.fixture(scope="module")
def policy():
    return compile_policy(load("starter"))


def entry(section, **changes):
    given = {
        "id": "mine",
        "check": "length",
        "section": section,
        "effect": None,
        "stages": None,
        "channels": None,
        "closed": None,
        "applications": frozenset(),
        "settings": {"most_words": 3},
    }
    return CheckEntry(**(given | changes))


def section_at(policy, *levels):
    return next(rule.id for rule in policy.rules if rule.authority in levels)


class Built:
    """A check of another package: its module, and what it builds."""

    STAGES, CHANNELS, EFFECT = frozenset({"output"}), frozenset({"text"}), "deny"

    def __init__(self, patterns=None, fails=False):
        self.patterns = patterns
        self.fails = fails

    def build(self, _settings):
        if self.fails:
            raise KeyError("a defect of the plug-in")
        return self


@pytest.mark.parametrize("built", [Built(()), Built({}), Built(fails=True)])
def test_what_a_plug_in_builds_is_looked_at(policy, built):
    with pytest.raises(PluginError, match=r"checks\.mine: check 'odd'"):
        configure(entry(policy.rules[0].id, check="odd"), policy, {"odd": built})


@pytest.mark.parametrize("closed", [None, True, False])
def test_root_and_system_always_fail_closed(policy, closed):
    section = section_at(policy, "root", "system")
    assert configure(entry(section, closed=closed), policy, checks()).closed


@pytest.mark.parametrize(("said", "closed"), [(None, True), (True, True), (False, False)])
def test_other_levels_fail_as_configured(policy, said, closed):
    section = section_at(policy, "developer", "user", "guideline")
    assert configure(entry(section, closed=said), policy, checks()).closed is closed


def test_a_clause_has_the_level_of_its_section(policy):
    rule = next(rule for rule in policy.rules if rule.clauses)
    assert level_of(policy, rule.clauses[0].id) == rule.authority
    assert level_of(policy, "no-such-clause") is None


def test_what_is_not_said_is_the_check_s_own(policy):
    made = configure(entry(policy.rules[0].id), policy, checks())
    length = checks()["length"]
    assert made.effect == Effect(length.EFFECT)
    assert (made.stages, made.channels) == (length.STAGES, length.CHANNELS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"check": "lenght"}, "checks.mine: no check named 'lenght'"),
        ({"section": "nowhere"}, "checks.mine: the spec has no section or clause 'nowhere'"),
        ({"settings": {}}, "checks.mine: no bound is given"),
        ({"stages": frozenset({"offer"})}, "checks.mine.stages: 'offer' is not for length"),
        ({"channels": frozenset()}, "checks.mine.channels: is empty"),
    ],
)
def test_what_cannot_be_built_is_one_line(policy, changes, said):
    with pytest.raises(ConfigError) as caught:
        configure(entry(**({"section": policy.rules[0].id} | changes)), policy, checks())
    assert str(caught.value).startswith(said)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_the_example_of_the_documentation_can_be_built(policy, tmp_path):
    page = Path(__file__).resolve().parents[2] / "docs" / "checks.md"
    example = page.read_text(encoding="utf-8").split("```toml")[1].split("```")[0]
    file = tmp_path / "gateway.toml"
    file.write_text(example.partition("\n")[2], encoding="utf-8")
    made = [configure(each, policy, checks()) for each in load_settings(file).checks]
    assert {each.id: each.closed for each in made}["project"] is False
    assert {each.check for each in made} <= set(checks())
