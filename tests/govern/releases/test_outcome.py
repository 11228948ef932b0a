"""One request has one outcome; whoever comes late is told, and nothing of theirs is kept."""

from __future__ import annotations

import itertools
import threading

import pytest

from charter.govern.releases.fold import Releases
from charter.govern.releases.outcome import record_outcome
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.release import (
    ReleaseAsked,
    Released,
    ReleaseDecided,
    ReleaseVoted,
    ReleaseWithdrawn,
)

AT = "2026-03-01T00:00:00.000Z"


def asked(run="rel_1"):
    return ReleaseAsked(
        run=run, at=AT, by="ada", spec_name="house", spec_version="1", policy=f"sha256:{run}",
        documents=("sha256:d",), before="", level="root", facts="{}", refusals=(), needed=1,
        roles=("approver",),
    )  # fmt: skip


def published(by="ada", run="rel_1", number=1):
    return Released("house", number, AT, by, run, "1", "sha256:p", (), overridden=False, note="")


ENDS = {
    "published": published(),
    "denied": ReleaseVoted("rel_1", AT, "ben", "approver", "deny", "too early"),
    "denied by another": ReleaseVoted("rel_1", AT, "cyd", "approver", "deny", "no"),
    "withdrawn": ReleaseWithdrawn("rel_1", AT, "ada", "", "a slip"),
}
TOLD = {
    "published": "ada made it official as #1",
    "denied": "ben denied it: too early",
    "denied by another": "cyd denied it: no",
    "withdrawn": "ada withdrew it: a slip",
}


@pytest.fixture
def ledger(tmp_path):
    with Ledger(open_store(str(tmp_path / "ledger.sqlite"))) as opened:
        yield opened


def seen(ledger):
    """Return what somebody sees now, and goes on from."""
    releases = Releases()
    releases.poll(ledger)
    return releases, releases.get("rel_1")


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(ENDS, 2)))
def test_of_two_outcomes_the_first_holds_and_the_second_is_told(ledger, first, second):
    ledger.append(asked())
    one, other = seen(ledger), seen(ledger)
    assert record_outcome(ledger, *one, ENDS[first]) == ""
    size = ledger.size()
    assert TOLD[first] in record_outcome(ledger, *other, ENDS[second])
    assert ledger.size() == size, "nothing of the second is kept"
    (decided,) = ledger.read(ReleaseDecided)
    assert decided.outcome == first.partition(" ")[0].replace("published", "released")


def test_what_is_official_can_be_withdrawn_all_the_same(ledger):
    ledger.append(asked())
    assert record_outcome(ledger, *seen(ledger), published()) == ""
    releases, state = seen(ledger)
    assert record_outcome(ledger, releases, state, ENDS["withdrawn"]) == ""
    assert releases.status(releases.get("rel_1")) == "withdrawn"
    assert len(list(ledger.read(ReleaseDecided))) == 1


def test_an_approval_ends_nothing_and_counts_once(ledger):
    ledger.append(asked())
    stale = seen(ledger)
    agreed = ReleaseVoted("rel_1", AT, "ben", "approver", "approve")
    assert record_outcome(ledger, *seen(ledger), agreed) == ""
    assert record_outcome(ledger, *stale, ENDS["denied"]) == "ben has decided already"
    assert record_outcome(ledger, *seen(ledger), ENDS["denied by another"]) == ""


def test_another_version_of_the_line_comes_first(ledger):
    ledger.append(asked(), asked("rel_2"))
    stale = seen(ledger)
    releases = Releases()
    releases.poll(ledger)
    other = published("cyd", "rel_2")
    assert record_outcome(ledger, releases, releases.get("rel_2"), other) == ""
    assert "another version was released" in record_outcome(ledger, *stale, published())
    assert len(list(ledger.read(ReleaseDecided))) == 1


@pytest.mark.parametrize("number", range(5))
def test_two_at_the_same_moment_get_one_outcome(tmp_path, number):
    place = str(tmp_path / "ledger.sqlite")
    with Ledger(open_store(place)) as ledger:
        ledger.append(asked())
    together, told = threading.Barrier(2), {}

    def end(name):
        with Ledger(open_store(place)) as own:
            state = seen(own)
            together.wait()
            told[name] = record_outcome(own, *state, ENDS[name])

    people = [threading.Thread(target=end, args=(name,)) for name in ("published", "denied")]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert sorted(map(bool, told.values())) == [False, True], told
    with Ledger(open_store(place)) as ledger:
        done = [type(r) for _, r in ledger.read_any((Released, ReleaseVoted))]
    assert done == [Released if told["denied"] else ReleaseVoted]
