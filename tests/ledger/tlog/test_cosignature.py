import pytest

from charter.ledger.tlog.cosignature import cosign, message, split

BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_message_is_that_of_the_specification():
    assert message(BODY, 1_679_315_147) == (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_values_go_both_ways():
    signed = []
    value = cosign(BODY, 1_679_315_147, lambda text: signed.append(text) or b"s" * 64)
    assert signed == [message(BODY, 1_679_315_147)]
    assert value == bytes.fromhex("00000000641850cb") + b"s" * 64
    assert split(value) == (1_679_315_147, b"s" * 64)


def test_bounds():
    assert split(cosign(BODY, 2**63 - 1, lambda _: bytes(64))).time == 2**63 - 1
    for time in (-1, 2**63):
        with pytest.raises(ValueError, match="cosignature time"):
            message(BODY, time)
    with pytest.raises(ValueError, match="cosignature time"):
        split(b"\xff" * 72)
    for size in (0, 71, 73):
        with pytest.raises(ValueError, match="72 bytes"):
            split(bytes(size))
    with pytest.raises(ValueError, match="64 bytes"):
        cosign(BODY, 0, lambda _: b"short")
