"""Passwords and tokens, and what is kept of them.

A password is kept as scrypt with a salt of its own: 32 MiB and about 0.1 s for each try. A token
has 256 random bits, so its plain SHA-256 gives nothing away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from charter.errors import ConfigError

LOG2_N, R, P = 15, 8, 1
"""Of scrypt (RFC 7914): 2**15 blocks of 1 KiB."""
SALT, KEY = 16, 32
"""Bytes."""
LEAST, MOST = 12, 200
"""Characters of a password."""
TOKEN = "chc_"  # noqa: S105 - how every token begins
_SCRYPT = "scrypt"
_MEMORY = 128 * 1024 * 1024


def hash_password(password: str) -> str:
    """Return what is kept of a password. Raises ConfigError for one that is too short or long."""
    must_be_long(password)
    salt = secrets.token_bytes(SALT)
    key = _scrypt(password, salt, LOG2_N, R, P)
    return "$".join((_SCRYPT, str(LOG2_N), str(R), str(P), _text(salt), _text(key)))


def must_be_long(password: str) -> None:
    """Raise ConfigError for a password that is too short, or too long to be one."""
    if not LEAST <= len(password) <= MOST:
        raise ConfigError(
            f"a password of {len(password)} characters", hint=f"from {LEAST} to {MOST} characters"
        )


def fits(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept; False for what is no hash at all."""
    read = _read(kept)
    if read is None or len(password) > MOST:
        return False
    (log2_n, r, p), salt, key = read
    return hmac.compare_digest(_scrypt(password, salt, log2_n, r, p), key)


def is_hash(kept: str) -> bool:
    """Whether a text is a hash that `fits` can read."""
    return _read(kept) is not None


def new_token() -> str:
    """Return a token for the API, shown once."""
    return TOKEN + secrets.token_urlsafe(KEY)


def hash_token(token: str) -> str:
    """Return what is kept of a token."""
    return f"sha256:{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()}"


def _read(kept: str) -> tuple[tuple[int, int, int], bytes, bytes] | None:
    parts = kept.split("$")
    if len(parts) != 6 or parts[0] != _SCRYPT or len(kept) > 300:
        return None
    try:
        numbers = int(parts[1]), int(parts[2]), int(parts[3])
        salt, key = (base64.b64decode(part, validate=True) for part in parts[4:])
    except ValueError:
        return None
    # what somebody writes into the file must not take all memory
    fine = 10 <= numbers[0] <= 17 and numbers[1] == R and 1 <= numbers[2] <= 4
    return (numbers, salt, key) if fine and len(salt) >= SALT and len(key) == KEY else None


def _scrypt(password: str, salt: bytes, log2_n: int, r: int, p: int) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=1 << log2_n, r=r, p=p, maxmem=_MEMORY * 2, dklen=KEY)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


ABSENT = "$".join((_SCRYPT, str(LOG2_N), str(R), str(P), _text(bytes(SALT)), _text(bytes(KEY))))
"""What a login with an unknown name is compared with, so that it takes as long as any other."""
