"""Items whose right answer is known: planted, committed to, opened once they are judged.

What is shown and the right answer lie sealed, under the key of a subject of their own; the ledger
holds a commitment to the answer, from before anybody judged it. Once the item is done, label and
salt are recorded, and anybody can check that the answer was not changed afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from charter.govern.oversight.figures import LABELS
from charter.govern.oversight.item import Item, State
from charter.govern.oversight.known import answers, committed
from charter.govern.oversight.moves import Refusal
from charter.ledger.store import Sealed
from charter.ledger.vault import Vault, payload_id, salted
from charter.records.oversight import AnswerKnown, AnswerShown, ItemQueued

APPLICATION = "oversight:seed"
"""With the id of the item: the subject under whose key all of a seed lies."""


@dataclass(frozen=True, slots=True)
class Seed:
    """An answer that somebody knows the right judgement of."""

    content: Mapping[str, Any]
    """As the gateway seals it: body, texts, calls."""
    label: str
    """adhered or violated."""
    section: str
    application: str
    policy: str = ""
    """Digest of the policy whose section it is, where that is at hand."""


class Opens(Protocol):
    """What opens payloads: `charter.ledger.vault.Vault`."""

    def open(self, id: str) -> Mapping[str, Any] | None:  # noqa: A002 - as the vault has it
        """Return a payload; None where it was erased, has expired or never was."""
        ...


class Planted(NamedTuple):
    """What goes into the ledger together."""

    queued: ItemQueued
    known: AnswerKnown
    payloads: tuple[Sealed, ...]


def plant(  # noqa: PLR0913 - who plants what, and how it is queued
    vault: Vault, seed: Seed, *, by: str, at: str, priority: int = 0, needed: int = 1
) -> Planted:
    """Return the records and payloads of a seed: an item that looks like any other.

    Raises ValueError for a label that is none, LedgerError where nothing can be sealed.
    """
    if seed.label not in LABELS:
        raise ValueError(f"{seed.label!r:.60} is no label: {' or '.join(LABELS)}")
    item = "it_" + secrets.token_hex(16)
    exchange = "x_" + secrets.token_hex(16)
    subject = vault.pseudonym(APPLICATION, item)
    shown, answer = payload_id(), payload_id()
    made = salted(committed(item, seed.label))
    queued = ItemQueued(
        run=item,
        at=at,
        by=by,
        decision=f"{exchange}.2",
        exchange=exchange,
        application=seed.application,
        section=seed.section,
        drawn="random",
        priority=priority,
        needed=needed,
        payload=shown,
        subject=subject,
    )
    sealed = (
        vault.seal(subject, {**seed.content, "policy": seed.policy}, at, id=shown),
        vault.seal(subject, {"label": seed.label, "salt": made.salt}, at, id=answer),
    )
    return Planted(queued, AnswerKnown(item, at, by, made.commitment, answer, subject), sealed)


def open_answer(vault: Opens, item: Item, *, now: str) -> AnswerShown | Refusal:
    """Open the known answer of an item that nobody judges any more.

    Raises LedgerError where a payload is damaged.
    """
    if item.known is None:
        return Refusal("this item has no known answer")
    if item.shown is not None:
        return Refusal("its answer is open already")
    if item.state(now) not in (State.DONE, State.WITHDRAWN):
        return Refusal("it is not done: its answer stays closed until then")
    sealed = vault.open(item.known.payload)
    if sealed is None:
        return Refusal("its answer was erased or has expired")
    label, salt = sealed.get("label"), sealed.get("salt")
    if not isinstance(label, str) or not isinstance(salt, str):
        return Refusal("what is sealed is no answer")
    shown = AnswerShown(item.id, now, label, salt)
    return shown if answers(item.known, shown) else Refusal("it is not what was committed to")
