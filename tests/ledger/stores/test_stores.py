"""What every store does, by the same tests: a file and a database."""

import hashlib
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.decisions import decision

from charter.errors import LedgerError, LedgerTampered
from charter.ledger.body import entry_of
from charter.ledger.ledger import Ledger
from charter.ledger.open import open_ledger
from charter.ledger.store import Leaf, Sealed
from charter.ledger.tlog.merkle import EMPTY_ROOT, Tree
from charter.records.decision import DecisionRecorded


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite")
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def store(place):
    with open_ledger(place) as ledger:
        yield ledger.store


def entries(start, count, run="s_1"):
    return [entry_of(decision(at, run)) for at in range(start, start + count)]


def sealed(name, subject="p", at="2026-11-22T02:00:00.000Z"):
    blob = b"\x00\xff" + name.encode()
    return Sealed(name, subject, at, blob, hashlib.sha256(blob).hexdigest())


def test_an_empty_ledger(store):
    assert (store.size(), store.head()) == (0, (0, EMPTY_ROOT))
    assert store.append([]) == 0
    assert not list(store.read())
    assert store.checkpoint() is None
    store.probe()
    assert Ledger(store).check().size == 0


def test_indices_have_no_gap_after_a_refusal(store):
    assert store.append(entries(1, 3)) == 3
    for taken in ([*entries(4, 2), *entries(1, 1)], [*entries(7, 1), *entries(7, 1)]):
        with pytest.raises(LedgerError, match=r"already holds DecisionRecorded/s_1/[17] "):
            store.append(taken)
    assert store.append(entries(9, 2)) == 5
    assert [index for index, _ in store.read()] == [1, 2, 3, 4, 5]
    assert store.known(["DecisionRecorded/s_1/9", "DecisionRecorded/s_1/4"]) == {
        "DecisionRecorded/s_1/9"
    }
    assert Ledger(store).check() == store.head()


def test_threads_are_found(store):
    store.append([entry_of(decision(at, exchange=f"x_{at % 3}")) for at in range(1, 9)])
    ledger = Ledger(store)
    assert [r.sequence for r in ledger.read(DecisionRecorded, thread="x_2")] == [2, 5, 8]
    newest = ledger.read(DecisionRecorded, thread="x_2", run="s_1", newest=True, limit=2)
    assert [r.sequence for r in newest] == [8, 5]
    assert [index for index, _ in ledger.read_any(thread="x_0", after=3)] == [6]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 300), max_size=5), st.data())
def test_any_batches_make_the_tree_of_their_leaves(place, sizes, data):
    """The database is the same for all examples: each goes on where the last one ended."""
    tree = Tree()
    with open_ledger(place) as ledger:
        start = ledger.size()
        for leaf in ledger.store.digests(0, start):
            tree.append(leaf.hash)
        for size in sizes:
            new = entries(start + 1, size)
            assert ledger.store.append(new) == start + size
            for at, entry in enumerate(new, start + 1):
                tree.append(Leaf(at, entry.kind, entry.digest).hash)
            start += size
            assert ledger.head() == (tree.size, tree.root)
    with open_ledger(place, create=False) as ledger:
        assert ledger.check() == (tree.size, tree.root)


def test_two_writers_on_one_ledger(place):
    """Each sees what the other appended, and goes on from there."""
    with open_ledger(place) as one, open_ledger(place) as two:
        one.store.append(entries(1, 300))
        assert two.store.append(entries(301, 300)) == 600
        assert one.store.append(entries(601, 7)) == 607
        assert len(two.inclusion(607)) == len(one.inclusion(607))
        assert two.inclusion(607) == one.inclusion(607)
        assert one.check() == two.check() == two.head()
        with pytest.raises(LedgerError, match="already holds"):
            two.store.append(entries(603, 1))


def test_a_writer_that_was_away_for_long(place, monkeypatch):
    monkeypatch.setattr("charter.ledger.stores.sql.FAR", 100)
    with open_ledger(place) as one, open_ledger(place) as two:
        for start in range(1, 700, 50):
            one.store.append(entries(start, 50))
        assert two.store.append(entries(1, 1, "s_2")) == 701
        assert one.store.append(entries(2, 1, "s_2")) == 702
        assert one.check() == two.head()


def test_threads_append_and_read_at_once(store):
    wrong = []

    def work(run):
        try:
            for at in range(1, 120, 4):
                last = store.append(entries(at, 4, run))
                ledger.inclusion(last, last)
                assert len(list(store.read(run=run))) == at + 3
        except Exception as cause:  # noqa: BLE001 - shown below
            wrong.append(cause)

    ledger = Ledger(store)
    threads = [threading.Thread(target=work, args=(f"s_{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert ledger.check().size == 480


def test_payloads_come_with_their_records_or_not_at_all(store):
    store.append(entries(1, 1), [sealed("a"), sealed("b")])
    with pytest.raises(LedgerError):
        store.append(entries(1, 1), [sealed("c")])
    assert store.payload("a") == sealed("a")
    assert store.payload("c") is None
    assert store.payload_ids("p") == ["a", "b"]
    assert store.append([], [sealed("d", "q")]) == 1


def test_the_first_key_of_a_subject_stays(store):
    assert store.key("p") is None
    assert store.put_key("p", b"\x00one") == b"\x00one"
    assert store.put_key("p", b"two") == store.key("p") == b"\x00one"


def test_what_is_destroyed_is_gone_and_the_tree_stays(store):
    store.put_key("p", b"one")
    store.put_key("q", b"two")
    store.append(entries(1, 2), [sealed("a"), sealed("b"), sealed("c", "q")])
    head = store.head()
    assert store.destroy("p") == 2
    assert (store.key("p"), store.payload("a"), store.payload_ids("p")) == (None, None, [])
    assert (store.key("q"), store.payload("c")) == (b"two", sealed("c", "q"))
    assert store.destroy("p") == 0
    assert store.put_key("p", b"new") == b"new"
    assert Ledger(store).check() == head


def test_payloads_expire_but_those_on_hold(store):
    times = {"a": "2026-01-01T00:00:00.000Z", "b": "2026-02-01T00:00:00.000Z"}
    made = [sealed(s + n, s, at) for s in "pq" for n, at in times.items()]
    store.append([], made)
    assert store.expire(times["b"], {"q"}) == 1
    assert store.payload_ids("p") == ["pb"]
    assert store.payload_ids("q") == ["qa", "qb"]
    assert [store.expire("2027", limit=2) for _ in range(3)] == [2, 1, 0]
    assert list(store.payloads()) == []


def test_payloads_and_keys_are_read_in_order(store, monkeypatch):
    monkeypatch.setattr("charter.ledger.stores.sql.FEW", 2)
    assert not store.has_keys()
    store.put_key("p", b"one")
    assert store.has_keys()
    made = [sealed(name) for name in "cabed"]
    store.append([], made)
    assert list(store.payloads()) == sorted(made, key=lambda one: one.id)
    assert store.expire("2027", limit=500) == 5


def test_checkpoints(store):
    store.save_checkpoint(3, b"three")
    store.save_checkpoint(9, b"nine")
    store.save_checkpoint(9, b"nine, with a witness")
    assert store.checkpoint() == (9, b"nine, with a witness")
    assert store.checkpoint(3) == (3, b"three")
    assert store.checkpoint(4) is None
    assert list(store.checkpoints(9)) == [(3, b"three"), (9, b"nine, with a witness")]
    assert list(store.checkpoints(8)) == [(3, b"three")]


def test_a_name_that_is_no_text_is_refused(store):
    bad = entry_of(decision(1))._replace(run="\ud800")
    with pytest.raises(LedgerError, match="not Unicode"):
        store.append([bad])
    assert store.append(entries(1, 1)) == 1


def changed(store, statement):
    with store._changing() as session:
        session.run(statement)


COPIED = (
    "UPDATE records SET (body, digest) = (SELECT body, digest FROM records AS other"
    ' WHERE other."index" = 21) WHERE "index" = 20'
)
DAMAGE = {
    "a body": ("UPDATE records SET body = '{}' WHERE \"index\" = 300", 300),
    "a digest": (
        "UPDATE records SET digest = 'x' || substr(digest, 2) WHERE \"index\" = 300",
        300,
    ),
    "a kind": ("UPDATE records SET kind = 'RunFinished' WHERE \"index\" = 300", 300),
    "a run": ("UPDATE records SET run = 's_2' WHERE \"index\" = 300", 300),
    "a key": ('UPDATE records SET key = NULL WHERE "index" = 300', 300),
    "an exchange": ("UPDATE records SET thread = 'x_2' WHERE \"index\" = 300", 300),
    "a record less": ('DELETE FROM records WHERE "index" = 300', 300),
    "the last less": ('DELETE FROM records WHERE "index" = 600', 600),
    "an end less": ('DELETE FROM records WHERE "index" > 590', 591),
    "the size": ("UPDATE head SET size = 599", 513),
    "the root": ("UPDATE head SET root = (SELECT note FROM checkpoints)", 513),
    "a tile less": ("DELETE FROM tiles WHERE n = 1", 257),
    "body and digest": (COPIED, 20),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_named(place, name):
    statement, first = DAMAGE[name]
    with open_ledger(place) as ledger:
        ledger.store.append(entries(1, 600))
        ledger.store.save_checkpoint(1, bytes(32))
        changed(ledger.store, statement)
    with pytest.raises(LedgerTampered) as caught, open_ledger(place) as ledger:
        ledger.check()
    assert caught.value.index == first
    assert f"record {first} " in str(caught.value)


def test_a_record_too_many_is_named(place):
    with open_ledger(place) as ledger:
        ledger.store.append(entries(1, 5))
        changed(
            ledger.store,
            'INSERT INTO records ("index", kind, run, key, body, digest)'
            " SELECT 6, kind, run, 'k', body, digest FROM records WHERE \"index\" = 5",
        )
    with pytest.raises(LedgerTampered, match="record 6 is not in the tree"):
        open_ledger(place)


def test_a_ledger_cut_while_it_is_open_takes_no_more(place):
    with open_ledger(place) as ledger:
        ledger.store.append(entries(1, 10))
        changed(ledger.store, 'DELETE FROM records WHERE "index" > 8')
        changed(ledger.store, "UPDATE head SET size = 8")
        with pytest.raises(LedgerTampered, match="record 9 was there and is missing now"):
            ledger.store.append(entries(11, 1))
