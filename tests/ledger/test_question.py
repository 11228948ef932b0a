"""Questions in SQL: the same answers from a file and a database as from the records."""

import pytest
from tests.ledger.decisions import decision

from charter.ledger.ledger import Ledger
from charter.ledger.open import open_ledger
from charter.ledger.question import POSTGRES, SQLITE, filled, spoken
from charter.ledger.stores.empty import EmptyStore
from charter.records.decision import CheckRan

DAYS = {"since": "2026-01-02T00:00:00.000Z", "until": "2026-01-03T00:00:00.000Z"}
BY_EFFECT = (
    "SELECT body->>'effect', count(*) FROM records WHERE kind = 'DecisionRecorded' "
    "AND body->>'at' >= :since AND body->>'at' < :until GROUP BY 1 ORDER BY 1"
)
CHECKS = (
    "SELECT count(*) FROM records, json_each(body, '$.checks') AS c "
    "WHERE c.value->>'status' = 'errored' AND body->>'at' >= :since AND body->>'at' < :until"
)
_NUL = ("deny", "text", 0, 1, "it \x00 broke")
PARTIAL = "SELECT count(*) FROM records WHERE CAST(body->'partial' AS TEXT) = 'true'"


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request, tmp_path):
    place = tmp_path if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_ledger(str(place)) as opened:
        yield opened


def test_counts_are_those_of_the_records(ledger):
    errored = CheckRan("secrets", "errored", "deny", "text", 0, 1, "it's broken")
    days = ("2026-01-01T23:59:59.999Z", "2026-01-02T00:00:00.000Z", "2026-01-02T23:59:59.999Z")
    days = (*days, "2026-01-03T00:00:00.000Z")
    ledger.append(
        *(
            decision(at, at=day, effect=effect, checks=(errored,) * at, partial=at > 2)
            for at, (day, effect) in enumerate(
                zip(days, ("deny", "deny", "allow", "allow"), strict=True), 1
            )
        )
    )
    assert ledger.store.ask(BY_EFFECT, DAYS) == [("allow", 1), ("deny", 1)]
    assert ledger.store.ask(CHECKS, DAYS) == [(2 + 3,)]
    assert ledger.store.ask(PARTIAL, {}) == [(2,)]


def test_what_is_filled_in_can_be_pasted(ledger):
    ledger.append(decision(1, at="2026-01-02T10:00:00.000Z", application="it's"))
    question = "SELECT count(*) FROM records WHERE body->>'application' = :name"
    pasted = filled(question, {"name": "it's"})
    assert pasted.endswith("= 'it''s'")
    assert ledger.store.ask(pasted, {}) == ledger.store.ask(question, {"name": "it's"}) == [(1,)]


@pytest.mark.parametrize("text", ["DELETE FROM records", "SELECT 1; DELETE FROM records", ""])
def test_what_is_no_question_is_not_asked(ledger, text):
    with pytest.raises(ValueError, match="one SELECT"):
        ledger.store.ask(text, {})


def test_dialects():
    assert spoken(CHECKS, SQLITE) == CHECKS
    said = spoken(CHECKS, POSTGRES)
    assert "::json->'checks') AS c(value)" in said
    assert "c.value->>'status'" in said
    assert "::json->>'at'" in said


def test_a_character_that_databases_do_not_have_ends_no_question(ledger):
    ledger.append(
        decision(1, at="2026-01-02T10:00:00.000Z", tool="a\x00b"),
        decision(2, at="2026-01-02T11:00:00.000Z", checks=(CheckRan("s", "errored", *_NUL),)),
    )
    assert ledger.store.ask(BY_EFFECT, DAYS) == [("allow", 2)]
    assert ledger.store.ask(CHECKS, DAYS) == [(1,)]


def test_a_ledger_that_nobody_has_written():
    assert Ledger(EmptyStore("x")).store.ask(BY_EFFECT, DAYS) == []
