from charter.evals.calibration.scale import ADHERENCE

from .conftest import made, record, retested, table


def test_the_same_request_again_is_compared_with_the_first():
    records = table(20, 0, 20, 0)
    found = made([*records, *retested(records[10:30], other=2)]).retest
    assert (found.same.count, found.same.decided) == (18, 20)
    assert found.identical == 0
    assert 0 < found.kappa.value < 1


def test_retests_are_part_of_no_other_figure():
    records = table(20, 0, 20, 0)
    plain, more = made(records), made([*records, *retested(records, other=40)])
    assert more.agreement == plain.agreement
    assert more.outcomes == plain.outcomes
    assert plain.retest is None


def test_two_samples_are_compared():
    records = [record(n, sample=s) for n in range(9) for s in range(2)]
    found = made(records, samples=2).samples
    assert (found.same.count, found.identical, found.kappa.value) == (9, 9, None)
    assert ADHERENCE.name == made(records, samples=2).scale.name


def test_a_failed_retest_is_not_the_same_and_not_another():
    records = table(2, 0, 2, 0)
    again = [record(0, verdict=None, sample=1)]
    found = made([*records, *again]).retest
    assert (found.same.decided, found.same.failed) == (0, 1)
