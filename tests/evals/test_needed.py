"""What a suite is short of."""

from dataclasses import replace

import pytest

from charter.errors import ConfigError
from charter.estimates.power import PAIRED_SD, detectable, needed
from charter.evals.needed import Assumptions, Question, fraction_of, needs
from charter.evals.target import targets_of

ASKED = Question(0.1)


def test_counts_against_needs(suite):
    found = needs(suite.spec, suite.scenarios, ASKED)
    assert found.independent == needed(0.1, PAIRED_SD) == 58
    assert found.whole.scenarios == len(suite.scenarios)
    assert found.whole.missing == 58 - len(suite.scenarios)
    assert found.whole.detects == pytest.approx(detectable(len(suite.scenarios), PAIRED_SD))
    assert sum(need.scenarios for need in found.sections) == len(suite.scenarios)
    assert sum(need.scenarios for need in found.authorities) == len(suite.scenarios)
    assert not found.clustered


def test_sections_without_scenarios_are_listed(suite):
    (first, *_) = suite.sections
    others = [s for s in suite.scenarios if s.section != first.id]
    found = needs(suite.spec, others, ASKED)
    empty = next(need for need in found.sections if need.id == first.id)
    assert (empty.scenarios, empty.missing, empty.detects) == (0, 58, None)


def test_drafts_and_training_scenarios_do_not_count(suite):
    one, two, *rest = suite.scenarios
    found = needs(
        suite.spec, [replace(one, draft=True), replace(two, use="train"), *rest], ASKED
    ).whole
    assert (found.scenarios, found.drafts) == (len(rest), 1)


def test_scenarios_of_one_source_tell_less(suite):
    together = [replace(s, source="one") for s in suite.scenarios]
    found = needs(suite.spec, together, ASKED, Assumptions(correlation=0.5))
    n = len(together)
    assert found.clustered
    assert found.whole.effect == pytest.approx(1 + (n - 1) * 0.5)
    assert found.whole.needed > 58 * 2
    alone = needs(suite.spec, suite.scenarios, ASKED).whole
    assert found.whole.detects > alone.detects


def test_targets_need_all_pass_counts(suite):
    targets = targets_of(suite.spec, {"default": 0.9})
    found = needs(suite.spec, suite.scenarios, ASKED, targets=targets)
    assert found.whole.to_confirm == 29
    assert found.clauses == len(found.sections)
    assert all(need.to_confirm > 29 or found.clauses == 1 for need in found.sections)
    assert found.whole.missing_to_confirm == 29 - len(suite.scenarios)
    absolute = needs(
        suite.spec, suite.scenarios, ASKED, targets=targets_of(suite.spec, {"default": 1.0})
    )
    assert absolute.whole.to_confirm is absolute.whole.missing_to_confirm is None


def test_repeats_change_the_deviation():
    given = Assumptions(sd=0.3, within=0.05, had=1)
    assert given.planned_sd == 0.3
    assert replace(given, repeat=5).planned_sd == pytest.approx((0.04 + 0.01) ** 0.5)


@pytest.mark.parametrize(
    ("text", "value"),
    [("3pt", 0.03), ("3 pt", 0.03), ("2pp", 0.02), ("2%", 0.02), ("0.02", 0.02), (".5 %", 0.005)],
)
def test_fractions_as_people_write_them(text, value):
    assert fraction_of("--detect", text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["", "3", "0", "0pt", "-1pt", "nan", "inf", "1e-3", "3x", "٣pt", "100%", "1", ".", "9" * 5000],
)
def test_what_is_no_fraction_is_refused_in_one_line(text):
    with pytest.raises(ConfigError) as caught:
        fraction_of("--detect", text)
    assert len(str(caught.value)) < 200
    assert "--detect 3pt" in str(caught.value)
