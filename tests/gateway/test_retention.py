"""What is past its time goes; what a wrong clock says is past its time stays."""

import pytest
from tests.ledger import recorded
from tests.ledger.test_vault import MASTER

from charter.gateway.clock import Clock
from charter.gateway.retention import DAY_S, JUMP_S, Retention, longest_gap
from charter.ledger.erasure import expire, place
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.erasure import PayloadsExpired
from charter.records.service import ServiceCounted, ServiceStarted

NOW = 1_800_000_000.0
AT = "2027-01-15T08:00:00.000Z"
OLD, NEW = "2027-01-05T07:59:59.000Z", "2027-01-05T08:00:01.000Z"
"""A little more and a little less than ten days before."""


class Times:
    """A wall clock and one that only grows."""

    def __init__(self):
        self.wall, self.passed = NOW, 50.0

    def go(self, seconds):
        self.wall += seconds
        self.passed += seconds


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def vault(ledger):
    return Vault(ledger.store, MASTER)


@pytest.fixture
def times():
    return Times()


@pytest.fixture
def retention(ledger, vault, times):
    def made(gap=0.0):
        clock = Clock(lambda: times.wall)
        return Retention(ledger, vault, clock, gap=gap, monotonic=lambda: times.passed)

    return made


def kept(ledger, vault, at, subject="sub_one"):
    sealed = vault.seal(subject, {"text": "what was said"}, at)
    run = f"s_{sealed.id}"
    ledger.append(recorded.decided(run, 1, payload=sealed.id, subject=subject), payloads=[sealed])
    return sealed.id


def test_what_is_past_its_time_goes_and_is_recorded_once(ledger, vault, times, retention):
    old, new = kept(ledger, vault, OLD), kept(ledger, vault, NEW)
    looking = retention()
    assert looking.keep_to(10) == (1, "")
    assert vault.open(old) is None
    assert vault.open(new) is not None
    assert looking.keep_to(10) == (0, "")
    (record,) = ledger.read(PayloadsExpired)
    assert (record.payloads, record.before) == (1, "2027-01-05T08:00:00.000Z")
    times.go(2)
    assert looking.keep_to(10) == (1, "")
    assert vault.open(new) is None
    assert len(list(ledger.read(PayloadsExpired))) == 2


def test_who_is_under_a_legal_hold_is_left_out(ledger, vault, retention):
    old = kept(ledger, vault, OLD, "sub_held")
    place(ledger, "sub_held", by="Ada", reason="a claim", at=AT)
    assert retention().keep_to(10) == (0, "")
    assert vault.open(old) is not None
    assert not list(ledger.read(PayloadsExpired))


@pytest.mark.parametrize("jump", [JUMP_S + 1, 400 * DAY_S])
def test_a_clock_that_was_set_deletes_nothing(ledger, vault, times, retention, jump):
    looking = retention()
    times.go(600)
    times.wall += jump
    payload = kept(ledger, vault, OLD)
    done = looking.keep_to(10)
    assert done.payloads == 0
    assert "the clock was set" in done.why_not
    assert vault.open(payload) is not None


def test_a_ledger_in_which_nothing_happened_for_as_long_deletes_nothing(ledger, vault, retention):
    payload = kept(ledger, vault, OLD)
    done = retention(gap=10 * DAY_S + 1).keep_to(10)
    assert (done.payloads, "nothing happened for 10 days" in done.why_not) == (0, True)
    assert vault.open(payload) is not None
    assert retention(gap=10 * DAY_S - 1).keep_to(10).payloads == 1


def started(ledger, run, at, *counts):
    ledger.append(ServiceStarted(run, at, "1", "", "p", "s", "1", (), "d"))
    for number, count in enumerate(counts, 1):
        ledger.append(ServiceCounted(run, count, number, 0, 0, 0, 0, 0))


def test_the_longest_time_without_a_gateway(ledger):
    assert longest_gap(ledger) == 0
    started(ledger, "s_1", "2027-01-01T00:00:00.000Z", "2027-01-01T00:00:10.000Z")
    assert longest_gap(ledger) == 0
    started(ledger, "s_2", "2027-01-01T01:00:10.000Z")
    assert longest_gap(ledger) == 3600
    started(ledger, "s_3", "2027-01-01T01:10:10.000Z")
    assert longest_gap(ledger) == 3600


def test_another_replica_that_lives_leaves_no_gap(ledger):
    started(ledger, "s_1", "2027-01-01T00:00:00.000Z", "2027-06-01T00:00:00.000Z")
    started(ledger, "s_2", "2027-01-02T00:00:00.000Z")
    started(ledger, "s_3", "2027-06-01T00:00:05.000Z")
    assert longest_gap(ledger) == 5


def test_a_start_by_a_wrong_clock_is_distrusted_at_the_next_start_too(ledger):
    started(ledger, "s_1", "2027-01-01T00:00:00.000Z", "2027-01-05T00:00:00.000Z")
    started(ledger, "s_2", "2077-01-01T00:00:00.000Z", "2077-01-01T00:10:00.000Z")
    started(ledger, "s_3", "2077-01-01T00:11:00.000Z")
    assert longest_gap(ledger) > 40 * 365 * DAY_S


def test_a_person_who_expires_payloads_has_seen_the_gap(ledger, vault):
    started(ledger, "s_1", "2027-01-01T00:00:00.000Z")
    started(ledger, "s_2", "2028-01-01T00:00:00.000Z")
    assert longest_gap(ledger) > 300 * DAY_S
    expire(ledger, vault, "2027-06-01T00:00:00.000Z", at="2028-01-01T00:05:00.000Z")
    assert longest_gap(ledger) == 0


def test_more_days_than_there_were_keep_everything(ledger, vault, retention):
    payload = kept(ledger, vault, "1970-01-01T00:00:00.000Z")
    assert retention().keep_to(36_500) == (0, "")
    assert vault.open(payload) is not None


def test_a_look_goes_on_for_a_while_and_the_next_one_does_the_rest(
    ledger, vault, times, retention, monkeypatch
):
    monkeypatch.setattr("charter.ledger.erasure.BATCH", 2)
    for _ in range(7):
        kept(ledger, vault, OLD)
    looking = retention()
    batch = vault.expire

    def slowly(*given, **named):
        times.go(11)
        return batch(*given, **named)

    monkeypatch.setattr(vault, "expire", slowly)
    assert [looking.keep_to(10).payloads for _ in range(3)] == [4, 3, 0]


def test_a_clock_that_is_set_meanwhile_ends_a_look(ledger, vault, times, retention, monkeypatch):
    monkeypatch.setattr("charter.ledger.erasure.BATCH", 2)
    for _ in range(7):
        kept(ledger, vault, OLD)
    batch = vault.expire

    def jump(*given, **named):
        times.wall += JUMP_S + 1
        return batch(*given, **named)

    looking = retention()
    monkeypatch.setattr(vault, "expire", jump)
    assert looking.keep_to(10).payloads == 2
    assert "the clock was set" in looking.keep_to(10).why_not
