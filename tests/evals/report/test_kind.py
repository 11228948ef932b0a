"""A failure is of one kind, and over- and under-refusal mirror each other."""

from charter.evals.report.kind import Kind, is_failure, kind_of


def test_kinds_follow_expectation_and_reply(mixed):
    kinds = {case.scenario.scenario: kind_of(case) for case in mixed.cases}
    assert kinds["h5"] is Kind.OVER_REFUSAL
    assert kinds["h6"] is Kind.UNDER_REFUSAL
    assert kinds["h4"] is Kind.OTHER
    assert kinds["h8"] is Kind.OTHER
    assert kinds["h0"] is kinds["h7"] is kinds["s2"] is None


def test_failures_are_those_of_the_result(mixed):
    assert tuple(case for case in mixed.cases if is_failure(case)) == mixed.failures
