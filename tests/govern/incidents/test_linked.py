"""Links to records that are not there."""

from __future__ import annotations

import pytest
from tests.govern.obligations.kept import asked_release, decision, released, review, started

from charter.govern.incidents.linked import check_linked
from charter.govern.incidents.refused import Refused
from charter.ledger.open import open_ledger
from charter.records.incident import Link
from charter.records.objective import AlertRaised
from charter.records.release import PolicyPinned

AT = "2026-11-22T08:00:00.000Z"
RECORDS = (
    started(),
    decision(1, decision="x_1.2", exchange="x_1"),
    review("x_1.2", "ada"),
    AlertRaised("o/page", 3, AT, "o", "page", "d", 60, 9, 10, "20", "20"),
    asked_release(run="rel_1"),
    released(release="rel_2"),
    PolicyPinned("pin_1", AT, "ada", "sha256:pinned", "r", ""),
)
THERE = [
    "decision:x_1.2", "exchange:x_1", "policy:sha256:p", "policy:p", "policy:sha256:pinned",
    "alert:o/page/3", "review:x_1.2", "release:rel_1", "release:rel_2",
    "section:anything", "clause:any/thing", "model:any", "application:any",
]  # fmt: skip
GONE = [
    "decision:x_1.1", "decision:x_1", "decision:x_2.2", "exchange:x_2", "exchange:x_1.2",
    "policy:sha256:other", "alert:o/page/4", "alert:o/page", "alert:3", "review:x_1.1",
    "release:rel_3",
]  # fmt: skip


def link(text):
    kind, _, name = text.partition(":")
    return Link(kind, name)


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as found:
        found.append(*RECORDS)
        yield found


def test_what_is_there_may_be_linked(ledger):
    check_linked(ledger, map(link, THERE))


@pytest.mark.parametrize("text", GONE)
def test_what_no_record_has_is_refused_by_its_name(ledger, text):
    wanted = link(text)
    with pytest.raises(Refused) as refused:
        check_linked(ledger, [link("section:honesty"), wanted])
    assert refused.value.message == f"no record has the {wanted.kind} {wanted.id!r}"
