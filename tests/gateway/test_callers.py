"""Keys, budgets and the clock."""

from hypothesis import given
from hypothesis import strategies as st

from charter.gateway.callers import Budgets, Callers, digest_of_key, new_key, tokens_of
from charter.gateway.clock import Clock
from charter.gateway.served import Caller


def test_a_key_is_found_by_itself_alone():
    key, other = new_key(), new_key()
    caller = Caller("web", "shop", "developer", "ann")
    callers = Callers([(caller, (digest_of_key(key),))])
    assert callers.find(key.encode()) is caller
    for wrong in (other, key[:-1], key + "a", "", "ck_", digest_of_key(key)):
        assert callers.find(wrong.encode()) is None


def test_requests_refill_evenly():
    budgets, caller = Budgets(), Caller("a", "s", "developer", "p", requests_per_minute=60)
    assert all(budgets.take(caller, 0.0) is None for _ in range(60))
    spent = budgets.take(caller, 0.0)
    assert (spent.what, spent.seconds) == ("60 requests a minute", 2)
    assert budgets.take(caller, 1.0) is None
    assert budgets.take(caller, 1.0) is not None


def test_what_an_sdk_repeats_is_counted_once_while_there_is_room():
    budgets, caller = Budgets(), Caller("a", "s", "developer", "p", requests_per_minute=4)
    assert budgets.take(caller, 0.0) is None
    assert all(budgets.take(caller, 0.0, repeated=True) is None for _ in range(50))
    assert budgets.take(caller, 0.0) is None
    assert budgets.take(caller, 0.0, repeated=True) is None
    assert budgets.take(caller, 0.0, repeated=True) is None
    assert budgets.take(caller, 0.0, repeated=True) is not None


def test_tokens_last_a_day():
    budgets, caller = Budgets(), Caller("a", "s", "developer", "p", tokens_per_day=10)
    assert budgets.take(caller, 0.0) is None
    budgets.spend(caller, 10, 1.0)
    assert budgets.take(caller, 2.0).seconds == 86_399
    assert budgets.take(caller, 86_400.0) is None


def test_tokens_in_the_words_of_each_api():
    assert tokens_of({"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}) == 5
    assert tokens_of({"prompt_tokens": 3, "completion_tokens": 2}) == 5
    assert tokens_of({"input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 4}) == 9
    for odd in (None, [], {"total_tokens": "5"}, {"total_tokens": -5}):
        assert tokens_of(odd) == 0


@given(st.lists(st.floats(0, 4e9), min_size=1))
def test_a_clock_never_goes_back(times):
    given_times = iter(times)
    clock = Clock(lambda: next(given_times))
    seen = [clock.now() for _ in times]
    assert seen == sorted(seen)


def test_a_clock_writes_times_as_records_hold_them():
    clock = Clock(lambda: 1_700_000_000.25)
    assert clock.at() == "2023-11-14T22:13:20.250Z"
