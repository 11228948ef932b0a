"""Payloads under a key for each person they are about, so that a person's can be made unreadable.

Records hold commitments; what people wrote lies apart from them, encrypted with AES-256-GCM under
a data key of its subject, which lies wrapped under the master key. Whoever destroys the data key
has erased every copy of what it encrypts, in backups of the payloads too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from charter.errors import LedgerError
from charter.ledger.master_key import MasterKey
from charter.ledger.ordered_id import ordered_id
from charter.ledger.store import Sealed, Since, Store, Told

CACHED = 10_000
"""Subjects whose keys are at hand."""
FRESH = 30.0
"""Seconds that a key is used without asking the store: an erasure by another process takes
effect on sealing within this time, and on opening at once."""
MAX_PAYLOAD = 64 * 1024 * 1024
"""Bytes of one payload."""

_VERSION = 1
_NUMBER = 8
_NONCE = 12
_HEAD = 1 + _NUMBER + _NONCE
_TAG = 16


class Salted(NamedTuple):
    """A commitment and what opens it."""

    salt: str
    """64 hexadecimal digits; lies in the payload, and goes with it."""
    commitment: str
    """64 hexadecimal digits; lies in the record."""


class _DataKey(NamedTuple):
    number: bytes
    """Tells this key from one that the subject had before an erasure."""
    cipher: AESGCM
    until: float


def salted(text: str) -> Salted:
    """Return a commitment to `text` under a new random salt: without it, nothing can be tried."""
    salt = secrets.token_hex(32)
    return Salted(salt, commitment(salt, text))


def commitment(salt: str, text: str) -> str:
    """Return HMAC-SHA256 of `text` under the bytes of `salt`, both as hexadecimal digits."""
    message = b"charter-commitment/v1\n" + text.encode("utf-8", "surrogatepass")
    return hmac.new(bytes.fromhex(salt), message, hashlib.sha256).hexdigest()


def pseudonym(application: str, user: str, key: bytes) -> str:
    """Return what stands for a user of an application in records: nobody without `key` can guess.

    An empty `user` stands for all of an application's users that it does not tell apart.
    """
    parts = (part.encode("utf-8", "surrogatepass") for part in (application, user))
    framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return f"sub_{hmac.new(key, framed, hashlib.sha256).hexdigest()[:32]}"


def payload_id() -> str:
    """Return a new id, for records that name a payload before it is sealed."""
    return ordered_id("pl_")


class Vault:
    """Seals and opens payloads. Safe to use from several threads."""

    def __init__(
        self, store: Store, master: MasterKey, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._master = master
        self._wrap = AESGCM(master.wrapping)
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: OrderedDict[str, _DataKey] = OrderedDict()

    def pseudonym(self, application: str, user: str) -> str:
        """Return the subject of a user of an application: see `pseudonym`."""
        return pseudonym(application, user, self._master.naming)

    def seal(
        self,
        subject: str,
        payload: Mapping[str, Any],
        at: str,
        *,
        id: str | None = None,  # noqa: A002 - the field's name
    ) -> Sealed:
        """Return `payload` encrypted for `subject`; the caller gives it to the store.

        Raises LedgerError for a payload that is no JSON or too large, LedgerUnavailable where
        the store fails.
        """
        if not subject:
            raise ValueError("a payload is about somebody: its subject is empty")
        plain = _encoded(payload)
        name = id or payload_id()
        key = self._sealing(subject)
        nonce = secrets.token_bytes(_NONCE)
        bound = _bound("payload", name, subject, key.number)
        sealed = key.cipher.encrypt(nonce, plain, bound)
        blob = bytes([_VERSION]) + key.number + nonce + sealed
        return Sealed(name, subject, at, blob, hashlib.sha256(blob).hexdigest())

    def open(self, id: str) -> Mapping[str, Any] | None:  # noqa: A002 - the field's name
        """Return a payload; None where it was erased, has expired or never was.

        Raises LedgerError when it is damaged or was sealed under another master key.
        """
        sealed = self._store.payload(id)
        wrapped = None if sealed is None else self._store.key(sealed.subject)
        if sealed is None or wrapped is None:
            return None
        blob = sealed.blob
        if hashlib.sha256(blob).hexdigest() != sealed.digest:
            raise _damaged(f"payload {id} does not match its digest")
        if len(blob) < _HEAD + _TAG or blob[0] != _VERSION:
            raise _damaged(f"payload {id} is no payload that this version reads")
        key = self._unwrap(sealed.subject, wrapped)
        number, nonce = blob[1 : 1 + _NUMBER], blob[1 + _NUMBER : _HEAD]
        if number != key.number:
            return None  # sealed under a key that an erasure destroyed
        try:
            bound = _bound("payload", id, sealed.subject, number)
            plain = key.cipher.decrypt(nonce, blob[_HEAD:], bound)
        except InvalidTag as cause:
            raise _damaged(f"payload {id} was changed, or is filed under another id") from cause
        found = json.loads(plain.decode("utf-8", "surrogatepass"))
        if not isinstance(found, dict):
            raise _damaged(f"payload {id} is no mapping")
        return found

    def erase(self, subject: str, *, told: Told | None = None, unless: Since | None = None) -> int:
        """Destroy the key and payloads of a subject; return how many payloads there were.

        Holds are the caller's to ask for. `told`, `unless` and what is raised are those of
        `Store.destroy`.
        """
        try:
            return self._store.destroy(subject, told=told, unless=unless)
        finally:
            self.forget(subject)

    def expire(
        self,
        before: str,
        except_subjects: Collection[str] = (),
        *,
        told: Told | None = None,
        unless: Since | None = None,
        limit: int | None = None,
    ) -> int:
        """Delete payloads kept before a time (UTC, RFC 3339); return how many.

        Those of `except_subjects`, who are under a legal hold, stay. `limit` is that of
        `Store.expire`. The rest is as for `erase`.
        """
        return self._store.expire(before, except_subjects, told=told, unless=unless, limit=limit)

    def forget(self, subject: str | None = None) -> None:
        """Drop the key of a subject, or all keys, from memory: the store is asked again."""
        with self._lock:
            if subject is None:
                self._keys.clear()
            else:
                self._keys.pop(subject, None)

    def _sealing(self, subject: str) -> _DataKey:
        """Return the data key of a subject, a new one where there is none."""
        now = self._clock()
        with self._lock:
            held = self._keys.get(subject)
            if held is not None and now < held.until:
                return held
        wrapped = self._store.key(subject)
        if wrapped is None:
            wrapped = self._store.put_key(subject, self._new(subject))
        found = self._unwrap(subject, wrapped)._replace(until=now + FRESH)
        with self._lock:
            self._keys[subject] = found
            self._keys.move_to_end(subject)
            if len(self._keys) > CACHED:
                self._keys.popitem(last=False)
        return found

    def _new(self, subject: str) -> bytes:
        number, nonce = secrets.token_bytes(_NUMBER), secrets.token_bytes(_NONCE)
        bound = _bound("key", "", subject, number)
        wrapped = self._wrap.encrypt(nonce, AESGCM.generate_key(256), bound)
        return bytes([_VERSION]) + number + nonce + wrapped

    def _unwrap(self, subject: str, wrapped: bytes) -> _DataKey:
        number, nonce = wrapped[1 : 1 + _NUMBER], wrapped[1 + _NUMBER : _HEAD]
        if wrapped[:1] != bytes([_VERSION]) or len(wrapped) != _HEAD + 32 + _TAG:
            raise _damaged(f"the key of {subject} is no key that this version reads")
        try:
            bound = _bound("key", "", subject, number)
            key = self._wrap.decrypt(nonce, wrapped[_HEAD:], bound)
        except InvalidTag as cause:
            raise LedgerError(
                f"the key of {subject} does not open under this master key",
                hint="name the master key file that the payloads were sealed with",
            ) from cause
        return _DataKey(number, AESGCM(key), 0.0)


def _encoded(payload: Mapping[str, Any]) -> bytes:
    try:
        plain = orjson.dumps(payload)
    except orjson.JSONEncodeError:  # lone surrogates, large numbers: rare, and slower
        try:
            text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        except (TypeError, ValueError) as cause:
            raise LedgerError(f"a payload that is no JSON: {cause}") from cause
        plain = text.encode("utf-8", "surrogatepass")
    if len(plain) > MAX_PAYLOAD:
        raise LedgerError(f"a payload of {len(plain)} bytes; at most {MAX_PAYLOAD} are kept")
    return plain


def _bound(what: str, name: str, subject: str, number: bytes) -> bytes:
    """Return what is authenticated with a ciphertext, so that it cannot be filed elsewhere."""
    return f"charter-vault/v1 {what}\n{name}\n{subject}\n{number.hex()}\n".encode()


def _damaged(what: str) -> LedgerError:
    return LedgerError(what, hint="the ledger was changed or damaged: restore a copy")
