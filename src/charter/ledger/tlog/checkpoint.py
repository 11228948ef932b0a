"""Checkpoints: the head of a log's tree as the text of a note, by C2SP tlog-checkpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from charter.ledger.tlog.field import (
    HASH_SIZE,
    decode_decimal,
    decode_hash,
    encode_base64,
    require_range,
)
from charter.ledger.tlog.merkle import EMPTY_ROOT
from charter.ledger.tlog.note import Key, Note, Verdict, Verify, verify_note

MAX_BODY = 65_536
"""Characters of the longest body that is read; three lines need far less."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of a log. Raises ValueError where it could not be written as a body."""

    origin: str
    """Names the log."""
    size: int
    root: bytes
    """32 bytes."""
    extensions: tuple[str, ...] = ()
    """Opaque lines; C2SP advises against them, as no monitor can check them."""

    def __post_init__(self) -> None:
        require_range(self.size, "tree size")
        if len(self.root) != HASH_SIZE:
            raise ValueError(f"the root has {len(self.root)} bytes, not {HASH_SIZE}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise ValueError("the tree is empty, but the root is not that of an empty tree")
        for line in (self.origin, *self.extensions):
            if not line or any(char < " " for char in line):
                raise ValueError(
                    "origin and extensions are not empty and hold no control character"
                )


def parse_checkpoint(body: str) -> Checkpoint:
    """Return the checkpoint of a note's text. Raises ValueError when it is malformed."""
    if len(body) > MAX_BODY:
        raise ValueError(f"a checkpoint of {len(body)} characters; at most {MAX_BODY} are read")
    if not body.endswith("\n"):
        raise ValueError("a checkpoint ends in a line feed")
    lines = body[:-1].split("\n")
    if len(lines) < 3:
        raise ValueError("a checkpoint is an origin, a tree size and a root, a line each")
    origin, size, root, *extensions = lines
    return Checkpoint(
        origin,
        decode_decimal(size, "the tree size"),
        decode_hash(root, "the root"),
        tuple(extensions),
    )


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text that is signed."""
    root = encode_base64(checkpoint.root)
    lines = (checkpoint.origin, str(checkpoint.size), root, *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)


def verify_checkpoint(
    note: Note, log: Key, verify: Verify, *, witnesses: Iterable[Key] = (), quorum: int = 0
) -> Verdict:
    """Check that the log signed this note, and at least `quorum` of the witnesses did.

    The key's name need not be the origin: the caller compares the origin with the one it
    expects. Raises ValueError when two keys share name and id.
    """
    others = tuple(dict.fromkeys(key for key in witnesses if key != log))
    verdict = verify_note(note, (log, *others), verify)
    if not verdict.ok:
        return verdict
    keys = {signer.key for signer in verdict.signers}
    if log not in keys:
        return Verdict(verdict.signers, f"the log {log.name} has not signed")
    # one key under several names is one witness
    count = len({key.public for key in keys if key != log} - {log.public})
    if count < quorum:
        return Verdict(verdict.signers, f"{count} of the witnesses signed; {quorum} must")
    return verdict
