"""Two runs are paired on what is the same in both."""

from dataclasses import replace

import pytest

from charter.estimates.stratified import corrected
from charter.evals.report.compare import compare

from .conftest import Answer


@pytest.fixture
def sides(result_from):
    def make(first, second, **given):
        return compare(result_from(first, run="one"), result_from(second, run="two", **given))

    return make


def test_only_scenarios_both_decided_are_paired(sides):
    first = [Answer("a"), Answer("b", ("cut_off",)), Answer("c")]
    second = [Answer("a", ("violated",)), Answer("b"), Answer("d")]
    found = sides(first, second)
    assert found.whole.paired.scenarios == 1
    assert (found.whole.first.figures.raw.n, found.whole.second.figures.raw.n) == (2, 3)
    assert (found.common, found.only_first, found.only_second) == (2, 1, 1)


def test_changes_name_their_direction(sides):
    first = [Answer("a"), Answer("b", ("violated",)), Answer("c")]
    second = [Answer("a", ("violated",)), Answer("b"), Answer("c")]
    changes = sides(first, second).changes
    assert [(c.first.scenario.scenario, c.worse) for c in changes] == [("a", True), ("b", False)]


def test_a_scenario_with_another_prompt_is_another_scenario(sides):
    found = sides([Answer("a"), Answer("b")], [Answer("a", prompt="Else?"), Answer("b")])
    assert (found.altered, found.common) == (1, 1)
    assert found.whole.paired.scenarios == 1


def test_a_scenario_with_other_checks_is_another_scenario(sides):
    found = sides([Answer("a")], [Answer("a")], checks={"contains": '{"any":["y"]}'})
    assert found.altered == 1


def test_rows_keep_sections_that_only_one_run_has(sides):
    found = sides([Answer("a")], [Answer("a"), Answer("b", section="new", title="New")])
    assert [row.id for row in found.sections] == ["honesty", "new"]
    assert found.sections[1].first is None
    assert not found.sections[1].enough


def test_repeats_are_compared_by_their_means(sides):
    found = sides([Answer("a")], [Answer("a", ("adhered", "violated"))], repeat=2)
    assert found.whole.paired.difference == -0.5
    assert found.changes[0].worse
    assert any("repeat differs: 1 and 2" in caution for caution in found.cautions)


def test_other_differences_are_cautioned(sides):
    found = sides([Answer("a")], [Answer("a")], spec_digest="sha256:other", seed=7, finished=False)
    text = " ".join(found.cautions)
    for words in ("different texts", "seed differs: 0 and 7", "second run is unfinished"):
        assert words in text


def test_equal_runs_have_no_cautions_and_no_changes(sides):
    found = sides([Answer("a")], [Answer("a")])
    assert (found.cautions, found.changes, found.whole.paired.p) == ((), (), 1.0)


def test_errors_that_are_calibrated_in_one_run_only_are_said_to_be(result_from):
    answers = [Answer(f"a{i}", outcome="comply") for i in range(6)]
    first, second = result_from(answers), result_from(answers, run="run-2")
    known = corrected(first.whole.over.raw, raw=0.5, labelled=40)
    over = replace(first.whole.over, corrected=known)
    first = replace(first, whole=replace(first.whole, over=over))
    said = " ".join(compare(first, second).cautions)
    assert "Over- and under-refusal are calibrated in the first run only" in said
    assert "are calibrated" not in " ".join(compare(second, second).cautions)
