"""One decision with all that proves it, in one file that needs no ledger to be verified.

`ledger.auditor` verifies it with the log's key alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charter.errors import LedgerError, LedgerTampered
from charter.ledger.ledger import Ledger
from charter.ledger.tlog.checkpoint import Checkpoint, parse_checkpoint
from charter.ledger.tlog.field import encode_base64
from charter.ledger.tlog.note import Note, parse_note
from charter.ledger.tlog.proof import Proof, format_proof
from charter.ledger.vault import Vault
from charter.records.approval import ApprovalAsked, ApprovalExpired, ApprovalUsed, ApprovalVoted
from charter.records.decision import DecisionRecorded
from charter.records.erasure import SubjectErased
from charter.records.record import Record
from charter.records.service import PolicyServed, ServiceCounted, ServiceStarted

FORMAT = "charter-evidence/1"

MOST = 10_000
"""Records of one bundle: an exchange with more is no exchange of a gateway."""

_OF_EXCHANGE = (DecisionRecorded, ApprovalAsked, ApprovalUsed)
_OF_APPROVAL = (ApprovalAsked, ApprovalVoted, ApprovalExpired, ApprovalUsed)


@dataclass(frozen=True, slots=True)
class Found:
    """The records that belong to a decision."""

    decision: DecisionRecorded
    records: Mapping[int, Record]
    """By their index, from 1, in order."""

    @property
    def decisions(self) -> tuple[DecisionRecorded, ...]:
        """Those on the same exchange."""
        held = (record for record in self.records.values() if isinstance(record, DecisionRecorded))
        return tuple(record for record in held if record.exchange == self.decision.exchange)

    @property
    def payloads(self) -> tuple[str, ...]:
        """Ids of the payloads that the records name."""
        named = (getattr(record, "payload", "") for record in self.records.values())
        return tuple(dict.fromkeys(name for name in named if name))


def find(ledger: Ledger, decision: str) -> Found:
    """Return the records of a decision, its exchange, approvals and service.

    Raises LedgerError where there is no such decision, LedgerTampered where a record is not what
    was appended.
    """
    exchange = decision.rpartition(".")[0]
    thread = dict(_bounded(ledger, exchange))
    wanted = next(
        (r for r in thread.values() if isinstance(r, DecisionRecorded) and r.decision == decision),
        None,
    )
    if wanted is None:
        raise LedgerError(
            f"{ledger.where}: no decision {decision}",
            hint="the id is in the header x-charter-decision of the answer, and in the console",
        )
    found: dict[int, Record] = dict(thread)
    approvals = {
        name
        for record in thread.values()
        for name in ((record.approval,) if isinstance(record, DecisionRecorded) else (record.run,))
        if name
    }
    for name in sorted(approvals):
        found.update(_several(ledger, _OF_APPROVAL, run=name))
    last = max(thread)
    for run in sorted({r.run for r in thread.values() if isinstance(r, DecisionRecorded)}):
        found.update(_service(ledger, run, wanted.policy, min(thread), last))
    if wanted.subject:
        found.update(_several(ledger, (SubjectErased,), run=wanted.subject))
    return Found(wanted, dict(sorted(found.items())))


def bundle(  # noqa: PLR0913 - what goes in, each by name
    ledger: Ledger,
    found: Found,
    *,
    made: str,
    checkpoint: bytes | None = None,
    key: str = "",
    policies: Mapping[str, Mapping[str, Any]] | None = None,
    earlier: Sequence[int] = (),
    vault: Vault | None = None,
) -> dict[str, Any]:
    """Return the bundle as it is written: JSON of one mapping.

    `checkpoint` is the signed note it rests on, the newest in the ledger unless given; `key` the
    verifier key, for readers who have it from nowhere else; `policies` are exported policies by
    digest; `earlier` sizes of checkpoints that readers may hold; with `vault`, what was decided
    on goes in as plain text with its salts. Raises LedgerError where no checkpoint covers the
    decision.
    """
    head, note = _head(ledger, found, checkpoint)
    held = policies or {}
    return {
        "format": FORMAT,
        "made": made,
        "decision": found.decision.decision,
        "exchange": found.decision.exchange,
        "origin": head.origin,
        "key": key,
        "records": [
            _proven(ledger, index, head.size, note) for index in found.records if index <= head.size
        ],
        "consistency": {
            str(size): [encode_base64(value) for value in ledger.consistency(size, head.size)]
            for size in earlier
            if 0 < size <= head.size
        },
        "policies": {digest: dict(exported) for digest, exported in held.items()},
        "clauses": _cited(found.decisions, held),
        "payloads": {} if vault is None else _opened(vault, found.payloads),
    }


def _bounded(ledger: Ledger, exchange: str) -> Iterator[tuple[int, Record]]:
    found = ledger.read_any(_OF_EXCHANGE, thread=exchange, limit=MOST + 1) if exchange else ()
    for count, each in enumerate(found):
        if count == MOST:
            raise LedgerError(
                f"{ledger.where}: exchange {exchange} has more than {MOST} records",
                hint="a bundle holds one exchange; verify the ledger itself",
            )
        yield each


def _several(
    ledger: Ledger, kinds: Collection[type[Record]], *, run: str
) -> Iterator[tuple[int, Record]]:
    return ledger.read_any(kinds, run=run, limit=MOST)


def _service(
    ledger: Ledger, run: str, policy: str, first: int, last: int
) -> Iterator[tuple[int, Record]]:
    """Yield the start of a service, where its policy came in force, and counts before and after."""
    yield from ledger.read_any((ServiceStarted,), run=run)
    for index, record in ledger.read_any((PolicyServed,), run=run):
        if index < last and isinstance(record, PolicyServed) and record.policy == policy:
            yield index, record
    before = None
    for counted in ledger.read_any((ServiceCounted,), run=run):
        if counted[0] < first:
            before = counted
        elif counted[0] > last:
            yield counted
            break
        else:
            yield counted
    if before is not None:
        yield before


def _head(ledger: Ledger, found: Found, checkpoint: bytes | None) -> tuple[Checkpoint, Note]:
    kept = ledger.store.checkpoint()
    data = checkpoint if checkpoint is not None else (kept[1] if kept else None)
    hint = "charter serve signs one now and then; or name the log's key with --log-key"
    if data is None:
        raise LedgerError(f"{ledger.where}: there is no signed checkpoint", hint=hint)
    try:
        note = parse_note(data)
        head = parse_checkpoint(note.text)
    except ValueError as cause:
        raise LedgerError(
            f"{ledger.where}: the last checkpoint is damaged: {cause}", hint="run charter verify"
        ) from cause
    exchange = found.decision.exchange
    needed = max(
        index
        for index, record in found.records.items()
        if isinstance(record, DecisionRecorded) and record.exchange == exchange
    )
    if head.size < needed:
        raise LedgerError(
            f"{ledger.where}: the last checkpoint covers {head.size} records, not record {needed}",
            hint=hint,
        )
    return head, note


def _proven(ledger: Ledger, index: int, size: int, note: Note) -> dict[str, Any]:
    entry = ledger.store.entry(index)
    if entry is None:
        raise LedgerTampered(f"{ledger.where}: ledger record {index} is missing", index=index)
    proof = Proof(index - 1, ledger.inclusion(index, size), note)
    return {
        "index": index,
        "kind": entry.kind,
        "body": entry.body,
        "proof": format_proof(proof).decode(),
    }


def _cited(
    decisions: Sequence[DecisionRecorded], policies: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Return the titles of the sections and the texts of the clauses that decisions cite."""
    texts: dict[str, str] = {}
    for policy in policies.values():
        for rule in policy["rules"]:
            texts[rule["id"]] = rule["title"]
            texts.update((clause[0], clause[1]) for clause in rule["clauses"])
    cited = {cited for decision in decisions for cited in decision.citations}
    cited |= {ground.section for decision in decisions for ground in decision.grounds}
    return {name: texts[name] for name in sorted(cited) if name in texts}


def _opened(vault: Vault, payloads: Sequence[str]) -> dict[str, Any]:
    opened = {name: vault.open(name) for name in payloads}
    return {name: dict(payload) for name, payload in opened.items() if payload is not None}
