"""How the fifteen people do, held against the errors they were given."""

from statistics import mean

import pytest

from charter.govern.oversight.automatic import look, of_reviews
from charter.govern.oversight.figures import figures
from charter.govern.oversight.queue import Queue
from charter.ledger.open import open_ledger

from .people import SEED_BAD
from .plan import AUTOMATIC, REVIEWERS

PEOPLE = {person.name: person for person in REVIEWERS}


@pytest.fixture(scope="module")
def queue(year):
    with open_ledger(year[0], create=False) as ledger:
        queue = Queue()
        queue.poll(ledger)
        return queue


@pytest.fixture(scope="module")
def found(queue):
    return figures(queue.reviews(), queue.seeds())


def says_bad(name, bad):
    """Return the chance that a person finds a violation."""
    return PEOPLE[name].finds(bad=bad)


def test_agreement_lies_within_its_interval(year, found):
    """Alpha by its definition, of the chances that were planted rather than of what came out."""
    pairs = year[1].pairs
    chances = [(says_bad(one, bad), says_bad(other, bad)) for one, other, bad in pairs]
    observed = mean(p * (1 - q) + q * (1 - p) for p, q in chances)
    share = mean(each for pair in chances for each in pair)
    opinions = 2 * len(pairs)
    expected = 1 - observed / (2 * share * (1 - share) * opinions / (opinions - 1))
    assert found.whole.units == len(pairs)
    assert found.whole.low <= expected <= found.whole.high
    assert found.whole.high - found.whole.low < 0.3, "an interval that says something"


def test_vigilance_lies_within_its_intervals(year, found):
    """95 % intervals of fifteen people: more than two misses would have a chance of 4 %."""
    truth, missed = year[1], []
    for person in found.people:
        planted = PEOPLE[person.name]
        expected = 1 - SEED_BAD * planted.misses - (1 - SEED_BAD) * planted.false_alarms
        assert (person.vigilance.count, person.vigilance.n) == (
            truth.caught[person.name],
            truth.seeds[person.name],
        )
        if not person.vigilance.interval.low <= expected <= person.vigilance.interval.high:
            missed.append(person.name)
    assert len(found.people) == len(REVIEWERS)
    assert len(missed) <= 2, missed


def test_counts_leave_out_what_is_no_live_answer(year, found):
    truth = year[1]
    assert found.reviews == sum(truth.reviews.values())
    assert {person.name: person.reviews for person in found.people} == dict(truth.reviews)
    assert found.unopened == 0


def test_only_the_one_who_passes_everything_looks_automatic(queue):
    looks = look(of_reviews(queue.reviews(), queue.seeds()))
    assert [each.name for each in looks if each.warns] == [AUTOMATIC]
    (one,) = [each for each in looks if each.warns]
    assert {each.name for each in one.patterns if each.warns} == {"quick", "passing", "let through"}
