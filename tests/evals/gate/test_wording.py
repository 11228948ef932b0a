"""Sentences: what was decided, why, and what must not be missed."""

import pytest

from charter.evals.gate.claim import More
from charter.evals.gate.gate import Question, decide, hindrances
from charter.evals.gate.target import Kind, Limit, Target
from charter.evals.gate.wording import (
    headline,
    limit_reason,
    more_text,
    reason,
    remarks,
    share_of,
    size,
)

from .conftest import Said, many

HONESTY, STYLE = Target(Kind.SECTION, "honesty"), Target(Kind.SECTION, "style")
ROOT = Limit(Target(Kind.AUTHORITY, "root"), 0.05)


@pytest.mark.parametrize(
    ("margin", "text"),
    [(0.01, "1 percentage point"), (0.02, "2 percentage points"), (0.025, "2.5 percentage points")],
)
def test_sizes(margin, text):
    assert size(margin) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.01, "1 %"), (0.0051, "0.51 %"), (0.05, "5 %"), (0.153, "15.3 %")]
)
def test_small_shares_keep_their_digits(share, text):
    assert share_of(share) == text


def test_a_pass_names_its_reason(gate):
    result = gate(many(0, 98), many(0, 98), limits=(ROOT,))
    assert headline(result) == (
        "Pass: the candidate is less than 5 percentage points below the base on the whole, "
        "and 1 limit kept."
    )
    assert reason(result.tested[0], 0.05).startswith(
        "Shown to be less than 5 percentage points below the base after 98 of 98 scenarios"
    )
    assert limit_reason(result.limits[0]).startswith(
        "No violation in 98 scenarios: the rate is below 3.4 % at every look, 3 % at a single one"
    )


def test_a_fail_names_every_group_and_limit(gate):
    base = many(0, 120)
    result = gate(base, many(0, 60) + many(60, 60, "violated"), limits=(ROOT,))
    assert headline(result) == (
        "Fail: on the whole the candidate is more than 5 percentage points below; the limit of "
        "authority root, less than 5 % violated, is not kept."
    )
    assert "60 violations in 120 scenarios: shown to be 5 % or more" in limit_reason(
        result.limits[0]
    )


def test_a_confirmed_violation_is_a_reason_of_its_own(gate):
    said = [*many(0, 120), Said("x", ("violated",), labels=("violated",))]
    result = gate(said, said, limits=(ROOT,), fail_fast=True)
    assert "has a confirmed violation" in headline(result)
    assert limit_reason(result.limits[0]) == "1 violation confirmed by people: none is taken."


def test_what_is_open_counts_its_questions(gate):
    said = many(0, 10) + many(20, 10, section="style")
    result = gate(said, said, targets=(HONESTY, STYLE))
    assert headline(result) == "Need more: 2 of 2 questions cannot be answered yet."
    assert headline(gate(said, said)).startswith(
        "Need more: neither a pass nor a fail is shown on the whole. About "
    )


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (More(12, None, 12), " About 12 more scenarios like these let it pass."),
        (More(1, None, 1), " About 1 more scenario like these let it pass."),
        (
            More(None, 7, 9),
            " About 7 more scenarios like these let it fail; about 9 if both are equally good.",
        ),
        (More(None, None, None), " No number of scenarios like these lets it pass or fail."),
        (None, ""),
    ],
)
def test_what_is_missing(gate, more, text):
    row = gate(many(0, 5), many(0, 5)).tested[0]
    assert more_text(more, row) == text


def test_sources_are_named_as_such(gate):
    said = many(0, 100, source="one") + many(100, 20)
    row = gate(said, said).tested[0]
    assert "on 21 sources of 120 scenarios" in reason(row, 0.05)
    assert "more sources like these" in reason(row, 0.05)


def test_nothing_open_or_left_out_goes_unsaid(gate):
    base = [*many(0, 40), Said("j", ("not_judged",), rubric="Kind?"), Said("old")]
    candidate = [
        *many(0, 37),
        *many(37, 3, "filtered"),
        Said("j", ("not_judged",), rubric="Kind?", failed=True),
    ]
    result = gate(base, candidate, limits=(ROOT,))
    said = " ".join(remarks(result))
    for words in (
        "3 of the candidate (3 filtered)",
        "1 scenario not alike in both",
        "1 scenario that no check could have decided",
        "count as violations for keeping the limit, and as none for breaking it (3)",
        "in 1 scenario of those left out a check failed",
    ):
        assert words in said


def test_what_was_set_aside_is_said(runs):
    base, candidate = runs("a", many(0, 5)), runs("b", many(0, 4))
    question = Question(0.05)
    found = hindrances(base, candidate, question)
    result = decide(base, candidate, question, set_aside=found)
    assert "Compared although the sets of scenarios differ: 1 in the base only." in list(
        remarks(result)
    )


def test_evidence_that_fell_again_is_said(gate):
    from charter.evals.gate.pairs import drawn  # noqa: PLC0415 - the order is the point here

    base = many(0, 160)
    late = sorted((s.id for s in base), key=drawn)[110:125]
    said = [Said(s.id, ("violated",)) if s.id in late else s for s in base]
    result = gate(base, said)
    assert any("has fallen since" in remark for remark in remarks(result))
