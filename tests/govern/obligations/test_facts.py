"""A ledger in, facts out: what is there, what is gone, what lies ahead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.instants import instant
from charter.govern.obligations.facts import gather
from charter.ledger.ledger import Ledger
from charter.ledger.open import open_ledger
from charter.records.incident import IncidentOpened
from charter.records.review import ReviewRecorded

from .kept import NOW, counted, decision, incident, review


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as found:
        yield found


def test_decisions_are_counted_by_service(ledger):
    ledger.append(*(decision(n, days=10 - n) for n in range(1, 6)), counted(5, days=1))
    ledger.append(decision(1, run="two", days=3))
    one, two = gather(ledger, at=NOW).services
    assert (one.run, one.decisions, one.highest, one.missing) == ("svc", 5, 5, 0)
    assert (one.first_index, one.last_index) == (1, 5)
    assert [(NOW - one.first).days, (NOW - one.last).days] == [9, 5]
    assert (two.decisions, two.missing) == (1, 0)


@given(there=st.sets(st.integers(1, 12)), told=st.integers(0, 15))
def test_what_is_missing_is_what_the_numbers_say_there_was(tmp_path_factory, there, told):
    with open_ledger(tmp_path_factory.mktemp("kept")) as ledger:
        if there:
            ledger.append(*(decision(n) for n in sorted(there)))
        ledger.append(counted(told))
        found = gather(ledger, at=NOW).services
    highest = max([told, *there])
    assert sum(each.missing for each in found) == highest - len(there)
    assert sum(each.decisions for each in found) == len(there)


def test_words_in_a_record_are_no_fields_of_it(ledger):
    nasty = '","sequence":99,"at":"2000-01-01T00:00:00Z","number":7}'
    ledger.append(decision(1, days=2, tool=nasty, failure=nasty, model=nasty))
    (service,) = gather(ledger, at=NOW).services
    assert (service.highest, (NOW - service.first).days) == (1, 2)


def test_what_lies_ahead_proves_nothing(ledger):
    ledger.append(decision(1), decision(2, days=-1), review("dec_svc_1", "ada", days=-5))
    facts = gather(ledger, at=NOW)
    assert facts.ahead == 2
    assert facts.of(ReviewRecorded) == ()
    assert facts.services[0].decisions == 1


def test_a_time_that_is_none_is_counted_and_left_out(ledger):
    ledger.append(decision(1, at="whenever"), review("d", "ada", at="2026-13-01"))
    facts = gather(ledger, at=NOW)
    assert (facts.undated, facts.services) == (2, ())


def test_a_record_comes_with_its_index(ledger):
    ledger.append(decision(1), incident("inc", days=1))
    (found,) = gather(ledger, at=NOW).of(IncidentOpened)
    assert (found[0].index, found[1].run, (NOW - found[0].moment).days) == (2, "inc", 1)


def test_an_empty_ledger_is_no_error(ledger):
    facts = gather(ledger, at=NOW)
    assert (facts.size, facts.services, facts.lost, facts.signed) == (0, (), (), None)


class Gaps:
    """A store that lost records; a real one this small does not open then."""

    def __init__(self, store, gone):
        self._store, self._gone = store, gone

    def __getattr__(self, name):
        return getattr(self._store, name)

    def read(self, **narrowed):
        found = self._store.read(**narrowed)
        return ((index, entry) for index, entry in found if index not in self._gone)


def test_deleted_records_show(ledger):
    ledger.append(*(decision(n) for n in range(1, 7)), counted(6))
    facts = gather(Ledger(Gaps(ledger.store, {3, 4})), at=NOW)
    assert facts.lost == ((3, 4),)
    assert facts.lost_count == 2
    assert facts.services[0].missing == 2


def test_records_deleted_at_the_end_show_by_the_checkpoint_and_by_the_size(ledger):
    ledger.append(*(decision(n) for n in range(1, 4)))
    facts = gather(Ledger(Gaps(ledger.store, {2, 3})), at=NOW)
    assert facts.lost == ((2, 3),)
    ledger.store.save_checkpoint(5, b"note")
    facts = gather(ledger, at=NOW)
    assert facts.lost == ((4, 5),)
    assert facts.signed[0] == 5


def test_what_comes_after_the_size_a_report_speaks_of_is_left_out(ledger):
    ledger.append(*(decision(n) for n in range(1, 4)), incident("inc"))
    ledger.store.save_checkpoint(2, b"note")
    before = gather(ledger, at=NOW)
    ledger.append(decision(4), incident("late"), counted(4))
    ledger.store.save_checkpoint(6, b"note")
    assert gather(ledger, at=NOW, size=4) == before
    assert gather(ledger, at=NOW, size=1).signed is None
    assert len(gather(ledger, at=NOW).of(IncidentOpened)) == 2


class Growing(Gaps):
    """A store that gains a record while it is read."""

    def size(self):
        size = self._store.size()
        Ledger(self._store).append(decision(size + 1))
        return size


def test_records_that_come_while_it_is_read_count_on_no_side(ledger):
    ledger.append(decision(1))
    facts = gather(Ledger(Growing(ledger.store, ())), at=NOW)
    assert (facts.size, [each.decisions for each in facts.services]) == (1, [1])


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("2026-01-31T23:59:59.000Z", True),
        ("2026-01-31T23:59:59+02:00", True),
        ("2026-01-31T23:59:59", False),
        ("2026-01-31", False),
        ("", False),
        ("9999-12-31T23:59:59Z", False),
        ("0001-01-01T00:00:00+14:00", False),
        ("x" * 1000, False),
    ],
)
def test_a_time_has_its_offset(text, there):
    assert (instant(text) is not None) == there
