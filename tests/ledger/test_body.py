"""Records have one form in JSON, whichever way it is made."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.decisions import decision

from charter.ledger.body import body_of, canonical, digest_of_body, entry_of
from charter.records.record import RECORDS
from charter.records.run import ModelId, ReplyFailed, RunFinished, RunStarted


@given(st.text(max_size=30) | st.sampled_from(["\x00\x1f\x7f\u2028", "\ud800", 'a"\\/b']))
def test_records_have_one_canonical_form(text):
    record = ReplyFailed("run", text, 0, "Error", text)
    plain = canonical(asdict(record)).encode("utf-8", "replace").decode()
    assert body_of(record) == plain
    entry = entry_of(record)
    assert (entry.body, entry.digest) == (plain, digest_of_body(plain))


@pytest.mark.parametrize("kind", RECORDS)
def test_every_kind_has_it(kind):
    def example(hint, nested):
        for part in ("tuple[", "| None"):
            if part in hint:
                return ()
        if "ModelId" in hint:
            return ModelId("p", "n", None, None)
        return {"str": "x", "int": 1, "bool": True}.get(hint, nested)

    record = kind(
        **{name: example(str(f.type), None) for name, f in kind.__dataclass_fields__.items()}
    )
    assert body_of(record) == canonical(asdict(record))


def test_nested_records_are_sorted_too():
    record = decision(3)
    assert body_of(record) == canonical(asdict(record))
    assert isinstance(record, type(decision(1)))


def test_a_number_given_later_is_part_of_the_record():
    assert entry_of(decision(0), 7) == entry_of(decision(7))
    odd = replace(decision(0), tool="\ud800")
    assert entry_of(odd, 7) == entry_of(replace(odd, sequence=7))


def test_records_of_an_exchange_can_be_found_by_it():
    assert entry_of(decision(1, exchange="x_1")).thread == "x_1"
    assert entry_of(RunFinished("r", "now")).thread is None
    assert RunStarted in RECORDS
