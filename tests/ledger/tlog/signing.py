"""Ed25519 signing for the tests, in affine coordinates: another way than the code under test."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
B = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def add(one, two):
    (x, y), (u, v) = one, two
    t = D * x * y * u * v % P
    return (
        (x * v + u * y) * pow(1 + t, -1, P) % P,
        (y * v + x * u) * pow(1 - t, -1, P) % P,
    )


def times(number, point):
    total = (0, 1)
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def expand(secret):
    digest = hashlib.sha512(secret).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & ((1 << 254) - 8) | 1 << 254, digest[32:]


def public(secret):
    return encode(times(expand(secret)[0], B))


def sign(secret, message):
    scalar, prefix = expand(secret)
    key = encode(times(scalar, B))
    nonce = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    point = encode(times(nonce, B))
    challenge = int.from_bytes(hashlib.sha512(point + key + message).digest(), "little") % L
    return point + ((nonce + challenge * scalar) % L).to_bytes(32, "little")
