"""The weekly samples: drawn as anybody can draw them again, and right about all answers."""

from collections import Counter, defaultdict
from datetime import datetime

import pytest

from charter.govern.sampling.draw import Frame
from charter.govern.sampling.estimate import Basis, JudgeErrors, figures
from charter.govern.sampling.sample import answers_of, read_sample, samples_of
from charter.ledger.open import open_ledger
from charter.records.decision import DecisionRecorded
from charter.records.review import ReviewRecorded

from .calibration import EACH, JUDGE_DIGEST
from .plan import OUTAGE_DAYS, SECTIONS, SENSITIVITY, SPECIFICITY

ERRORS = JudgeErrors(
    specificity=(round(EACH * SPECIFICITY), EACH), sensitivity=(round(EACH * SENSITIVITY), EACH)
)


@pytest.fixture(scope="module")
def samples(year):
    with open_ledger(year[0], create=False) as ledger:
        return [read_sample(ledger, each.run) for each in samples_of(ledger)]


@pytest.fixture(scope="module")
def reviews(year):
    found = defaultdict(list)
    with open_ledger(year[0], create=False) as ledger:
        for each in ledger.read(ReviewRecorded):
            found[each.run].append(each)
    return found


def days(year, sample):
    start = year[1].plan.start
    return [
        (datetime.fromisoformat(at) - start).days for at in (sample.drawn.since, sample.drawn.until)
    ]


def test_the_draw_can_be_made_again(year, samples):
    frames = {each.drawn.since: (Frame(each.drawn.seed), each) for each in samples}
    ends = sorted((each.drawn.since, each.drawn.until) for each in samples)
    with open_ledger(year[0], create=False) as ledger:
        week = 0
        for record in ledger.read(DecisionRecorded):
            if week < len(ends) and record.at >= ends[week][1]:
                week += 1
            if week < len(ends):
                frames[ends[week][0]][0].add(record)
    assert len(frames) == len(samples) == 52
    for frame, sample in frames.values():
        sizes = {each.name: each.drawn for each in sample.drawn.strata}
        drawn = {each.decision: each.place.stratum for each in frame.drawn(sizes)}
        assert drawn == {each.decision: each.stratum for each in sample.answers}


def test_estimates_hold_the_truth_as_often_as_they_say(year, samples, reviews):
    """312 intervals of 95 % for sections and 52 for all: 93 % at least, where 95 % are due."""
    truth, holds = year[1], Counter()
    for sample in samples:
        since, until = days(year, sample)
        answers = answers_of(sample, JUDGE_DIGEST, reviews)
        for figure in figures(sample.drawn.strata, answers, ERRORS):
            expected = truth.accord(since=since, until=until, section=figure.name)
            kind = "section" if figure.name else "all"
            holds[kind, figure.bounds.low <= expected <= figure.bounds.high] += 1
    assert holds["section", True] + holds["section", False] == 52 * len(SECTIONS)
    assert holds["section", True] >= 0.93 * 52 * len(SECTIONS)
    assert holds["all", True] >= 0.93 * 52


def test_a_judge_that_is_out_leaves_people(year, samples, reviews):
    """In the week of the outage nothing rests on the judge, and what is lost is said."""
    out = [each for each in samples if days(year, each)[1] in OUTAGE_DAYS]
    (sample,) = out
    assert {each.verdict for each in sample.judged} == {"failed"}
    for figure in figures(sample.drawn.strata, answers_of(sample, JUDGE_DIGEST, reviews), ERRORS):
        assert figure.basis is Basis.PEOPLE
        assert figure.lost > figure.judged
        assert figure.bounds.high - figure.bounds.low > 0.3
