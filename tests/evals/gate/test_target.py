"""Margins, limits and groups as people write them; one clear line for everything else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.evals.gate.target import WHOLE, Kind, Limit, Target, limit_of, margin_of, targets

from .conftest import Said, planned

SCENARIOS = [
    planned("r", Said("a", section="honesty", authority="root")),
    planned("r", Said("b", section="style", authority="guideline")),
    planned("r", Said("c", section="odd", authority=None)),
    planned("r", Said("d", section="user", authority="user")),
]


@pytest.mark.parametrize(
    ("text", "value"),
    [("2pt", 0.02), ("2 pt", 0.02), (" 2.5pp ", 0.025), ("0.02", 0.02), (".5pt", 0.005),
     ("50pt", 0.5)],
)  # fmt: skip
def test_margins_are_points_or_fractions(text, value):
    assert margin_of(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "0", "0pt", "-1pt", "2", "51pt", "2%", "nan", "inf", ".", "pt", "1e-2", "2pt2",
             "9" * 400 + "pt", "\u0662pt"],
)  # fmt: skip
def test_other_margins_are_refused(text):
    with pytest.raises(ConfigError, match="is no margin") as failure:
        margin_of(text)
    assert "2pt" in failure.value.hint


@given(st.text(max_size=40))
def test_any_text_is_a_margin_or_one_error(text):
    with suppress(ConfigError):
        assert 0 < margin_of(text) <= 0.5


@pytest.mark.parametrize(
    ("text", "target", "share"),
    [
        ("root=0.01", Target(Kind.AUTHORITY, "root"), 0.01),
        ("root<1%", Target(Kind.AUTHORITY, "root"), 0.01),
        ("honesty < 2.5 %", Target(Kind.SECTION, "honesty"), 0.025),
        ("none<5%", Target(Kind.AUTHORITY, "none"), 0.05),
        ("whole=0.2", WHOLE, 0.2),
        ("section:user<1%", Target(Kind.SECTION, "user"), 0.01),
        ("authority:user<1%", Target(Kind.AUTHORITY, "user"), 0.01),
    ],
)
def test_limits_name_a_group_and_a_share(text, target, share):
    found = limit_of(text, SCENARIOS)
    assert found == Limit(target, pytest.approx(share))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("root", "is not NAME=SHARE"),
        ("root=", "is not NAME=SHARE"),
        ("root=much", "is not NAME=SHARE"),
        ("root=0", "between 0 and 1"),
        ("root=1", "between 0 and 1"),
        ("root<100%", "between 0 and 1"),
        ("roots=0.1", "authority or section 'roots'"),
        ("user=0.1", "an authority and a section"),
    ],
)
def test_other_limits_are_refused(text, words):
    with pytest.raises(ConfigError, match=words) as failure:
        limit_of(text, SCENARIOS)
    assert failure.value.hint


def test_groups_are_those_named_each_once():
    assert targets(SCENARIOS, sections=[], authorities=[]) == (WHOLE,)
    found = targets(SCENARIOS, sections=["style", "style", "s*"], authorities=["root"])
    assert found == (Target(Kind.SECTION, "style"), Target(Kind.AUTHORITY, "root"))
    assert len(targets(SCENARIOS, sections=["*"], authorities=[])) == 4


@pytest.mark.parametrize("given_", [{"sections": ["none"]}, {"authorities": ["king"]}])
def test_groups_that_are_none_are_refused(given_):
    with pytest.raises(ConfigError, match="no scenario of these runs belongs to") as failure:
        targets(SCENARIOS, **({"sections": [], "authorities": []} | given_))
    assert "there are: " in failure.value.hint


def test_a_target_holds_its_scenarios():
    held = [s.scenario for s in SCENARIOS if Target(Kind.AUTHORITY, "none").holds(s)]
    assert held == ["c"]
    assert all(map(WHOLE.holds, SCENARIOS))
    assert (str(WHOLE), str(Target(Kind.SECTION, "style"))) == ("whole", "section style")
