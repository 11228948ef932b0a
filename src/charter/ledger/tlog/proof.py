"""Proofs that stand alone: an entry is in a signed tree, by C2SP tlog-proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from charter.ledger.tlog.checkpoint import parse_checkpoint, verify_checkpoint
from charter.ledger.tlog.field import (
    HASH_SIZE,
    decode_base64,
    decode_decimal,
    decode_hash,
    encode_base64,
    require_range,
)
from charter.ledger.tlog.merkle import leaf_hash, verify_inclusion
from charter.ledger.tlog.note import MAX_BYTES, Key, Note, Verdict, Verify, format_note, parse_note

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
"""The longest path in a tree of up to 2^63 - 1 leaves."""
MAX_EXTRA = 65_536
"""Bytes of extra data that are read and written."""

_MAX_HEAD = 128 + (MAX_EXTRA + 2) // 3 * 4 + MAX_HASHES * 45


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry's place, its path, and the signed checkpoint. Raises ValueError out of range."""

    index: int
    hashes: tuple[bytes, ...]
    """From the leaf's sibling up."""
    checkpoint: Note
    extra: bytes | None = None
    """Opaque, and not covered by any signature; None where there is no such line."""

    def __post_init__(self) -> None:
        require_range(self.index, "entry index")
        if len(self.hashes) > MAX_HASHES:
            raise ValueError(
                f"a path of {len(self.hashes)} hashes; no tree needs over {MAX_HASHES}"
            )
        if any(len(value) != HASH_SIZE for value in self.hashes):
            raise ValueError(f"a hash of the path has not {HASH_SIZE} bytes")
        if self.extra is not None and len(self.extra) > MAX_EXTRA:
            raise ValueError(f"{len(self.extra)} bytes of extra data; at most {MAX_EXTRA} fit")


def parse_proof(data: bytes) -> Proof:
    """Return the proof in the bytes of a `.tlog-proof` file.

    Raises ValueError when it is malformed or too large; the checkpoint's body is not read yet.
    """
    if len(data) > MAX_BYTES + _MAX_HEAD:
        raise ValueError(f"a proof of {len(data)} bytes; at most {MAX_BYTES + _MAX_HEAD} are read")
    head, gap, note = data.partition(b"\n\n")
    if not gap or len(head) > _MAX_HEAD or not head.isascii():
        raise ValueError("a proof is a header of short lines, an empty line, and a checkpoint")
    first, *lines = head.decode("ascii").split("\n")
    if first != HEADER:
        raise ValueError(f"the first line is not {HEADER}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), "the extra data")
    if not lines or not lines[0].startswith("index "):
        raise ValueError("the line of the index is missing")
    index = decode_decimal(lines[0].removeprefix("index "), "the index")
    hashes = tuple(decode_hash(line, "a hash of the path") for line in lines[1:])
    return Proof(index, hashes, parse_note(note), extra)


def format_proof(proof: Proof) -> bytes:
    """Return the bytes of a `.tlog-proof` file. Raises ValueError for a note too large."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {encode_base64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += [encode_base64(value) for value in proof.hashes]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + format_note(proof.checkpoint)


def verify_proof(  # noqa: PLR0913 - the policy of trust, each part by name
    proof: Proof,
    entry: bytes,
    *,
    origin: str,
    log: Key,
    verify: Verify,
    witnesses: Iterable[Key] = (),
    quorum: int = 0,
) -> Verdict:
    """Check that `entry` is in the log `origin`, as `log` and `quorum` witnesses signed it.

    Raises ValueError when two keys share name and id.
    """
    verdict = verify_checkpoint(proof.checkpoint, log, verify, witnesses=witnesses, quorum=quorum)
    if not verdict.ok:
        return verdict
    try:
        head = parse_checkpoint(proof.checkpoint.text)
    except ValueError as cause:
        return Verdict(verdict.signers, f"the signed text is no checkpoint: {cause}")
    if head.origin != origin:
        return Verdict(verdict.signers, "the checkpoint is of another log")
    if not verify_inclusion(leaf_hash(entry), proof.index, head.size, proof.hashes, head.root):
        return Verdict(verdict.signers, "the path does not lead from the entry to the root")
    return verdict
