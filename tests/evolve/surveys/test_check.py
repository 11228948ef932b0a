"""What keeps a survey from being opened."""

from __future__ import annotations

import pytest

from charter.evolve.surveys.check import check
from charter.evolve.surveys.read import read_survey
from charter.load import load
from charter.source import Severity, Source

from .test_read import GOOD


@pytest.fixture(scope="module")
def starter():
    return load("starter")


def found(text, spec=None):
    return [
        (each.rule, each.location.line, str(each.severity))
        for each in check(read_survey(Source("mail.yaml", text)), spec)
    ]


def test_a_good_survey_has_no_finding():
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("was", "now", "line"),
    [
        ("en: Mail", "en: COMPLETE", 4),
        ("de: Ja.", "de: 'TRANSLATE: Yes'", 5),
        ("contact: rules@example.org", "contact: 'COMPLETE: somebody'", 7),
        ("de: Jung", "de: TRANSLATE", 15),
        ("de: Eins.", "de: '(TRANSLATE) One.'", 18),
        ("de: Hilfe", "de: 'TRANSLATE: Help'", 22),
        ("de: Nein", "de: 'TRANSLATE: No'", 23),
    ],
)
def test_a_mark_keeps_it_from_being_opened(was, now, line):
    assert found(GOOD.replace(was, now, 1)) == [("unfinished", line, "error")]


def test_words_that_only_look_like_a_mark_are_none():
    assert found(GOOD.replace("en: Mail", "en: Translate or complete it")) == []
    assert found(GOOD.replace("en: Mail", "en: COMPLETED")) == []


def test_clauses_and_the_text_are_those_of_the_spec(starter):
    clause = next(iter(starter.clauses))
    named = GOOD.replace("a/b", f"{clause.id}, {clause.section}")
    assert found(named, starter) == []
    assert found(GOOD, starter) == [("unknown-clause", 18, "error")]
    good = f"spec: {{name: x, digest: '{starter.digest}'}}\n"
    other = good.replace(starter.digest[-4:], "0000")
    assert found(named + good, starter) == []
    assert found(named + other, starter) == [("other-spec", 26, "error")]
    assert found(named + other) == [], "without the spec nobody can tell"


def test_the_same_words_ask_nothing_new():
    assert found(GOOD.replace("Nicht eins.", "eins. ")) == [("same-words", 19, "error")]
    assert found(GOOD.replace("de: Nein", "de: Ja")) == [("same-words", 23, "error")]


def test_advice_keeps_nothing_from_being_opened():
    item = "  - {kind: statement, id: i%d, text: {en: 'A %d', de: 'B %d'}}\n"
    text = GOOD + "".join(item % (n, n, n) for n in range(60))
    text = text.replace("rules:", "rules:\n  smallest: 4", 1)
    advice = check(read_survey(Source("mail.yaml", text)))
    assert sorted(each.rule for each in advice) == ["long", "not-asked-twice", "small-cells"]
    assert Severity.ERROR not in {each.severity for each in advice}


def test_a_last_day_that_is_past_keeps_a_survey_from_being_opened():
    written = read_survey(Source("mail.yaml", f"{GOOD}closes: 2026-11-30\n"))
    assert check(written, at="2026-11-30T23:59:00.000Z") == check(written) == ()
    (late,) = check(written, at="2026-12-01T00:00:00.000Z")
    assert (late.rule, late.severity) == ("past", Severity.ERROR)
    assert late.location.line == GOOD.count("\n") + 1
