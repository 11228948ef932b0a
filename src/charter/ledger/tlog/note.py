"""Signed notes: a text and who signed it, as C2SP signed-note defines them.

Keys are of type 0x01 (Ed25519 over the text) or 0x04 (Ed25519 cosignature of a checkpoint).
Everything malformed raises ValueError; a signature that does not verify is a value.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from charter.ledger.tlog import cosignature
from charter.ledger.tlog.field import decode_base64, encode_base64

Sign = Callable[[bytes], bytes]
"""Signs a message."""
Verify = Callable[[bytes, bytes, bytes], bool]
"""Checks (public key, message, signature)."""

ED25519 = 0x01
COSIGNATURE = 0x04

MAX_BYTES = 1_000_000
MAX_SIGNATURES = 100

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_HEX_ID = re.compile("[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line. Raises ValueError where it could not be written as one."""

    name: str
    """Of the key."""
    key_id: bytes
    """4 bytes."""
    value: bytes
    """What follows the key id."""

    def __post_init__(self) -> None:
        _require_name(self.name)
        if len(self.key_id) != 4 or not self.value:
            raise ValueError("a signature is a key id of 4 bytes and at least one byte more")


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signatures. Raises ValueError where it could not be written as a note."""

    text: str
    """Ends in a line feed; trusted only after `verify_note`."""
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        _require_text(self.text)
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise ValueError(
                f"a note has 1 to {MAX_SIGNATURES} signatures, not {len(self.signatures)}"
            )


@dataclass(frozen=True, slots=True)
class Key:
    """A public key by the name it signs under. Raises ValueError out of range."""

    name: str
    kind: int
    """`ED25519` or `COSIGNATURE`."""
    public: bytes
    """32 bytes."""

    def __post_init__(self) -> None:
        _require_name(self.name)
        if self.kind not in (ED25519, COSIGNATURE):
            raise ValueError(f"keys of type 0x{self.kind:02x} are not supported")
        if len(self.public) != 32:
            raise ValueError(f"an Ed25519 public key has 32 bytes, not {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name || 0x0A || type || public key)."""
        material = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(material).digest()[:4]


@dataclass(frozen=True, slots=True)
class Signer:
    """A known key that signed the note, and when it says it did."""

    key: Key
    time: int | None
    """Seconds since the epoch; None unless the key cosigns."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the signatures of a note are worth."""

    signers: tuple[Signer, ...]
    """The known keys whose signatures hold, in the note's order; each key once."""
    reason: str | None
    """Why the note must be refused; None when it may be trusted."""

    @property
    def ok(self) -> bool:
        """Whether the note may be trusted as far as its signers are."""
        return self.reason is None


def parse_note(data: bytes) -> Note:
    """Return the note. Raises ValueError when it is malformed or too large."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"a note of {len(data)} bytes; at most {MAX_BYTES} are read")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise ValueError("the note is not UTF-8") from cause
    at = whole.rfind("\n\n")
    if at < 0 or not whole.endswith("\n"):
        raise ValueError("a note is a text, an empty line, and signature lines")
    lines = whole[at + 2 : -1].split("\n", MAX_SIGNATURES)
    if len(lines) > MAX_SIGNATURES:
        raise ValueError(f"the note has more than {MAX_SIGNATURES} signatures")
    return Note(whole[: at + 1], tuple(_parse_line(line) for line in lines))


def format_note(note: Note) -> bytes:
    """Return the note as it is served. Raises ValueError when no reader would take it."""
    lines = [
        f"\u2014 {line.name} {encode_base64(line.key_id + line.value)}\n"
        for line in note.signatures
    ]
    data = f"{note.text}\n{''.join(lines)}".encode()
    if len(data) > MAX_BYTES:
        raise ValueError(f"a note of {len(data)} bytes; at most {MAX_BYTES} are read")
    return data


def parse_vkey(text: str) -> Key:
    """Return the key of `name+hex id+base64(type || key)`.

    Raises ValueError when it is malformed, of another type, or its id is not its own.
    """
    parts = text.split("+", 2)  # base64 holds plus signs of its own
    if len(parts) != 3 or _HEX_ID.fullmatch(parts[1]) is None:
        raise ValueError("a verifier key is name+id+base64, the id in 8 hex digits")
    material = decode_base64(parts[2], "the verifier key's last part")
    if not material:
        raise ValueError("the verifier key's last part is empty")
    key = Key(parts[0], material[0], material[1:])
    if key.key_id.hex() != parts[1]:
        raise ValueError(
            f"the verifier key's id is {parts[1]}, but its key's is {key.key_id.hex()}"
        )
    return key


def format_vkey(key: Key) -> str:
    """Return `name+hex id+base64(type || key)`."""
    return f"{key.name}+{key.key_id.hex()}+{encode_base64(bytes([key.kind]) + key.public)}"


def sign_text(text: str, key: Key, sign: Sign, *, time: int | None = None) -> Signature:
    """Return the signature of `text` by `key`, whose private half `sign` holds.

    A key that cosigns needs `time`, in seconds since the epoch, and another takes none. Raises
    ValueError for the wrong one, a text that no note can hold, or a `sign` of another kind.
    """
    _require_text(text)
    if (key.kind == COSIGNATURE) != (time is not None):
        raise ValueError("a cosignature states a time, and no other signature does")
    if time is not None:
        return Signature(key.name, key.key_id, cosignature.cosign(text, time, sign))
    value = sign(text.encode())
    if len(value) != 64:
        raise ValueError(f"an Ed25519 signature has 64 bytes, not {len(value)}")
    return Signature(key.name, key.key_id, value)


def verify_note(note: Note, keys: Iterable[Key], verify: Verify) -> Verdict:
    """Check the note's signatures against the known keys.

    Signatures of unknown keys are ignored. The note is refused when a signature of a known key
    does not hold, or when there is none. Raises ValueError when two of `keys` share name and id.
    """
    known: dict[tuple[str, bytes], Key] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise ValueError(f"two keys have the name {key.name} and the id {key.key_id.hex()}")
    signers: dict[Key, Signer] = {}
    for line in note.signatures:
        found = known.get((line.name, line.key_id))
        if found is None:
            continue
        signer = _signer(note.text, line, found, verify)
        if signer is None:
            return Verdict((), f"the signature by {found.name} does not hold")
        signers.setdefault(found, signer)
    if not signers:
        return Verdict((), "no signature by a known key")
    return Verdict(tuple(signers.values()), None)


def _signer(text: str, line: Signature, key: Key, verify: Verify) -> Signer | None:
    if key.kind == ED25519:
        held = len(line.value) == 64 and verify(key.public, text.encode(), line.value)
        return Signer(key, None) if held else None
    try:
        time, signature = cosignature.split(line.value)
    except ValueError:
        return None
    held = verify(key.public, cosignature.message(text, time), signature)
    return Signer(key, time) if held else None


def _parse_line(line: str) -> Signature:
    parts = line.split(" ", 3)
    if len(parts) != 3 or parts[0] != "\u2014":
        raise ValueError("a signature line is an em dash, a key name and base64")
    value = decode_base64(parts[2], "a signature")
    return Signature(parts[1], value[:4], value[4:])


def _require_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() for char in name):
        raise ValueError("the name of a key is not empty and has no space or plus sign")
    _require_characters(name)


def _require_text(text: str) -> None:
    if not text.endswith("\n"):
        raise ValueError("the text of a note ends in a line feed")
    _require_characters(text)


def _require_characters(text: str) -> None:
    """Refuse control characters, and lone surrogates, which no UTF-8 holds."""
    if _CONTROL.search(text) is not None:
        raise ValueError("a note holds no control characters but line feeds")
    try:
        text.encode()
    except UnicodeEncodeError as cause:
        raise ValueError("a note holds nothing that UTF-8 cannot") from cause
