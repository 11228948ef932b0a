"""Counts that are kept as a ledger grows: however often, by however many, the same as at once."""

import sqlite3
from contextlib import closing
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.govern.objectives.kept import END_MS, ago, asked, decision, queued, review, voted
from tests.govern.objectives.test_rollup import WANTED, WINDOWS, counted_again, objective

from charter.govern.objectives import counting, rollup, rollup_sums
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_open import FILE, open_rollups
from charter.govern.objectives.rollup_sqlite import SqliteRollups
from charter.govern.objectives.rollup_store import NAMES
from charter.ledger.open import open_ledger
from charter.records.approval import ApprovalExpired
from charter.records.decision import DecisionRecorded
from charter.records.oversight import AnswerKnown, ItemMoved
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn, Stratum

AT = st.one_of(st.integers(-90, 300), st.integers(0, 8000)).map(ago)
NEAR = st.integers(0, 5)
"""Numbers of decisions, items, approvals: few, so that records meet."""


def decided(at, application, model, cited, spread):
    return lambda n: decision(
        n,
        at,
        application=application,
        model=model,
        citations=tuple(cited),
        failure="timeout" if "errored" in spread else "",
        statuses=tuple(spread),
    )


MAKERS = st.one_of(
    st.builds(
        decided,
        AT,
        st.sampled_from(["shop", "help", "bank"]),
        st.sampled_from(["m", "n", "o"]),
        st.lists(st.sampled_from(["a/x", "a/y", "b", "c/z", "d"]), min_size=1, max_size=3),
        st.lists(st.sampled_from(["ran", "skipped", "errored", "not_applicable"]), max_size=3),
    ),
    st.builds(
        lambda of, at, label: lambda n: review(f"x_s_1_{of}.1", at, by=f"p{n}", label=label),
        NEAR,
        AT,
        st.sampled_from(["adhered", "violated"]),
    ),
    st.builds(lambda at: lambda n: asked(f"a{n}", at), AT),
    st.builds(lambda of, at: lambda n: voted(f"a{of}", at, by=f"p{n}"), NEAR, AT),
    st.builds(lambda of, at: lambda n: queued(f"i{n}", f"x_s_1_{of}.1", at), NEAR, AT),
    st.builds(lambda of, at: lambda n: ItemMoved(f"i{of}", n, at, "ada", "withdrawn"), NEAR, AT),
    st.builds(
        lambda at: (
            lambda n: SampleDrawn(
                f"s{n}", at, "c", "o", ago(99), ago(0), (Stratum("t", 9, 3),), "1", "0.1"
            )
        ),
        AT,
    ),
    st.builds(
        lambda s, of: (
            lambda n: AnswerDrawn(
                f"s{s}", f"x_s_1_{of}.{n}", f"x_s_1_{of}", "t", "shop", "m", "greet"
            )
        ),
        NEAR,
        NEAR,
    ),
    st.builds(
        lambda s, of, at: (
            lambda n: AnswerJudged(f"s{s}", f"x_s_1_{of}.1", at, f"j{n}", "k", "adhered", "greet")
        ),
        NEAR,
        NEAR,
        AT,
    ),
)
RECORDS = st.lists(MAKERS, min_size=1, max_size=60).map(
    lambda makers: [make(number) for number, make in enumerate(makers)]
)


def tables(store):
    """Return every table but what says how far the counts go."""
    with store.reading() as session:
        return {
            name: sorted(map(repr, session.all(f"SELECT * FROM {name}")))  # noqa: S608 - our own names
            for name in NAMES
            if name != "meta"
        }


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    records=RECORDS,
    cuts=st.lists(st.integers(0, 60), max_size=5),
    batch=st.integers(1, 9),
    most=st.integers(2, 9),
)
def test_any_interleaving_of_updates_makes_the_same_counts(
    tmp_path_factory, records, cuts, batch, most
):
    folder = tmp_path_factory.mktemp("ledger")
    with pytest.MonkeyPatch.context() as patch, open_ledger(folder) as ledger:
        limits = MappingProxyType(dict.fromkeys(rollup_sums.MOST_NAMES, most))
        patch.setattr(rollup_sums, "MOST_NAMES", limits)
        patch.setattr(rollup, "BATCH", batch)
        patch.setattr(counting, "KEPT_IN_MIND", most)
        grown = SqliteRollups(None)
        for first, last in zip([0, *sorted(cuts)], [*sorted(cuts), len(records)], strict=True):
            ledger.append(*records[first:last])
            Rollup(grown).update(ledger)
        patch.setattr(rollup, "BATCH", 20_000)
        at_once = SqliteRollups(None)
        assert Rollup(at_once).update(ledger) == len(records)
        assert tables(grown) == tables(at_once)
        reader = Rollup(grown)
        decisions = [each for each in records if isinstance(each, DecisionRecorded)]
        for want in (objective("failures"), objective("checks-errored")):
            for minutes in WINDOWS:
                found = reader.measure(want, minutes, END_MS)
                assert (found.bad, found.total) == counted_again(decisions, want, minutes)
        grown.close()
        at_once.close()


def test_what_others_have_counted_is_seen_after_an_update(tmp_path):
    with open_ledger(tmp_path) as ledger:
        one, other = (Rollup(open_rollups(tmp_path)[0]) for _ in range(2))
        for number in (1, 2, 3):
            ledger.append(decision(number, ago(1)))
            assert other.update(ledger) == 1
            assert one.update(ledger) == 0
            assert one.measure(WANTED[0], 60, END_MS).total == number
        one.close()
        other.close()


def test_counts_of_an_earlier_version_are_counted_anew(tmp_path):
    with closing(sqlite3.connect(tmp_path / FILE)) as old:
        old.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        old.execute("INSERT INTO meta VALUES ('counted', '1'), ('version', '2/x')")
        old.execute("CREATE TABLE counts (series, place, span, bucket, bad, total)")
        old.execute("INSERT INTO counts VALUES ('failures', '', 0, 1, 1, 1)")
        old.commit()
    with open_ledger(tmp_path) as ledger:
        ledger.append(decision(1, ago(1)))
        kept = Rollup(open_rollups(tmp_path)[0])
        assert kept.update(ledger) == 1
        assert kept.measure(WANTED[0], 60, END_MS).total == 1
        kept.close()


def test_an_answer_that_was_decided_on_long_ago_is_found_again(tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "KEPT_IN_MIND", 2)
    with open_ledger(tmp_path) as ledger:
        ledger.append(*[decision(n, ago(50), effect="deny") for n in range(1, 20)])
        ledger.append(*[review(f"x_s_1_{n}.1", ago(9), decision_right=True) for n in (1, 10, 19)])
        ledger.append(review("x_s_1_99.1", ago(9), decision_right=True))  # of no decision
        ledger.append(ApprovalExpired("a", ago(1)), AnswerKnown("i", ago(1), "ada", "c", "p", "s"))
        kept = Rollup(SqliteRollups(None))
        kept.update(ledger)
        found = kept.measure(objective("blocked-overturned"), 60, END_MS)
        assert (found.bad, found.total) == (0, 3)
        kept.close()


def test_an_opinion_before_its_decision_is_of_none_whenever_it_is_counted(tmp_path):
    grown, at_once = SqliteRollups(None), SqliteRollups(None)
    with open_ledger(tmp_path) as ledger:
        for record in (review("x_s_1_1.1", ago(9)), decision(1, ago(50))):
            ledger.append(record)
            Rollup(grown).update(ledger)
        Rollup(at_once).update(ledger)
        assert tables(grown) == tables(at_once)
        assert ", -1, " in tables(at_once)["reviews"][0]  # its minute
    grown.close()
    at_once.close()
