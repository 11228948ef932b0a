"""Passwords and tokens."""

from __future__ import annotations

import pytest

from charter.console.passwords import (
    ABSENT,
    TOKEN,
    fits,
    hash_password,
    hash_token,
    is_hash,
    new_token,
)
from charter.errors import ConfigError


def test_a_password_fits_its_hash_and_no_other():
    kept = hash_password("correct horse battery")
    assert fits("correct horse battery", kept)
    assert not fits("correct horse batterx", kept)
    assert hash_password("correct horse battery") != kept
    assert "horse" not in kept


@pytest.mark.parametrize("password", ["short", "x" * 201, ""])
def test_a_password_has_a_length(password):
    with pytest.raises(ConfigError, match="characters"):
        hash_password(password)


@pytest.mark.parametrize(
    "kept",
    ["", "plain", "scrypt$15$8$1$x$y", "scrypt$99$8$1$AAAA$AAAA", "$".join(["scrypt"] * 6), "$" * 5,
     "scrypt$15$8$1$" + "A" * 400],
)  # fmt: skip
def test_what_is_no_hash_fits_nothing(kept):
    assert not is_hash(kept)
    assert not fits("correct horse battery", kept)


def test_any_text_can_be_tried():
    for password in ("\ud800", "\x00", "x" * 10_000, "пароль"):
        assert not fits(password, ABSENT)


def test_tokens_are_long_and_kept_as_a_digest():
    one, other = new_token(), new_token()
    assert one != other
    assert one.startswith(TOKEN)
    assert len(one) > 40
    assert one not in hash_token(one)
