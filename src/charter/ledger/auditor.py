#!/usr/bin/env python3
"""Verify a Charter ledger or an evidence bundle: one file, standard library only, read-only.

    python auditor.py ledger.sqlite --key VKEY [--checkpoint FILE] [--witness VKEY] [--max-age 1d]
    python auditor.py evidence.json --key VKEY

The signature of every stored checkpoint is checked: about a second for a thousand of them, where
`charter verify` needs a tenth. --ends-only checks those of the oldest and the newest alone. The
newest covers all records, so that only changes to the checkpoints in between stay unseen; the
report then says how many were left out.

It shares no code with Charter, so that a mistake in one shows in the other. What it checks:

    integrity     every record is the one whose hash is in the tree (RFC 6962), the tree is the one
                  that the log's key signed (C2SP tlog-checkpoint, signed-note, Ed25519)
    consistency   the tree extends those signed before: nothing was taken out or changed since
    completeness  every service numbered its decisions without a gap, and its counters agree
    freshness     how old the newest record is that a signature covers

and what it cannot: whether the services recorded all they did, and whether an operator who holds
the log's key showed another log to somebody else. Compare checkpoints with others, or ask for the
cosignatures of witnesses, to know the latter.

Exit code: 0 all holds; 1 something does not; 2 wrong usage; 3 the file cannot be read.
Needs Python 3.11 or newer.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

ASPECTS = ("integrity", "consistency", "completeness", "freshness")
HOLDS, FAILS, UNCHECKED = "holds", "FAILS", "unchecked"
MAX_FINDINGS = 50
"""Findings of each aspect that are kept; all are counted."""
MAX_EVIDENCE = 256 * 1024 * 1024
MAX_NOTE = 1_000_000
HEX_DIGEST = re.compile("[0-9a-f]{64}")


DAMAGE = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged file raises: sqlite3 also where its message quotes bytes that are no UTF-8."""


class Unreadable(Exception):
    """The file cannot be read at all."""


class Malformed(Exception):
    """A key, a note or a proof is not what its format says."""


# ---------------------------------------------------------------------------------------------
# Ed25519 (RFC 8032), in projective coordinates: (X, Y, Z) stands for x = X/Z, y = Y/Z
# ---------------------------------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)

Point = tuple[int, int, int]


def _sum(a: Point, b: Point) -> Point:
    """Add two points of -x^2 + y^2 = 1 + d x^2 y^2; complete, so a may equal b."""
    z = a[2] * b[2] % _P
    square, x, y = z * z % _P, a[0] * b[0] % _P, a[1] * b[1] % _P
    e = _D * x * y % _P
    f, g = square - e, square + e
    cross = (a[0] + a[1]) * (b[0] + b[1]) - x - y
    return z * f * cross % _P, z * g * (y + x) % _P, f * g % _P


def _same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % _P == 0 and (a[1] * b[2] - b[1] * a[2]) % _P == 0


def _point(data: bytes) -> Point | None:
    """Return the point of 32 bytes in their canonical encoding; None where they are none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if len(data) != 32 or y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _I % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else _P - x), y, 1


BASE = (4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")
"""The base point: y is 4/5, x is even."""


@lru_cache(maxsize=64)
def multiples_of(data: bytes) -> tuple[tuple[Point, ...], ...] | None:
    """Return d * 16**place * P for every place of a scalar in base 16 and every digit d.

    With them each product takes 64 sums. None where the bytes are no point, or one of small order,
    under which one signature would fit every message.
    """
    step = _point(data)
    if step is None:
        return None
    places = []
    for _ in range(64):
        row: list[Point] = [(0, 1, 1)]
        for _ in range(16):
            row.append(_sum(row[-1], step))
        step = row.pop()
        places.append(tuple(row))
    return None if _same(places[0][8], (0, 1, 1)) else tuple(places)


def _times(scalar: int, multiples: tuple[tuple[Point, ...], ...]) -> Point:
    total = (0, 1, 1)
    for row in multiples:
        if scalar & 15:
            total = _sum(total, row[scalar & 15])
        scalar >>= 4
    return total


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature holds: S below the order, no small key, no second encoding."""
    base, key = multiples_of(BASE), multiples_of(public)
    commitment = _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or commitment is None or scalar >= _L or base is None:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % _L
    return _same(_times(scalar, base), _sum(commitment, _times(challenge, key)))


# ---------------------------------------------------------------------------------------------
# The tree (RFC 6962, RFC 9162) and its tiles (C2SP tlog-tiles)
# ---------------------------------------------------------------------------------------------

EMPTY_ROOT = hashlib.sha256().digest()
WIDTH = 256


def leaf_of(index: int, kind: str, digest: str) -> bytes:
    """Return the leaf hash of the record at `index`, from 1, with a body of that SHA-256."""
    data = f"charter-record/v1\n{index}\n{kind}\n{digest}\n".encode("utf-8", "surrogateescape")
    return hashlib.sha256(b"\x00" + data).digest()


def parent_of(left: bytes, right: bytes) -> bytes:
    """Return the hash over two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Grows leaf by leaf; remembers one hash for each complete subtree, and the open tiles."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        self._rows: list[list[bytes]] = []

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf; yield (level, number, hashes) of each tile that is full now."""
        self.size += 1
        height, value, full = 0, leaf, []
        while True:
            if height % 8 == 0:
                full += self._put(height // 8, value)
            if not self.size >> height & 1:
                value = parent_of(self._peaks.pop(), value)
                height += 1
            else:
                break
        self._peaks.append(value)
        return iter(full)

    def _put(self, level: int, value: bytes) -> list[tuple[int, int, bytes]]:
        if level == len(self._rows):
            self._rows.append([])
        row = self._rows[level]
        row.append(value)
        if len(row) < WIDTH:
            return []
        data = b"".join(row)
        row.clear()
        return [(level, (self.size >> 8 * (level + 1)) - 1, data)]

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        value = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            value = parent_of(peak, value)
        return value


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to from leaf number `index`, counted from 0.

    By recursion on the split of RFC 6962 section 2.1.1; None where the path has another length.
    """
    if not 0 <= index < size or len(path) > 64:
        return None
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        below = root_from_inclusion(leaf, index, split, path[:-1])
        return None if below is None else parent_of(below, path[-1])
    below = root_from_inclusion(leaf, index - split, size - split, path[:-1])
    return None if below is None else parent_of(path[-1], below)


def roots_from_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes] | None:
    """Return the roots at sizes `old` and `new` that a proof makes (RFC 6962 section 2.1.2)."""
    if not 0 < old <= new or len(path) > 64:
        return None
    return _both(old, new, list(path), old_root, whole=True)


def _both(
    old: int, new: int, path: list[bytes], old_root: bytes, *, whole: bool
) -> tuple[bytes, bytes] | None:
    """`whole`: the old tree is this very subtree so far, so its root is known."""
    if old == new:
        if whole:
            return None if path else (old_root, old_root)
        return (path[0], path[0]) if len(path) == 1 else None
    if not path:
        return None
    split = 1 << (new - 1).bit_length() - 1
    last = path.pop()
    if old <= split:
        below = _both(old, split, path, old_root, whole=whole)
        return None if below is None else (below[0], parent_of(below[1], last))
    below = _both(old - split, new - split, path, old_root, whole=False)
    return None if below is None else (parent_of(last, below[0]), parent_of(last, below[1]))


# ---------------------------------------------------------------------------------------------
# Signed notes (C2SP signed-note), checkpoints, cosignatures, proofs (tlog-proof)
# ---------------------------------------------------------------------------------------------


class Key(NamedTuple):
    """A public key by name. Type 1 signs the text, type 4 cosigns a checkpoint."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The first 4 bytes of SHA-256(name, line feed, type, key)."""
        material = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        return hashlib.sha256(material).digest()[:4]


def key_of_text(text: str) -> Key:
    """Return the key of `name+hex id+base64(type, key)`. Raises Malformed."""
    name, _, rest = text.strip().partition("+")
    id_, _, encoded = rest.partition("+")
    material = _unbase64(encoded, "a verifier key")
    key = Key(name, material[0] if material else 0, material[1:])
    if not name or key.type not in (1, 4) or len(key.public) != 32 or key.id.hex() != id_:
        raise Malformed("a verifier key is name+id+base64 of an Ed25519 key, and its id its own")
    return key


def key_of(given: str) -> Key:
    """Return the key of a text, or of the file that holds it. Raises Malformed, OSError."""
    return key_of_text(vkey_of(given))


def vkey_of(given: str) -> str:
    """Return a key's text: what was given, or what the file of that name holds. Raises OSError."""
    if "+" not in given or (len(given) < 256 and Path(given).is_file()):
        with Path(given).open("rb") as stream:
            given = stream.read(4096).decode("utf-8", "replace")
    return given.strip()


class Note(NamedTuple):
    """A text and the lines that sign it: (name, key id, value)."""

    text: str
    lines: tuple[tuple[str, bytes, bytes], ...]


class Checkpoint(NamedTuple):
    """What a log says of its tree."""

    origin: str
    size: int
    root: bytes
    note: Note


class Signed(NamedTuple):
    """Whether a note is signed by a key, and when, where the key cosigns."""

    holds: bool
    time: int | None


def note_of(data: bytes) -> Note:
    """Return the note in some bytes. Raises Malformed."""
    if len(data) > MAX_NOTE:
        raise Malformed(f"a note of {len(data)} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("a note that is not UTF-8") from None
    text, gap, signatures = whole.rpartition("\n\n")
    if not gap or not signatures.endswith("\n") or any(c < " " and c != "\n" for c in whole):
        raise Malformed("a note is a text, an empty line, and signature lines")
    lines = []
    for line in signatures[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not parts[1] or "+" in parts[1]:
            raise Malformed("a signature line is an em dash, a name and base64")
        value = _unbase64(parts[2], "a signature")
        if len(value) < 5:
            raise Malformed("a signature is a key id of 4 bytes and more")
        lines.append((parts[1], value[:4], value[4:]))
    if len(lines) > 100:
        raise Malformed("a note of more than 100 signatures")
    return Note(text + "\n", tuple(lines))


def checkpoint_of(data: bytes) -> Checkpoint:
    """Return the checkpoint in the bytes of a note, its signatures unchecked. Raises Malformed."""
    note = note_of(data)
    lines = note.text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Malformed("a checkpoint is an origin, a size and a root, a line each")
    if re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) is None or int(lines[1]) >= 2**63:
        raise Malformed("the size of a checkpoint is a number")
    root = _unbase64(lines[2], "the root of a checkpoint")
    if len(root) != 32:
        raise Malformed("the root of a checkpoint has 32 bytes")
    if lines[1] == "0" and root != EMPTY_ROOT:
        raise Malformed("the root of a checkpoint is not that of the empty tree it is of")
    return Checkpoint(lines[0], int(lines[1]), root, note)


Verify = Callable[[bytes, bytes, bytes], bool]
"""Checks (public key, message, signature), as `ed25519_holds` does."""


def signature_by(note: Note, key: Key, verify: Verify = ed25519_holds) -> Signed | None:
    """Return whether the key's signatures of a note hold; None where it has not signed."""
    found = [
        _signed(note.text, key, value, verify)
        for name, id_, value in note.lines
        if (name, id_) == (key.name, key.id)
    ]
    return Signed(all(one.holds for one in found), found[0].time) if found else None


def _signed(text: str, key: Key, value: bytes, verify: Verify) -> Signed:
    if key.type == 1:
        return Signed(verify(key.public, text.encode(), value), None)
    at = int.from_bytes(value[:8], "big")
    message = f"cosignature/v1\ntime {at}\n{text}".encode()
    holds = len(value) == 72 and verify(key.public, message, value[8:])
    return Signed(holds and at < 2**63, at)


class Proof(NamedTuple):
    """A record's place in a tree, the path to its root, and the checkpoint that signs it."""

    number: int
    """Of its leaf, counted from 0."""
    path: tuple[bytes, ...]
    checkpoint: Checkpoint


def proof_of(data: bytes) -> Proof:
    """Return the proof in the bytes of a .tlog-proof file. Raises Malformed."""
    head, _, note = data.partition(b"\n\n")
    if not head.isascii():
        raise Malformed("the head of a proof is not ASCII")
    first, *lines = head.decode("ascii").split("\n")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    number = lines.pop(0) if lines else ""
    if first != "c2sp.org/tlog-proof@v1" or not re.fullmatch("index (0|[1-9][0-9]{0,18})", number):
        raise Malformed("a proof is a header, an index, a path and a checkpoint")
    path = tuple(_unbase64(line, "a hash of a path") for line in lines)
    if len(path) > 63 or any(len(value) != 32 for value in path):
        raise Malformed("a path has at most 63 hashes of 32 bytes")
    return Proof(int(number[6:]), path, checkpoint_of(note))


def _unbase64(text: str, what: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{what} is not base64") from None
    if base64.b64encode(value).decode() != text:
        raise Malformed(f"{what} is not base64 in its canonical spelling")
    return value


# ---------------------------------------------------------------------------------------------
# What was found
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """Something that does not hold."""

    aspect: str
    what: str
    index: int | None = None
    """The record, from 1; None where it is about no record."""
    kind: str | None = None
    last: int | None = None
    """Where it could be any record from `index` to this one."""

    def __str__(self) -> str:
        what = _printable(self.what)
        if self.index is None:
            return what
        if self.last is not None:
            return f"records {self.index} to {self.last} {what}"
        kind = f" ({_printable(self.kind)})" if self.kind else ""
        return f"record {self.index}{kind} {what}"


@dataclass
class Report:
    """Four verdicts, the findings behind them, and what a reader should know besides."""

    where: str
    records: int = 0
    root: str = ""
    signed: int | None = None
    """Size of the newest checkpoint whose signature holds."""
    newest: str = ""
    """Time of the newest record, and of the newest that a signature covers."""
    newest_signed: str = ""
    states: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ASPECTS, UNCHECKED))
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    count: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing fails. What is unchecked does not fail."""
        return FAILS not in self.states.values()

    @property
    def first(self) -> Finding | None:
        """The first bad record."""
        bad = [f for f in self.findings if f.index is not None and f.aspect == "integrity"]
        exact = [f for f in bad if f.last is None]
        for span in sorted((f for f in bad if f.last is not None), key=_place):
            if not any(_place(span) <= _place(f) <= (span.last or 0) for f in exact):
                exact.append(span)  # no record in it is known to be the bad one
        return min(exact, key=_place, default=None)

    def fail(self, finding: Finding) -> None:
        """Add a finding. Of the same record and aspect only the first is kept."""
        self.states[finding.aspect] = FAILS
        alike = (
            f.index == finding.index
            and f.aspect == finding.aspect
            and f.last == finding.last
            and (f.index is not None or f.what == finding.what)
            for f in self.findings[-5:]
        )
        if any(alike):
            return
        self.count += 1
        if sum(f.aspect == finding.aspect for f in self.findings) < MAX_FINDINGS:
            self.findings.append(finding)

    def hold(self, aspect: str) -> None:
        """Say that an aspect was checked, and holds unless something failed."""
        if self.states[aspect] == UNCHECKED:
            self.states[aspect] = HOLDS

    def note(self, text: str) -> None:
        """Add what a reader should know. Only so many are kept."""
        if len(self.notes) < MAX_FINDINGS:
            self.notes.append(text)

    def lines(self) -> Iterator[str]:
        """Yield the report as text."""
        signed = "" if self.signed is None else f", {self.signed} of them signed"
        yield f"{self.where}: {self.records} records{signed}"
        for aspect in ASPECTS:
            yield f"  {aspect:<13}{self.states[aspect]}"
        first = self.first
        if first is not None:
            yield f"first bad record: {first}"
        for finding in self.findings:
            if finding is not first:
                yield f"{finding.aspect}: {finding}"
        if self.count > len(self.findings):
            yield f"and {self.count - len(self.findings)} more findings"
        yield from (f"note: {_printable(text)}" for text in self.notes)

    def as_json(self) -> dict[str, Any]:
        """Return the report as a mapping for JSON."""
        found = [
            {
                "aspect": f.aspect,
                "index": f.index,
                "last": f.last,
                "kind": f.kind,
                "what": f.what,
            }
            for f in self.findings
        ]
        first = self.first
        return {
            "format": "charter-verification/1",
            "where": self.where,
            "ok": self.ok,
            **{aspect: self.states[aspect].lower() for aspect in ASPECTS},
            "records": self.records,
            "root": self.root,
            "signed": self.signed,
            "newest": self.newest,
            "newest_signed": self.newest_signed,
            "first": None if first is None else found[self.findings.index(first)],
            "findings": found,
            "count": self.count,
            "notes": self.notes,
        }


def _place(finding: Finding) -> int:
    return finding.index or 0


def _printable(text: str | None) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in (text or "")[:500])


class Payload(NamedTuple):
    """What is stored beside the records, for one exchange."""

    id: Any
    subject: Any
    at: Any
    blob: Any
    digest: Any


Opens = Callable[[Payload, bytes], str]
OTHER_KEY = "was sealed under another key than the one that is stored"
"""What is no fault where the subject was erased."""


class Trust(NamedTuple):
    """What the auditor brings along."""

    keys: tuple[Key, ...] = ()
    """Of the log: one of them must have signed. More than one where the key was changed."""
    witnesses: tuple[Key, ...] = ()
    quorum: int | None = None
    """How many witnesses must have cosigned; all that are given unless said."""
    earlier: tuple[tuple[str, bytes], ...] = ()
    """Checkpoints kept from before: a name to show, and the note."""
    max_age: float | None = None
    """Seconds."""
    now: float | None = None
    """Seconds since the epoch; the clock's unless given."""
    ends_only: bool = False
    """Whether of the stored checkpoints only the oldest and the newest have their signatures
    checked, for very long logs. The report then says how many were left out."""
    verify: Verify = ed25519_holds
    """What checks a signature, where there is something quicker than this file."""
    opens: Opens | None = None
    """What opens a payload by its wrapped key and says why not, where the master key is known."""


# ---------------------------------------------------------------------------------------------
# Completeness: services number their decisions and count their requests
# ---------------------------------------------------------------------------------------------

COUNTERS = ("received", "answered", "refused", "failed")


@dataclass
class Service:
    """One start of one replica, as far as it was read."""

    started: bool = False
    decisions: int = 0
    exchanges: int = 0
    """Decisions that are the first of their exchange."""
    policies: int = 0
    announced: set[str] = field(default_factory=set)
    """Digests of the policies it said it serves."""
    counted: int = 0
    counters: tuple[int, ...] = (0, 0, 0, 0)
    sequence: int = 0
    at: str = ""
    ended: bool = False


class Completeness:
    """Follows every service through the records."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.services: dict[str, Service] = {}

    def take(self, index: int, kind: str, body: Mapping[str, Any]) -> None:
        """Follow one record."""
        check = self._CHECKS.get(kind)
        if check is None:
            return
        service = self.services.setdefault(str(body.get("run")), Service())
        if service.ended:
            self._fail(index, kind, "follows the record with which its service ended")
        check(self, index, body, service)
        if kind != "ServiceStarted" and not service.started:
            service.started = True  # said once
            self._fail(index, kind, "is of a service whose start is not recorded")

    def end(self) -> None:
        """Say which services have not ended, and whether anything was checked."""
        if self.services:
            self._report.hold("completeness")
        for run, service in self.services.items():
            if not service.ended:
                since = f"last counted at {service.at}" if service.at else "never counted"
                self._report.note(
                    f"service {run} has no orderly end ({since}): it runs, was killed, or what "
                    f"came after is missing"
                )

    def _start(self, index: int, body: Mapping[str, Any], service: Service) -> None:
        if service.started:
            self._fail(index, "ServiceStarted", "starts a service again, or after its records")
        service.started = True
        service.announced.add(str(body.get("policy")))

    def _decision(self, index: int, body: Mapping[str, Any], service: Service) -> None:
        number, due = body.get("sequence"), service.decisions + 1
        if number != due:
            why = "decisions are missing" if _is_over(number, due) else "it is out of order"
            what = f"has sequence {number} where {due} is due: {why}"
            self._fail(index, "DecisionRecorded", what)
        service.decisions = number if isinstance(number, int) else due
        service.exchanges += str(body.get("decision", "")).endswith(".1")
        if service.started and body.get("policy") not in service.announced:
            what = "rests on a policy that its service has not said it serves"
            self._fail(index, "DecisionRecorded", what)

    def _policy(self, index: int, body: Mapping[str, Any], service: Service) -> None:
        service.policies += 1
        service.announced.add(str(body.get("policy")))
        if body.get("number") != service.policies:
            what = f"has number {body.get('number')} where {service.policies} is due"
            self._fail(index, "PolicyServed", what)

    def _count(self, index: int, body: Mapping[str, Any], service: Service) -> None:
        kind = "ServiceCounted"
        service.counted += 1
        if body.get("number") != service.counted:
            what = f"has number {body.get('number')} where {service.counted} is due"
            self._fail(index, kind, f"{what}: counts are missing")
        values = [body.get(name) for name in ("sequence", *COUNTERS)]
        if not all(isinstance(value, int) and value >= 0 for value in values):
            self._fail(index, kind, "has counters that are no counts")
            return
        sequence, *counters = (int(value or 0) for value in values)
        if sequence != service.decisions:
            what = f"counts {sequence} decisions, but {service.decisions} are recorded before it"
            self._fail(index, kind, what)
        if sequence < service.sequence or any(
            now < before for now, before in zip(counters, service.counters, strict=True)
        ):
            self._fail(index, kind, "counts less than the count before it")
        if sum(counters[1:]) > counters[0]:
            self._fail(index, kind, "counts more ends of requests than requests")
        self._answered(index, counters, service, last=bool(body.get("last")))
        service.counters, service.sequence = tuple(counters), sequence
        service.at, service.ended = str(body.get("at", "")), bool(body.get("last"))
        if isinstance(body.get("number"), int):
            service.counted = int(body["number"])

    def _answered(
        self, index: int, counters: Sequence[int], service: Service, *, last: bool
    ) -> None:
        """Every answered request has a decision, durable before its answer left."""
        if counters[1] > service.exchanges:
            what = (
                f"counts {counters[1]} answered requests, but decisions on {service.exchanges} "
                "are recorded before it"
            )
            self._fail(index, "ServiceCounted", what)

    def _fail(self, index: int, kind: str, what: str) -> None:
        self._report.fail(Finding("completeness", what, index, kind))

    _CHECKS: Mapping[str, Callable[[Completeness, int, Mapping[str, Any], Service], None]] = {
        "ServiceStarted": _start,
        "PolicyServed": _policy,
        "ServiceCounted": _count,
        "DecisionRecorded": _decision,
    }


def _is_over(number: object, due: int) -> bool:
    return isinstance(number, int) and number > due


# ---------------------------------------------------------------------------------------------
# Records: what each row must say
# ---------------------------------------------------------------------------------------------

_ONCE: tuple[str, ...] = ()
TELLING: Mapping[str, tuple[str, ...] | None] = {
    "RunStarted": _ONCE,
    "ScenarioPlanned": ("scenario",),
    "ReplyRecorded": ("scenario", "epoch"),
    "ReplyFailed": None,
    "ScoreRecorded": ("scenario", "epoch", "grading"),
    "RunFinished": _ONCE,
    "GradingStarted": ("grading",),
    "JudgementRecorded": ("grading", "scenario", "epoch", "judge", "sample"),
    "GradingFinished": ("grading",),
    "CalibrationStarted": _ONCE,
    "CalibrationItem": ("item", "sample"),
    "CalibrationFinished": _ONCE,
    "LabelRecorded": ("scenario", "epoch", "by"),
    "LogAttached": ("digest",),
    "DecisionRecorded": ("sequence",),
    "ServiceStarted": _ONCE,
    "PolicyServed": ("number",),
    "ServiceCounted": ("number",),
    "ApprovalAsked": _ONCE,
    "ApprovalVoted": ("by",),
    "ApprovalExpired": _ONCE,
    "ApprovalUsed": _ONCE,
    "StopOrdered": _ONCE,
    "StopLifted": _ONCE,
    "ReviewRecorded": ("by",),
    "CommentReceived": _ONCE,
    "CommentModerated": _ONCE,
    "IncidentOpened": _ONCE,
    "IncidentAmended": ("number",),
    "ReleaseAsked": _ONCE,
    "ReleaseVoted": ("by",),
    "ReleaseOverridden": _ONCE,
    "ReleaseDecided": _ONCE,
    "Released": ("number",),
    "ReleaseWithdrawn": _ONCE,
    "PolicyPinned": _ONCE,
    "PinLifted": _ONCE,
    "AlertRaised": ("number",),
    "AlertEnded": ("number",),
    "NoticeSent": ("number",),
    "ItemQueued": _ONCE,
    "ItemMoved": ("number",),
    "AnswerKnown": _ONCE,
    "AnswerShown": _ONCE,
    "SampleDrawn": _ONCE,
    "AnswerDrawn": ("decision",),
    "AnswerJudged": ("decision", "judge"),
    "SurveyOpened": ("number",),
    "SurveyClosed": ("number",),
    "InvitationsMade": ("number",),
    "ParticipantJoined": _ONCE,
    "InvitationUsed": _ONCE,
    "AnswerGiven": ("number",),
    "ParticipantWithdrew": _ONCE,
    "ConductNoted": ("kind",),
    "VoicesImported": _ONCE,
    "RankingStarted": _ONCE,
    "AnswersRanked": ("item", "repeat"),
    "RankingFinished": _ONCE,
    "ProposalMade": _ONCE,
    "ProposalWorded": ("number",),
    "ProposalVoted": ("wording", "state", "by"),
    "ProposalMoved": ("number",),
    "ProposalApplied": _ONCE,
    "SubjectErased": ("number",),
    "PayloadsExpired": ("number",),
    "HoldPlaced": ("number",),
    "HoldLifted": ("number",),
}
"""What tells records of one kind and run apart, so that none is recorded twice: the key under
which a row is filed is made of it. None: such records have no key."""
THREADED = frozenset({"DecisionRecorded", "ApprovalAsked", "ApprovalUsed"})
"""Kinds that are found by their exchange."""


class Row(NamedTuple):
    """One record as stored. A damaged file may hold anything in any column."""

    index: Any
    kind: Any
    run: Any
    key: Any
    body: Any
    digest: Any
    thread: Any = None


def key_due(kind: str, body: Mapping[str, Any]) -> str | None:
    """Return the key that a record is filed under."""
    telling = TELLING.get(kind)
    if telling is None:
        return None
    parts = [str(body.get(name)) for name in telling]
    if kind == "ScoreRecorded" and not body.get("grading"):
        parts.pop()
    return "/".join([kind, str(body.get("run")), *parts])


def _is_filed_right(row: Row, body: Mapping[str, Any]) -> bool:
    if row.kind in TELLING:
        return bool(row.key == key_due(row.kind, body))
    # a kind of a later version: what tells its records apart is not known here
    start = f"{row.kind}/{body.get('run')}"
    return row.key is None or row.key == start or str(row.key).startswith(start + "/")


def digest_of(row: Row) -> str:
    """Return the SHA-256 of a row's body as it is now."""
    body = row.body
    data = body.encode("utf-8", "surrogateescape") if isinstance(body, str) else body
    return hashlib.sha256(data if isinstance(data, bytes) else repr(data).encode()).hexdigest()


def wrong_with(row: Row, digest: str) -> tuple[str, Mapping[str, Any]]:
    """Return what is wrong with a row by itself ("" for nothing), and its body."""
    if not (isinstance(row.kind, str) and isinstance(row.body, str)):
        return "is not text", {}
    try:
        body = json.loads(row.body)
    except (ValueError, RecursionError):
        body = None
    if digest != row.digest:
        return "does not match its digest", body if isinstance(body, dict) else {}
    if not isinstance(body, dict):
        return "is not a JSON object", {}
    if json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False) != row.body:
        return "is not canonical JSON: it could be read in more than one way", body
    if row.run != body.get("run"):
        return "is filed under another run", body
    if not _is_filed_right(row, body):
        return "is filed under another key", body
    if row.thread != (body.get("exchange") if row.kind in THREADED else None):
        return "is filed under another exchange", body
    return "", body


# ---------------------------------------------------------------------------------------------
# A ledger, read once from its first record to its last
# ---------------------------------------------------------------------------------------------


class Source(Protocol):
    """Where a ledger is read from."""

    where: str
    has_tree: bool
    """Whether it keeps a tree; ledgers of before did not."""

    def rows(self) -> Iterator[Row]:
        """Yield all records, by index."""
        ...

    def tile(self, level: int, n: int) -> object:
        """Return a stored tile; None where there is none."""
        ...

    def tiles(self) -> Iterable[tuple[Any, Any]]:
        """Yield level and number of all stored tiles."""
        ...

    def payloads(self) -> Iterator[Payload]:
        """Yield the encrypted payloads."""
        ...

    def keys(self, subject: str) -> Sequence[Any]:
        """Return the wrapped keys that are stored for a subject: one, or none."""
        ...

    @property
    def has_keys(self) -> bool:
        """Whether any wrapped key is stored; copies may be made without them."""
        ...

    def erased_since(self, subject: str) -> bool:
        """Whether a subject was erased after the last of the records that were read."""
        ...

    def head(self) -> tuple[Any, Any] | None:
        """Return the stored size and root."""
        ...

    def checkpoints(self) -> Iterator[tuple[Any, Any]]:
        """Yield size and note of the stored checkpoints, by size."""
        ...

    def faults(self) -> Iterator[str]:
        """Yield what else is wrong with the storage."""
        ...


class Mark(NamedTuple):
    """A root that the tree must have at some size."""

    size: int
    root: bytes
    label: str
    signed: Checkpoint | None = None
    """The checkpoint that signs it; None for what anybody can write."""
    shows: bool = False
    """Whether it is of before: then the tree extends what was signed, where it is met."""


def audit_ledger(source: Source, trust: Trust) -> Report:
    """Verify a ledger in one pass, in memory that does not grow with it."""
    report = Report(source.where)
    checkpoints = _Checkpoints(report, trust)
    if source.has_tree:
        checkpoints.read(source)
    elif trust.keys:
        what = "this ledger is of a version without a tree: it holds nothing that is signed"
        report.fail(Finding("integrity", what))
    with closing(_Payloads(report, trust.opens)) as payloads:
        _Walk(source, report, trust, checkpoints, payloads).run()
    _freshness(report, trust, checkpoints.cosigned)
    return report


class _Checkpoints:
    """The stored checkpoints. The newest is read before the records: it must be signed."""

    def __init__(self, report: Report, trust: Trust) -> None:
        self._report = report
        self._trust = trust
        self._newest: tuple[object, Checkpoint | None] | None = None
        self._unchecked = self._strangers = 0
        known = (*trust.keys, *trust.witnesses)
        self._known = {(key.name, key.id) for key in known}
        self.size: int | None = None
        """Of the newest, where its signature holds."""
        self.cosigned: int | None = None
        """When a witness last saw it, in seconds since the epoch."""

    def read(self, source: Source) -> None:
        """Find the newest, and verify its signatures."""
        newest = None
        for newest in source.checkpoints():  # noqa: B007 - the last one is wanted
            pass
        if newest is None:
            if self._trust.keys:
                self._report.fail(Finding("integrity", "there is no signed checkpoint"))
            else:
                self._report.note("there is no checkpoint: nothing is signed")
            return
        found = self._parsed(*newest)
        if found is not None and not self._is_signed(found):
            found = None
        self._newest = (newest[0], found)
        if found is None:
            return
        if self._trust.keys:
            self.size = self._report.signed = found.size
        self.cosigned = max(cosigned(found, self._trust, self._report), default=None)

    def marks(self, source: Source) -> Iterator[Mark]:
        """Yield the root of each that is as it was signed, by size; say of others what is wrong."""
        trust = self._trust
        for number, (size, note) in enumerate(source.checkpoints()):
            label = f"the checkpoint of {size}"
            if self._newest is not None and self._newest[0] == size:
                if (found := self._newest[1]) is not None:
                    yield Mark(found.size, found.root, label, found)
                continue
            found = self._parsed(size, note)
            if found is None:
                continue
            shows = bool(trust.keys)
            if trust.ends_only and number:
                self._unchecked += 1
                shows = False
            elif not self._is_signed(found) or not self._is_cosigned(found):
                continue
            yield Mark(found.size, found.root, label, found, shows)

    def end(self) -> None:
        """Say what was not checked."""
        if self._unchecked and self._trust.keys:
            self._report.note(
                f"the signatures of {self._unchecked} checkpoints between the oldest and the "
                "newest were not checked, as was asked"
            )
        if self._strangers and self._trust.keys:
            self._report.note(
                f"{self._strangers} signatures of checkpoints are by keys that were not given: "
                "they were not checked"
            )

    def _parsed(self, size: object, note: object) -> Checkpoint | None:
        try:
            found = checkpoint_of(note if isinstance(note, bytes) else b"")
        except Malformed as cause:
            self._bad(size, f": {cause}")
            return None
        if found.size != size:
            what = f"the checkpoint filed under size {size} is of size {found.size}"
            self._report.fail(Finding("integrity", what))
            return None
        if len(set(found.note.lines)) < len(found.note.lines):
            self._bad(size, " has the same signature twice")
            return None
        return found

    def _is_signed(self, found: Checkpoint) -> bool:
        self._strangers += sum(line[:2] not in self._known for line in found.note.lines)
        problem = unsigned(found, self._trust.keys, self._trust.verify)
        if problem:
            self._bad(found.size, f" {problem}")
        return not problem

    def _is_cosigned(self, found: Checkpoint) -> bool:
        """Tell whether what witnesses said holds, where they said something."""
        for key in self._trust.witnesses:
            signed = signature_by(found.note, key, self._trust.verify)
            if signed is not None and not signed.holds:
                what = f"the cosignature by {key.name} of size {found.size} does not hold"
                self._report.fail(Finding("consistency", what))
                return False
        return True

    def _bad(self, size: object, what: str) -> None:
        self._report.fail(Finding("integrity", f"the checkpoint of size {size}{what}"))


def unsigned(checkpoint: Checkpoint, keys: Sequence[Key], verify: Verify = ed25519_holds) -> str:
    """Return why a checkpoint is not signed by one of the log's keys; "" where it is."""
    if not keys:
        return ""
    for key in keys:
        signed = signature_by(checkpoint.note, key, verify)
        if signed is None:
            continue
        if not signed.holds:
            return f"has a signature by {key.name} that does not hold"
        if checkpoint.origin != key.name:
            return f"is of the log {checkpoint.origin}, not of {key.name}"
        return ""
    return f"is not signed by {' or '.join(key.name for key in keys)}"


def cosigned(checkpoint: Checkpoint, trust: Trust, report: Report) -> list[int]:
    """Check the witnesses of a checkpoint; return the times at which they saw it."""
    if not trust.witnesses:
        return []
    times: dict[bytes, int] = {}
    for key in trust.witnesses:
        signed = signature_by(checkpoint.note, key, trust.verify)
        if signed is None:
            report.note(f"witness {key.name} has not cosigned the checkpoint of {checkpoint.size}")
        elif not signed.holds:
            what = f"the cosignature by {key.name} of size {checkpoint.size} does not hold"
            report.fail(Finding("consistency", what))
        elif key.public not in {log.public for log in trust.keys}:
            times[key.public] = signed.time or 0
    quorum = len(trust.witnesses) if trust.quorum is None else trust.quorum
    if len(times) < quorum:
        what = f"{len(times)} witnesses cosigned the checkpoint of {checkpoint.size}, not {quorum}"
        report.fail(Finding("consistency", what))
    elif quorum:
        report.hold("consistency")
    return list(times.values())


def earlier_of(trust: Trust) -> Iterator[tuple[str, Checkpoint]]:
    """Yield the checkpoints kept from before. Raises Unreadable for one that proves nothing."""
    for name, data in trust.earlier:
        try:
            found = checkpoint_of(data)
        except Malformed as cause:
            raise Unreadable(f"{name}: {cause}") from cause
        problem = unsigned(found, trust.keys, trust.verify)
        if problem:
            raise Unreadable(f"{name} {problem}: it proves nothing")
        yield name, found


class _Walk:
    """One pass over the records."""

    def __init__(
        self,
        source: Source,
        report: Report,
        trust: Trust,
        checkpoints: _Checkpoints,
        payloads: _Payloads,
    ) -> None:
        self._source = source
        self._report = report
        self._trust = trust
        self._checkpoints = checkpoints
        self._payloads = payloads
        self._signed = checkpoints.size or 0
        self._tree: Tree | None = Tree() if source.has_tree else None
        self._completeness = Completeness(report)
        self._marks = self._ordered()
        self._mark = next(self._marks, None)
        self._good = 0
        """The size at which a signed root was last found right."""
        self._tile: tuple[int, object] = (-1, None)
        self._last = 0
        self._doubtful: list[tuple[int, str, int]] = []
        self._wrong_head: Mark | None = None
        self._wrong_tile = -1
        self._differing: list[int] = []
        """Sizes of signed checkpoints that do not match, since one last did."""

    def run(self) -> None:
        """Read everything."""
        report = self._report
        report.hold("integrity")
        self._meet(0)
        try:
            for row in self._source.rows():
                self._take(row)
        except DAMAGE as cause:
            what = f"cannot be read: {cause}"
            report.fail(Finding("integrity", what, self._last + 1))
            self._tree = None
        report.records = self._last
        self._close()
        self._tell_differing()
        self._completeness.end()

    def _tell_differing(self) -> None:
        more = self._differing[1:]
        self._differing.clear()
        if more:
            sizes = f"of {more[0]} to {more[-1]} records"
            self._report.note(f"{len(more)} later checkpoints, {sizes}, do not match either")

    def _take(self, row: Row) -> None:
        report = self._report
        if not isinstance(row.index, int) or row.index <= self._last:
            report.fail(Finding("integrity", f"comes after record {self._last}", row.index))
            return
        if row.index > self._last + 1:
            self._missing(self._last + 1, row.index - 1)
        self._last = index = row.index
        digest = digest_of(row)
        wrong, body = wrong_with(row, digest)
        kind = row.kind if isinstance(row.kind, str) else repr(row.kind)[:40]
        if wrong:
            report.fail(Finding("integrity", wrong, index, kind))
        if self._source.has_tree:
            self._grow(index, kind, leaf_of(index, kind, digest))
        self._completeness.take(index, kind, body)
        self._payloads.take(index, kind, body)
        at = body.get("at")
        if isinstance(at, str) and at > report.newest:
            report.newest = at
        if index == self._signed:
            report.newest_signed = report.newest

    def _missing(self, first: int, last: int) -> None:
        what = "is missing" if first == last else f"is missing, as are those up to {last}"
        self._report.fail(Finding("integrity", what, first))
        self._tree = None  # roots cannot be made any more; leaves are still compared with tiles

    def _grow(self, index: int, kind: str, leaf: bytes) -> None:
        n, at = divmod(index - 1, WIDTH)
        if self._tile[0] != n:
            self._tile = (n, self._source.tile(0, n))
        stored = self._tile[1]
        if stored is not None:
            same = isinstance(stored, bytes) and stored[32 * at : 32 * at + 32] == leaf
            if not same:
                self._doubt(index, kind, n)
        if self._tree is not None:
            for level, number, data in self._tree.add(leaf):
                self._compare(level, number, data)
        self._meet(index)

    def _compare(self, level: int, n: int, data: bytes) -> None:
        """Compare a full tile with the stored one; of level 0 only whether it is all there."""
        stored = self._source.tile(level, n)
        held = stored if isinstance(stored, bytes) else b""
        if held == data or (level == 0 and len(held) == len(data)):
            return
        starts = range(0, len(data), 32)
        at = next((at for at in starts if held[at : at + 32] != data[at : at + 32]), 0) // 32
        span = WIDTH**level
        first = (n * WIDTH + at) * span + 1
        last = first + span - 1 if level else None
        what = "is missing" if stored is None else "is not what its records make"
        what = f"cannot be placed: tile {level}/{n} {what}"
        self._report.fail(Finding("integrity", what, first, None, last))

    def _ordered(self) -> Iterator[Mark]:
        """Yield all roots to meet, by size: stored checkpoints, earlier ones, the head."""
        if not self._source.has_tree:
            yield from self._earlier()
            return
        others = sorted([*self._earlier(), *self._head()], key=lambda mark: mark.size)
        at = 0
        for mark in self._checkpoints.marks(self._source):
            while at < len(others) and others[at].size <= mark.size:
                yield others[at]
                at += 1
            yield mark
        yield from others[at:]

    def _earlier(self) -> Iterator[Mark]:
        for name, found in earlier_of(self._trust):
            yield Mark(found.size, found.root, name, found, shows=True)

    def _head(self) -> Iterator[Mark]:
        head = self._source.head()
        if head is None or not isinstance(head[0], int) or not isinstance(head[1], bytes):
            self._report.fail(Finding("integrity", "the stored head of the tree is damaged"))
            return
        yield Mark(head[0], head[1], "the stored head")

    def _meet(self, size: int) -> None:
        """Compare the root with each that it must have at this size."""
        while self._mark is not None and self._mark.size <= size:
            mark, self._mark = self._mark, next(self._marks, None)
            if self._tree is None:
                self._lost(mark)
            elif self._tree.root() != mark.root:
                self._differs(mark)
            elif mark.signed is not None:  # anybody can write a head that is right
                self._good = size
                self._tell_differing()
                self._settle(right=True)
                if mark.shows:
                    self._report.hold("consistency")

    def _lost(self, mark: Mark) -> None:
        """Say that a root cannot be compared, as records before it are missing."""
        if mark.signed is not None:
            what = f"records before {mark.label} are missing: nothing shows that it is extended"
            self._report.fail(Finding("consistency", what))

    def _differs(self, mark: Mark) -> None:
        if mark.signed is None:
            self._wrong_head = mark
            return
        if unsigned(mark.signed, self._trust.keys, self._trust.verify):
            what = f"{mark.label} is not as it was signed, and not the root of its records"
            self._report.fail(Finding("integrity", what))
            return
        self._settle(right=False)
        self._differing.append(mark.size)
        if len(self._differing) > 1:  # of those after the first there is one note, at the end
            return
        for aspect in ("integrity", "consistency"):
            if mark.size == 0:
                what = f"{mark.label} has another root than the empty tree"
                self._report.fail(Finding(aspect, what))
            else:
                what = f"do not make the root of {mark.label}"
                self._report.fail(Finding(aspect, what, self._good + 1, None, mark.size))

    def _doubt(self, index: int, kind: str, tile: int) -> None:
        """Keep in mind a record with another hash than its tile says: one of both is wrong."""
        if len(self._doubtful) < MAX_FINDINGS * WIDTH:
            self._doubtful.append((index, kind, tile))

    def _settle(self, *, right: bool) -> None:
        """Say of doubtful records whether they or their tiles are wrong: a root decides it."""
        for index, kind, tile in self._doubtful:
            if not right:
                what = f"does not match its hash in the tree (tile 0/{tile})"
                self._report.fail(Finding("integrity", what, index, kind))
            elif tile != self._wrong_tile:
                what = f"is right, but its hash in tile 0/{tile} was changed"
                self._report.fail(Finding("integrity", what, index, kind))
                self._wrong_tile = tile
        self._doubtful.clear()

    def _close(self) -> None:
        """Check what comes after the last record."""
        report = self._report
        self._settle(right=False)
        while self._mark is not None:  # marks beyond the end: records were cut off
            mark, self._mark = self._mark, next(self._marks, None)
            what = f"is missing: {mark.label} is of {mark.size} records"
            report.fail(Finding("integrity", what, self._last + 1))
            if mark.signed is not None:
                report.fail(Finding("consistency", what, self._last + 1))
        if self._source.has_tree:
            self._end_of_tree()
        elif not self._trust.keys:
            report.note("this ledger is of a version without a tree: no proof covers it")
        self._checkpoints.end()
        self._payloads.compare(self._source)
        for fault in self._source.faults():
            report.fail(Finding("integrity", fault))
        report.root = self._tree.root().hex() if self._tree is not None else ""
        if not self._trust.keys:
            report.note("no key was given: whoever wrote this file could have made it anew")
        elif self._last > self._signed:
            report.note(f"{self._last - self._signed} records are not signed yet")

    def _end_of_tree(self) -> None:
        head = self._source.head()
        size = head[0] if head is not None and isinstance(head[0], int) else self._last
        if self._good > size or (self._wrong_head is not None and self._good >= size):
            self._report.fail(Finding("integrity", "the stored head of the tree was changed"))
        elif size < self._last:
            what = f"is not in the tree: the stored head is of {size} records"
            self._report.fail(Finding("integrity", what, size + 1))
        elif self._wrong_head is not None:
            what = "do not make the root of the stored head"
            self._report.fail(Finding("integrity", what, self._good + 1, None, size))
        for level, n in self._source.tiles():
            whole = isinstance(level, int) and isinstance(n, int) and 0 <= level < 8 and n >= 0
            if not whole or (n + 1) * WIDTH ** (level + 1) > self._last:
                what = f"is missing: tile {level}/{n} is of more records"
                self._report.fail(Finding("integrity", what, self._last + 1))


MOMENT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z")
NAMING = frozenset(
    {"DecisionRecorded", "ApprovalAsked", "CommentReceived", "ItemQueued", "AnswerKnown"}
    | {"AnswerGiven"}
)
"""Kinds of records that name the payload about them."""
JOINING, JOINED = "ParticipantJoined", "AnswerGiven"
"""The one says whose the payloads are that the others of its run name."""
BATCH = 1000
WRAPPED = 69
"""Bytes of a wrapped key: version, number, nonce, 32 of the key, 16 that authenticate it."""


_ENDING = {
    "SubjectErased": "INSERT OR REPLACE INTO erased VALUES (:run, :index)",
    "PayloadsExpired": (
        "UPDATE named SET due = 1 WHERE NOT due AND at < :before "
        "AND subject NOT IN (SELECT subject FROM held)"
    ),
    "HoldPlaced": "INSERT OR IGNORE INTO held VALUES (:run, :number)",
    "HoldLifted": "DELETE FROM held WHERE subject = :run AND number = :number",
}
"""What records say of the payloads before them."""


class _Payloads:
    """Which payloads the records name, against those that are stored.

    Records say whose a payload is and when it was about to be kept. What they name is noted in a
    temporary database of this process, so that memory does not grow.
    """

    def __init__(self, report: Report, opens: Opens | None) -> None:
        self._report = report
        self._opens = opens
        self._noted = sqlite3.connect("", isolation_level=None)
        self._noted.execute("PRAGMA journal_mode = OFF")
        self._noted.execute("PRAGMA cache_size = -16000")
        self._noted.execute("BEGIN")  # never ended: nothing of it is kept
        self._noted.execute("CREATE TABLE named (id PRIMARY KEY, subject, at, record, due, seen)")
        self._noted.execute("CREATE INDEX soon ON named (at) WHERE NOT due")
        self._noted.execute("CREATE TABLE held (subject, number, PRIMARY KEY (subject, number))")
        self._noted.execute("CREATE TABLE erased (subject PRIMARY KEY, record)")
        self._noted.execute("CREATE TABLE joined (run PRIMARY KEY, subject)")
        self._waiting: list[tuple[str, str, str, int]] = []
        self._deleted = 0
        """How many were deleted, as records say."""

    def close(self) -> None:
        """Drop what was noted."""
        self._noted.close()

    def take(self, index: int, kind: str, body: Mapping[str, Any]) -> None:
        """Note what one record says."""
        if kind == JOINING:
            whose = _storable(body.get("run")), _storable(body.get("subject"))
            self._noted.execute("INSERT OR IGNORE INTO joined VALUES (?, ?)", whose)
        elif kind in NAMING and body.get("payload"):
            subject = self._joined(body) if kind == JOINED else body.get("subject")
            named = (body["payload"], subject, body.get("at"))
            id_, subject, at = (_storable(value) for value in named)
            self._waiting.append((id_, subject, at, index))
            if len(self._waiting) >= BATCH:
                self._flush()
        elif kind in _ENDING:
            self._flush()
            run, number = _storable(body.get("run")), _storable(body.get("number"))
            values = {"run": run, "number": number, "index": index, "before": body.get("before")}
            values["before"] = _storable(values["before"])
            self._noted.execute(_ENDING[kind], values)
            count = body.get("payloads")
            self._deleted += count if isinstance(count, int) else 0

    def compare(self, source: Source) -> None:
        """Compare what is stored with what was noted."""
        self._flush()
        has_keys, dated = source.has_keys, 0
        try:
            for payload in source.payloads():
                named = self._named(payload.id)
                wrong = self._wrong_with(payload, named)
                if not wrong and has_keys:
                    wrong = self._locked(payload, source)
                if wrong:
                    what = f"payload {_printable(str(payload.id))} {wrong}"
                    self._report.fail(Finding("integrity", what))
                dated += named is not None and _is_apart(payload.at, named[1])
        except DAMAGE as cause:
            what = f"the payloads cannot be read: {cause}"
            self._report.fail(Finding("integrity", what))
            return
        if dated:
            self._report.note(
                f"{dated} payloads are dated a day or more apart from their records: retention "
                "counts from their dates"
            )
        self._absent()
        if not has_keys and self._seen():
            self._report.note("the keys of payloads are not in this copy: none can be opened")

    def _flush(self) -> None:
        insert = "INSERT OR IGNORE INTO named VALUES (?, ?, ?, ?, 0, 0)"
        self._noted.executemany(insert, self._waiting)
        self._waiting.clear()

    def _joined(self, body: Mapping[str, Any]) -> str | None:
        """Return the subject of whoever joined under the run of a record."""
        find = "SELECT subject FROM joined WHERE run = ?"
        found = self._noted.execute(find, (_storable(body.get("run")),)).fetchone()
        return found[0] if found is not None else None

    def _wrong_with(self, payload: Payload, named: Any) -> str:
        blob = payload.blob
        if not isinstance(blob, bytes) or hashlib.sha256(blob).hexdigest() != payload.digest:
            return "does not match its digest"
        at = payload.at
        if not isinstance(at, str) or MOMENT.fullmatch(at) is None or _seconds(at) is None:
            return "has no time from which retention could count"
        if named is None:
            return "is one that no record names"
        subject, _, record, number = named
        if subject != _storable(payload.subject):
            return f"is filed under another subject than record {record} says"
        self._noted.execute("UPDATE named SET seen = 1 WHERE rowid = ?", (number,))
        return ""

    def _locked(self, payload: Payload, source: Source) -> str:
        """Return why nobody could open a payload; "" for what an erasure explains."""
        keys = source.keys(payload.subject)
        if not keys:
            wrong = "cannot be opened: its key is gone, and no record says why"
        elif not isinstance(keys[0], bytes) or len(keys[0]) != WRAPPED or keys[0][0] != 1:
            return "cannot be opened: its key was changed"
        elif self._opens is None:
            return ""
        else:
            wrong = self._opens(payload, keys[0])
            if wrong != OTHER_KEY:
                return wrong
        # what a gateway sealed while its subject was being erased stays unreadable
        find = "SELECT record FROM erased WHERE subject = ?"
        erased = self._noted.execute(find, (_storable(payload.subject),)).fetchone()
        return "" if erased or source.erased_since(payload.subject) else wrong

    def _named(self, id_: object) -> Any:
        find = "SELECT subject, at, record, rowid FROM named WHERE id = ?"
        return self._noted.execute(find, (_storable(id_),)).fetchone()

    def _seen(self) -> bool:
        return self._noted.execute("SELECT 1 FROM named WHERE seen LIMIT 1").fetchone() is not None

    def _absent(self) -> None:
        """Say how many are not there though nothing says that they were deleted."""
        everything = "SELECT count(*) FROM named WHERE NOT seen"
        absent = self._noted.execute(everything).fetchone()[0]
        count, first = self._noted.execute(
            "SELECT count(*), min(record) FROM named WHERE NOT seen AND NOT due AND NOT EXISTS "
            "(SELECT 1 FROM erased WHERE subject = named.subject AND record > named.record)"
        ).fetchone()
        missing = max(count, absent - self._deleted)
        if missing:
            which = f", first of record {first}," if count else ""
            self._report.note(
                f"{missing} payloads that records name{which} are not there, and no record says "
                "that they were erased or expired: they were never kept, or were taken out"
            )


def _is_apart(one: object, other: object) -> bool:
    times = _seconds(str(one)), _seconds(str(other))
    return times[0] is not None and times[1] is not None and abs(times[0] - times[1]) >= 86400


def _storable(value: object) -> str:
    """Return what a value is noted as: lone surrogates are no text for a database."""
    return value if isinstance(value, str) and value.isascii() else repr(value)


def _freshness(report: Report, trust: Trust, cosigned_at: int | None) -> None:
    """Compare the newest time that a signature vouches for with the limit."""
    now = time.time() if trust.now is None else trust.now
    vouched = report.newest_signed if trust.keys else report.newest
    times = [seconds for seconds in (_seconds(vouched), cosigned_at) if seconds is not None]
    if not times:
        if trust.max_age is not None:
            report.fail(Finding("freshness", "no time is vouched for"))
        return
    age = now - max(times)
    if age < -60:
        report.note(f"the newest time lies {_span(-age)} in the future: a clock is wrong")
    if trust.max_age is None:
        report.note(f"the newest {'signed ' if trust.keys else ''}record is {_span(age)} old")
    elif age > trust.max_age:
        what = (
            f"the newest time vouched for is {_span(age)} old; {_span(trust.max_age)} are allowed"
        )
        report.fail(Finding("freshness", what))
    else:
        report.hold("freshness")


def _seconds(at: str) -> float | None:
    with suppress(ValueError, OverflowError):
        found = datetime.fromisoformat(at)
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        return found.timestamp()
    return None


def _span(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


# ---------------------------------------------------------------------------------------------
# A ledger in an SQLite file
# ---------------------------------------------------------------------------------------------


TABLES = {
    "records": "index kind run key body digest thread",
    "head": "id size root",
    "tiles": "level n hashes",
    "checkpoints": "size note",
    "payloads": "id subject at blob digest",
    "subject_keys": "subject wrapped",
}
"""The tables of a ledger file, and their columns."""
TREE = ("head", "tiles", "checkpoints")
APART = ("payloads", "subject_keys")
"""Copies may be made without these."""


class SqliteSource:
    """A ledger file, never written: one transaction over all that is read."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._wal = path.with_name(path.name + "-wal")
        try:
            self._connection = self._connect()
            self._connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            self._connection.execute("BEGIN")
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            tables = {row[0] for row in self._connection.execute("SELECT name FROM sqlite_master")}
        except DAMAGE as cause:
            raise Unreadable(f"{path}: {cause}") from cause
        if "records" not in tables or version not in (1, 2):
            raise Unreadable(f"{path} is no ledger that this auditor reads (schema {version})")
        # a version without a tree is not taken at its word: the file could have been made one
        self._is_relabelled = version == 1 and not tables.isdisjoint(TREE)
        self.has_tree = version == 2 or self._is_relabelled
        self._tables = tables

    def _connect(self) -> sqlite3.Connection:
        """Open the file read-only; as it lies where nobody writes, so on a read-only medium too."""
        place = f"file:{quote(str(self._path.resolve()))}"
        self._still = not self._wal.exists() or self._wal.stat().st_size == 0
        mode = "immutable=1" if self._still else "mode=ro"
        connection = sqlite3.connect(f"{place}?{mode}", uri=True, isolation_level=None)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.OperationalError as cause:
            if self._still:
                raise
            raise Unreadable(
                f"{self._path}: {cause}; its last records are in {self._wal.name}, which needs a "
                "folder that can be written: copy both files to one"
            ) from cause
        return connection

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def moved(self) -> bool:
        """Whether somebody began to write what was read as a file at rest."""
        return self._still and self._wal.exists() and self._wal.stat().st_size > 0

    def rows(self) -> Iterator[Row]:
        """Yield all records, by index, from the table itself and no other index."""
        columns = '"index", kind, run, key, body, digest' + (", thread" if self.has_tree else "")
        statement = f'SELECT {columns} FROM records NOT INDEXED ORDER BY "index"'  # noqa: S608
        cursor = self._connection.execute(statement)
        if self.has_tree:
            yield from map(Row._make, cursor)
            return
        for row in cursor:  # the exchange was not stored apart: nothing to compare
            yield Row(*row)

    def tile(self, level: int, n: int) -> object:
        """Return a stored tile; None where there is none."""
        found = self._all("SELECT hashes FROM tiles WHERE level = ? AND n = ?", (level, n))
        return found[0][0] if found else None

    def tiles(self) -> Iterator[tuple[Any, Any]]:
        """Yield level and number of all stored tiles."""
        with suppress(*DAMAGE):  # `faults` names what is damaged
            yield from self._connection.execute("SELECT level, n FROM tiles")

    def payloads(self) -> Iterator[Payload]:
        """Yield the encrypted payloads."""
        if "payloads" in self._tables:
            columns = "id, subject, at, blob, digest"
            query = f"SELECT {columns} FROM payloads NOT INDEXED"  # noqa: S608
            yield from map(Payload._make, self._connection.execute(query))

    def keys(self, subject: str) -> Sequence[Any]:
        """Return the wrapped keys that are stored for a subject."""
        find = "SELECT wrapped FROM subject_keys WHERE subject = ?"
        with suppress(UnicodeEncodeError):  # a name that no database holds
            return [row[0] for row in self._connection.execute(find, (subject,))]
        return []

    @property
    def has_keys(self) -> bool:
        """Whether any wrapped key is stored."""
        return bool(self._all("SELECT 1 FROM subject_keys LIMIT 1"))

    def erased_since(self, subject: str) -> bool:
        """Return False: all is read as of one moment."""
        return False

    def head(self) -> tuple[Any, Any] | None:
        """Return the stored size and root."""
        found = self._all("SELECT id, size, root FROM head LIMIT 2")
        return found[0][1:] if [row[0] for row in found] == [1] else None

    def checkpoints(self) -> Iterator[tuple[Any, Any]]:
        """Yield size and note of the stored checkpoints, by size."""
        if "checkpoints" in self._tables:
            with suppress(*DAMAGE):  # `faults` names what is damaged
                yield from self._connection.execute(
                    "SELECT size, note FROM checkpoints ORDER BY size"
                )

    def faults(self) -> Iterator[str]:
        """Yield damage to the file, tables of another shape, keys that are there twice."""
        try:
            for (message,) in self._connection.execute("PRAGMA integrity_check(3)"):
                if message != "ok":
                    yield f"the database file is damaged: {_printable(message)}"
            double = (
                "SELECT key FROM records WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"
            )
            for (key,) in self._connection.execute(f"{double} LIMIT 3"):
                yield f"two records are filed under {_printable(str(key))}"
            yield from self._shape()
        except DAMAGE as cause:
            yield f"the database file is damaged: {cause}"

    def _shape(self) -> Iterator[str]:
        """Yield what no Charter made: code that runs on changes, tables with other columns."""
        if self._is_relabelled:
            yield "the version in the head of the file was changed"
        own = ", ".join(f"'{table}'" for table in TABLES)
        alien = (
            "SELECT type, name FROM sqlite_master WHERE type <> 'index' AND NOT (type = 'table' "  # noqa: S608
            f"AND (name IN ({own}) OR name GLOB 'sqlite_*')) LIMIT 3"
        )
        for type_, name in self._connection.execute(alien):
            yield f"the file holds a {type_} of others: {_printable(name)}"
        if not self.has_tree:
            return
        for table, columns in TABLES.items():
            info = self._connection.execute(f"PRAGMA table_xinfo({table})").fetchall()
            found = " ".join(row[1] for row in info if not row[6])
            if any(row[6] for row in info) or found not in (columns, "" if table in APART else "?"):
                yield f"the table {table} has the columns ({_printable(found)}), not ({columns})"

    def _all(self, statement: str, values: tuple[int, ...] = ()) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except DAMAGE:  # `faults` names what is damaged
            return []


# ---------------------------------------------------------------------------------------------
# An evidence bundle: the records of one exchange, with what proves and explains them
# ---------------------------------------------------------------------------------------------

EVIDENCE = "charter-evidence/1"


def audit_evidence(bundle: Mapping[str, Any], where: str, trust: Trust) -> Report:
    """Verify what `charter export evidence` wrote, by nothing but itself and the keys."""
    report = Report(where)
    report.hold("integrity")
    evidence = _Evidence(bundle, report, trust)
    evidence.check()
    return report


class _Evidence:
    """One bundle."""

    def __init__(self, bundle: Mapping[str, Any], report: Report, trust: Trust) -> None:
        self._bundle = bundle
        self._report = report
        self._trust = trust
        self._checkpoint: Checkpoint | None = None
        self._bodies: list[tuple[int, str, Mapping[str, Any]]] = []

    def check(self) -> None:
        """Check everything in the bundle."""
        for item in _sequence(self._bundle, "records"):
            self._record(item)
        self._report.records = len(self._bodies)
        if self._checkpoint is None:
            self._fail("the bundle holds no record with a proof")
        else:
            self._signed(self._checkpoint)
        self._decision()
        self._policies()
        self._payloads()
        self._earlier()
        self._services()
        self._report.newest = max((str(b.get("at", "")) for _, _, b in self._bodies), default="")
        self._report.newest_signed = self._report.newest if self._trust.keys else ""
        if self._trust.max_age is not None:
            _freshness(self._report, self._trust, None)

    def _record(self, item: object) -> None:
        found = item if isinstance(item, dict) else {}
        index, kind, body, proof = (found.get(name) for name in ("index", "kind", "body", "proof"))
        if not isinstance(index, int) or not all(isinstance(v, str) for v in (kind, body, proof)):
            self._fail("a record is no index, kind, body and proof")
            return
        row = Row(index, kind, None, None, body, None)
        digest = digest_of(row)
        parsed = self._parsed(str(body))
        if parsed is None:
            self._fail("is not canonical JSON", index, str(kind))
            return
        self._bodies.append((index, str(kind), parsed))
        try:
            path = proof_of(str(proof).encode("utf-8", "surrogatepass"))
        except Malformed as cause:
            self._fail(f"has a proof that is none: {cause}", index, str(kind))
            return
        head = self._checkpoint = self._checkpoint or path.checkpoint
        if path.checkpoint != head:
            self._fail(
                "has a proof to another checkpoint than the records before", index, str(kind)
            )
            return
        leaf = leaf_of(index, str(kind), digest)
        if path.number != index - 1:
            self._fail("has the proof of another record", index, str(kind))
        elif root_from_inclusion(leaf, path.number, head.size, path.path) != head.root:
            self._fail("is not in the tree that the checkpoint signs", index, str(kind))

    def _parsed(self, body: str) -> Mapping[str, Any] | None:
        try:
            found = json.loads(body)
            again = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) and again == body else None

    def _signed(self, checkpoint: Checkpoint) -> None:
        keys: Sequence[Key] = self._trust.keys
        if not keys:
            with suppress(Malformed):
                keys = (key_of_text(str(self._bundle.get("key"))),)
                own = "no key was given: the signature is checked against the bundle's own"
                self._report.note(own)
        problem = (
            unsigned(checkpoint, keys, self._trust.verify)
            if keys
            else "has no key to be checked against: none was given, and the bundle holds none"
        )
        if problem:
            self._fail(f"the checkpoint of size {checkpoint.size} {problem}")
        else:
            self._report.signed = checkpoint.size
        cosigned(checkpoint, self._trust, self._report)

    def _decision(self) -> None:
        wanted = self._bundle.get("decision")
        mine = [(i, b) for i, kind, b in self._bodies if kind == "DecisionRecorded"]
        exchange = next((b.get("exchange") for _, b in mine if b.get("decision") == wanted), None)
        if exchange is None:
            self._fail(f"the decision {wanted} is not among the records")
        numbers = [
            str(body.get("decision", "")).rpartition(".")[2]
            for _, body in mine
            if body.get("exchange") == exchange
        ]
        if exchange is not None and numbers != [str(n) for n in range(1, len(numbers) + 1)]:
            what = f"the decisions on exchange {exchange} are not numbered from 1 without a gap"
            self._report.fail(Finding("completeness", what))

    def _policies(self) -> None:
        held = self._bundle.get("policies")
        policies = held if isinstance(held, dict) else {}
        clauses: dict[str, str] = {}
        for digest, exported in policies.items():
            if policy_digest(exported) != digest:
                self._fail(f"the policy filed under {digest} has another digest")
                continue
            for rule in _sequence(_as_mapping(exported), "rules"):
                clauses[str(_as_mapping(rule).get("id"))] = str(_as_mapping(rule).get("title"))
                for clause in _sequence(_as_mapping(rule), "clauses"):
                    if isinstance(clause, list) and len(clause) > 1:
                        clauses[str(clause[0])] = str(clause[1])
        for index, kind, body in self._bodies:
            if kind == "DecisionRecorded" and body.get("policy") not in policies:
                self._report.note(f"the policy of record {index} is not in the bundle")
        for id_, text in _mapping(self._bundle, "clauses").items():
            if clauses.get(id_) != text:
                self._fail(f"the text of {id_} is not that of the policy")

    def _payloads(self) -> None:
        """Compare what was decided on, where it is given, with what the records commit to."""
        payloads = _mapping(self._bundle, "payloads")
        texts: dict[str, str] = {}
        for payload in payloads.values():
            for name, item in _mapping(_as_mapping(payload), "decisions").items():
                one = _as_mapping(item)
                texts[name] = commitment(str(one.get("salt")), str(one.get("text")))
        for index, kind, body in self._bodies:
            if kind != "DecisionRecorded" or not body.get("content"):
                continue
            made = texts.pop(str(body.get("decision")), None)
            if made is None and payloads:
                self._report.note(f"what record {index} decided on is not in the payloads given")
            elif made is not None and made != body["content"]:
                self._fail("commits to another text than the payload holds", index, kind)
        for name in texts:
            self._fail(f"the payloads hold a text of decision {name}, to which no record commits")

    def _earlier(self) -> None:
        head = self._checkpoint
        for name, old in earlier_of(self._trust):
            if head is None:
                continue
            path = self._path(old.size)
            if old.size == head.size:
                roots: tuple[bytes, bytes] | None = (head.root, head.root)
            elif path is None:
                self._report.note(f"the bundle holds no proof that it extends {name}")
                continue
            else:
                roots = roots_from_consistency(old.size, head.size, path, old.root)
            if roots != (old.root, head.root):
                what = f"the bundle's checkpoint does not extend {name}"
                self._report.fail(Finding("consistency", what))
            else:
                self._report.hold("consistency")

    def _path(self, size: int) -> list[bytes] | None:
        held = _mapping(self._bundle, "consistency").get(str(size))
        if not isinstance(held, list):
            return None
        try:
            return [_unbase64(str(value), "a hash of a path") for value in held]
        except Malformed:
            return []

    def _services(self) -> None:
        """Check the counts of the service before and after the decision, where they are given."""
        for index, kind, body in self._bodies:
            if kind != "DecisionRecorded" or not isinstance(body.get("sequence"), int):
                continue
            for at, other, count in self._bodies:
                if other != "ServiceCounted" or count.get("run") != body.get("run"):
                    continue
                before = isinstance(count.get("sequence"), int) and count["sequence"]
                if at < index and before >= body["sequence"]:
                    what = "was counted before it was recorded"
                    self._report.fail(Finding("completeness", what, index, kind))
                self._report.hold("completeness")

    def _fail(self, what: str, index: int | None = None, kind: str | None = None) -> None:
        self._report.fail(Finding("integrity", what, index, kind))


def policy_digest(exported: object) -> str:
    """Return the digest of a policy in its JSON format: over all but names and titles."""
    try:
        content = {
            key: value
            for key, value in dict(exported).items()  # type: ignore[call-overload]
            if key not in ("name", "title", "digest")
        }
        content["layers"] = [[layer["digest"], layer["level"]] for layer in content["layers"]]
        content["directives"] = [
            {**one, "origin": one["origin"]["channel"]} for one in content["directives"]
        ]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, KeyError, IndexError, RecursionError):
        return ""
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def commitment(salt: str, text: str) -> str:
    """Return the commitment to a text under a salt of hexadecimal digits; "" for another salt."""
    if HEX_DIGEST.fullmatch(salt) is None:
        return ""
    message = b"charter-commitment/v1\n" + text.encode("utf-8", "surrogatepass")
    return hmac.new(bytes.fromhex(salt), message, hashlib.sha256).hexdigest()


def _sequence(holder: Mapping[str, Any], name: str) -> list[Any]:
    found = holder.get(name)
    return found if isinstance(found, list) else []


def _mapping(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _as_mapping(holder.get(name))


def _as_mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


# ---------------------------------------------------------------------------------------------
# Files and the command line
# ---------------------------------------------------------------------------------------------


def audit_file(path: Path, trust: Trust) -> Report:
    """Verify a ledger file or an evidence bundle. Raises Unreadable."""
    try:
        with path.open("rb") as stream:
            start = stream.read(16)
            if start[:16] != b"SQLite format 3\x00":
                data = start + stream.read(MAX_EVIDENCE)
    except OSError as cause:
        raise Unreadable(f"{path}: {cause.strerror or cause}") from cause
    if start[:16] == b"SQLite format 3\x00":
        return _audit_sqlite(path, trust)
    try:
        bundle = json.loads(data) if len(data) < MAX_EVIDENCE else None
    except (ValueError, RecursionError):
        bundle = None
    if not isinstance(bundle, dict) or bundle.get("format") != EVIDENCE:
        raise Unreadable(f"{path} is neither a ledger nor an evidence bundle")
    return audit_evidence(bundle, str(path), trust)


def _audit_sqlite(path: Path, trust: Trust) -> Report:
    with closing(SqliteSource(path)) as source:
        try:
            report = audit_ledger(source, trust)
        except DAMAGE as cause:
            raise Unreadable(f"{path}: {cause}") from cause
        if not report.ok and source.moved():
            raise Unreadable(f"{path} was opened for writing meanwhile: run this again")
    return report


def seconds_of(text: str) -> float:
    """Return the seconds of a span such as 90s, 15m, 24h or 7d. Raises ValueError."""
    match = re.fullmatch(r"([0-9]{1,9})([smhd]?)", text)
    if match is None:
        raise ValueError("a span is a number and s, m, h or d")
    return int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(description="Verify a Charter ledger or evidence bundle.")
    add = parser.add_argument
    add("file", type=Path, help="ledger.sqlite, or a bundle of `charter export evidence`")
    add("--key", action="append", default=[], help="verifier key of the log; repeatable")
    add("--witness", action="append", default=[], help="verifier key of a witness; repeatable")
    add("--quorum", type=int, help="witnesses that must have cosigned (default: all given)")
    add("--checkpoint", action="append", default=[], type=Path, help="an earlier one; repeatable")
    add("--max-age", type=seconds_of, help="such as 15m, 24h or 7d")
    add(
        "--ends-only",
        action="store_true",
        help="check the signatures of the oldest and newest checkpoint only (for very long logs)",
    )
    add("--json", action="store_true", help="print JSON")
    given = parser.parse_args(arguments)
    try:
        keys = tuple(key_of(text) for text in given.key)
        witnesses = tuple(key_of(text) for text in given.witness)
    except (Malformed, OSError) as cause:
        parser.error(str(cause))
    try:
        earlier = tuple((str(path), path.read_bytes()) for path in given.checkpoint)
        trust = Trust(
            keys, witnesses, given.quorum, earlier, given.max_age, ends_only=given.ends_only
        )
        report = audit_file(given.file, trust)
    except (Unreadable, OSError) as cause:
        print(f"auditor: {cause}", file=sys.stderr)  # noqa: T201 - this file is a program too
        return 3
    text = json.dumps(report.as_json(), indent=1) if given.json else "\n".join(report.lines())
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:  # whoever reads it has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
