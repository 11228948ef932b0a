"""Codes that people keep: receipts of who took part, and invitations of a panel.

26 characters of 5 bits each, 130 bits by chance: nobody can guess one, so that their plain SHA-256
is all that is ever stored. They are written as people can read them aloud: no I, L, O or U, in
groups of five (Crockford's Base32, https://www.crockford.com/base32.html).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
GROUP = 5
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_MOST_TYPED = 100


def new_code() -> str:
    """Return a new code, such as `7Q3XA-...`. It is shown once and stored nowhere."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def read_code(typed: str) -> str:
    """Return a code as it was given out, however it was typed; empty where it is none."""
    if len(typed) > _MOST_TYPED or not typed.isascii():
        return ""
    plain = typed.strip().upper().translate(_READ_AS)
    if len(plain) != LENGTH or any(each not in ALPHABET for each in plain):
        return ""
    return _grouped(plain)


def digest_of_code(code: str) -> str:
    """Return the SHA-256 of a code, in hex: what is stored."""
    return hashlib.sha256(code.encode("ascii")).hexdigest()


def same_code(code: str, digest: str) -> bool:
    """Whether a digest is that of a code; takes as long whatever the answer is."""
    return hmac.compare_digest(digest_of_code(code), digest)


def participation_id(receipt: str) -> str:
    """Return the id of the participation that a receipt is of: it tells nothing of the receipt."""
    framed = f"charter-participation/v1\n{receipt}".encode("ascii")
    return f"pa_{hashlib.sha256(framed).hexdigest()[:32]}"


def _grouped(plain: str) -> str:
    return "-".join(plain[at : at + GROUP] for at in range(0, LENGTH, GROUP))
