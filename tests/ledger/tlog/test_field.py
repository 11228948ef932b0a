import pytest

from charter.ledger.tlog.field import (
    LARGEST,
    decode_base64,
    decode_decimal,
    decode_hash,
    encode_base64,
    require_range,
)


@pytest.mark.parametrize("text", ["AA", "AA=", "AB==", "A A=", "AA==\n", "_w==", "é", "===="])
def test_base64_has_one_spelling(text):
    with pytest.raises(ValueError, match="the field is not base64"):
        decode_base64(text, "the field")


def test_base64_goes_both_ways():
    for size in range(10):
        assert decode_base64(encode_base64(b"\xff" * size), "it") == b"\xff" * size


@pytest.mark.parametrize("text", ["", "00", "01", "-1", "+1", "1 ", "1_0", "٣", str(2**63), "1\n"])
def test_decimals_have_one_spelling(text):
    with pytest.raises(ValueError, match="not a decimal"):
        decode_decimal(text, "it")


def test_decimals_reach_their_bounds():
    assert decode_decimal("0", "it") == 0
    assert decode_decimal(str(LARGEST), "it") == LARGEST
    require_range(LARGEST, "it")
    for value in (-1, LARGEST + 1):
        with pytest.raises(ValueError, match="not from 0"):
            require_range(value, "it")


def test_a_hash_has_32_bytes():
    assert decode_hash(encode_base64(bytes(32)), "it") == bytes(32)
    with pytest.raises(ValueError, match="31 bytes"):
        decode_hash(encode_base64(bytes(31)), "it")
