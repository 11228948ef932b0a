"""What is past its time goes; what a wrong clock says is past its time stays."""

import pytest
from tests.ledger import recorded
from tests.ledger.test_vault import MASTER

from charter.gateway.clock import Clock
from charter.gateway.retention import DAY_S, JUMP_S, Retention
from charter.ledger.erasure import place
from charter.ledger.open import open_ledger
from charter.ledger.vault import Vault
from charter.records.erasure import PayloadsExpired

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
    def made(alive=""):
        clock = Clock(lambda: times.wall)
        return Retention(ledger, vault, clock, alive=alive, monotonic=lambda: times.passed)

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


def test_a_clock_by_which_all_of_the_ledger_is_past_its_time_deletes_nothing(
    ledger, vault, retention
):
    payload = kept(ledger, vault, OLD)
    done = retention(alive=OLD).keep_to(10)
    assert (done.payloads, "nothing happened for 10 days" in done.why_not) == (0, True)
    assert vault.open(payload) is not None
    assert retention(alive=NEW).keep_to(10).payloads == 1


def test_more_days_than_there_were_keep_everything(ledger, vault, retention):
    payload = kept(ledger, vault, "1970-01-01T00:00:00.000Z")
    assert retention().keep_to(36_500) == (0, "")
    assert vault.open(payload) is not None
