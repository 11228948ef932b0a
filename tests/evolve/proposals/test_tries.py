"""Surveys that were to validate words, counted; and how often luck passes them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from charter.estimates.interval import normal_quantile, wilson
from charter.evolve.proposals.fold import proposals
from charter.evolve.proposals.tries import ERROR, confidence, percent, tries, try_lines
from charter.evolve.surveys.opening import close_survey, open_survey
from charter.evolve.surveys.survey import Promise, Statement, Survey
from charter.ledger.open import open_ledger

from .made import AT, made, spec, wording


def survey(name, validates="prop_1", text=None):
    text = text or wording().result
    promise = Promise({"en": "I agree."}, {"en": "To learn."}, "a@b.c", 30)
    items = (Statement("one", ("brief",), {"en": "Yes."}),)
    return Survey(
        name,
        {"en": "S"},
        ("en",),
        promise,
        items,
        spec=text,
        spec_name="house",
        validates=validates,
    )


def test_the_errors_of_all_surveys_sum_to_what_is_allowed():
    spent = [(1 - confidence(number)) / 2 for number in range(1, 2001)]
    assert spent[0] == pytest.approx(0.025), "the first is read by 95 % intervals"
    assert sum(spent) < ERROR
    assert sum(spent) == pytest.approx(ERROR, rel=1e-3)
    assert [percent(confidence(each)) for each in (1, 2, 3)] == ["95 %", "98.33 %", "99.17 %"]
    with pytest.raises(ValueError, match="from 1"):
        confidence(0)


def test_asking_until_it_passes_passes_no_more_often_than_allowed():
    """Half agree: 4,000 proposals, each asked up to 8 times of 400 people, stopped once it passes.

    Held against 95 % intervals each time, 2.5 % of surveys and 18 % of proposals would pass.
    """
    agreed = np.random.default_rng(9).binomial(400, 0.5, size=(4000, 8))
    low = {
        (n, number): wilson(n, 400, z=normal_quantile(confidence(number))).low
        for n in np.unique(agreed).tolist()
        for number in range(1, 9)
    }
    passed = [[low[n, at] > 0.5 for at, n in enumerate(row, 1)] for row in agreed.tolist()]
    always = [[low[n, 1] > 0.5 for n in row] for row in agreed.tolist()]
    assert np.mean([any(row) for row in always]) > 0.12, "what is guarded against"
    share = np.mean([any(row) for row in passed])
    assert share < ERROR + 3 * (ERROR * (1 - ERROR) / 4000) ** 0.5


def test_every_survey_counts_once_in_the_order_of_the_ledger(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.append(made(), wording(), wording(2, new="briefly."))
        open_survey(ledger, survey("other", validates=""), by="ada", at=AT)
        open_survey(ledger, survey("zoo"), by="ada", at=AT)
        close_survey(ledger, "zoo", by="ada", reason="over", at=AT)
        open_survey(ledger, survey("zoo"), by="ada", at=AT)
        now = wording(2, new="briefly.").result
        open_survey(ledger, survey("ape", validates="prop_9", text=now), by="ada", at=AT)
        open_survey(ledger, survey("elk", validates="prop_9", text=spec().digest), by="a", at=AT)
        found = tries(ledger, proposals(ledger).get("prop_1"))
    assert [(each.survey, each.number, each.current) for each in found] == [
        ("zoo", 1, False),
        ("ape", 2, True),
    ], "those of another proposal only where it has the same words"
    assert try_lines(found)[0].startswith("survey zoo, number 1 of 2, opened at")
    assert "about other words" in try_lines(found)[0]


def test_a_survey_whose_text_is_damaged_breaks_nothing(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.append(made(), wording())
        opened = open_survey(ledger, survey("one"), by="ada", at=AT).record
        ledger.append(replace(opened, run="two", text="["), replace(opened, run="six", text="[]"))
        assert [e.survey for e in tries(ledger, proposals(ledger).get("prop_1"))] == ["one"]
