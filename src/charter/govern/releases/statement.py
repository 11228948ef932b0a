"""The statement that a version is official, and the signature of the ledger's key under it.

A text of one line for each fact: a key, a blank, and canonical ASCII JSON. It is the text of a C2SP
signed note. A statement has one form only: what reads as one and is written otherwise is none.

    charter-release/1
    spec "house-rules"
    number 2
    ...
    approved ["ben","approver","2026-02-03T09:00:00.000Z"]
    released ["ada","2026-02-03T10:00:00.000Z"]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from charter.ledger.signing import verify
from charter.ledger.tlog.note import Key, Note, format_note, parse_note, sign_text, verify_note
from charter.records.release import Refusal, Released

FORMAT = "charter-release/1"
MOST_LINES = 2000
_SINGLE = ("spec", "number", "version", "policy", "request", "before", "level", "facts", "roles")
_MANY = ("document", "approved", "refused", "overridden")


class Agreed(NamedTuple):
    """One person who agreed."""

    by: str
    role: str
    at: str


class SetAside(NamedTuple):
    """A named role let it pass although it was refused."""

    by: str
    role: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed."""

    spec: str
    number: int
    version: str | None
    policy: str
    documents: tuple[str, ...]
    request: str
    before: str
    """Id of the request of the release that it follows; empty for the first."""
    level: str
    facts: str
    """Digest of what was found when it was asked for."""
    roles: str
    """Digest of the file of roles by which approvals were counted."""
    asked: tuple[str, str]
    """By whom and when."""
    approved: tuple[Agreed, ...]
    refused: tuple[Refusal, ...]
    overridden: tuple[SetAside, ...]
    released: tuple[str, str]

    def text(self) -> str:
        """Return the canonical text."""
        lines = [FORMAT, *(f"{key} {_json(value)}" for key, value in self._facts())]
        return "\n".join(lines) + "\n"

    def _facts(self) -> Iterator[tuple[str, Any]]:
        for key in _SINGLE:
            yield key, getattr(self, key)
        yield from (("document", each) for each in self.documents)
        yield "asked", self.asked
        yield from (("approved", each) for each in self.approved)
        yield from (("refused", (each.kind, each.name, each.what)) for each in self.refused)
        yield from (("overridden", each) for each in self.overridden)
        yield "released", self.released


class Signs(Protocol):
    """What signs: `ledger.signing.LogKey`."""

    key: Key

    def sign(self, message: bytes) -> bytes: ...


class Checked(NamedTuple):
    """What a signed statement is worth."""

    statement: Statement | None
    """None where it must not be trusted."""
    reason: str
    """Why not; empty otherwise."""


def signed(statement: Statement, key: Signs) -> str:
    """Return the statement as a signed note. Raises ValueError where it is too long for one."""
    text = statement.text()
    note = Note(text, (sign_text(text, key.key, key.sign),))
    return format_note(note).decode()


def read_statement(text: str) -> Statement:
    """Return the statement. Raises ValueError where it is not in its one form."""
    first, *lines = text.split("\n", MOST_LINES)
    if first != FORMAT or not lines or lines.pop():
        raise ValueError(f"it is no statement of {FORMAT}")
    found: dict[str, list[Any]] = {}
    for line in lines:
        key, _, value = line.partition(" ")
        found.setdefault(key, []).append(json.loads(value))
    try:
        statement = _statement(found)
    except (KeyError, TypeError, IndexError) as cause:
        raise ValueError("a line of it is missing or has another form") from cause
    if statement.text() != text:
        raise ValueError("it is not written in its one form")
    return statement


def check(released: Released, keys: Iterable[Key]) -> Checked:
    """Say whether a record of a release is what one of the keys signed."""
    try:
        note = parse_note(released.note.encode("utf-8", "replace"))
        verdict = verify_note(note, keys, verify)
        if not verdict.ok:
            return Checked(None, verdict.reason or "it is not signed")
        statement = read_statement(note.text)
    except (ValueError, RecursionError) as cause:
        return Checked(None, str(cause))
    said = (
        statement.spec,
        statement.number,
        statement.released,
        statement.request,
        statement.version,
        statement.policy,
        statement.documents,
        bool(statement.overridden),
    )
    recorded = (
        released.run,
        released.number,
        (released.by, released.at),
        released.release,
        released.spec_version,
        released.policy,
        released.documents,
        released.overridden,
    )
    if said != recorded:
        return Checked(None, "what is signed is not what is recorded beside it")
    return Checked(statement, "")


def _statement(found: dict[str, list[Any]]) -> Statement:
    if set(found) - {*_SINGLE, *_MANY, "asked", "released"}:
        raise KeyError
    single = {key: found[key][0] for key in _SINGLE}
    return Statement(
        **single,
        documents=tuple(found.get("document", ())),
        asked=_pair(found["asked"][0]),
        approved=tuple(Agreed(*each) for each in found.get("approved", ())),
        refused=tuple(Refusal(*each) for each in found.get("refused", ())),
        overridden=tuple(SetAside(*each) for each in found.get("overridden", ())),
        released=_pair(found["released"][0]),
    )


def _pair(value: Any) -> tuple[str, str]:
    by, at = value
    return by, at


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)
