"""Finding decisions, newest first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.console import feed
from charter.console.feed import Wanted, find, first_after, of_exchange
from charter.console.moment import stamp
from charter.records.decision import CheckRan, DecisionRecorded, Ground
from charter.records.stop import StopOrdered

from .world import NOW, exchange_id

PLAIN = DecisionRecorded(
    run="s_1", sequence=0, decision="", at="", exchange="", stage="output", api="openai-chat",
    streamed=False, caller="mail", application="mail-app", subject="", model="gpt-5",
    policy="sha256:p", readings="a=b", effect="allow", done="forwarded", citations=("honesty",),
    grounds=(), boundaries=("b ran allow",), checks=(CheckRan("c", "ran", "allow", "text", 1, 1),),
)  # fmt: skip


def fill(ledger, count, **changes):
    """Append decisions a second apart; `changes` are functions of the number."""
    records = []
    for number in range(count):
        exchange = exchange_id(number)
        made = {name: change(number) for name, change in changes.items()}
        records.append(
            replace(
                PLAIN,
                **{
                    "sequence": number + 1,
                    "decision": f"{exchange}.1",
                    "exchange": exchange,
                    "at": stamp(NOW + number),
                }
                | made,
            )
        )
    ledger.append(*records)
    return records


def test_the_newest_come_first_and_pages_go_on_where_the_last_ended(world):
    records = fill(world.ledger, 130)
    seen, before = [], 0
    while True:
        page = find(world.ledger, Wanted(before=before))
        seen += [row.record for row in page.rows]
        before = page.more
        if not before:
            break
    assert seen == records[::-1]


def test_records_of_other_kinds_are_passed_over(world):
    for number in range(40):
        fill_one = replace(PLAIN, sequence=number + 1, exchange=exchange_id(number),
                           decision=f"{exchange_id(number)}.1", at=stamp(NOW + number))  # fmt: skip
        stop = StopOrdered(f"stp_{number}", stamp(NOW), "all", "", "x", "y")
        world.ledger.append(fill_one, stop)
    page = find(world.ledger, Wanted(), rows=15)
    assert [row.number for row in page.rows] == list(range(79, 49, -2))
    assert world.ledger.get(page.rows[0].number) == page.rows[0].record


def test_filters_narrow(world):
    fill(
        world.ledger,
        60,
        effect=lambda n: "deny" if n % 3 == 0 else "allow",
        application=lambda n: f"app-{n % 2}",
        stage=lambda n: "tool_call" if n % 5 == 0 else "output",
        tool=lambda n: "send" if n % 5 == 0 else "",
        grounds=lambda n: (Ground("deny", "rule-x", "privacy/abcd"),) if n % 3 == 0 else (),
    )
    count = {
        Wanted(effect="deny"): 20,
        Wanted(application="app-1"): 30,
        Wanted(stage="tool_call"): 12,
        Wanted(section="privacy"): 20,
        Wanted(section="honesty"): 60,
        Wanted(section="priv"): 0,
        Wanted(effect="deny", stage="tool_call", application="app-0"): 2,
        Wanted(words="RULE-X app-1"): 10,
        Wanted(words="nothing like this"): 0,
        Wanted(since=stamp(NOW + 50)): 10,
        Wanted(until=stamp(NOW + 10)): 10,
        Wanted(since=stamp(NOW + 10), until=stamp(NOW + 20)): 10,
    }
    for wanted, expected in count.items():
        assert len(find(world.ledger, wanted, rows=100).rows) == expected, wanted


def test_an_exchange_is_found_by_its_id(world):
    fill(world.ledger, 30)
    wanted = exchange_id(7)
    assert [row.record.exchange for row in find(world.ledger, Wanted(words=wanted)).rows] == [
        wanted
    ]
    assert len(find(world.ledger, Wanted(words=f"{wanted}.1")).rows) == 1
    assert not find(world.ledger, Wanted(words=f"{wanted}.2")).rows
    assert not find(world.ledger, Wanted(words=wanted, effect="deny")).rows
    assert of_exchange(world.ledger, wanted)[0].number == 8
    assert of_exchange(world.ledger, exchange_id(99)) == ()


def test_a_search_that_finds_little_says_how_far_it_looked(world, monkeypatch):
    monkeypatch.setattr(feed, "SCAN", 100)
    fill(world.ledger, 350, effect=lambda n: "deny" if n == 3 else "allow")
    looked, before, pages = 0, 0, 0
    while True:
        page = find(world.ledger, Wanted(effect="deny", before=before))
        assert page.looked <= 100
        looked, before, pages = looked + page.looked, page.more, pages + 1
        if page.rows or not before:
            break
    assert [row.record.sequence for row in page.rows] == [4]
    assert pages == 4


def test_a_time_far_back_is_found_by_halving(world):
    fill(world.ledger, 3000, at=lambda n: stamp(NOW + 10 * n))
    index = first_after(world.ledger, stamp(NOW + 5000))
    assert 501 <= index <= 501 + 64 + 20
    page = find(world.ledger, Wanted(until=stamp(NOW + 5000)), rows=3)
    assert [row.record.sequence for row in page.rows] == [500, 499, 498]
    assert page.looked < 300


def test_an_empty_ledger_has_nothing(world):
    assert find(world.ledger, Wanted()) == feed.Found((), 0, 0, full=False)


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(1, 40), window=st.integers(1, 50))
def test_no_page_size_loses_or_repeats_a_decision(tmp_path_factory, rows, window):
    from .world import world_in  # noqa: PLC0415 - a ledger for each example

    world = world_in(tmp_path_factory.mktemp("feed"))
    try:
        fill(world.ledger, 60)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(feed, "FIRST_WINDOW", window)
            patch.setattr(feed, "SCAN", 45)
            seen, before = [], 0
            while True:
                page = find(world.ledger, Wanted(before=before), rows)
                seen += [row.record.sequence for row in page.rows]
                before = page.more
                if not before:
                    break
        assert seen == list(range(60, 0, -1))
    finally:
        world.ledger.close()
