"""Known answers: sealed, committed to, opened when nobody judges them any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.govern.oversight.figures import figures
from charter.govern.oversight.item import State
from charter.govern.oversight.known import answers
from charter.govern.oversight.moves import Refusal
from charter.govern.oversight.queue import Queue
from charter.govern.oversight.seeds import Seed, open_answer, plant
from charter.ledger.ledger import Ledger
from charter.ledger.master_key import MasterKey
from charter.ledger.stores.sqlite import SqliteStore
from charter.ledger.vault import Vault
from charter.records.oversight import AnswerKnown, AnswerShown, ItemQueued
from charter.records.review import ReviewRecorded

AT = "2026-11-22T08:00:00.000Z"
CONTENT = {"api": "openai-chat", "body": {"messages": []}, "texts": [], "calls": []}
SEED = Seed(CONTENT, "violated", "no_lies", "mail", "sha256:1")


@pytest.fixture
def kept(tmp_path):
    store = SqliteStore(tmp_path / "ledger.sqlite")
    with Ledger(store) as ledger:
        yield ledger, Vault(store, MasterKey.of(b"k" * 32))


def planted(kept, **given):
    ledger, vault = kept
    made = plant(vault, SEED, by="lead", at=AT, **given)
    ledger.append(made.queued, made.known, payloads=made.payloads)
    return made


def review(made, by="ada", label="violated"):
    decision, section = made.queued.decision, made.queued.section
    return ReviewRecorded(decision, AT, by, label, None, None, section, True, "random", 9)


def only(ledger):
    queue = Queue()
    queue.poll(ledger)
    (item,) = queue.items()
    return item, queue


def test_nothing_in_the_item_says_that_its_answer_is_known(kept):
    made = planted(kept)
    (found,) = kept[0].read(ItemQueued)
    text = repr(found)
    for word in ("seed", "known", "violated", "lead_"):
        assert word not in text
    assert found.subject.startswith("sub_")
    assert found.run.startswith("it_")
    assert found.exchange == found.decision.removesuffix(".2")
    assert made.known.commitment not in text


def test_it_is_opened_only_when_it_is_done_and_anybody_can_check_it(kept):
    ledger, vault = kept
    made = planted(kept, needed=2)
    ledger.append(review(made))
    item, _ = only(ledger)
    assert open_answer(vault, item, now=AT) == Refusal(
        "it is not done: its answer stays closed until then"
    )
    ledger.append(review(made, "bob", "adhered"))
    item, _ = only(ledger)
    shown = open_answer(vault, item, now=AT)
    assert isinstance(shown, AnswerShown)
    ledger.append(shown)
    (known,) = ledger.read(AnswerKnown)
    assert answers(known, shown)
    assert not answers(known, replace(shown, label="adhered"))
    assert not answers(known, replace(shown, run="it_other"))
    item, queue = only(ledger)
    assert item.state(AT) is State.DONE
    assert isinstance(open_answer(vault, item, now=AT), Refusal)
    found = figures(queue.reviews(), queue.seeds())
    assert (found.vigilance.count, found.vigilance.n, found.reviews) == (1, 2, 0)
    assert [(each.name, each.vigilance.count) for each in found.people] == [("ada", 1), ("bob", 0)]


def test_the_same_label_of_two_items_has_commitments_of_its_own(kept):
    one, other = planted(kept), planted(kept)
    assert one.known.commitment != other.known.commitment
    assert one.queued.subject != other.queued.subject


def test_what_was_erased_stays_closed(kept):
    ledger, vault = kept
    made = planted(kept)
    ledger.append(review(made))
    vault.erase(vault.pseudonym("oversight:seed", made.queued.run))
    item, queue = only(ledger)
    assert open_answer(vault, item, now=AT) == Refusal("its answer was erased or has expired")
    assert figures(queue.reviews(), queue.seeds()).unopened == 1


def test_another_answer_under_its_payload_is_not_opened(kept):
    ledger, vault = kept
    made = plant(vault, SEED, by="lead", at=AT)
    forged = replace(made.known, commitment="0" * 64)
    ledger.append(made.queued, forged, review(made), payloads=made.payloads)
    item, _ = only(ledger)
    assert open_answer(vault, item, now=AT) == Refusal("it is not what was committed to")


def test_a_label_is_one_of_two(kept):
    with pytest.raises(ValueError, match="is no label"):
        plant(kept[1], replace(SEED, label="fine"), by="lead", at=AT)
    assert open_answer(kept[1], only_plain(kept), now=AT) == Refusal(
        "this item has no known answer"
    )


def only_plain(kept):
    queued = ItemQueued("it_1", AT, "a", "x.2", "x", "mail", "s", "random", 0, 1)
    kept[0].append(queued)
    return only(kept[0])[0]
