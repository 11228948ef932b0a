import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.tlog import signing

from charter.ledger.tlog.ed25519 import verify

# RFC 8032 section 7.1: secret, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
            "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").digest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
]
SECRET = bytes(range(32))
PUBLIC = signing.public(SECRET)


def vectors():
    for secret, key, message, signature in VECTORS:
        yield bytes.fromhex(secret), bytes.fromhex(key), message, bytes.fromhex(signature)


def test_known_answers():
    for secret, key, message, signature in vectors():
        assert signing.public(secret) == key
        assert signing.sign(secret, message) == signature
        assert verify(key, message, signature)


def test_any_flipped_byte_is_refused():
    _, key, message, signature = list(vectors())[1]
    assert not verify(key, message + b"\x00", signature)
    assert not verify(key, b"\x73", signature)
    for at in range(64):
        wrong = bytearray(signature)
        wrong[at] ^= 1 << at % 8
        assert not verify(key, message, bytes(wrong))
    for at in range(32):
        wrong = bytearray(key)
        wrong[at] ^= 1 << at % 8
        assert not verify(bytes(wrong), message, signature)


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_is_signed_verifies(secret, message):
    signature = signing.sign(secret, message)
    assert verify(signing.public(secret), message, signature)
    assert not verify(PUBLIC, message, signature) or secret == SECRET


def test_a_second_form_of_s_is_refused():
    for _, key, message, signature in vectors():
        larger = int.from_bytes(signature[32:], "little") + signing.L
        assert not verify(key, message, signature[:32] + larger.to_bytes(32, "little"))


# The y of the points of order 1, 2, 4 and 8, and spellings of them at or above the prime.
EIGHTH = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL = [
    1,
    signing.P - 1,
    0,
    EIGHTH,
    signing.P - EIGHTH,
    signing.P,
    signing.P + 1,
]


def test_the_point_of_order_eight_is_one():
    # twice such a point has y = 0, so x^2 = -y^2 in the equation of the curve
    assert (2 * EIGHTH**2 - 1 + signing.D * EIGHTH**4) % signing.P == 0


@pytest.mark.parametrize("sign", [0, 1 << 255])
@pytest.mark.parametrize("y", SMALL)
def test_a_key_of_small_order_or_another_spelling_verifies_nothing(y, sign):
    key = (y | sign).to_bytes(32, "little")
    # S = 0 with R of small order would hold for one message in eight at least
    for number in range(16):
        message = b"%d" % number
        for point in (1, signing.P - 1, 0):
            assert not verify(key, message, point.to_bytes(32, "little") + bytes(32))


def test_r_in_another_spelling_is_refused():
    # [S]B - [k]A with S = k * a is the neutral point; its canonical form alone may verify
    scalar, _ = signing.expand(SECRET)
    for spelling, holds in ((1, True), (signing.P + 1, False), (1 | 1 << 255, False)):
        point = spelling.to_bytes(32, "little")
        digest = hashlib.sha512(point + PUBLIC + b"text").digest()
        s = int.from_bytes(digest, "little") * scalar % signing.L
        assert verify(PUBLIC, b"text", point + s.to_bytes(32, "little")) == holds


def test_wrong_sizes_are_false():
    signature = signing.sign(SECRET, b"text")
    assert verify(PUBLIC, b"text", signature)
    for wrong in (b"", signature[:-1], signature + b"\x00"):
        assert not verify(PUBLIC, b"text", wrong)
    for wrong in (b"", PUBLIC[:-1], PUBLIC + b"\x00"):
        assert not verify(wrong, b"text", signature)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_chance_never_verifies(key, signature):
    assert not verify(key, b"text", signature)
