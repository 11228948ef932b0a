"""Codes that people keep."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.surveys.secret_code import (
    ALPHABET,
    LENGTH,
    digest_of_code,
    new_code,
    participation_id,
    read_code,
    same_code,
)


def test_a_code_has_130_bits_and_no_letter_that_looks_like_another():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert len(ALPHABET) ** LENGTH >= 2**128
    used = set("".join(codes)) - {"-"}
    assert used == set(ALPHABET)
    assert not used & set("ILOU")


def test_a_code_is_read_however_it_is_typed():
    code = "01ABC-DEFGH-JKMNP-QRSTV-WXYZ0-1"
    assert read_code(code) == code
    for typed in (code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} "):
        assert read_code(typed) == code
    assert read_code("o" + code[1:]) == code
    assert read_code(code.replace("1", "l", 1)) == code


@pytest.mark.parametrize("typed", ["", "1", "01ABC" * 5, "U" * 26, "\u0660" * 26, "0" * 5000])
def test_what_is_no_code_is_none(typed):
    assert read_code(typed) == ""


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed):
    found = read_code(typed)
    assert read_code(found) == found


def test_only_the_digest_of_a_code_leads_back_to_it():
    code, other = new_code(), new_code()
    digest = digest_of_code(code)
    assert digest == hashlib.sha256(code.encode()).hexdigest()
    assert same_code(code, digest)
    assert not same_code(other, digest)
    assert participation_id(code) != participation_id(other)
    assert code[:5] not in participation_id(code)
    assert participation_id(code).removeprefix("pa_") not in digest
