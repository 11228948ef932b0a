"""Windows that end with one minute, read at once, against going through the events."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from charter.govern.instants import written_ms
from charter.govern.objectives.indicator import Events
from charter.govern.objectives.objective import STANDARD, Objective, Objectives, Scope
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_sqlite import SqliteRollups
from charter.govern.objectives.rollup_sums import Names, Sums
from charter.govern.objectives.rollup_windows import starts_of, windows_of
from charter.govern.objectives.status import as_of, statuses

EVENTS = st.lists(
    st.tuples(
        st.integers(-200, 500),
        st.sampled_from([((), ""), (("a/x",), "a/x"), (("a/x", "b"), "b"), (("a/y", "a/y"), "a")]),
        st.sampled_from(["shop", "help"]),
        st.sampled_from(["m", "n"]),
        st.integers(0, 1),
        st.integers(1, 400),
    ),
    max_size=40,
)
STARTS = st.sets(st.integers(-250, 500), min_size=1, max_size=9)


def kept(store, events):
    with store.changing() as session:
        sums = Sums(session, Names(session))
        for minute, (places, _), application, model, bad, total in events:
            at = written_ms(minute * 60_000 + 59_999) if minute >= 0 else _early(minute)
            sums.take("s", Events(at, bad, total, places, application, model))
        sums.save()


def _early(minute):
    """Return a time before 1970, which the clock of a machine may show."""
    days, rest = divmod(minute, 1440)
    return f"1969-12-{32 + days:02}T{rest // 60:02}:{rest % 60:02}:00Z"


@given(EVENTS, STARTS, st.integers(0, 300), st.sampled_from(["", "a", "a/x", "b", "none"]))
def test_windows_hold_the_events_of_their_minutes(events, starts, more, place):
    last = max(starts) + more
    store = SqliteRollups(None)
    kept(store, events)
    with store.reading() as session:
        found = windows_of(session, "s", place, tuple(sorted(starts)), last)
    store.close()
    for first in starts:
        for application in ("", "shop"):
            for model in ("", "n"):
                mine = [
                    (bad, total)
                    for minute, (places, _), app, name, bad, total in events
                    if first <= minute <= last
                    and application in ("", app)
                    and model in ("", name)
                    and place in {"", *places, *(each.split("/")[0] for each in places)}
                ]
                wanted = sum(bad for bad, _ in mine), sum(total for _, total in mine)
                assert found.events(first, application, model) == wanted


class Counts:
    """A store that counts how often it is read."""

    def __init__(self):
        self._store, self.read = SqliteRollups(None), 0

    def reading(self):
        self.read += 1
        return self._store.reading()

    def __getattr__(self, name):
        return getattr(self._store, name)


def test_objectives_of_one_place_are_read_at_once():
    store = Counts()
    scopes = [Scope(), Scope(application="shop"), Scope(model="m"), Scope(section="a")]
    every = tuple(
        Objective(f"o{at}", "O", "failures", scope, Fraction("0.99"), 30, STANDARD)
        for at, scope in enumerate(scopes)
    )
    rollup = Rollup(store)
    found = statuses(Objectives("", every), as_of(rollup.measure, 600 * 60_000))
    assert [each.measure.total for each in found] == [0] * 4
    assert store.read == 2  # all of them, and the section
    rollup.measure(every[0], 7, 600 * 60_000)
    rollup.measure(every[0], 7, 600 * 60_000)
    assert store.read == 3  # windows that no objective has
    rollup.close()


def test_an_objective_is_asked_of_all_its_windows():
    each = Objective("o", "O", "failures", Scope(), Fraction("0.99"), 30, STANDARD)
    lengths = {1, 43200, *(r.long_minutes for r in STANDARD), *(r.short_minutes for r in STANDARD)}
    assert starts_of(each, 1, 0) == tuple(sorted(1 - length for length in lengths))
